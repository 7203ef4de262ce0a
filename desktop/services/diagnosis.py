"""The diagnostic report: what a helper must know of this program on this machine, and nothing of what it works on.

Every line is made of words of our own, numbers, versions and places in the code. Messages of errors, names of folders,
servers and people never enter it, so that it may be sent to whoever helps without a second thought.
"""

from __future__ import annotations

import datetime as dt
import importlib.metadata
import locale
import logging
import os
import platform
import re
import shutil
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from desktop import TITLE, __version__
from desktop.exchange.atomic_file import replacing
from desktop.services.diagnosis_crash import Crash, read_crashes
from desktop.services.diagnosis_data import Lines, Tell, finding_lines, place_lines, state_lines
from desktop.services.diagnosis_errors import Incident
from desktop.services.diagnosis_files import (
    FilesCheck,
    check_fonts,
    check_program,
    is_packaged,
    packed_versions,
    program_folder,
)
from desktop.services.diagnosis_keeper import recent_errors
from desktop.services.diagnosis_paths import drive_kind, masked
from desktop.services.home import Home
from desktop.services.office import Office
from desktop.store.inventory import driver_versions
from desktop.store.writable import writing_error

log = logging.getLogger(__name__)

_STEPS = 6
_SHOWN = 40
_VERSION = re.compile(r"[0-9A-Za-z.+_-]{1,40}", re.ASCII)
_LIBRARIES = ("alembic", "openpyxl", "reportlab", "pillow", "pypdfium2", "platformdirs", "pypinyin", "chinesecalendar")
END = "（报告完）"
PROMISE = "报告里只有版本、设置、数量和程序代码中的位置，没有姓名、单位、项目、客户，也没有表单内容。"


@dataclass(frozen=True)
class Section:
    """A part of the report: its title and its lines, each a label and what is said of it."""

    title: str
    lines: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Scene:
    """What a report is about. ``screen`` is what only the screen knows; empty where there is none.

    ``subject`` is the open office, or the place of data that may not open at all; empty where there is none yet.
    """

    home: Home | None
    subject: Office | str
    now: dt.datetime
    screen: tuple[tuple[str, str], ...] = ()


def make_report(scene: Scene, tell: Tell = lambda _done, _total, _text: None) -> str:
    """The whole report as text. A part that cannot be made says so, and the others come out all the same.

    ``tell`` is given progress; what it raises ends the work.
    """
    writer = _Writer(tell)
    writer.part(0, "程序", lambda: program_lines(scene))
    writer.part(0, "系统", lambda: system_lines(scene.now))
    writer.part(0, "组件版本", version_lines)
    writer.part(0, "屏幕和字体", lambda: [*scene.screen, *_font_lines()] if scene.screen else _font_lines())
    writer.part(1, "程序文件", lambda: _program_file_lines(writer.steps(1, "核对程序文件")))
    writer.part(2, "位置和空间", lambda: _place_lines(scene))
    _add_data(writer, scene)
    if scene.home is not None:
        folder = scene.home.log_file.parent
        writer.part(5, "最近的错误", lambda: _error_lines(recent_errors(folder)))
        writer.part(5, "没有正常结束的运行", lambda: _crash_lines(read_crashes(folder)))
    return _text(writer.sections, scene.now)


def save_report(path: Path, text: str) -> None:
    """Write the report as UTF-8 with a mark that old editors need, whole or not at all.

    Raises:
        Refusal: the place cannot be written.
    """
    with replacing(path) as stream:
        stream.write(text.replace("\n", os.linesep).encode("utf-8-sig"))


def report_name(now: dt.datetime) -> str:
    """What a report's file is called: ``诊断报告-2026-11-22-0930.txt``."""
    return f"诊断报告-{now.astimezone():%Y-%m-%d-%H%M}.txt"


def versions_text(lines: Sequence[tuple[str, str]]) -> str:
    """Lines as they are copied into a letter."""
    return "\n".join(f"{label}：{value}" for label, value in lines)


class _Writer:
    """Makes one part after another; only what ``tell`` raised ends it."""

    def __init__(self, tell: Tell) -> None:
        self._tell = tell
        self._gave_up: BaseException | None = None
        self.sections: list[Section] = []

    def tell(self, done: int, total: int, text: str) -> None:
        """Tell progress, and remember whether that ended the work."""
        try:
            self._tell(done, total, text)
        except BaseException as error:
            self._gave_up = error
            raise

    def steps(self, step: int, text: str) -> Callable[[int, int], None]:
        """A teller for the many small steps within one of the report's."""

        def inside(done: int, total: int) -> None:
            self.tell(step * 100 + done * 100 // max(total, 1), _STEPS * 100, f"{text} {done:,} / {total:,}")

        return inside

    def part(self, step: int, title: str, make: Callable[[], Lines]) -> None:
        """Add a part."""
        self.tell(step * 100, _STEPS * 100, title)
        try:
            lines = make()
        except Exception as error:
            if error is self._gave_up:
                raise
            log.warning("a part of the report cannot be made", exc_info=True)
            lines = [("这一部分", f"没有取到（{type(error).__name__}）")]
        self.sections.append(Section(title, tuple(lines)))


def _add_data(writer: _Writer, scene: Scene) -> None:
    subject = scene.subject
    if not subject:
        writer.sections.append(Section("数据", (("数据", "还没有建立或打开过"),)))
        return
    readable = False

    def state() -> Lines:
        nonlocal readable
        lines, readable = state_lines(subject)
        return [*place_lines(subject), *lines]

    def findings() -> Lines:
        if not readable:
            return [("核对结果", "没有核对：数据打不开，或版本不是本程序的")]
        return finding_lines(
            subject, lambda done, total, text: writer.tell(400 + done * 100 // total, _STEPS * 100, text)
        )

    writer.part(3, "数据", state)
    writer.part(4, "数据核对", findings)


def program_lines(scene: Scene) -> Lines:
    """The program's version and how it runs."""
    if is_packaged():
        how = "便携版（数据在程序旁边）" if scene.home is not None and scene.home.portable else "安装版或解压版"
    else:
        how = "源代码"
    return [("名称", TITLE), ("版本", __version__), ("运行方式", how)]


def system_lines(now: dt.datetime) -> Lines:
    """The operating system, its language and time zone; the machine's and the user's name are not asked for."""
    encoding = f"文件名 {sys.getfilesystemencoding()}，文本 {locale.getencoding()}"
    return [
        ("操作系统", _system()),
        ("处理器", f"{platform.machine()}，{os.cpu_count() or '未知'} 个核"),
        ("语言环境", "，".join(part or "未定" for part in locale.getlocale())),
        ("编码", encoding),
        ("时区", f"UTC{now.astimezone():%z}"),
    ]


def _system() -> str:
    if sys.platform == "win32":
        found = sys.getwindowsversion()
        wine = "，Wine" if _under_wine() else ""
        release, _version, _pack, kind = platform.win32_ver()
        edition = platform.win32_edition() or ""
        number = ".".join(map(str, max(found[:3], found.platform_version)))  # a program without manifest is told 6.2
        return f"Windows {release} {edition}（{number}，{kind}{wine}）"
    try:
        name = platform.freedesktop_os_release().get("PRETTY_NAME", "")
    except OSError:
        name = ""
    return f"{name or platform.system()}（内核 {platform.release()}）"


if sys.platform == "win32":
    import ctypes

    def _under_wine() -> bool:
        return hasattr(ctypes.windll.ntdll, "wine_get_version")


def version_lines() -> Lines:
    """The versions of what the program stands on, but for Qt, which the screen knows."""
    bits = "64 位" if sys.maxsize > 1 << 32 else "32 位"
    found = {"Python": f"{platform.python_version()}（{bits}）", **driver_versions()}
    packed = packed_versions()
    found |= {name: _version_of(name, packed) for name in _LIBRARIES}
    if (openssl := packed.get("openssl", "")) and _VERSION.fullmatch(openssl):
        found["OpenSSL"] = openssl
    return list(found.items())


def _version_of(name: str, packed: Mapping[str, str]) -> str:
    """A library's version: of a packaged program by its bill of materials, else as it is installed."""
    try:
        found = packed.get(name) or importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        found = ""
    return found if _VERSION.fullmatch(found) else "未知"


def _font_lines() -> Lines:
    return _check_lines("自带字体", check_fonts(), "没有清单，无法核对")


def _program_file_lines(tell: Callable[[int, int], None]) -> Lines:
    return _check_lines("程序文件", check_program(tell), "没有清单：不是打包的程序，无需核对")


def _check_lines(name: str, check: FilesCheck | None, without: str) -> Lines:
    if check is None:
        return [(name, without)]
    if check.whole:
        return [(name, f"{check.listed} 个文件，全部完好")]
    lines = [] if check.list_whole else [(f"{name}的清单", "本身已经损坏")]
    faults = ((check.missing, "缺少"), (check.changed, "被改动"), (check.unreadable, "读不出来"))
    for files, words in faults:
        if files:
            more = f"，等 {len(files)} 个" if len(files) > _SHOWN else f"，共 {len(files)} 个"
            lines.append((f"{name}{words}", "、".join(files[:_SHOWN]) + more))
    return [*lines, (name, f"清单上有 {check.listed} 个")]


def _place_lines(scene: Scene) -> Lines:
    places = [("程序文件夹", program_folder())]
    if scene.home is not None:
        places += [("本机数据文件夹", scene.home.folder), ("日志", scene.home.log_file)]
        places += [("备份", scene.home.backups)]
    lines = [(name, masked(place)) for name, place in places]
    if scene.home is None:
        lines.append(("本机数据文件夹", "不能使用：建不了，或不允许写入"))
    if isinstance(scene.subject, Office) and scene.subject.database.file is not None:
        places.append(("数据文件", scene.subject.database.file))
    for name, place in places:
        if name not in {"日志", "备份"}:
            lines.append((f"{name}所在的盘", _room(place)))
    if scene.home is not None:
        lines.append(("本机数据文件夹可写", "是" if writing_error(scene.home.folder) is None else "否"))
        lines.append(("升级前的备份", f"{_number_in(scene.home.backups)} 份"))
        lines.append(("日志文件", f"{_number_in(scene.home.log_file.parent)} 个"))
    return lines


def _room(place: Path) -> str:
    there = next((folder for folder in (place, *place.parents) if folder.exists()), None)
    if there is None:
        return "看不到"
    usage = shutil.disk_usage(there)
    kind = drive_kind(there)
    return f"{kind + '，' if kind else ''}可用 {usage.free / 1e9:,.1f} GB，共 {usage.total / 1e9:,.1f} GB"


def _number_in(folder: Path) -> int:
    try:
        return sum(item.is_file() for item in folder.iterdir())
    except OSError:
        return 0


def _error_lines(errors: Sequence[Incident]) -> Lines:
    if not errors:
        return [("错误", "没有记录")]
    lines = []
    for number, error in enumerate(errors, 1):
        often = f"，共 {error.count} 次，最后 {_moment(error.last)}" if error.count > 1 else ""
        where = "，后台" if error.background else ""
        lines.append((f"错误 {number}", f"{_moment(error.at)}，程序 {error.version}{where}{often}"))
        for depth, link in enumerate(error.links):
            lines.append(("  起因" if depth else "  类型", f"{link.kind}{f'（{link.codes}）' if link.codes else ''}"))
            lines += [("    在", str(frame)) for frame in link.frames]
    return lines


def _crash_lines(crashes: Sequence[Crash]) -> Lines:
    if not crashes:
        return [("记录", "没有")]
    lines = []
    for crash in reversed(crashes):
        fault = f"崩溃：{crash.fault}" if crash.fault else "被中断（断电、强行结束等）"
        lines.append((_moment(crash.at), f"程序 {crash.version}，{fault}"))
        lines += [("    在", str(frame)) for frame in crash.frames]
    return lines


def _moment(at: str) -> str:
    try:
        return f"{dt.datetime.fromisoformat(at).astimezone():%Y-%m-%d %H:%M:%S}"
    except ValueError:
        return "时间不明"


_NUMBERS = "一二三四五六七八九十"


def _text(sections: Sequence[Section], now: dt.datetime) -> str:
    parts = [f"{TITLE} 诊断报告", f"{now.astimezone():%Y-%m-%d %H:%M:%S %z}", PROMISE]
    parts.append("出错时的原话只在本机的日志里，不在这里。")
    for number, section in zip(_NUMBERS, sections, strict=False):
        parts += ["", f"{number}、{section.title}"]
        parts += [f"{label}：{value}" for label, value in section.lines]
    return "\n".join([*parts, "", END, ""])
