"""Filings: what people fill in and sign, by section, with the text and hash that signatures bind to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from desktop.domain.canonical import Json, canonical_text, sha256_text
from desktop.domain.field import Content, Field, is_empty
from desktop.domain.form import Form, Grid, LineTable, Section, fields_of, lines_of, value_of


class FilingState(StrEnum):
    """Where a filing stands."""

    DRAFT = "draft"
    IN_APPROVAL = "in approval"
    APPROVED = "approved"
    RETURNED = "returned"
    REJECTED = "rejected"
    RECALLED = "recalled"

    @property
    def label(self) -> str:
        """The word on the screen."""
        return _STATE_WORDS[self]

    @property
    def reworkable(self) -> bool:
        """Whether its author may change it and submit it again."""
        return self in {FilingState.RETURNED, FilingState.RECALLED}


_STATE_WORDS = {
    FilingState.DRAFT: "草稿",
    FilingState.IN_APPROVAL: "审批中",
    FilingState.APPROVED: "已批准",
    FilingState.RETURNED: "已退回",
    FilingState.REJECTED: "已否决",
    FilingState.RECALLED: "已撤回",
}


@dataclass(frozen=True)
class SealedSection:
    """A section as it is stored and signed: canonical text and its sha256."""

    key: str
    text: str
    sha256: str


@dataclass(frozen=True)
class Sealed:
    """A revision's sections and the hash over all of them together with what they are about."""

    sections: tuple[SealedSection, ...]
    sha256: str

    @property
    def hashes(self) -> dict[str, str]:
        """Section key → sha256."""
        return {item.key: item.sha256 for item in self.sections}


def seal_section(key: str, value: Json) -> SealedSection:
    """The stored text of one section's value, and its hash."""
    text = canonical_text(value)
    return SealedSection(key, text, sha256_text(text))


def seal(form: Form, content: Content, *, subject: str, policy_sha256: str) -> Sealed:
    """Seal a settled content: what signatures will bind to. Numbers of filings stay outside."""
    sections = tuple(seal_section(section.key, content[section.key]) for section in form.sections)
    return Sealed(sections, revision_hash(form.key, subject, policy_sha256, {s.key: s.sha256 for s in sections}))


def revision_hash(form_key: str, subject: str, policy_sha256: str, sections: Mapping[str, str]) -> str:
    """The hash of a revision from its sections' hashes, its form, its subject and its policy."""
    return sha256_text(
        canonical_text({"form": form_key, "subject": subject, "policy": policy_sha256, "sections": dict(sections)})
    )


def short_hash(sha256: str) -> str:
    """The first eight digits in two groups, as printed in the footer."""
    return f"{sha256[:4]} {sha256[4:8]}"


class DifferenceKind(StrEnum):
    """What happened to a value between two revisions."""

    ADDED = "增"
    REMOVED = "删"
    CHANGED = "改"


@dataclass(frozen=True)
class Difference:
    """One value that differs between two revisions, in words for the person who signs."""

    section: str
    section_title: str
    place: str
    kind: DifferenceKind
    before: str
    after: str


def differences(form: Form, before: Content, after: Content) -> list[Difference]:
    """What changed from ``before`` to ``after``, field by field and line by line (by line id), order included."""
    found: list[Difference] = []
    for section in form.sections:
        if isinstance(section, Grid):
            found.extend(_grid_differences(section, before, after))
        elif isinstance(section, LineTable):
            found.extend(_line_differences(section, before, after))
    return found


def _grid_differences(section: Grid, before: Content, after: Content) -> Iterator[Difference]:
    for item in section.fields:
        old, new = value_of(before, section.key, item.key), value_of(after, section.key, item.key)
        if not item.same(old, new):
            yield _difference(section, item.label, item, old, new)


def _line_differences(section: LineTable, before: Content, after: Content) -> Iterator[Difference]:
    old_lines = {str(line["id"]): (n, line) for n, line in enumerate(lines_of(before, section.key), 1)}
    new_lines = {str(line["id"]): (n, line) for n, line in enumerate(lines_of(after, section.key), 1)}
    for key, (number, line) in new_lines.items():
        if key not in old_lines:
            yield Difference(
                section.key,
                section.title,
                f"第 {number} 行",
                DifferenceKind.ADDED,
                "",
                line_text(section, line),
            )
            continue
        for item in section.columns:
            old, new = old_lines[key][1].get(item.key), line.get(item.key)
            if not item.same(old, new):
                yield _difference(section, f"第 {number} 行 {item.label}", item, old, new)
    for key, (number, line) in old_lines.items():
        if key not in new_lines:
            yield Difference(
                section.key,
                section.title,
                f"原第 {number} 行",
                DifferenceKind.REMOVED,
                line_text(section, line),
                "",
            )
    kept = [key for key in old_lines if key in new_lines]
    moved = [key for key in new_lines if key in old_lines]
    if kept != moved:
        before_text, after_text = ("、".join(str(old_lines[key][0]) for key in keys) for keys in (kept, moved))
        yield Difference(section.key, section.title, "行的次序", DifferenceKind.CHANGED, before_text, after_text)


def _difference(section: Section, place: str, item: Field, old: Json, new: Json) -> Difference:
    kind = DifferenceKind.CHANGED
    if is_empty(old):
        kind = DifferenceKind.ADDED
    elif is_empty(new):
        kind = DifferenceKind.REMOVED
    return Difference(section.key, section.title, place, kind, item.text(old), item.text(new))


def line_text(section: LineTable, line: Mapping[str, Json]) -> str:
    """A line in one row of text, blanks left out."""
    texts = (item.text(line.get(item.key)) for item in fields_of(section))
    return "；".join(text for text in texts if text)
