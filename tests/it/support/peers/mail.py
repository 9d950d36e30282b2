"""Reads one mail from standard input with Python's own parser and prints what a reader would see, as JSON."""

import email
import email.policy
import json
import sys

mail = email.message_from_bytes(sys.stdin.buffer.read(), policy=email.policy.default)


def content(kind):
    part = mail.get_body(preferencelist=(kind,))
    return part.get_content().replace("\r\n", "\n") if part else None


json.dump(
    {
        "headers": [[name, str(value)] for name, value in mail.items()],
        "type": mail.get_content_type(),
        "text": content("plain"),
        "html": content("html"),
        "defects": [str(defect) for part in mail.walk() for defect in part.defects],
    },
    sys.stdout,
)
