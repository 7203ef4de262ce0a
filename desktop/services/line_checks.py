"""Lines confirmed one by one before a signature (工作交接单 CHG-5, 成果一致性审核 CLOSE-4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from desktop.domain.canonical import Json, canonical_text, sha256_text
from desktop.domain.errors import Refusal
from desktop.domain.field import Content
from desktop.domain.form import Form, lines_of
from desktop.domain.policy_papers import Step
from desktop.services.office import Work
from desktop.services.standing import AnySession
from desktop.store.tables import LineCheck

YES, NO = "yes", "no"


@dataclass(frozen=True)
class CheckedLine:
    """One line that a signer confirms: section, id and number, and what the newest check of it said (empty: none yet).

    A check counts only while the line is what was seen.
    """

    section: str
    line: str
    number: int
    verdict: str = ""
    remark: str = ""


def line_hash(line: Mapping[str, Json]) -> str:
    """The hash of a line as it was seen."""
    return sha256_text(canonical_text(dict(line)))


def checked_lines(session: AnySession, filing_id: UUID, content: Content, step: Step, by: UUID) -> list[CheckedLine]:
    """The lines that a step confirms with the newest check that a person made of each as it stands now."""
    return [line for key in step.confirms for line in _checked(session, filing_id, content, key, by)]


def _checked(session: AnySession, filing_id: UUID, content: Content, section: str, by: UUID) -> list[CheckedLine]:
    query = (
        select(LineCheck)
        .where(LineCheck.filing_id == filing_id, LineCheck.section == section, LineCheck.by_id == by)
        .order_by(LineCheck.at, LineCheck.id)
    )
    newest = {row.line: row for row in session.scalars(query)}
    found = []
    for number, line in enumerate(lines_of(content, section), 1):
        check = newest.get(str(line["id"]))
        counts = check is not None and check.sha256 == line_hash(line)
        found.append(
            CheckedLine(section, str(line["id"]), number, check.verdict, check.remark)
            if check is not None and counts
            else CheckedLine(section, str(line["id"]), number)
        )
    return found


def need_confirmed(work: Work, filing_id: UUID, content: Content, step: Step, form: Form) -> None:
    """Go on only if the actor confirmed every line that the step asks to be confirmed one by one.

    Raises:
        Refusal: with the sections and numbers of the lines that are not.
    """
    lines = checked_lines(work.session, filing_id, content, step, work.actor)
    for wanting, what in (("", "还没有逐项确认"), (NO, "确认为“不符”")):
        places = [
            f"“{form.section(key).title}”第 {'、'.join(numbers)} 行"
            for key in step.confirms
            if (numbers := [str(item.number) for item in lines if item.section == key and item.verdict == wanting])
        ]
        if places:
            raise Refusal(
                f"“{step.title}”要逐项确认后才能同意：{'，'.join(places)}{what}。",
                kept="没有作任何改动。",
                todo="请逐项确认；确实不符的，请退回并写明理由。",
            )


def confirm_from_paper(work: Work, filing_id: UUID, content: Content, step: Step) -> None:
    """Note that a signature on paper confirmed every line of the sheet; the scan is the evidence (代录)."""
    for key in step.confirms:
        for line in lines_of(content, key):
            write_check(work, filing_id, key, line, YES, "纸面签字确认，见扫描件")


def write_check(work: Work, filing_id: UUID, section: str, line: Mapping[str, Json], verdict: str, remark: str) -> None:
    """Write one check of one line by the actor."""
    work.session.add(
        LineCheck(
            filing_id=filing_id,
            section=section,
            line=str(line["id"]),
            sha256=line_hash(line),
            verdict=verdict,
            remark=remark.strip(),
            by_id=work.actor,
            at=work.now,
        )
    )
