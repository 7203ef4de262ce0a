"""The installer tried for real in a Windows of Wine's: what it installs, refuses, mends and removes, and leaves."""

from __future__ import annotations

import re
import shutil
import textwrap
from collections.abc import Iterator
from pathlib import Path
from shlex import quote

from desktop import NAME, TITLE

from checksums import FILE_LIST, differences, sha256
from installer import EXTENSION, PROGRAM_FILE, STAGED
from roots import Outcome
from signing import UNINSTALLER
from wine import copy_prefix, run_script, windows_path

_USER = "prefix/drive_c/users/root"
_USER_INSIDE = f"/wine/{_USER}"
_USUAL = f"AppData/Local/Programs/{NAME}"
_DATA = f"AppData/Local/{NAME}"
_LOG = f"AppData/Local/Temp/{NAME}-setup.log"
_SHORTCUTS = (
    f"AppData/Roaming/Microsoft/Windows/Start Menu/Programs/{TITLE}.lnk",
    f"Desktop/{TITLE}.lnk",
)
_KEY = rf"HKCU\Software\Microsoft\Windows\CurrentVersion\Uninstall\{NAME}"
_OLDER = ("--data", r"Z:\place\旧 数据.epm")
_DONE, _REFUSED = 0, 2
_PATIENCE = 120.0


def try_installer(setup: Path, older_data: Path, folder: Path) -> list[str]:
    """Install, run, install over, refuse and remove, in a Wine prefix in ``folder``; returns what was wrong, in words.

    ``older_data`` is a data file of an older schema, which the installed program is to upgrade.

    Raises:
        SetupFailure: Wine cannot be had.
    """
    shutil.rmtree(folder, ignore_errors=True)
    trial = _Trial(setup, folder)
    shutil.copy2(older_data, trial.place / "旧 数据.epm")
    faults = list(trial.first_install())
    if faults:  # all else stands on it
        return faults
    faults = [
        *trial.installed_program(),
        *trial.over_installed(),
        *trial.over_running(),
        *trial.exchange_refused(),
        *trial.not_put_back(),
        *trial.cut_short(),
        *trial.refusals(),
        *trial.full_disk(),
        *trial.elsewhere(),
        *trial.not_removed(),
        *trial.removal(),
    ]
    if not faults:  # else it is there to be looked at
        shutil.rmtree(folder)
    return faults


class _Trial:
    """A Windows of its own, with a folder ``place`` that it sees on its drive Z."""

    def __init__(self, setup: Path, folder: Path) -> None:
        self.setup = setup
        self.place = folder / "place"
        self.place.mkdir(parents=True)
        self.prefix = copy_prefix(folder / "wine")
        self.user = self.prefix / _USER
        self.program = self.user / _USUAL
        self.before = self._traces()

    def first_install(self) -> Iterator[str]:
        """Silently, to the usual place: everything there, known to Windows."""
        yield from self._expect("静默安装", self._setup(), _DONE)
        yield from self._incomplete(self.program)
        yield from (f"安装后没有快捷方式“{name}”" for name in _SHORTCUTS if not (self.user / name).exists())
        file_type = rf"wine reg query 'HKCU\Software\Classes\{EXTENSION}' /ve"
        registry = self._run(f"wine reg query '{_KEY}' /v QuietUninstallString && {file_type}")
        if registry.code != 0 or UNINSTALLER not in registry.said or f"{NAME}.data" not in registry.said:
            yield f"安装后登记不全：{registry.said.strip()}"

    def installed_program(self) -> Iterator[str]:
        """It runs; an older data file is upgraded with a backup, and is in order afterwards."""
        for words in (
            ["--version"],
            ["upgrade", *_OLDER],
            ["verify", *_OLDER],
            ["report", r"Z:\place\报告.txt", *_OLDER],
        ):
            outcome = self._run(self._command(self.program, *words))
            if outcome.code != 0:
                yield f"装好的程序没有办成 {words[0]}（退出码 {outcome.code}）：{_end(outcome)}"
        if not list((self.user / _DATA / "backups").glob("*.epm")):
            yield "装好的程序升级旧数据之前没有留下备份"
        if not (self.place / "报告.txt").exists():
            yield "装好的程序没有写出诊断报告"

    def over_installed(self) -> Iterator[str]:
        """Over itself: complete again although a file was missing, and a person's own files stay."""
        own = (self.program / "我的 文件.txt", self.program / "lib" / "mine" / "own.txt")
        for file in own:
            file.parent.mkdir(exist_ok=True)
            file.write_text("own", encoding="utf-8")
        beside = self._pretend_former()
        (self.program / "lib" / "LICENSE").unlink(missing_ok=True)
        yield from self._expect("覆盖安装", self._setup(), _DONE)
        yield from (f"覆盖安装后少了用户自己的“{file.name}”" for file in own if not file.exists())
        former = sorted(path.name for path in beside.parent.glob("*")) if beside.exists() else []
        if former != [beside.name] or (self.program / "former.txt").exists():
            yield f"覆盖安装后，旧版本独有的文件应当移走，用户自己的应当留下，而有：{'、'.join(former) or '空的'}"
        shutil.rmtree(beside.parent, ignore_errors=True)
        own[0].unlink(missing_ok=True)
        shutil.rmtree(own[1].parent, ignore_errors=True)
        yield from self._incomplete(self.program)

    def _pretend_former(self) -> Path:
        """Give the installed version files outside the parts of today's; returns a person's own file beside one."""
        names = ("former.txt", "former parts/deep/part.dll")
        for name in names:
            (self.program / name).parent.mkdir(parents=True, exist_ok=True)
            (self.program / name).write_text("former", encoding="utf-8")
        with (self.program / FILE_LIST).open("a", encoding="utf-8", newline="\n") as stream:
            stream.writelines(f"{'0' * 64}  {name}\n" for name in names)
        beside = self.program / "former parts" / "own.txt"
        beside.write_text("own", encoding="utf-8")
        return beside

    def over_running(self) -> Iterator[str]:
        """While its window is open, or one of its files, neither installing nor removing touches anything."""
        before = _sums(self.program)
        library = f"{self._windows(self.program)}\\lib\\LICENSE"
        log = quote(f"{_USER_INSIDE}/{_DATA}/log/{NAME}.log")
        window = self._command(self.program, *_OLDER)
        there = quote(f"_?={self._windows(self.program)}")  # so that it neither copies itself nor returns too early
        steps = f"""
            : > {log}
            {window} >/tmp/window 2>&1 &
            for _ in $(seq 300); do grep -q 'ready after' {log} && break; sleep 0.2; done
            grep -q 'ready after' {log} || {{ echo 'no window'; cat /tmp/window {log}; }}
            {self._setup_command()}; echo install=$?
            wine {quote(self._seen(self.program))}/{UNINSTALLER} /S {there}
            echo uninstall=$?
            wineserver --kill
            wine cmd /c {quote(f"ping -n 30 127.0.0.1 < {library} > nul")} &
            sleep 2
            {self._setup_command()}; echo held=$?
            wineserver --kill
            """
        outcome = self._run(textwrap.dedent(steps))
        if "no window" in outcome.said:
            yield f"装好的程序没有打开窗口：{_end(outcome)}"
        for what in ("install", "uninstall", "held"):
            if f"\n{what}={_REFUSED}" not in f"\n{outcome.said}":
                yield f"程序文件正在使用，{what} 没有拒绝：{_end(outcome)}{self._log()}"
        if _sums(self.program) != before:
            yield "程序运行时安装或卸载，改动了装好的文件"

    def exchange_refused(self) -> Iterator[str]:
        """A folder that cannot be moved, seen only in the midst of the exchange: the old version stands again."""
        before = _sums(self.program)
        library = quote(f"{self._seen(self.program)}/lib")
        steps = f"mount --bind {library} {library}; {self._setup_command()}; code=$?; umount {library}; exit $code"
        yield from self._expect("换不下来的文件夹", self._run(steps), _REFUSED, "占用")
        if _sums(self.program) != before:
            yield "换不下来时，原来的版本没有恢复"
        yield from (f"换不下来以后留下了“{path.name}”" for path in self.program.glob("~*"))

    def not_put_back(self) -> Iterator[str]:
        """When the old version cannot be put back either, it is kept, until an installation can put it back."""
        before = _sums(self.program)
        again = "重新运行安装程序"
        setup, library = self._setup_command(), quote(f"{self._seen(self.program)}/lib")
        retired = self.program / "~old" / PROGRAM_FILE
        file = quote(self._seen(retired))
        hold_later = f"{{ until [ -e {file} ]; do sleep 0.1; done; mount --bind {file} {file}; }} &"
        exchange = f"mount --bind {library} {library}\n{hold_later}\n{setup}"
        yield from self._expect("恢复不了", self._run(exchange), _REFUSED, again)
        yield from self._expect("仍恢复不了", self._run(f"mount --bind {file} {file}; {setup}"), _REFUSED, again)
        if not retired.exists() or not (self.program / STAGED).is_dir():
            yield "恢复不了时没有留下恢复要用的文件"
        yield from self._expect("恢复", self._run(f"mount --bind {library} {library}; {setup}"), _REFUSED, "先恢复")
        if _sums(self.program) != before:
            yield "恢复不了之后再安装，原来的版本没有恢复"

    def cut_short(self) -> Iterator[str]:
        """A power cut in the middle of the exchange is put right by the next installation."""
        retired, staged = self.program / "~old", self.program / STAGED
        retired.mkdir()
        (staged / "lib").mkdir(parents=True)
        (self.program / PROGRAM_FILE).rename(retired / PROGRAM_FILE)
        yield from self._expect("中断之后再安装", self._setup(), _DONE)
        yield from self._incomplete(self.program)

    def refusals(self) -> Iterator[str]:
        """What cannot be is refused before anything is written, and the installed program stays as it is."""
        before = _sums(self.program)
        deep = "\\".join(["很深的文件夹" * 4] * 9)
        yield from self._expect("太长的路径", self._setup(f"/D=Z:\\place\\{deep}"), _REFUSED, "太长")
        yield from self._expect("没有的磁盘", self._setup("/D=Q:\\epm-desk"), _REFUSED, "磁盘")
        yield from self._expect("数据文件夹", self._setup(f"/D={self._windows(self.user / _DATA)}"), _REFUSED, "数据")
        newer = f"wine reg add '{_KEY}' /v DisplayVersion /d 99.0 /f"
        yield from self._expect("降级", self._run(f"{newer}; {self._setup_command()}"), _REFUSED, "99.0")
        older = f"wine winecfg -v win81; {self._setup_command()}; code=$?; wine winecfg -v win10; exit $code"
        yield from self._expect("旧的 Windows", self._run(older), _REFUSED, "太旧")
        if _sums(self.program) != before:
            yield "拒绝安装时改动了装好的文件"
        left = [path.name for path in self.place.iterdir() if path.is_dir()]
        if left:
            yield f"拒绝安装后留下了：{'、'.join(left)}"
        yield from self._expect("允许降级", self._setup("/DOWNGRADE"), _DONE)

    def full_disk(self) -> Iterator[str]:
        """A disk too small, and one that is full in the midst of unpacking, beside a version that stands there."""
        files = sum(1 for _ in self.program.rglob("*"))
        there = self._setup_command(r"/D=Z:\tmp\small\程序")
        back = self._setup_command(f"/D={self._windows(self.program)}")
        listing = "(cd /tmp/small && find . -type f -exec sha256sum {} + | sort)"
        steps = f"""
            mkdir /tmp/small
            mount -t tmpfs -o size=20m tmpfs /tmp/small
            {there}; echo small=$? left=$(ls /tmp/small)
            umount /tmp/small
            mount -t tmpfs -o nr_inodes={files * 3 // 2} tmpfs /tmp/small
            {there}; echo first=$?
            {listing} >/tmp/before
            {there}; echo second=$?
            {listing} >/tmp/after
            cmp /tmp/before /tmp/after && echo same
            find /tmp/small -name '~*'
            {back}; echo back=$?
            """
        outcome = self._run(textwrap.dedent(steps), patience=2 * _PATIENCE)
        for line in (f"small={_REFUSED} left=\n", f"first={_DONE}", f"second={_REFUSED}", "same", f"back={_DONE}"):
            if line not in outcome.said:
                yield f"磁盘写满时：没有得到 {line.strip()}：{_end(outcome)}{self._log()}"
        if "~" in outcome.said:
            yield f"磁盘写满后留下了：{_end(outcome)}"

    def elsewhere(self) -> Iterator[str]:
        """A path with Chinese and blanks; the copy at the former place goes, a person's own files there stay."""
        own = self.program / "我的 文件.txt"
        own.write_text("own", encoding="utf-8")
        target = self.place / "程序 目录" / "工程 项目"
        yield from self._expect("有中文和空格的路径", self._setup(f"/D={self._windows(target)}"), _DONE)
        yield from self._incomplete(target)
        outcome = self._run(self._command(target, "verify", *_OLDER))
        if outcome.code != 0:
            yield f"有中文和空格的路径里程序没有运行（退出码 {outcome.code}）：{_end(outcome)}"
        left = [path.name for path in self.program.rglob("*")]
        if left != [own.name]:
            yield f"换位置以后，原来的位置应当只剩用户自己的文件，而有：{'、'.join(left[:9]) or '空的'}"
        self.program = target

    def not_removed(self) -> Iterator[str]:
        """Where the program itself cannot be deleted, the uninstaller says so and stays, to be started again."""
        file = quote(f"{self._seen(self.program)}/{PROGRAM_FILE}")
        uninstall = f"wine {quote(self._seen(self.program))}/{UNINSTALLER} /S"
        self._run(f"mount --bind {file} {file}; {uninstall}; wineserver --wait")
        if "没有卸载完" not in self._log() or not (self.program / UNINSTALLER).exists():
            yield f"删不掉主程序时，卸载程序应当说明并留下：{self._log()}"
        yield from self._expect("没有卸载完，再安装", self._setup(f"/D={self._windows(self.program)}"), _DONE)
        yield from self._incomplete(self.program)

    def removal(self) -> Iterator[str]:
        """The uninstaller leaves the data alone, unless it is told."""
        yield from self._expect("卸载", self._uninstall(), _DONE)
        if self.program.exists():
            yield f"卸载以后程序文件夹还在：{'、'.join(path.name for path in self.program.rglob('*'))}"
        if not (self.user / _DATA / "backups").is_dir():
            yield "卸载时把数据也删了"
        yield from (f"卸载以后快捷方式“{name}”还在" for name in _SHORTCUTS if (self.user / name).exists())
        traces = self._traces() - self.before
        if traces:
            yield f"卸载以后登记还在：{'；'.join(sorted(traces))}"
        yield from self._expect("卸载后再安装", self._setup(), _DONE)
        self.program = self.user / _USUAL
        yield from self._expect("卸载并删除数据", self._uninstall("/DELETEDATA"), _DONE)
        left = sorted(path.name for path in (self.user / "AppData" / "Local").glob(f"*{NAME}*"))
        if left:
            yield f"卸载并删除数据以后还有：{'、'.join(left)}"
        if not (self.place / "旧 数据.epm").exists():
            yield "卸载并删除数据时动了存在别处的数据文件"

    def _setup_command(self, *words: str) -> str:
        return " ".join(["wine", quote(f"/setup/{self.setup.name}"), "/S", *map(quote, words)])

    def _setup(self, *words: str) -> Outcome:
        return self._run(self._setup_command(*words))

    def _uninstall(self, *words: str) -> Outcome:
        """The uninstaller goes on from a copy of itself; all have ended when this returns."""
        return self._run(" ".join(["wine", quote(f"{self._seen(self.program)}/{UNINSTALLER}"), "/S", *words]))

    def _command(self, program: Path, *words: str) -> str:
        return " ".join(["wine", quote(f"{self._seen(program)}/{PROGRAM_FILE}"), *map(quote, words)])

    def _run(self, script: str, patience: float = _PATIENCE) -> Outcome:
        return run_script(
            script,
            binds={"/place": self.place},
            read_only={"/setup": self.setup.parent},
            prefix=self.prefix,
            timeout=patience,
        )

    def _seen(self, path: Path) -> str:
        """Where the root sees a path of this machine."""
        if path.is_relative_to(self.place):
            return f"/place/{path.relative_to(self.place).as_posix()}"
        return f"/wine/{path.relative_to(self.prefix).as_posix()}"

    def _windows(self, path: Path) -> str:
        if path.is_relative_to(self.place):
            return windows_path(self._seen(path))
        return "C:\\" + str(path.relative_to(self.prefix / "prefix" / "drive_c")).replace("/", "\\")

    def _expect(self, what: str, outcome: Outcome, code: int, word: str = "") -> Iterator[str]:
        log = self._log()
        if outcome.code != code:
            yield f"{what}：退出码是 {outcome.code}，应为 {code}。{_end(outcome)}{log}"
        if word not in log:
            yield f"{what}：日志里没有说“{word}”。{log}"

    def _incomplete(self, program: Path) -> Iterator[str]:
        if not (program / FILE_LIST).exists():
            yield f"“{program.name}”里没有装上程序"
            return
        wrong = [name for name in differences(program) if name != UNINSTALLER]
        if wrong or not (program / UNINSTALLER).exists():
            yield f"装好的文件与清单不符：{'、'.join(wrong[:9]) or UNINSTALLER}"

    def _log(self) -> str:
        file = self.user / _LOG
        return file.read_bytes().decode("utf-16", "replace").strip() if file.exists() else ""

    def _traces(self) -> set[str]:
        """Lines of the user's registry that tell of the program."""
        text = (self.prefix / "prefix" / "user.reg").read_text(encoding="utf-8", errors="replace")
        return {line for line in text.splitlines() if re.search(rf"{NAME}|\{EXTENSION}\b", line, re.IGNORECASE)}


def _sums(program: Path) -> dict[str, str]:
    files = (path for path in program.rglob("*") if path.is_file())
    return {path.relative_to(program).as_posix(): sha256(path) for path in files}


def _end(outcome: Outcome) -> str:
    return outcome.said.strip()[-1500:]
