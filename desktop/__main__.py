"""Start-up: ``python -m desktop`` opens the window; with a command it does that and ends.

Exit codes: 0 done, 1 refused or something was found wrong, 2 the command line is wrong or there is no screen,
3 the program failed, 130 interrupted.
"""

from __future__ import annotations

import gc
import io
import logging
import os
import re
import sys
from argparse import SUPPRESS, ArgumentParser, Namespace
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn, TypeGuard

from desktop import NAME, __version__
from desktop.console import gathered, incomplete, old_windows, program_files, tell

with program_files():
    from desktop.domain.errors import Refusal
    from desktop.services.diagnosis_log import keep_log
    from desktop.services.diagnosis_watch import CrashWatch, left_behind
    from desktop.services.home import Home, default_home, target_of
    from desktop.services.resources import RESOURCES

if TYPE_CHECKING:
    from desktop.services.office import Office
    from desktop.ui.operations import Ticket

DONE, REFUSED, MISUSED, FAILED, INTERRUPTED = 0, 1, 2, 3, 130

_COMMAND = NAME if getattr(sys, "frozen", False) else "python -m desktop"
USAGE = f"""用法：{_COMMAND} [--data 数据] [--home 文件夹] [命令]
　　　{_COMMAND} 数据文件

没有命令时打开窗口；只写一个数据文件（*.epm）就打开它。命令：

  import-ledger 文件……          导入项目台账（Excel）；没有通过的行连同原因另存在原文件旁边
  list projects [词……]          列出项目；写了词就只列名称、编号、拼音首字母等相符的
  list filings [词……]           列出表单
  print 编号 -o 文件             把一份表单存成 PDF
  verify [--anchor 序号:校验码]   核对数据：结构、日志、台账、签字、存档、电子签名；--anchor 是周二通报上的流水校验
  keys                          列出根密钥、身份证明和待签发的请求
  upgrade                       升级旧版本的数据（数据文件先备份，并写出备份在哪里）
  sample [--projects 个数] [--seed 数]   生成一个示例办公室（不覆盖已有数据）
  server create                 在数据库服务器上建立共享办公室：--data 写服务器管理员的地址，另写 --database 数据库
                                --login 登录名 --company 单位 --name 姓名；可写 --roles --policy --department
                                --staff-no，--clear 清除上一次没有建完的
  server invite 姓名或工号       给这个人建登录名，写出邀请函（--login --administrator --host -o 文件）
  server reset 登录名           重设一次性密码，写出邀请函；关闭了的重新打开
  server close 登录名           关闭登录名
  server logins                 列出登录名
  server test                   逐步测试与共享办公室的连接
  server promote                把数据文件里的办公室整体迁到服务器（单向，逐行核对）：--to 写服务器管理员的地址，
                                另写 --database 数据库 --login 登录名；-o 把核对报告存成文件
  backup                        做一份核对过的备份；backup --rotate 并按份数清理旧的；backup --list 列出已有的
  restore 备份文件               先演练：说明会失去什么；加 --yes 才换上，原来的数据留作“恢复前备份”
  rebuild                       按日志另做一份数据，列出与现在不同之处；存在备份文件夹
  copy 文件                     取一份本地副本（服务器上的办公室也可以），逐行核对；-o 存核对报告
  report [文件]                 存一份诊断报告（不含姓名、项目等内容），数据打不开时也能用
  tour 文件夹                    自动走一遍主要流程，把画面、画面上的文字和 PDF 存到文件夹里

选项：
  --data 数据    数据文件的路径，或 postgresql:// 开头的服务器地址；不写则用上次的
  --home 文件夹  本机的草稿、日志和记住的内容放在哪里；不写则在用户的数据文件夹
  --as 姓名      由谁办理（姓名或工号）；不写则是上次坐在这里的人
  --json         list 和 server logins 的结果写成 JSON
  --version      版本

服务器的密码不写在命令行里：由系统密钥环记住，或运行后输入；不在终端里运行时从标准输入逐行读入（< 密码文件）。

退出码：0 完成；1 没有办成，或有行不通过、有数据不符；2 命令写错，或没有屏幕；3 程序出错。"""

COMMANDS = (
    *("import-ledger", "list", "print", "verify", "keys", "upgrade", "sample", "server"),
    *("backup", "restore", "rebuild", "copy", "report", "tour"),
)
_VALUED = frozenset({"--data", "--home", "--as"})
_TOLD = (
    (r"the following arguments are required: (.+)", r"缺少参数：\1"),
    (r"unrecognized arguments: (.+)", r"多出了不认识的参数：\1"),
    (r"ambiguous option: (\S+) .*", r"参数 \1 有几种理解，请写完整"),
    (r"argument (?:command|命令): invalid choice: '?([^' ]*)'? .*", r"没有“\1”这个命令"),
    (r"argument (\S+): invalid choice: '?([^' ]*)'? .*", r"\1 不能是“\2”"),
    (r"argument (\S+): invalid int value: '(.*)'", r"\1 应当是整数，而不是“\2”"),
    (r"argument (\S+): expected .*", r"\1 后面要写一个值"),
)
"""What argparse says, in Chinese."""


class _Parser(ArgumentParser):
    """A parser that speaks Chinese."""

    def error(self, message: str) -> NoReturn:
        """Tell what is wrong with the command line, and end."""
        told = next((re.sub(wrong, right, message) for wrong, right in _TOLD if re.fullmatch(wrong, message)), message)
        print(f"命令行有误：{told}。\n\n{USAGE}", file=sys.stderr)
        sys.exit(MISUSED)

    def format_help(self) -> str:
        """The usage, in Chinese."""
        return f"{USAGE}\n"


def parser(words: Sequence[str] = ()) -> ArgumentParser:
    """The command line; the options may stand before or behind the command.

    A command is taught only where it stands among the ``words``: a window need not wait for eight that nobody wrote.
    """
    main = _Parser(prog="desktop", allow_abbrev=False)
    main.set_defaults(data="", home="", person="", command="")
    main.add_argument("--version", action="version", version=__version__)
    common = _Parser(add_help=False, allow_abbrev=False)
    for one in (main, common):
        one.add_argument("--data", default=SUPPRESS)
        one.add_argument("--home", default=SUPPRESS)
        one.add_argument("--as", dest="person", default=SUPPRESS)
    commands = main.add_subparsers(dest="command", metavar="命令", parser_class=_Parser)
    for name in COMMANDS:
        if name in words:
            _teach(commands.add_parser(name, parents=[common], allow_abbrev=False), name)
    return main


def _teach(command: ArgumentParser, name: str) -> None:
    """What may stand behind the command of that name."""
    if name == "import-ledger":
        command.add_argument("files", nargs="+", metavar="文件")
    elif name == "list":
        command.add_argument("what", choices=("projects", "filings"), metavar="list")
        command.add_argument("words", nargs="*", metavar="词")
        command.add_argument("--json", action="store_true")
    elif name == "print":
        command.add_argument("number", metavar="编号")
        command.add_argument("-o", "--output", required=True, metavar="文件")
    elif name == "verify":
        command.add_argument("--anchor", action="append", default=[], metavar="序号:校验码")
    elif name == "sample":
        command.add_argument("--projects", type=int, default=40)
        command.add_argument("--seed", type=int, default=1)
    elif name == "server":
        _teach_server(command)
    elif name == "report":
        command.add_argument("file", nargs="?", default="", metavar="文件")
    elif name == "tour":
        command.add_argument("folder", metavar="文件夹")
    else:
        _teach_care(command, name)


def _teach_care(command: ArgumentParser, name: str) -> None:
    if name == "backup":
        command.add_argument("--list", action="store_true")
        command.add_argument("--rotate", action="store_true")
    elif name == "restore":
        command.add_argument("file", metavar="备份文件")
        command.add_argument("--yes", action="store_true")
    elif name == "copy":
        command.add_argument("file", metavar="文件")
        command.add_argument("-o", "--output", default="")


_SERVER_DEEDS = ("create", "invite", "reset", "close", "logins", "test", "promote")


def _teach_server(command: ArgumentParser) -> None:
    command.add_argument("deed", choices=_SERVER_DEEDS, metavar="server")
    command.add_argument("names", nargs="*", metavar="名称")
    for option in ("database", "login", "company", "roles", "policy", "department", "staff-no", "host", "to"):
        command.add_argument(f"--{option}", default="")
    command.add_argument("--name", dest="person_name", default="")
    command.add_argument("-o", "--output", default="")
    for flag in ("clear", "administrator", "json"):
        command.add_argument(f"--{flag}", action="store_true")


def with_file(arguments: Sequence[str]) -> list[str]:
    """A data file as the only word, as a double-click on it gives it, stands for ``--data``."""
    words = [
        place
        for place, word in enumerate(arguments)
        if not word.startswith("-") and (place == 0 or arguments[place - 1] not in _VALUED)
    ]
    files = [place for place in words if _is_data_file(arguments[place])]
    if not files or arguments[words[0]] in COMMANDS:
        return list(arguments)
    if len(words) > 1:
        parser().error("一次只能打开一个数据文件")
    return [*arguments[: files[0]], "--data", *arguments[files[0] :]]


def _is_data_file(word: str) -> bool:
    return word.lower().endswith(".epm") or Path(word).is_file()


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line says; returns the exit code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="replace")
    with gathered():
        words = with_file(sys.argv[1:] if arguments is None else arguments)
        options = parser(words).parse_args(words)
        if options.command:
            return _carry_out(options, _complain)
    return _carry_out(options, tell)


def _complain(text: str) -> None:
    print(text, file=sys.stderr)


def _carry_out(options: Namespace, say: Callable[[str], None]) -> int:
    """Do it, and ``say`` in plain words why it could not be done."""
    try:
        home = Home(Path(options.home)) if options.home else default_home()
    except Refusal as refusal:
        say(str(refusal))
        if options.command != "report":
            return REFUSED
        home = None
    try:
        return _do(options, home) if home is not None else _report(options, None)
    except Refusal as refusal:
        logging.getLogger(__name__).info("refused: %s %s", refusal, refusal.details)
        say(str(refusal))
        return REFUSED
    except BrokenPipeError:
        _leave_the_pipe()
        return DONE
    except KeyboardInterrupt:
        _complain("\n已中断，没有做完的部分不会留下。")
        return INTERRUPTED
    except Exception as error:
        logging.getLogger(__name__).exception("failed: %s", _without_secrets(options))
        if _is_of_the_program(error):
            say(incomplete(error))
        else:
            where = f"详细情况在“{home.log_file}”。" if home is not None else ""
            say(f"程序出错了（{type(error).__name__}），已保存的数据不受影响。{where}")
        return FAILED


def _without_secrets(options: Namespace) -> dict[str, object]:
    """The command as it may be logged: a server's password may stand in its address."""
    from desktop.domain.server_place import without_password

    return {key: without_password(value) if isinstance(value, str) else value for key, value in vars(options).items()}


def _is_of_the_program(error: Exception) -> TypeGuard[ImportError | OSError]:
    """Whether a file of the program itself could not be loaded or read."""
    if isinstance(error, OSError):
        return isinstance(error.filename, str) and Path(error.filename).is_relative_to(RESOURCES)
    return isinstance(error, ImportError)


def _do(options: Namespace, home: Home) -> int:
    if options.command:
        keep_log(home.log_file)
    if options.command == "report":
        return _report(options, home)
    if options.command == "tour":
        return _tour(Path(options.folder))
    if options.command:
        from desktop import commands

        return commands.COMMANDS[options.command](options, home)
    return _window(options.data, home)


def has_screen() -> bool:
    """Whether a window can be shown, or Qt was told by name how to do without."""
    if not sys.platform.startswith("linux"):
        return True
    return any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"))


def _window(target: str, home: Home) -> int:
    if old := old_windows():
        tell(old)
        return FAILED
    if not has_screen():
        text = "这台机器没有屏幕，不能打开窗口。可以用命令：“tour 文件夹”自动走一遍主要流程并留下画面和 PDF。"
        _complain(f"{text}\n\n{USAGE}")
        return MISUSED
    home.refuse_unwritable()
    keep_log(home.log_file)
    if left_behind(home.log_file.parent):
        from desktop.services.diagnosis_crash import look_back

        look_back(home.log_file.parent)
    watch = CrashWatch(home.log_file.parent)
    watch.begin()
    gc.disable()  # a start makes only what stays; then the screen's own collector begins (desktop/ui/garbage.py)
    try:
        with program_files():
            from desktop.ui.running import require_platform, run

            require_platform()
        return run(target, home, example=partial(_example, home))
    finally:
        gc.enable()
        watch.end()


def _example(home: Home, ticket: Ticket) -> Office:
    from desktop.commands import example_office

    return example_office(home, ticket)


def _tour(folder: Path) -> int:
    if not has_screen():
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from desktop.tour import run_tour

    run_tour(folder, tell=print)
    return DONE


def _report(options: Namespace, home: Home | None) -> int:
    """Save a diagnostic report, also where the screen, the program's folder or the data do not work."""
    from desktop.services.clock import local_clock
    from desktop.services.diagnosis import PROMISE, Scene, make_report, report_name, save_report

    now = local_clock()
    file = Path(options.file or report_name(now)).absolute()
    subject = target_of(options.data, home) if home is not None else options.data
    save_report(file, make_report(Scene(home, subject, now, _qt_versions())))
    print(f"诊断报告已存为“{file}”。{PROMISE}")
    return DONE


def _qt_versions() -> tuple[tuple[str, str], ...]:
    try:
        from desktop.ui.surroundings import qt_versions
    except (ImportError, OSError) as error:  # no screen's libraries: that is for the helper to know
        return (("Qt", f"装载不了（{type(error).__name__}）"),)
    return tuple(qt_versions())


def _leave_the_pipe() -> None:
    """Whoever read the output has left (``| head``): say nothing more, also at the end."""
    sink = os.open(os.devnull, os.O_WRONLY)
    os.dup2(sink, sys.stdout.fileno())


if __name__ == "__main__":
    sys.exit(main())
