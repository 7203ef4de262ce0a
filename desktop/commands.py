"""What the command line can do: each command a thin call of a service, its answer printed for people or scripts."""

from __future__ import annotations

import json
import sys
import unicodedata
from argparse import Namespace
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

from desktop.care_commands import CARE, serve_all
from desktop.credentials import known_way
from desktop.domain.errors import Refusal
from desktop.domain.identity import spoken
from desktop.domain.ledger import Project
from desktop.domain.money import yuan_text
from desktop.exchange.atomic_file import replacing
from desktop.sample import Progress, make_sample
from desktop.seated import actor_of, complain, opened
from desktop.services.checking import verify_office
from desktop.services.filings import FilingQuery, FilingRow, filing_ids, filing_rows, find_filing
from desktop.services.home import Home, default_data_file, example_file, target_of
from desktop.services.identities import identities
from desktop.services.identity_overview import key_rows
from desktop.services.integrity import read_printed
from desktop.services.ledger_import import (
    ImportResult,
    LedgerPreview,
    Verdict,
    import_ledger,
    preview_ledger,
    save_refused,
)
from desktop.services.office import Office, Reading
from desktop.services.opening import inspect_target, open_office, upgrade_office
from desktop.services.printing import print_filing
from desktop.services.projects import ProjectQuery, project_ids, project_rows
from desktop.services.root_key import root_notice

DONE, REFUSED = 0, 1
_AT_ONCE = 500


def import_ledgers(arguments: Namespace, home: Home) -> int:
    """``import-ledger``: take ledger workbooks over; refused rows go into a workbook beside each."""
    refused = False
    with opened(arguments, home) as office:
        actor = actor_of(office, arguments.person, home)
        for file in arguments.files:
            try:
                refused |= _import_one(office, actor, Path(file))
            except Refusal as refusal:
                refused = True
                complain(f"{Path(file).name}：{refusal}")
    return REFUSED if refused else DONE


def _import_one(office: Office, actor: UUID, path: Path) -> bool:
    preview = office.read(lambda reading: preview_ledger(reading, path))
    result = office.run(actor, lambda work: import_ledger(work, preview)).value
    print(f"{path.name}（工作表“{preview.table.sheet.name}”）：{_outcome(office, preview, result)}")
    if not result.refused:
        return False
    for row in preview.rows:
        for fault in row.read.faults:
            complain(f"  {fault.text}")
    beside = _free_name(path)
    save_refused(preview, beside)
    complain(f"  没有通过的 {result.refused} 行连同原因存在“{beside}”，改好后可以再导入。")
    return True


def _outcome(office: Office, preview: LedgerPreview, result: ImportResult) -> str:
    parts = [f"新建 {result.opened} 个项目", f"已在账 {result.same} 行", f"不通过 {result.refused} 行"]
    understood = sum(len(row.read.notes) for row in preview.rows if row.verdict is Verdict.NEW)
    if understood:
        parts.append(f"{understood} 处写法按规则换算")
    if result.filing_id:
        key = result.filing_id
        number = office.read(lambda reading: filing_rows(reading, [key]))[0].number
        parts.append(f"期初建账单 {number}")
    return "，".join(parts)


def _free_name(path: Path) -> Path:
    """A name beside the source that nothing bears yet: a workbook being mended is never overwritten."""
    number = 1
    while (beside := path.with_name(f"{path.stem}-未通过{number if number > 1 else ''}.xlsx")).exists():
        number += 1
    return beside


def list_records(arguments: Namespace, home: Home) -> int:
    """``list``: projects or filings that the person may see, as a table or as JSON."""
    with opened(arguments, home) as office:
        actor = actor_of(office, arguments.person, home)
        text = " ".join(arguments.words)
        show = _show_projects if arguments.what == "projects" else _show_filings
        office.read(lambda reading: show(reading, actor, text, as_json=arguments.json))
    return DONE


def _show_projects(reading: Reading, actor: UUID, text: str, *, as_json: bool) -> None:
    ids = project_ids(reading, actor, ProjectQuery(text=text))
    rows = [row for part in _parts(ids) for row in project_rows(reading, part)]
    titles = {state.key: state.title for state in reading.policy.states}
    if as_json:
        _print_json([_project_json(row, titles) for row in rows])
        return
    head = ("编号", "状态", "名称", "项目经理", "合同金额（元）", "计划终验")
    table = [
        (
            row.number,
            titles[row.state],
            row.name,
            row.manager.name if row.manager else "",
            yuan_text(row.amount) if row.amount is not None else "",
            _plain(row.planned_final_on),
        )
        for row in rows
    ]
    _print_table(head, table, right=(4,))
    print(f"共 {len(rows)} 个项目，合同金额合计 {yuan_text(sum(row.amount or 0 for row in rows))} 元")


def _project_json(row: Project, titles: dict[str, str]) -> dict[str, Any]:
    """A project for scripts: keys and titles of choices, money in fen, ISO dates."""
    return {
        "id": str(row.id),
        "number": row.number,
        "short_name": row.short_name,
        "name": row.name,
        "kind": row.kind,
        "state": row.state,
        "state_title": titles[row.state],
        "contract_no": row.contract_no,
        "amount_fen": row.amount,
        "budget_fen": row.budget,
        "customer": row.customer,
        "department": row.department,
        "sub_department": row.sub_department,
        "manager": row.manager.name if row.manager else None,
        "client_manager": row.client_manager.name if row.client_manager else None,
        "program": row.program,
        **{name: _plain(getattr(row, name)) or None for name in _DATES},
    }


_DATES = (
    *("initiated_on", "planned_preliminary_on", "planned_final_on", "preliminary_on", "final_on"),
    *("paused_on", "resume_by", "pause_until", "closing_started_on", "closed_on"),
)


def _show_filings(reading: Reading, actor: UUID, text: str, *, as_json: bool) -> None:
    ids = filing_ids(reading, actor, FilingQuery(text=text))
    rows = [row for part in _parts(ids) for row in filing_rows(reading, part)]
    if as_json:
        _print_json([_filing_json(row) for row in rows])
        return
    head = ("编号", "表单", "状态", "等待", "项目编号", "项目名称", "填表人", "提交")
    table = [
        (
            *(row.number, row.title, row.state.label, row.waiting),
            *(row.project_number, row.project_name or row.subject, row.author),
            f"{row.submitted_at.astimezone():%Y-%m-%d}" if row.submitted_at else "",
        )
        for row in rows
    ]
    _print_table(head, table)
    print(f"共 {len(rows)} 份表单")


def _filing_json(row: FilingRow) -> dict[str, Any]:
    return {
        "id": str(row.id),
        "number": row.number,
        "form": row.form_key,
        "title": row.title,
        "state": row.state.value,
        "state_title": row.state.label,
        "waiting": row.waiting or None,
        "waiting_since": row.waiting_since.isoformat() if row.waiting_since else None,
        "project_number": row.project_number or None,
        "project_name": row.project_name or None,
        "subject": row.subject or None,
        "author": row.author,
        "revision": row.revision_no,
        "submitted_at": row.submitted_at.isoformat() if row.submitted_at else None,
        "decided_at": row.decided_at.isoformat() if row.decided_at else None,
        "effective_on": _plain(row.effective_on) or None,
    }


def print_one(arguments: Namespace, home: Home) -> int:
    """``print``: one filing as its official form, a PDF."""
    with opened(arguments, home) as office:
        actor = actor_of(office, arguments.person, home)
        file = Path(arguments.output)
        printed = office.read(lambda reading: print_filing(reading, actor, find_filing(reading, arguments.number)))
    with replacing(file) as stream:
        stream.write(printed.pdf)
    print(f"{arguments.number} 已存为“{file}”，共 {printed.pages} 页")
    if printed.missing:
        complain(f"注意：有 {len(printed.missing)} 个字没有字形，印成了〓：{'、'.join(sorted(printed.missing))}")
    return DONE


def verify_all(arguments: Namespace, home: Home) -> int:
    """``verify``: check schema, journal, state, filings and archive, and seals on paper; nothing is changed."""
    printed = [read_printed(text) for text in arguments.anchor]
    with opened(arguments, home) as office:
        findings = verify_office(office, printed)
        for seal in printed if not findings else ():
            print(f"流水校验 {seal.number}:{seal.code} 在日志中，此前的记录没有改动。")
        if not findings:
            print(f"{office.name}（{office.target}）：全部核对无误。")
            return DONE
        print(f"{office.name}（{office.target}）：发现 {len(findings)} 处不符。")
    for finding in findings:
        print(f"  {finding.where}：{finding.what}（{' '.join(part for part in (finding.table, finding.row) if part)}）")
    return REFUSED


def list_keys(arguments: Namespace, home: Home) -> int:
    """``keys``: the root key, who has an identity card, and who waits for one."""
    with opened(arguments, home) as office:
        root, rows, notice = office.read(identities).current, office.read(key_rows), office.read(root_notice)
    print(f"根密钥：{spoken(root)}" if root else "没有根密钥，或它未经本机确认。")
    for row in rows:
        until = f"（自 {row.until.astimezone():%Y-%m-%d}）" if row.until else ""
        print("  ".join((spoken(row.key), row.name, f"{row.state.label}{until}", row.why)).rstrip())
    if notice:
        complain(notice)
    return REFUSED if notice else DONE


def upgrade_data(arguments: Namespace, home: Home) -> int:
    """``upgrade``: bring older data up to this program's schema, after a checked backup of a data file."""
    target = known_way(target_of(arguments.data, home))
    found = inspect_target(target)
    if found.state == "current":
        print(f"“{found.place}”已是本程序的数据版本，不需要升级。")
        return DONE
    backup = upgrade_office(target, home)
    print(f"“{found.place}”已升级。")
    if backup is not None:
        print(f"升级前的备份：{backup}")
    return DONE


def make_example(arguments: Namespace, home: Home) -> int:
    """``sample``: make a lively example office; data that is there already is never overwritten."""
    target = arguments.data or str(default_data_file(home))
    make_sample(target, home, projects=arguments.projects, seed=arguments.seed, progress=_progress)
    print(f"示例办公室已建好：{target}（{arguments.projects} 个项目）")
    return DONE


def example_office(home: Home, progress: Progress) -> Office:
    """The example office in the installation's folder, made when it is first asked for, and opened."""
    target = example_file(home)
    if not target.exists():
        make_sample(target, home, progress=progress)
    return open_office(target, home)


def _progress(done: int, total: int) -> None:
    if sys.stderr is not None and sys.stderr.isatty():
        print(
            f"\r正在生成示例…… {done * 100 // total}%", end="\n" if done == total else "", file=sys.stderr, flush=True
        )


COMMANDS: dict[str, Callable[[Namespace, Home], int]] = {
    "import-ledger": import_ledgers,
    "list": list_records,
    "print": print_one,
    "verify": verify_all,
    "keys": list_keys,
    "upgrade": upgrade_data,
    "sample": make_example,
    "server": serve_all,
    **CARE,
}
"""The commands that need no screen, by their names."""


def _parts(ids: Sequence[UUID]) -> Iterator[Sequence[UUID]]:
    for start in range(0, len(ids), _AT_ONCE):
        yield ids[start : start + _AT_ONCE]


def _plain(value: object) -> str:
    return "" if value is None else str(value)


def _print_json(rows: list[dict[str, Any]]) -> None:
    print(json.dumps(rows, ensure_ascii=False, indent=2))


def _print_table(head: Sequence[str], rows: Sequence[Sequence[str]], right: Sequence[int] = ()) -> None:
    """Columns under one another, a Chinese character being two wide; ``right`` names those set to the right."""
    widths = [max(map(_width, column)) for column in zip(head, *rows, strict=True)]
    for row in (head, *rows):
        cells = []
        for place, (text, width) in enumerate(zip(row, widths, strict=True)):
            blank = " " * (width - _width(text))
            cells.append(blank + text if place in right else text + blank)
        print("  ".join(cells).rstrip())


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)
