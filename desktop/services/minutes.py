"""A paper told to those whom the policy names: as text to paste, and as a letter ready to send (MON-2, INFO-2)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from desktop.domain.canonical import Json
from desktop.domain.errors import Refusal
from desktop.domain.field import Content, Field
from desktop.domain.fields import AttachmentField
from desktop.domain.form import Form, Grid, LineTable, Section
from desktop.exchange.mail import Attachment, Letter, write_mail
from desktop.services.chasing import addresses_of
from desktop.services.copies import Recipient, recipients
from desktop.services.filings import open_filing
from desktop.services.office import Office, Reading
from desktop.services.printing import print_filing

_SKIPPED = frozenset({"attachments"})


@dataclass(frozen=True)
class Notice:
    """A paper as it is passed on: who gets it, its words, and who of them has no mail address."""

    title: str
    number: str
    people: tuple[Recipient, ...]
    text: str
    letter: Letter
    unreached: tuple[str, ...]


def notice_of(reading: Reading, actor: UUID, filing_id: UUID) -> Notice:
    """A filing as text and letter for those to whom the policy sends its form, its print attached.

    Raises:
        NotAllowed: the actor may not see it.
        Refusal: the policy sends this form to nobody.
    """
    page = open_filing(reading, actor, filing_id)
    people = recipients(reading, reading.policy, page.row.form_key, page.project) if page.project else []
    if not people:
        raise Refusal(f"《{page.row.title}》没有要抄送的人。", todo="抄送给谁由制度规定，见“设置—制度”。")
    title = f"{page.row.title} {page.row.number} {page.row.project_name}"
    addresses = addresses_of(reading, {item.person.id for item in people})
    to = tuple((item.person.name, addresses[item.person.id]) for item in people if item.person.id in addresses)
    text = paper_text(page.form, page.content, f"{page.row.title}　{page.row.number}")
    printed = Attachment(f"{page.row.number}_{page.row.title}.pdf", print_filing(reading, actor, filing_id).pdf)
    return Notice(
        page.row.title,
        page.row.number,
        tuple(people),
        text,
        Letter(title, to, f"{text}\n——\n{reading.office.name}\n", (printed,)),
        tuple(item.person.name for item in people if item.person.id not in addresses),
    )


def write_notice(office: Office, actor: UUID, filing_id: UUID, path: Path) -> Notice:
    """Write a paper as a letter that the person's own mail program opens, ready to send.

    Raises:
        NotAllowed, Refusal: as `notice_of`, or the file cannot be written.
    """
    notice = office.read(lambda reading: notice_of(reading, actor, filing_id))
    letter = notice.letter
    write_mail(path, letter.subject, letter.to, letter.body, letter.attachments)
    return notice


def paper_text(form: Form, content: Content, title: str) -> str:
    """A filled-in form as plain text: what was left blank is left out."""
    lines = [title]
    for section in form.sections:
        told = list(_section_text(section, content)) if section.key not in _SKIPPED else []
        if told:
            lines += ["", f"【{section.title}】", *told]
    return "\n".join(lines) + "\n"


def _section_text(section: Section, content: Content) -> Iterator[str]:
    if isinstance(section, Grid):
        for item in section.fields:
            if said := _said(item, (content.get(section.key) or {}).get(item.key)):
                yield f"{item.label}：{said}" if "\n" not in said else f"{item.label}：\n{said}"
    elif isinstance(section, LineTable):
        for number, line in enumerate(content.get(section.key) or (), 1):
            yield f"{number}．{_line_text(section, line)}"


def _line_text(section: LineTable, line: Mapping[str, Json]) -> str:
    """A line's first column, the others after it with their labels where the first alone would not do."""
    first, *rest = ((item, _said(item, line.get(item.key))) for item in section.columns)
    told = [f"{item.label}：{said}" for item, said in rest if said]
    return "　".join((first[1], *told))


def _said(item: Field, value: Json) -> str:
    return "" if isinstance(item, AttachmentField) else item.text(value)
