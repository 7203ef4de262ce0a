"""The office moves: once and one way from a data file to a server, or as a copy into a data file of its own."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from sqlalchemy import insert

from desktop import __version__
from desktop.domain.errors import NotAllowed, Refusal
from desktop.domain.policy_terms import Action
from desktop.domain.rights import reach
from desktop.services.clock import Clock
from desktop.services.office import Office, Reading, who_may
from desktop.services.standing import standing_of
from desktop.store.copying import Copied, Tell, copy_into_file, copy_rows, fingerprints, finish_copy, is_unfinished
from desktop.store.engine import Database
from desktop.store.guard import GuardNames
from desktop.store.ids import new_id
from desktop.store.tables import Relocation, table_of
from desktop.store.verify import Finding, verify
from desktop.store.verify.finding import TITLES
from desktop.store.writable import write_whole

_SHOWN = 20


@dataclass(frozen=True)
class Promotion:
    """What was moved or copied where, compared row by row; ``began`` and ``ended`` are aware moments."""

    source: str
    target: str
    copied: Copied
    began: dt.datetime
    ended: dt.datetime
    one_way: bool


def promote(
    source: Database,
    target: Database,
    clock: Clock,
    tell: Tell,
    *,
    prepare: Callable[[], None] | None = None,
    names: GuardNames | None = None,
    root: str = "",
    despite: bool = False,
) -> Promotion:
    """Move an office from its data file to a server's empty database; the file can only be read from then on.

    The file is checked first and held alone meanwhile. ``prepare`` is called when all is there and equal, before the
    file lets go (guards, the first login); ``names`` are the roles of the database that it then guards; ``root`` is
    the fingerprint of the root key that is pinned here. ``despite`` moves an office in which the check has found
    something.

    Until the file notes its removal nothing counts: what fails or is given up before leaves the file as it was, and
    the database empty or marked as unfinished, to be replaced by the next attempt.

    Raises:
        Refusal: the source is a server's or has moved already; the check found something; the target holds data or
            cannot be written; a difference was found.
    """
    began = clock()
    if source.file is None or target.file is not None:
        raise Refusal("只能从数据文件迁到服务器。", kept="没有作任何改动。", todo="请分别指明数据文件和服务器。")
    if (settled := _settle(source, target, names, tell)) is not None:
        return Promotion(source.place, target.place, settled, began, clock(), one_way=True)
    if not despite:
        _refuse_findings(verify(source, tell, root=root))
    with source.holding() as connection:
        source.need_schema(connection)
        if (moved := source.relocation(connection)) is not None:
            raise _moved(source, *moved)
        copied = copy_rows(connection, source.schema_no, target, tell, finished=False)
        if prepare is not None:
            prepare()
        row = {"id": new_id(), "place": target.place, "at": clock()}
        connection.execute(insert(table_of(Relocation)), row)
    finish_copy(target, names)
    return Promotion(source.place, target.place, copied, began, clock(), one_way=True)


def _settle(source: Database, target: Database, names: GuardNames | None, tell: Tell) -> Copied | None:
    """Finish a move that was cut off after the file had noted it; None where there is none to finish."""
    with source.connecting() as connection:
        source.need_schema(connection)
        moved = source.relocation(connection)
    if moved is None:
        return None
    if moved[0] != target.place or not is_unfinished(target):
        raise _moved(source, *moved)
    here, there = fingerprints(source, tell), fingerprints(target, tell)
    if here != there:
        raise Refusal(
            f"“{target.place}”中的副本与“{source.place}”不同，迁移不能完成。",
            kept="两边都没有改动。",
            todo="请联系维护人员。",
        )
    finish_copy(target, names)
    return there


def _moved(source: Database, place: str, at: dt.datetime) -> Refusal:
    return Refusal(
        f"“{source.place}”的数据已于 {at.astimezone():%Y-%m-%d %H:%M} 迁到“{place}”。",
        kept="数据未作改动。",
        todo="请连接服务器；不能再迁一次。",
    )


def _refuse_findings(findings: Sequence[Finding]) -> None:
    if findings:
        told = "\n".join(f"{one.where}：{one.what}" for one in findings[:_SHOWN])
        raise Refusal(
            f"迁移前的全面检查发现 {len(findings)} 处不符，没有迁移。",
            kept="数据未作改动。",
            todo="请先在“备份与恢复”里做全面检查，按日志重建或恢复备份。",
            details=told,
        )


def copy_refusal(reading: Reading, actor: UUID) -> str:
    """Why this person may take no copy of everything, in words; nothing for whoever sees the whole office."""
    if reach(reading.policy, standing_of(reading.session, actor, reading.today), Action.SEE).office:
        return ""
    return f"整个办公室的副本只能由能看到全部项目的人（{who_may(reading.policy, Action.MANAGE_OFFICE)}等）来取。"


def take_copy(office: Office, actor: UUID, file: Path, tell: Tell) -> Promotion:
    """Copy the whole office into a fresh data file (取一份本地副本), compared row by row.

    Raises:
        NotAllowed: the actor does not see everything.
        Refusal: there is such a file, it cannot be written, or the copy is not equal.
    """
    began = office.now()
    if refusal := office.read(lambda reading: copy_refusal(reading, actor)):
        raise NotAllowed(refusal, kept="没有复制任何内容。", todo="请由他们来取。")
    copied = copy_into_file(office.database, file, tell)
    return Promotion(office.target, str(file), copied, began, office.now(), one_way=False)


def report_text(done: Promotion) -> str:
    """The report for people to keep: from where to where, when, and of each table rows and fingerprint."""
    verb = "迁移" if done.one_way else "复制"
    lines = [
        f"{verb}报告（程序 {__version__}）",
        "",
        f"从　　　{done.source}",
        f"到　　　{done.target}",
        f"开始　　{done.began.astimezone():%Y-%m-%d %H:%M:%S}",
        f"结束　　{done.ended.astimezone():%Y-%m-%d %H:%M:%S}",
        f"共　　　{len(done.copied.tables)} 张表，{done.copied.rows:,} 行；逐行核对一致",
        f"总校验　{done.copied.sha256}",
        "",
        "各表的行数和校验值（sha256，按主键顺序逐行计算；两边相同）：",
        *(
            f"{part.rows:>10,}  {part.sha256}  {part.table}（{TITLES.get(part.table, part.table)}）"
            for part in done.copied.tables
        ),
        "",
        "日志的末尾（安装点、条数、最后一条的校验值；两边相同）：",
        *(f"{head.seq:>10,}  {head.hash or '—'}  {head.name}" for head in done.copied.heads),
    ]
    if done.one_way:
        lines += ["", "原数据文件已注明迁移，只能查看、打印和导出；请妥善保存，作为迁移时刻的存档。"]
    return "\n".join(lines) + "\n"


def save_report(done: Promotion, file: Path) -> None:
    """Write the report beside a name that was asked for.

    Raises:
        Refusal: the file cannot be written.
    """
    try:
        write_whole(file, report_text(done))
    except OSError as error:
        raise Refusal(f"不能写入“{file}”。", kept="数据已经迁好，不受影响。", details=str(error)) from error
