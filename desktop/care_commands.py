"""What the command line can do for the data as a whole: back up, restore, rebuild, copy, move to a server."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Callable
from pathlib import Path

from desktop.credentials import admin_way, ask_password
from desktop.domain.errors import Refusal
from desktop.domain.server_place import is_server, with_password
from desktop.seated import actor_of, complain, opened
from desktop.server_commands import serve
from desktop.services.backups import back_up_now, backup_rows
from desktop.services.clock import local_clock
from desktop.services.home import Home, target_of
from desktop.services.people import people_refs
from desktop.services.promotion import Promotion, report_text, save_report, take_copy
from desktop.services.rebuilding import rebuild_office
from desktop.services.restoring import COUNTED, Rehearsal, rehearsing, restore
from desktop.services.server_move import move_to_server
from desktop.services.server_office import OfficePlan

DONE, REFUSED = 0, 1
_SHOWN = 20


def back_up(arguments: Namespace, home: Home) -> int:
    """``backup``: make a checked backup, with ``--rotate`` one that is cleared away in time, or list them all."""
    with opened(arguments, home) as office:
        if not arguments.list:
            actor = actor_of(office, arguments.person, home)
            made = back_up_now(office, actor, _progress, rotating=arguments.rotate)
            print(f"备份已做好并核对：{made}")
            return DONE
        rows = backup_rows(office)
    for row in rows:
        print(f"{row.day}　{row.kind}　数据截至 {row.last_change}　{row.size / 1_000_000:,.1f} MB　{row.file}")
    print(f"共 {len(rows)} 份备份")
    return DONE


def restore_backup(arguments: Namespace, home: Home) -> int:
    """``restore``: rehearse a backup, and with ``--yes`` put it in the data's place."""
    target = target_of(arguments.data, home)
    if is_server(target):
        raise Refusal("服务器上的办公室不能这样恢复。", todo="请用 server promote 把备份迁成一个新的数据库。")
    backup, file = Path(arguments.file), Path(target)
    with rehearsing(backup, file, home, local_clock, _progress) as rehearsal:
        _tell(rehearsal)
        if not rehearsal.sound:
            return REFUSED
        if not arguments.yes:
            print("以上是演练，现在的数据没有改动。确实要恢复，请加 --yes 再运行一次。")
            return DONE
        kept = restore(rehearsal, None, home, local_clock)
    print(f"已恢复。{f'原来的数据留在：{kept}' if kept else ''}")
    return DONE


def _tell(rehearsal: Rehearsal) -> None:
    then, now = rehearsal.then, rehearsal.now
    for key, title in COUNTED:
        after = "" if now is None else f"，现在 {now.counts.get(key, 0):,}"
        print(f"{title}：备份中 {then.counts.get(key, 0):,}{after}")
    lost = f"会失去备份以后的 {rehearsal.lost_count:,} 次保存" if rehearsal.lost_count else "不会失去任何保存"
    print(f"恢复后{lost}。")
    for entry in rehearsal.lost[:_SHOWN]:
        print(f"  {entry.at.astimezone():%Y-%m-%d %H:%M} {entry.person or '（没有记名）'} {entry.text or entry.device}")
    if rehearsal.lost_count > _SHOWN:
        print(f"  ……还有 {rehearsal.lost_count - _SHOWN:,} 次")
    for finding in rehearsal.findings[:_SHOWN]:
        complain(f"  备份中有不符：{finding.where}：{finding.what}")


def rebuild(arguments: Namespace, home: Home) -> int:
    """``rebuild``: make the data anew from its journal, and tell what is different."""
    with opened(arguments, home) as office:
        made = rebuild_office(office, actor_of(office, arguments.person, home), _progress)
    for title, found in (("改回", made.rebuilt.undone), ("按现状保留", made.rebuilt.kept)):
        for one in found:
            print(f"{title}　{one.where}：{one.what}")
    for sha256 in made.rebuilt.lost:
        print(f"存档文件的内容与存入时不符：{sha256}")
    for finding in made.findings:
        complain(f"仍有不符　{finding.where}：{finding.what}")
    same = "与现在的完全一致" if made.rebuilt.equal else f"撤销了 {len(made.rebuilt.undone)} 处绕过程序的改动"
    print(f"重建的数据{same}：{made.file}")
    return REFUSED if made.findings else DONE


def copy_office(arguments: Namespace, home: Home) -> int:
    """``copy``: the whole office into a fresh data file, compared row by row."""
    with opened(arguments, home) as office:
        done = take_copy(office, actor_of(office, arguments.person, home), Path(arguments.file), _progress)
    _report(done, arguments.output)
    return DONE


def promote(arguments: Namespace, home: Home) -> int:
    """``server promote``: move the office from its data file to a server's new database."""
    for value, option in ((arguments.to, "--to"), (arguments.database, "--database"), (arguments.login, "--login")):
        if not value:
            raise Refusal(f"缺少 {option}。", todo="请补上后再试。")
    to = admin_way(arguments.to, "server promote 要用 --to 写明服务器管理员的地址。")
    with opened(arguments, home) as office:
        actor = actor_of(office, arguments.person, home)
        name = next(person.full for person in office.read(people_refs) if person.id == actor)
        admin = with_password(to, ask_password("服务器管理员的密码："))
        own = ask_password(f"{name}的登录名“{arguments.login}”的新密码：", twice=True)
        plan = OfficePlan(admin, arguments.database, arguments.login, own)
        done = move_to_server(office, actor, plan, _progress)
    print(f"办公室已迁到：{plan.place.target()}")
    _report(done, arguments.output)
    return DONE


def _report(done: Promotion, output: str) -> None:
    if output:
        save_report(done, Path(output))
        print(f"{len(done.copied.tables)} 张表、{done.copied.rows:,} 行，逐行核对一致；报告：{output}")
    else:
        print(report_text(done))


def serve_all(arguments: Namespace, home: Home) -> int:
    """``server``: one deed at a shared office, moving there among them."""
    return promote(arguments, home) if arguments.deed == "promote" else serve(arguments, home)


def _progress(done: int, total: int, text: str) -> None:
    if sys.stderr is not None and sys.stderr.isatty():
        share = f" {done * 100 // total}%" if total else ""
        print(f"\r{text}……{share}".ljust(60), end="\n" if total and done == total else "", file=sys.stderr, flush=True)


CARE: dict[str, Callable[[Namespace, Home], int]] = {
    "backup": back_up,
    "restore": restore_backup,
    "rebuild": rebuild,
    "copy": copy_office,
}
"""The commands of this file by their names."""
