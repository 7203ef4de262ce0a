"""The audit log as a workbook: what was found, entry by entry, with its changes."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

from desktop.domain.fields import QuantityField, TextField
from desktop.exchange.sheet_writing import Written
from desktop.exchange.table_writing import write_table
from desktop.exchange.workbook import Progress, no_progress
from desktop.services.audit import AuditQuery, EntryId, audit_detail, audit_ids
from desktop.services.office import Reading

_LONGEST = 2000
_EVERY = 100
_COLUMNS = (
    TextField(key="at", label="时间"),
    TextField(key="person", label="人员"),
    TextField(key="device", label="安装点"),
    QuantityField(key="seq", label="序号"),
    TextField(key="text", label="办理内容", share=3),
    TextField(key="details", label="改动明细", share=5, lines=True),
    TextField(key="signature", label="电子签名"),
)


def export_audit(
    reading: Reading, actor: UUID, path: Path, query: AuditQuery, progress: Progress = no_progress
) -> Written:
    """Write the entries that were looked for; long details end with how much more there is.

    Raises:
        NotAllowed: the actor may not see the log. Refusal: the file cannot be written; what stood there is unchanged.
    """
    ids = audit_ids(reading, actor, query)
    lines = []
    for done, key in enumerate(ids):
        lines.append(_line(reading, actor, key))
        if done % _EVERY == 0:
            progress(done, 2 * len(ids))
    return write_table(
        path,
        f"{reading.office.name} 审计日志",
        _COLUMNS,
        lines,
        subtitle=f"截至 {reading.now.astimezone():%Y-%m-%d %H:%M}，共 {len(ids)} 条",
        progress=lambda done, total: progress(total + done, 2 * total),
    )


def _line(reading: Reading, actor: UUID, key: EntryId) -> dict[str, str]:
    told = audit_detail(reading, actor, key)
    details = "\n".join(f"{one.text}：{'；'.join(one.lines)}" if one.lines else one.text for one in told.changes)
    if told.more or len(details) > _LONGEST:
        details = f"{details[:_LONGEST]}…（共 {len(told.changes) + told.more} 项）"
    entry = told.entry
    return {
        "at": f"{entry.at.astimezone():%Y-%m-%d %H:%M:%S}",
        "person": entry.person,
        "device": entry.device,
        "seq": str(entry.seq),
        "text": entry.text,
        "details": details,
        "signature": told.words,
    }
