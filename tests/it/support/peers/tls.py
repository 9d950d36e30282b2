"""A mail server (aiosmtpd) or a web server behind TLS, with a certificate authority of its own in FOLDER/ca.pem.

Prints one JSON object a line: {"ready": PORT}, then what reaches it: {"from": …, "to": …, "mail": …, "tls": true} per
mail, {"path": …} per request. Mail is taken from user `fabu` with password `mail-password` alone. Ends when its
standard input does.

    tls.py starttls|tls|https FOLDER
"""

import asyncio
import http.server
import json
import logging
import pathlib
import ssl
import subprocess
import sys
import threading

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword


def say(thing):
    print(json.dumps(thing, ensure_ascii=False), flush=True)


def certificate(folder):
    def openssl(*arguments):
        subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)

    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    openssl("req", "-x509", *key, "-keyout", "ca.key", "-out", "ca.pem", "-days", "2", "-subj", "/CN=Shili test authority")
    (folder / "leaf.ext").write_text("subjectAltName=IP:127.0.0.1\n")
    openssl("req", *key, "-keyout", "leaf.key", "-out", "leaf.csr", "-subj", "/CN=peer")
    openssl(
        *["x509", "-req", "-in", "leaf.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial"],
        *["-days", "2", "-extfile", "leaf.ext", "-out", "leaf.pem"],
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "leaf.pem", folder / "leaf.key")
    return context


class Taker:
    async def handle_DATA(self, server, session, envelope):
        secured = server.transport.get_extra_info("ssl_object") is not None
        mail = envelope.content.decode()
        say({"from": envelope.mail_from, "to": envelope.rcpt_tos, "mail": mail, "tls": secured})
        return "250 2.0.0 taken"


def authenticate(server, session, envelope, mechanism, data):
    known = isinstance(data, LoginPassword) and (data.login, data.password) == (b"fabu", b"mail-password")
    return AuthResult(success=known)


async def mail(mode, context):
    starttls = context if mode == "starttls" else None

    def conversation():
        return SMTP(
            Taker(),
            hostname="peer.example",
            tls_context=starttls,
            require_starttls=starttls is not None,
            authenticator=authenticate,
            auth_required=True,
            auth_require_tls=starttls is not None,
        )

    implicit = context if mode == "tls" else None
    loop = asyncio.get_running_loop()
    server = await loop.create_server(conversation, "127.0.0.1", 0, ssl=implicit)
    say({"ready": server.sockets[0].getsockname()[1]})
    await loop.run_in_executor(None, sys.stdin.read)


class Web(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        say({"path": self.path})
        answer = b"0: Accepted for delivery"
        self.send_response(202)
        self.send_header("content-length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_):
        pass


def web(context):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Web)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    say({"ready": server.server_address[1]})
    sys.stdin.read()


def main(mode, folder):
    # A client that breaks off is what some tests want to see; no traceback is.
    logging.getLogger("mail.log").setLevel(logging.CRITICAL + 1)
    context = certificate(pathlib.Path(folder))
    if mode == "https":
        web(context)
    else:
        asyncio.run(mail(mode, context))


main(*sys.argv[1:])
