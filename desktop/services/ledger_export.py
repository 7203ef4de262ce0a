"""The ledger goes out as a workbook that comes in again unchanged."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

from desktop.exchange.sheet_writing import Written
from desktop.exchange.table_writing import write_table
from desktop.exchange.workbook import Progress, no_progress
from desktop.services.ledger_lines import ledger_columns, ledger_line
from desktop.services.office import Reading
from desktop.services.projects import ProjectQuery, project_ids, project_rows


def export_ledger(
    reading: Reading,
    actor: UUID,
    path: Path,
    query: ProjectQuery | None = None,
    progress: Progress = no_progress,
) -> Written:
    """Write the projects that the actor sees (or those of ``query``) as a ledger workbook.

    Raises:
        Refusal: the file cannot be written; what stood there is unchanged.
    """
    projects = project_rows(reading, project_ids(reading, actor, query or ProjectQuery()))
    return write_table(
        path,
        f"{reading.office.name} 项目台账",
        ledger_columns(reading.policy),
        [ledger_line(project) for project in projects],
        subtitle=f"截至 {reading.today.isoformat()}，共 {len(projects)} 个项目；金额单位：元",
        progress=progress,
    )
