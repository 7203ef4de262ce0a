"""From a declared form, its content and its sign-offs to the sheet that is printed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from uuid import UUID

from desktop.domain import money
from desktop.domain.approval import Decision, Progress, SignOff, StepState, StepStatus
from desktop.domain.canonical import Json
from desktop.domain.chain_edits import EditKind
from desktop.domain.choice_fields import ChoiceField
from desktop.domain.crosswise import Crosswise, crosswise
from desktop.domain.field import Content, Field
from desktop.domain.fields import AttachmentField, MoneyField, TextField
from desktop.domain.filing import FilingState, short_hash
from desktop.domain.form import Form, Grid, LineTable, Section, is_printed, lines_of, value_of
from desktop.domain.policy_papers import BY_FIELD, FormRule, Step
from desktop.domain.values import decimal_text
from desktop.paper import sheet
from desktop.paper.kinds import box_text, cell_text, chinese_date, kind_of, ordinals, shown_by
from desktop.paper.linebreak import JOINER
from desktop.paper.sheet import (
    BLANK_DATE,
    Align,
    Block,
    Cell,
    Column,
    LongText,
    Sheet,
    Signature,
    Signatures,
    Table,
    TableRow,
)

_HALF = 26.0
"""A value that is wider, in ems, takes the whole width of the form; a narrower one half of it, on two lines."""
_MOST_COLUMNS = 8
"""Of a table with more columns the lesser ones stand together in one box of each line."""
_MOST_COLUMNS_WIDE = 12
"""The same on a page that lies on its side, as a table of many columns is printed on its own."""
_LYING_COLUMNS = 8
"""A table of so many columns that is printed on its own lies on its side, so that its texts have room."""
_OTHERS_SHARE, _OTHERS_EACH = 6.0, 0.8
_MOST_ABREAST = 9
"""At most so many columns of sums stand side by side."""
_ABREAST_EMS = 80
"""Their figures have so many digits together."""
_SHORT = 2
"""A word of so many characters is a mark rather than a text."""
_FIRST_WIDE = "\u2e80"
"""From this character on all are a whole em wide."""


@dataclass(frozen=True, kw_only=True)
class Imprint:
    """What identifies a print: whose it is, which filing and revision, who filed it and when.

    ``number`` is a provisional one if ``provisional``; ``sha256`` is that of the revision, empty for a draft that was
    never sealed; ``filing`` is the filing's id, which the QR code says. ``proofs`` says of a sign-off, by its id, what
    there is to say of its electronic signature.
    """

    company: str
    filing: str
    state: FilingState
    logo: bytes | None = None
    number: str = ""
    provisional: bool = False
    revision_no: int = 0
    sha256: str = ""
    applicant: str = ""
    filed_on: dt.date | None = None
    proofs: Mapping[UUID, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Part:
    """How a section that is printed on its own is titled, and the chain that signs for it, if any."""

    title: str
    subtitle: str = ""
    dated: str = ""
    notes: tuple[str, ...] = ()
    progress: Progress | None = None


def form_sheet(form: Form, rule: FormRule, content: Content, progress: Progress, imprint: Imprint) -> Sheet:
    """The sheet of a filing.

    ``form`` as the policy binds it, ``content`` settled; ``progress`` supplies the boxes to sign, those of skipped
    steps left out and those whose content changed since left blank again.
    """
    blocks = list(section_blocks(form, content, numbers := ordinals()))
    boxes = (*_applicant(rule, imprint), *_boxes(progress, imprint.proofs))
    filed = chinese_date(imprint.filed_on) if imprint.filed_on else BLANK_DATE
    return Sheet(
        title=form.title,
        company=imprint.company,
        blocks=(*blocks, Signatures(boxes, heading=f"{next(numbers)}、签署与审批")),
        subtitle=f"（{rule.copies}）" if rule.copies else "",
        logo=imprint.logo,
        form_code=rule.code,
        number=imprint.number,
        number_label="临时编号" if imprint.provisional else "编号",
        dated=f"填报日期：{filed}",
        revision=imprint.revision_no,
        digest=short_hash(imprint.sha256) if imprint.sha256 else "",
        qr=imprint.filing,
        draft=imprint.state is FilingState.DRAFT or imprint.state.reworkable,
        notes=tuple(note for note in (form.note, rule.note) if note),
        wide=form.wide,
    )


_HEAD = ("name", "number", "manager", "department", "contract_no", "amount")
"""What of the project stands at the head of a part that is printed on its own."""


def part_sheet(form: Form, rule: FormRule, key: str, content: Content, imprint: Imprint, part: Part) -> Sheet:
    """One section of a filing as a sheet of its own (DOC-5), under the project's facts where the filing has them.

    The boxes are those of the steps that sign for it; none where ``part`` has no progress: a plan in force.
    """
    section, numbers = form.section(key), ordinals()
    wide = isinstance(section, LineTable) and len(section.columns) >= _LYING_COLUMNS
    blocks = [block for one in _head(form) for block in _section(one, content, numbers)]
    blocks += _section(section, content, numbers, wide=wide)
    if part.progress is not None:
        signing = [one for one in part.progress.steps if "*" in one.step.sections or key in one.step.sections]
        boxes = (*_applicant(rule, imprint), *_boxes(Progress(tuple(signing)), imprint.proofs))
        blocks.append(Signatures(boxes, heading=f"{next(numbers)}、签署与审批"))
    whole = form_sheet(form, rule, content, part.progress or Progress(()), imprint)
    return replace(
        whole,
        title=part.title,
        subtitle=part.subtitle,
        blocks=tuple(blocks),
        notes=part.notes,
        dated=part.dated or whole.dated,
        wide=wide,
    )


def _head(form: Form) -> Iterator[Grid]:
    for section in form.sections:
        if section.key == "project" and isinstance(section, Grid):
            yield replace(section, fields=tuple(item for item in section.fields if item.key in _HEAD))


def section_blocks(form: Form, content: Content, numbers: Iterator[str] | None = None) -> Iterator[Block]:
    """The blocks of the sections that are printed, headed by ``numbers`` (from 一 on)."""
    headed = numbers or ordinals()
    for section in form.sections:
        if is_printed(section, content):
            yield from _section(section, content, headed, wide=form.wide)


def _section(section: Section, content: Content, numbers: Iterator[str], *, wide: bool = False) -> Iterator[Block]:
    if isinstance(section, LineTable):
        heading = f"{next(numbers)}、{section.title}"
        sums = tuple(_crosswise(section, content, heading))
        yield from sums
        yield _table(section, content, f"{heading}明细" if sums else heading, wide=wide)
    elif isinstance(section, Grid):
        yield from _grid(section, content, numbers)
    else:
        raise TypeError(section)


def _grid(section: Grid, content: Content, numbers: Iterator[str]) -> Iterator[Block]:
    """Short fields gathered in grids, long ones between them, under one heading."""
    alone = len(section.fields) == 1 and section.fields[0].label == section.title
    heading, note = ("" if alone else f"{next(numbers)}、{section.title}"), section.note
    cells: list[Cell] = []
    for item in section.fields:
        value = value_of(content, section.key, item.key)
        if not _is_long(item):
            cells.append(_cell(item, value))
            continue
        if cells or heading:
            yield sheet.Grid(tuple(cells), heading, note)
            heading, note, cells = "", "", []
        yield LongText(item.label, box_text(item, value))
    if cells:
        yield sheet.Grid(tuple(cells), heading, note)


def _is_long(item: Field) -> bool:
    shown = shown_by(item)
    return isinstance(shown, TextField) and shown.lines


def _cell(item: Field, value: Json) -> Cell:
    text = box_text(item, value)
    shown = shown_by(item)
    capital = isinstance(shown, MoneyField) and shown.capital
    files = isinstance(shown, AttachmentField)
    return Cell(item.label, text, wide=capital or files or any(_ems(line) > _HALF for line in text.split("\n")))


def _ems(text: str) -> float:
    return sum(0.0 if char == JOINER else 1.0 if char >= _FIRST_WIDE else 0.5 for char in text)


def _table(section: LineTable, content: Content, heading: str, *, wide: bool) -> Table:
    lines = lines_of(content, section.key)
    section = replace(section, columns=tuple(_filled_columns(section, lines)))
    main = _main_columns(section, wide=wide)
    folded = len(section.columns) - len(main)
    columns = tuple(_column(item) for item in main)
    rows = [tuple(cell_text(item, line.get(item.key)) for item in main) for line in lines]
    if folded:
        columns = (*columns, Column("其他内容", max(_OTHERS_SHARE, _OTHERS_EACH * folded)))
        rows = [(*row, _others(section, main, line)) for row, line in zip(rows, lines, strict=True)]
    body = [TableRow(row) for row in rows]
    totals = {item.key: _total_of(item, lines) for item in main if rows and item.key in section.total}
    if totals:
        cells = [cell_text(item, totals[item.key]) if item.key in totals else "" for item in main]
        body.append(TableRow(("合计", *cells[1:], *[""] * bool(folded)), strong=True))
    return Table(heading, columns, tuple(body), foot=_total_foot(section, totals), note=section.note)


def _crosswise(section: LineTable, content: Content, heading: str) -> Iterator[Table]:
    """The sums of a table crosswise, so many columns side by side as a page holds."""
    lines = lines_of(content, section.key)
    if section.pivot is None or not lines:
        return
    found = crosswise(section, lines)
    abreast = min(_MOST_ABREAST, round(_ABREAST_EMS / len(money.yuan_text(found.total))))
    parts = -(-(len(found.across) + 1) // abreast)
    size = -(-(len(found.across) + 1) // parts)
    for number in range(parts):
        yield _sums(found, heading if parts == 1 else f"{heading}（{number + 1}）", number * size, size)


def _sums(found: Crosswise, heading: str, first: int, count: int) -> Table:
    """``count`` of the columns of sums from ``first``; behind the last stands their own sum."""
    titles = (*found.across, "合计")
    values = [(*cells, whole) for cells, whole in zip(found.cells, found.row_sums, strict=True)]
    rows = [
        TableRow((name, *(_amount(value) for value in cells[first : first + count])))
        for name, cells in zip(found.down, values, strict=True)
    ]
    if rows:
        sums = (*found.column_sums, found.total)[first : first + count]
        rows.append(TableRow(("合计", *map(_amount, sums)), strong=True))
    columns = (Column(title, 1.3, Align.FIGURE) for title in titles[first : first + count])
    return Table(
        heading,
        (Column(found.corner, 1.2, Align.CENTRE), *columns),
        tuple(rows),
        numbered=False,
        note="单位：元" if rows else "",
    )


def _amount(value: int | None) -> str:
    return "" if value is None else money.yuan_text(value)


def _column(item: Field) -> Column:
    unit = "（元）" if isinstance(shown_by(item), MoneyField) and "元" not in item.label else ""
    return Column(item.label + unit, item.share, Align.CENTRE if _is_short(item) else kind_of(item).align)


def _is_short(item: Field) -> bool:
    """Whether a column holds single words, which stand in its middle."""
    shown = shown_by(item)
    if isinstance(shown, ChoiceField):
        return bool(shown.options) and all(len(one.label) <= _SHORT for one in shown.options)
    return isinstance(shown, TextField) and shown.longest <= _SHORT


def _filled_columns(section: LineTable, lines: Sequence[Mapping[str, Json]]) -> Iterator[Field]:
    """The columns without the spare ones that no line fills; a table without lines keeps all, to be written in."""
    for item in section.columns:
        if not lines or not item.spare or any(item.text(line.get(item.key)) for line in lines):
            yield item


def _main_columns(section: LineTable, *, wide: bool) -> tuple[Field, ...]:
    """The columns of a table that stand on their own: all, or of very many the first, the required, the summed."""
    if len(section.columns) <= (_MOST_COLUMNS_WIDE if wide else _MOST_COLUMNS):
        return section.columns
    first = section.columns[0]
    return tuple(one for one in section.columns if one is first or one.required or one.key in section.total)


def _others(section: LineTable, main: Sequence[Field], line: Mapping[str, Json]) -> str:
    """What the line holds in the columns that do not stand on their own, with their labels."""
    texts = [(one, one.text(line.get(one.key))) for one in section.columns if one not in main]
    return "；".join(f"{_column(one).title}：{text}" for one, text in texts if text)


def _total_of(item: Field, lines: Sequence[Mapping[str, Json]]) -> Json:
    """The sum of a column: money in fen, anything else as decimal text."""
    found = [line.get(item.key) for line in lines]
    if isinstance(shown_by(item), MoneyField):
        return sum(value for value in found if isinstance(value, int))
    return decimal_text(sum((Decimal(value) for value in found if isinstance(value, str)), Decimal(0)))


def _total_foot(section: LineTable, totals: Mapping[str, Json]) -> str:
    """The closing line: sums of money in capitals."""
    sums = [(item.label, totals[item.key]) for item in section.columns if item.key in totals]
    amounts = [(label.removesuffix("（元）"), total) for label, total in sums if isinstance(total, int)]
    return "；".join(f"{label}合计（大写）：{money.capital_text(total)}" for label, total in amounts)


def _applicant(rule: FormRule, imprint: Imprint) -> tuple[Signature, ...]:
    if not rule.applicant:
        return ()
    filed = chinese_date(imprint.filed_on) if imprint.filed_on and imprint.applicant else ""
    return (Signature(rule.applicant, asks=False, signer=imprint.applicant if filed else "", date=filed),)


def _boxes(progress: Progress, proofs: Mapping[UUID, str]) -> Iterator[Signature]:
    for status in progress.steps:
        if status.state is not StepState.SKIPPED:
            for box, signed in _boxes_of(status, _title(status.step, progress)):
                yield replace(box, proof=proofs.get(signed.id, "")) if signed and box.signer else box


def _title(step: Step, progress: Progress) -> str:
    """A step's title, with who added it or to whom it was handed on."""
    told = [
        f"{edit.by_name}转办{edit.person_name}" if edit.kind is EditKind.HAND_ON else f"{edit.by_name}{edit.kind.label}"
        for edit in progress.edits_of(step.key)
    ]
    every = ("会签",) if step.every else ()
    return f"{step.title}（{'；'.join((*every, *told))}）" if told or every else step.title


def _boxes_of(status: StepStatus, title: str) -> Iterator[tuple[Signature, SignOff | None]]:
    """A step's box with what was signed; where everyone must sign, one for each who has and who has still to."""
    if not status.sign_offs and not status.open_to:
        yield _box(status, title, status.sign_off), status.sign_off
        return
    for sign_off in status.sign_offs:
        yield _box(replace(status, state=StepState.SIGNED), title, sign_off), sign_off
    for place in range(len(status.open_to)):
        signed = status.sign_off if place == 0 and status.state is not StepState.SIGNED else None
        yield _box(status, title, signed), signed


_BLANK = frozenset({StepState.OPEN, StepState.PARTLY, StepState.AGAIN, StepState.VOID})


def _box(status: StepStatus, title: str, signed: SignOff | None) -> Signature:
    """One box to sign; a sign-off that no longer holds leaves it blank, to be signed again."""
    step = status.step
    choices = () if step.signer.startswith(BY_FIELD) else tuple(one.label for one in Decision)
    blank = Signature(title, choices=choices, stamp=step.seal)
    if signed is None or status.state in _BLANK:
        return blank
    agreed_by_name = not choices and signed.decision is Decision.APPROVE
    return replace(
        blank,
        decision="" if agreed_by_name else signed.decision.label,
        opinion=signed.opinion,
        signer=signed.signed_by,
        date=chinese_date(signed.on),
        recorded_by=signed.recorded_name if signed.on_paper else "",
    )
