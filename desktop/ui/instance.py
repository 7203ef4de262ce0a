"""One running copy for each data file: whoever comes second brings the first one's window forward.

A claim is a lock file in a folder of this user alone; it decides who is first, also among copies started at the same
moment, and one left behind by a killed program counts for nothing. Whoever holds it listens under its name (a local
socket, on Windows a named pipe) for the others' call.
"""

from __future__ import annotations

import logging
import os
import sys
import time
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from PySide6.QtCore import QCryptographicHash, QLockFile, QObject, Signal
from PySide6.QtWidgets import QApplication, QDialog, QWidget

from desktop.domain.errors import Refusal
from desktop.services.claims import data_claim, start_claim
from desktop.services.home import Home
from desktop.ui.operations import Cancelled, Ticket

if sys.platform == "win32":
    import ctypes
if TYPE_CHECKING:
    from PySide6.QtNetwork import QLocalServer, QLocalSocket

SECONDS_TO_ANSWER = 3.0
SECONDS_TO_START = 10.0
"""How long a copy that is just starting may be deaf."""
_CALL, _HERE = b"forward\n", b"here\n"
_STEP, _STEP_MS = 0.05, 20
log = logging.getLogger(__name__)


class Elsewhere(Refusal):
    """Another copy holds it; its window has come forward."""


class Silent(Refusal):
    """Another copy holds it and does not answer."""


class Claims(QObject):
    """What this copy holds against the user's other copies: one data file (or the start pages), one more on trial.

    ``called`` follows another copy's call to come forward. ``seize`` may be called in the background, all else belongs
    to the thread of the screen.
    """

    called = Signal()
    _seized = Signal(str)

    def __init__(self, home: Home, parent: QObject | None = None, *, deaf: bool = False) -> None:
        """``deaf``: no call is heard before ``listen``, so that the program need not load its network to start."""
        super().__init__(parent)
        self._home = home
        self._deaf = deaf
        self._folder = _meeting_place()
        self._seizing, self._mutex = Lock(), Lock()  # one seizes at a time; who only looks never waits for that
        self._locks: dict[str, QLockFile] = {}
        self._servers: dict[str, QLocalServer] = {}
        self._callers: list[QLocalSocket] = []
        self._settled = self._trial = ""
        self._ticket: Ticket | None = None
        self._seized.connect(self._listen)

    def seize(self, target: str, ticket: Ticket | None = None) -> None:
        """Claim an office's data, or the start pages (an empty target), on trial until ``settle`` or ``back``.

        Waits for another copy's answer, and for a network drive's. Work whose ``ticket`` was cancelled claims nothing.

        Raises:
            Cancelled: it was given up meanwhile.
            Elsewhere: another copy has it, and came forward.
            Silent: another copy has it and did not answer.
            Refusal: the target is of no known kind.
        """
        name = _spoken(data_claim(target, self._home) if target else start_claim(self._home))
        with self._seizing:
            if not self._take(name, None, ticket, held=True):
                self._take(name, self._lock(name, target, ticket), ticket)
        self._seized.emit(name)

    def settle(self) -> None:
        """What was claimed last is what this copy works at now; let go of what it had before."""
        with self._mutex:
            self._keep(self._trial or self._settled)

    def back(self, ticket: Ticket | None = None) -> None:
        """Let go of what was claimed on trial; with a ``ticket`` only if it was that work which claimed it."""
        with self._mutex:
            if ticket is None or ticket is self._ticket:
                self._keep(self._settled)

    def release(self) -> None:
        """Let go of everything."""
        with self._mutex:
            self._keep("")

    def listen(self) -> None:
        """Hear from now on the calls for what is held already, and for what will be."""
        self._deaf = False
        for name in list(self._locks):
            self._listen(name)

    def _take(self, name: str, lock: QLockFile | None, ticket: Ticket | None, *, held: bool = False) -> bool:
        """Put a claim on trial; whether that was done. ``held``: only if its lock is held already."""
        with self._mutex:
            if ticket is not None and ticket.cancelled:  # whoever cancels calls ``back`` afterwards, or did
                if lock is not None:
                    lock.unlock()
                raise Cancelled
            if held and name not in self._locks:
                return False
            if lock is not None:
                self._locks[name] = lock
            self._trial, self._ticket = name, ticket
            return True

    def _lock(self, name: str, target: str, ticket: Ticket | None) -> QLockFile | None:
        """The lock; None where the folder of locks cannot be used: then the work goes on unguarded."""
        lock = QLockFile(str(self._folder / f"{name}.lock"))
        lock.setStaleLockTime(0)  # it is stale when its process is gone, however old it is
        until = time.monotonic() + max(SECONDS_TO_ANSWER, SECONDS_TO_START - self._age(name))
        while not lock.tryLock(0):
            if lock.error() != QLockFile.LockError.LockFailedError:
                log.warning("cannot claim in %s: %s", self._folder, lock.error())
                return None
            if lock.removeStaleLockFile():  # the system lets go of it only when nobody holds it: numbers come again
                continue
            if ticket is not None:
                ticket.check()
            if self._call(name, _holder(lock), until, ticket):
                log.info("another copy has come forward")
                raise _elsewhere(target)
            if time.monotonic() > until:
                raise _silent(target, _holder(lock))
            time.sleep(_STEP)
        return lock

    def _age(self, name: str) -> float:
        try:
            return time.time() - (self._folder / f"{name}.lock").stat().st_mtime
        except OSError:
            return 0.0

    def _call(self, name: str, holder: int, until: float, ticket: Ticket | None) -> bool:
        """Ask the holder to come forward; whether it answered in time."""
        from PySide6.QtNetwork import QLocalSocket

        connected = QLocalSocket.LocalSocketState.ConnectedState
        socket = QLocalSocket()
        socket.connectToServer(_address(self._folder, name))
        if not socket.waitForConnected(_STEP_MS):
            return False
        _let_come_forward(holder)
        socket.write(_CALL)
        # in short steps: waiting in there keeps all of Python waiting, also this copy's own screen and answers
        while not socket.canReadLine() and time.monotonic() < until and not (ticket and ticket.cancelled):
            if not socket.waitForReadyRead(_STEP_MS) and socket.state() != connected:
                break
            time.sleep(_STEP)
        answered = bytes(socket.readLine().data()) == _HERE
        socket.abort()
        return answered

    def _listen(self, name: str) -> None:
        if self._deaf or name not in self._locks or name in self._servers:
            return
        from PySide6.QtNetwork import QLocalServer

        address = _address(self._folder, name)
        server = QLocalServer(self)
        server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        server.newConnection.connect(self._meet)
        QLocalServer.removeServer(address)  # a killed copy left it; the lock says that nobody uses it
        if not server.listen(address):
            log.warning("cannot listen on %s: %s", address, server.errorString())
        self._servers[name] = server

    def _meet(self) -> None:
        for server in self._servers.values():
            while (caller := server.nextPendingConnection()) is not None:
                caller.setParent(self)
                caller.readyRead.connect(self._answer)
                caller.disconnected.connect(self._answer)
                self._callers.append(caller)
        self._answer()

    def _answer(self) -> None:
        for caller in self._callers[:]:
            if caller.canReadLine() and bytes(caller.readLine().data()) == _CALL:
                self.called.emit()
                caller.write(_HERE)
                caller.flush()
            if caller.state() == caller.LocalSocketState.UnconnectedState:
                self._callers.remove(caller)
                caller.deleteLater()

    def _keep(self, kept: str) -> None:
        """Hold that from now on and nothing else; to be called with the mutex."""
        self._settled, self._trial, self._ticket = kept, "", None
        for name in [name for name in self._locks if name != kept]:
            server = self._servers.pop(name, None)
            if server is not None:
                server.close()
                server.deleteLater()
            self._locks.pop(name).unlock()


def bring_forward() -> None:
    """Show this program: out of the task bar, over other windows, the keyboard on the dialog that is open."""
    from PySide6.QtCore import Qt

    shown = [item for item in QApplication.topLevelWidgets() if item.isVisible() and not _fleeting(item)]
    shown.sort(key=_depth)
    for item in shown:
        if item.isMinimized():
            item.setWindowState(item.windowState() & ~Qt.WindowState.WindowMinimized)
        item.raise_()
    front = QApplication.activeModalWidget() or next(reversed(shown), None)
    if front is not None:
        front.raise_()
        front.activateWindow()
    told = [f"{type(item).__name__}{' (minimised)' if item.isMinimized() else ''}" for item in shown]
    log.info("came forward: %s; in front: %s", told, type(front).__name__)


def _fleeting(item: QWidget) -> bool:
    from PySide6.QtCore import Qt

    return item.windowType() in {Qt.WindowType.Popup, Qt.WindowType.ToolTip}


def _depth(item: QWidget) -> tuple[int, bool]:
    """A dialog stands over the window it belongs to, and over windows at all."""
    depth = 0
    parent = item.parentWidget()
    while parent is not None:
        depth, parent = depth + 1, parent.parentWidget()
    return depth, isinstance(item, QDialog)


def _shown(target: str) -> str:
    """The target as it may be told: without a server's password."""
    if "://" not in target:
        return target
    from desktop.domain.server_place import without_password

    return without_password(target)


def _elsewhere(target: str) -> Elsewhere:
    what = f"“{_shown(target)}”" if target else "程序的开始页面"
    return Elsewhere(
        f"{what}已经在另一个窗口中打开，那个窗口已移到前面。", kept="没有重复打开。", todo="请到那个窗口中继续。"
    )


def _silent(target: str, holder: int) -> Silent:
    what = f"打开着“{_shown(target)}”的程序" if target else "程序"
    return Silent(
        f"{what}已经在运行但没有回应。",
        kept="没有重复打开，已保存的数据不受影响。",
        todo=(
            "请稍等片刻再打开一次。如果一直没有回应，请在任务管理器中结束“工程项目管理台”"
            f"（进程号 {holder}）后重新打开，没有提交的草稿会找回来。"
        ),
    )


def _meeting_place() -> Path:
    """A folder of this user alone, on a local disk, the same for every copy whatever its home is."""
    own = os.environ.get("XDG_RUNTIME_DIR") if sys.platform != "win32" else None
    if own:
        folder = Path(own) / "epm-desk"
    else:
        from PySide6.QtCore import QDir

        folder = Path(QDir.tempPath()) / ("epm-desk" if sys.platform == "win32" else f"epm-desk-{os.getuid()}")
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError:
        log.warning("cannot make %s", folder, exc_info=True)
    return folder


def _spoken(claim: str) -> str:
    """A short name that fits into a socket's, which must be shorter than a path may be."""
    words = f"{_user()} {claim}".encode(errors="surrogatepass")
    digest = QCryptographicHash.hash(words, QCryptographicHash.Algorithm.Sha256)
    return bytes(digest.data()).hex()[:24]


def _user() -> str:
    """Whose copy this is: pipes on Windows are seen by all who are logged in, and each session has its own screen."""
    if sys.platform == "win32":
        session = ctypes.c_ulong()
        ctypes.windll.kernel32.ProcessIdToSessionId(os.getpid(), ctypes.byref(session))
        return f"{os.environ.get('USERDOMAIN', '')} {os.environ.get('USERNAME', '')} {session.value}"
    return str(os.getuid())


def _address(folder: Path, name: str) -> str:
    return f"epm-desk-{name}" if sys.platform == "win32" else str(folder / name)


def _holder(lock: QLockFile) -> int:
    """The process that holds a lock; 0 if it has just let go."""
    process, _host, _program = lock.getLockInfo()
    return process


def _let_come_forward(process: int) -> None:
    """Windows lets only the program that the person has just used put a window in front; pass that right on."""
    if sys.platform == "win32":
        ctypes.windll.user32.AllowSetForegroundWindow(process)
