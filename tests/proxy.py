"""A cable between a program and a server that tests can cut: a forwarder of one port to another."""

import contextlib
import socket
import threading
from collections.abc import Callable
from functools import partial
from typing import Self

from sqlalchemy import make_url

WRITTEN = 65_536


class Cable:
    """Forwards to a server; ``url`` is how it is reached through it.

    ``cut`` pulls the plug of everything that runs, and of what comes until ``mend``; ``blip`` only of what runs. With
    ``cut_before`` or ``cut_after`` it is pulled (with ``brief`` as a blip) at the first message of the program that
    contains these bytes: before the server gets it, or when the server has answered to it, which the program does not
    learn. With ``half`` the server does not learn of it.
    """

    def __init__(self, url: str) -> None:
        """``url`` is the server's; only its host and port are replaced."""
        self._to = make_url(url)
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._open: list[tuple[socket.socket, socket.socket]] = []
        self._left: list[socket.socket] = []
        self._all: list[socket.socket] = []
        self._threads: list[threading.Thread] = []
        self._lock = threading.Lock()
        self.down = False
        self.cut_before = b""
        self.cut_after = b""
        self.brief = self.half = False
        self.passed = 0
        self._begin(self._serve)
        address = self._socket.getsockname()
        self.url = self._to.set(host=address[0], port=address[1]).render_as_string(hide_password=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.half = False
        self._left = []
        with self._lock:
            self._open = [(end, end) for end in self._all]
        self.cut()
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        for thread in self._threads:
            thread.join(5)
        for end in self._all:
            end.close()

    def cut(self) -> None:
        """Break everything that runs through it, and refuse what comes."""
        self.down = True
        self.blip()

    def blip(self) -> None:
        """Break everything that runs through it."""
        with self._lock:
            pairs, self._open = self._open, []
        self._left += [far for _near, far in pairs] if self.half else []
        for end in (end for pair in pairs for end in pair):
            if end not in self._left:
                with contextlib.suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)

    def mend(self) -> None:
        """Let new connections through again."""
        self.down = False

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _address = self._socket.accept()
                self._all.append(near)
                if self.down:
                    near.close()
                    continue
                self.passed += 1
                far = socket.create_connection((self._to.host or "", self._to.port or 0))
                self._all.append(far)
                with self._lock:
                    self._open.append((near, far))
                answering = threading.Event()
                self._pump(near, far, self._watch(answering))
                self._pump(far, near, partial(self._answered, answering))

    def _watch(self, answering: threading.Event) -> Callable[[bytes], bool]:
        def may_pass(data: bytes) -> bool:
            if self.cut_before and self.cut_before in data:
                self._pull()
                return False
            if self.cut_after and self.cut_after in data:
                answering.set()
            return True

        return may_pass

    def _answered(self, answering: threading.Event, _data: bytes) -> bool:
        if answering.is_set():
            self._pull()
            return False
        return True

    def _pull(self) -> None:
        self.cut_before = self.cut_after = b""
        if self.brief:
            self.blip()
        else:
            self.cut()

    def _pump(self, source: socket.socket, sink: socket.socket, may_pass: Callable[[bytes], bool]) -> None:
        def run() -> None:
            with contextlib.suppress(OSError):
                while data := source.recv(WRITTEN):
                    if not may_pass(data):
                        return
                    sink.sendall(data)
            for end in (source, sink):
                if end in self._left:
                    continue
                with contextlib.suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)

        self._begin(run)

    def _begin(self, run: Callable[[], None]) -> None:
        thread = threading.Thread(target=run, daemon=True)
        self._threads.append(thread)
        thread.start()
