"""Reports go out: as PDF, as a workbook, as a letter with the PDF in it; the same way for every report."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from sqlalchemy import select

from desktop.domain.ledger import PersonRef
from desktop.domain.policy_deadlines import WeeklyRule
from desktop.domain.policy_terms import Scope
from desktop.domain.report import Report
from desktop.exchange.mail import Attachment, Letter, write_mail
from desktop.exchange.report_book import write_report
from desktop.exchange.sheet_writing import Written
from desktop.paper.printing import render
from desktop.paper.report_sheet import report_sheet
from desktop.paper.sheet import Printed
from desktop.services.office import Office, Reading
from desktop.services.standing import department_names, in_force
from desktop.store.tables import Assignment, Department, Person

__all__ = ["Letter", "Printed", "Recipient", "recipients", "report_book", "report_letter", "report_mail", "report_pdf"]


@dataclass(frozen=True)
class Recipient:
    """Somebody to whom a paper goes, by the role for which they get it; ``email`` is empty where none is known."""

    person: PersonRef
    role: str
    email: str


def report_pdf(office: Office, report: Report) -> Printed:
    """A report as a PDF with the office's name and logo."""
    return render(report_sheet(report, company=office.name, logo=office.logo))


def report_book(report: Report, path: Path) -> Written:
    """A report as a workbook.

    Raises:
        Refusal: the file cannot be written; what stood there is unchanged.
    """
    return write_report(path, report)


def report_letter(office: Office, report: Report, to: tuple[tuple[str, str], ...]) -> Letter:
    """The letter with which a report goes out: its figures in the text, the whole as a PDF."""
    facts = "\n".join(f"{fact.label}：{fact.text}" for fact in report.facts)
    subject = f"{report.title} {report.subtitle}".strip()
    body = "\n".join(
        (
            "各位领导：",
            f"现报送《{report.title}》（{report.subtitle}），全文见附件。"
            if report.subtitle
            else f"现报送《{report.title}》。",
            "",
            facts,
            "",
            *report.notes,
            "",
            office.name,
            report.dated,
        )
    )
    return Letter(subject, to, body, (Attachment(f"{report.name}.pdf", report_pdf(office, report).pdf),))


def report_mail(office: Office, report: Report, to: tuple[tuple[str, str], ...], path: Path) -> None:
    """Write a report as a letter ready to send, which the person's own mail program opens.

    Raises:
        Refusal: an address cannot be one, or the file cannot be written.
    """
    letter = report_letter(office, report, to)
    write_mail(path, letter.subject, letter.to, letter.body, letter.attachments)


def recipients(reading: Reading, rule: WeeklyRule) -> list[Recipient]:
    """The people who hold the roles that a weekly paper goes to; of roles in departments, those of 一级部门 alone.

    Who holds several of the roles stands once, under the first.
    """
    policy = reading.policy
    roles = {key: policy.role(key) for key in rule.goes_to}
    top = set(reading.session.scalars(select(Department.id).where(Department.parent_id.is_(None))))
    rows = reading.session.scalars(in_force(reading.today).where(Assignment.role_key.in_(roles))).all()
    held = [row for row in rows if roles[row.role_key].scope is not Scope.DEPARTMENT or row.department_id in top]
    people = {
        person.id: person
        for person in reading.session.scalars(select(Person).where(Person.id.in_({row.person_id for row in held})))
    }
    names = department_names(reading.session)
    order = list(roles)
    found: dict[UUID, Recipient] = {}
    ranked = sorted(held, key=lambda row: (order.index(row.role_key), people[row.person_id].name, str(row.person_id)))
    for row in ranked:
        person = people[row.person_id]
        place = names.get(person.department_id, "") if person.department_id else ""
        ref = PersonRef(person.id, person.name, place, person.staff_no)
        found.setdefault(person.id, Recipient(ref, roles[row.role_key].title, person.email or ""))
    return list(found.values())
