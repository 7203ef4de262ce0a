"""A small mail server for tests, on this machine alone: enough of SMTP to take, refuse and mislead."""

import socketserver
import ssl
import subprocess
import threading
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class Box:
    """What the server was told to do and what came in."""

    password: str = "geheim"
    refuses: frozenset[str] = frozenset()
    closes: bool = False
    letters: list[tuple[tuple[str, ...], bytes]] = field(default_factory=list)
    port: int = 0


def make_certificate(folder: Path, name: str) -> Path:
    """A certificate for a server's name that signs itself, with its key, in one file."""
    made = folder / f"{name}.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "36500", "-subj", f"/CN={name}"]
    command += ["-addext", f"subjectAltName=DNS:{name}", "-keyout", str(made), "-out", str(folder / "only.pem")]
    subprocess.run(command, check=True, capture_output=True)
    with made.open("ab") as file:
        file.write((folder / "only.pem").read_bytes())
    return made


@contextmanager
def mail_server(box: Box, certificate: Path | None = None) -> Iterator[Box]:
    """A server on a free port; with a certificate it speaks TLS from the first byte."""
    context = None
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)

    class Handler(socketserver.StreamRequestHandler):
        def setup(self) -> None:
            if context is not None:
                self.request = context.wrap_socket(self.request, server_side=True)
            super().setup()

        def handle(self) -> None:
            try:
                _Talk(self, box, secure=context is not None).go()
            except OSError:
                return

        def finish(self) -> None:
            super().finish()
            self.request.close()

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True

        def handle_error(self, request: object, client_address: object) -> None:
            """Who mistrusts the certificate hangs up: that is no error here."""

    with Server(("127.0.0.1", 0), Handler) as server:
        box.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield box
        server.shutdown()
        thread.join()


class _Talk:
    def __init__(self, handler: socketserver.StreamRequestHandler, box: Box, *, secure: bool) -> None:
        self.read, self.write, self.box, self.secure = handler.rfile, handler.wfile, box, secure
        self.to: list[str] = []

    def say(self, text: str) -> None:
        self.write.write(f"{text}\r\n".encode())

    def go(self) -> None:
        if self.box.closes:
            return
        self.say("220 test")
        while line := self.read.readline().decode().strip():
            verb = line.split(maxsplit=1)[0].upper()
            if verb == "QUIT":
                self.say("221 bye")
                return
            getattr(self, f"on_{verb.lower()}", self.on_other)(line)

    def on_other(self, _line: str) -> None:
        self.say("250 ok")

    def on_ehlo(self, _line: str) -> None:
        self.say("250-test")
        self.say("250 AUTH PLAIN" if self.secure else "250 8BITMIME")

    def on_auth(self, line: str) -> None:
        password = b64decode(line.split()[2]).split(b"\0")[2].decode()
        self.say("235 welcome" if password == self.box.password else "535 wrong")

    def on_rcpt(self, line: str) -> None:
        address = line.partition("<")[2].partition(">")[0]
        if address in self.box.refuses:
            self.say("550 nobody of that name")
            return
        self.to.append(address)
        self.say("250 ok")

    def on_data(self, _line: str) -> None:
        self.say("354 go on")
        lines = []
        while (line := self.read.readline()) != b".\r\n":
            lines.append(line)
        self.box.letters.append((tuple(self.to), b"".join(lines)))
        self.to = []
        self.say("250 taken")
