"""Archived files as a table."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from desktop.domain.policy import Policy
from desktop.services.approving import SCAN
from desktop.services.archive import ATTACHMENT, DocumentRow
from desktop.ui.archive_files import open_archived
from desktop.ui.desk import Desk
from desktop.ui.fields.attachments import size_text
from desktop.ui.short_table import short_table
from desktop.ui.table_source import Ask, Column
from desktop.ui.tables import Table

_KINDS = {
    SCAN: ("签字扫描件", "good"),
    ATTACHMENT: ("表单附件", "info"),
    "": ("项目文件", "neutral"),
}


def _columns(policy: Policy) -> tuple[Column[DocumentRow], ...]:
    def kind(row: DocumentRow) -> str:
        known = _KINDS.get(row.kind)
        return known[0] if known else policy.document_title(row.kind)

    return (
        Column("文件", lambda row: row.name, sort="name", stretch=True, tip=lambda row: f"校验 {row.sha256}"),
        Column(
            "类别",
            kind,
            sort="kind",
            chip=True,
            tone=lambda row: _KINDS.get(row.kind, ("", "info"))[1],
            width=6,
        ),
        Column("表单", lambda row: row.filing_number, sort="filing", width=7),
        Column(
            "大小", lambda row: size_text(row.size), align="right", sort="size", width=5, order=lambda row: row.size
        ),
        Column("存档人", lambda row: row.added_by, sort="by", width=5),
        Column(
            "时间",
            lambda row: f"{row.at.astimezone():%Y-%m-%d %H:%M}",
            align="centre",
            sort="at",
            width=7.2,
            order=lambda row: row.at,
        ),
    )


def document_table(desk: Desk, load: Callable[[], Sequence[DocumentRow]], name: str, empty: str) -> Table[DocumentRow]:
    """A table of archived files; Enter opens one."""
    table = short_table(
        desk,
        _columns(desk.office.policy),
        load,
        lambda row: row.id,
        name=name,
        empty=empty,
        ask=Ask("at", descending=True),
    )
    table.opened.connect(lambda row: open_archived(desk, table, row.sha256, row.name))
    return table
