"""An SMS operator in a network namespace of its own: an SMPP message centre and Kannel in front of it.

Kannel listens on every address, so it must not run beside anything else: the caller starts this under `unshare -n`.
The one way in is the Unix socket IN, which leads to Kannel's HTTP port; the one way out is port 8080, which leads to the
Unix socket OUT, so that Kannel can call back. What reaches the message centre is printed, one JSON object a line:
{"ready": true}, then {"to": …, "text": …, "parts": n} per message, long ones put together. Who asks for a receipt gets one
for every part: delivered, or by the last digit of the number, 8 undeliverable, 9 none at all.
It ends when its standard input does.

    kannel.py FOLDER IN OUT
"""

import asyncio
import json
import pathlib
import sys

import smpp34

SENDSMS, SMSBOX, ADMIN, SMPP, BACK = 13013, 13001, 13000, 2775, 8080

CORE = f"""
group = core
admin-port = {ADMIN}
admin-password = test
smsbox-port = {SMSBOX}
log-file = "bearerbox.log"
log-level = 1

group = smsc
smsc = smpp
smsc-id = centre
host = 127.0.0.1
port = {SMPP}
transceiver-mode = true
smsc-username = fabu
smsc-password = test
system-type = ""
max-pending-submits = 10

group = smsbox
bearerbox-host = 127.0.0.1
sendsms-port = {SENDSMS}
log-file = "smsbox.log"
log-level = 1

group = sendsms-user
username = fabu
password = gateway-secret
max-messages = 10
concatenation = true
"""


def say(thing):
    print(json.dumps(thing, ensure_ascii=False), flush=True)


class Centre:
    """Takes every message, joins the parts of a long one by their user data header, and gives receipts."""

    def __init__(self):
        self.bound = asyncio.Event()
        self.long = {}
        self.receipts = set()

    async def run(self):
        server = smpp34.Server("127.0.0.1", SMPP)
        await server.start()
        count = 0
        while True:
            event = await server.next()
            if isinstance(event, smpp34.Esme):
                esme = event
                self.bound.set()
            elif isinstance(event, smpp34.SubmitSmEvent):
                count += 1
                self.take(event.destination_addr, event.esm_class, event.data_coding, bytes(event.short_message))
                event.accept(f"m{count}")
                if event.registered_delivery & 1:
                    receipt = self.receipt(esme, event.destination_addr, event.source_addr, f"m{count}")
                    self.receipts.add(asyncio.create_task(receipt))

    async def receipt(self, esme, to, source, name):
        fate = {"8": "UNDELIV", "9": None}.get(str(to)[-1], "DELIVRD")
        if fate is None:
            return
        done = "dlvrd:001" if fate == "DELIVRD" else "dlvrd:000"
        dates = "submit date:2601010000 done date:2601010001"
        text = f"id:{name} sub:001 {done} {dates} stat:{fate} err:000 text:".encode()
        await esme.deliver_sm(source, text, source_addr=to, esm_class=0x04)

    def take(self, to, esm_class, coding, data):
        to = to.decode() if isinstance(to, bytes) else to
        total = number = reference = 1
        if esm_class & 0x40:
            length = data[0] + 1
            # 05 00 03 reference total number: concatenation, the only header that Kannel adds here.
            reference, total, number = data[3], data[4], data[5]
            data = data[length:]
        parts = self.long.setdefault((to, reference if total > 1 else None), {})
        parts[number] = data
        if len(parts) == total:
            del self.long[(to, reference if total > 1 else None)]
            whole = b"".join(parts[n] for n in sorted(parts))
            text = whole.decode("utf-16-be" if coding == 8 else "latin-1")
            say({"to": to, "text": text, "parts": total, "coding": coding})


def relay(connect):
    async def copy(source, sink):
        while chunk := await source.read(65536):
            sink.write(chunk)
            await sink.drain()
        sink.close()

    async def serve(reader, writer):
        try:
            inner, outer = await connect()
        except OSError:
            return writer.close()
        await asyncio.gather(copy(reader, outer), copy(inner, writer), return_exceptions=True)

    return serve


async def is_open(port):
    for _ in range(200):
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.close()
            return
        except OSError:
            await asyncio.sleep(0.05)
    sys.exit(f"kannel.py: nothing listens on port {port}")


async def main(folder, way_in, way_out):
    folder = pathlib.Path(folder)
    (folder / "kannel.conf").write_text(CORE)
    up = await asyncio.create_subprocess_exec("ip", "link", "set", "lo", "up")
    if await up.wait() != 0:
        sys.exit("kannel.py: the namespace has no loopback")
    centre = Centre()
    messages = asyncio.create_task(centre.run())
    boxes = []

    async def start(program):
        quiet = asyncio.subprocess.DEVNULL
        boxes.append(
            await asyncio.create_subprocess_exec(program, "kannel.conf", cwd=folder, stdout=quiet, stderr=quiet)
        )

    try:
        await start("bearerbox")
        await is_open(SMSBOX)
        await start("smsbox")
        await is_open(SENDSMS)
        await asyncio.wait_for(centre.bound.wait(), 20)
        await asyncio.start_unix_server(relay(lambda: asyncio.open_connection("127.0.0.1", SENDSMS)), way_in)
        await asyncio.start_server(relay(lambda: asyncio.open_unix_connection(way_out)), "127.0.0.1", BACK)
        say({"ready": True})
        ended = asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
        await asyncio.wait([ended, messages], return_when=asyncio.FIRST_COMPLETED)
    finally:
        for box in reversed(boxes):
            if box.returncode is None:
                box.terminate()
        # They say goodbye to each other for ten seconds; nothing here is worth that wait.
        for box in boxes:
            try:
                await asyncio.wait_for(box.wait(), 0.5)
            except asyncio.TimeoutError:
                box.kill()
                await box.wait()


asyncio.run(main(*sys.argv[1:]))
