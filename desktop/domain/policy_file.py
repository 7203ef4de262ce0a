"""Loading a policy file (TOML), checked whole: an error names the file, the key and the reason."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Mapping
from enum import StrEnum
from typing import Any, TypeVar

from desktop.domain import fields
from desktop.domain.canonical import sha256_text
from desktop.domain.errors import PolicyError
from desktop.domain.fields import Field, Option
from desktop.domain.form import Form
from desktop.domain.policy import Department, Policy, Right, Role, State, Transition
from desktop.domain.policy_check import Known, check_names
from desktop.domain.policy_deadlines import (
    ClockRule,
    LengthUnit,
    MilestoneRule,
    Monitoring,
    MonthlyRule,
    Pausing,
    RhythmRule,
    TrackingRule,
    WeeklyRule,
)
from desktop.domain.policy_papers import DocumentRule, FormRule, GateRule, Numbering, Step
from desktop.domain.policy_terms import Action, Scope, Strength, Tone

_E = TypeVar("_E", bound=StrEnum)
_LONGEST_MONTH = 31
_DAYS_A_WEEK, _HOURS_A_DAY = 7, 24

_ADDABLE: dict[str, type[Field]] = {
    kind.kind: kind
    for kind in (
        fields.TextField,
        fields.MoneyField,
        fields.DateField,
        fields.PeriodField,
        fields.QuantityField,
        fields.PercentField,
        fields.PersonField,
    )
}


class _Table:
    """One TOML table being read; what was not asked for is refused at ``done``."""

    def __init__(self, file: str, path: str, data: object) -> None:
        self.file = file
        self.path = path
        if not isinstance(data, dict):
            raise PolicyError(file, path, "应当是一个表")
        self._data: dict[str, Any] = data
        self._seen: set[str] = set()

    def fault(self, key: str, reason: str) -> PolicyError:
        return PolicyError(self.file, f"{self.path}.{key}" if self.path else key, reason)

    def _take(self, key: str, kind: type | tuple[type, ...], noun: str, default: object) -> Any:  # noqa: ANN401 - TOML holds anything
        self._seen.add(key)
        if key not in self._data:
            if default is None:
                raise self.fault(key, "缺少这一项")
            return default
        value = self._data[key]
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            raise self.fault(key, f"应当是{noun}")
        return value

    def text(self, key: str, default: str | None = None) -> str:
        value: str = self._take(key, str, "一段文字", default)
        return value

    def flag(self, key: str, *, default: bool = False) -> bool:
        value: bool = self._take(key, bool, " true 或 false", default)
        return value

    def number(self, key: str, default: int | None = None) -> int:
        value: int = self._take(key, int, "整数", default)
        if value < 0:
            raise self.fault(key, "不能是负数")
        return value

    def texts(self, key: str, default: tuple[str, ...] | None = None) -> tuple[str, ...]:
        value = self._take(key, list, "文字的列表", default)
        if not all(isinstance(item, str) for item in value):
            raise self.fault(key, "应当是文字的列表")
        return tuple(value)

    def names(self, key: str) -> tuple[str, ...]:
        """One name or a list of them, or nothing at all."""
        value = self._take(key, (str, list), "一个名字或名字的列表", "")
        names = [value] if isinstance(value, str) else value
        if not all(isinstance(item, str) for item in names):
            raise self.fault(key, "应当是一个名字或名字的列表")
        return tuple(item for item in names if item)

    def word(self, key: str, kind: type[_E], default: _E | None = None) -> _E:
        text = self.text(key, default)
        try:
            return kind(text)
        except ValueError:
            known = "、".join(item.value for item in kind)
            raise self.fault(key, f"“{text}”不认识，可以写：{known}") from None

    def tables(self, key: str, *, needed: bool = False) -> list[_Table]:
        rows = self._take(key, list, "表的列表", None if needed else ())
        return [_Table(self.file, f"{self.path}.{key}[{n}]".lstrip("."), row) for n, row in enumerate(rows, 1)]

    def table(self, key: str) -> _Table:
        """A table of the table; an empty one where it is not there."""
        return _Table(self.file, f"{self.path}.{key}".lstrip("."), self._take(key, dict, "一个表", {}))

    def mapping(self, key: str) -> dict[str, str]:
        rows = self._take(key, dict, "一个表", {})
        if not all(isinstance(item, str) for item in rows.values()):
            raise self.fault(key, "每一项都应当是文字")
        return dict(rows)

    def done(self) -> None:
        for key in self._data:
            if key not in self._seen:
                raise self.fault(key, "没有这样的项，请检查拼写")


def load_policy(
    text: str,
    file: str,
    *,
    known_forms: Mapping[str, Form],
    postings: Collection[str],
    conditions: Collection[str],
    dates: Collection[str],
) -> Policy:
    """Read a policy from the text of its file.

    ``known_forms``, ``postings``, ``conditions`` and ``dates`` (a project's dates that clocks may start on) are the
    closed lists that the file may name.

    Raises:
        PolicyError: something is missing, misspelt, of a wrong kind or names what does not exist.
    """
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise PolicyError(file, "（全文）", f"不是合格的 TOML：{error}") from error
    top = _Table(file, "", data)
    policy = Policy(
        key=top.text("key"),
        title=top.text("title"),
        version=top.text("version"),
        text=text,
        sha256=sha256_text(text),
        departments=tuple(_department(row) for row in top.tables("department", needed=True)),
        roles=tuple(_role(row) for row in top.tables("role", needed=True)),
        rights=tuple(_right(row) for row in top.tables("right", needed=True)),
        kinds=tuple(_option(row) for row in top.tables("kind", needed=True)),
        contract_kinds=tuple(_option(row) for row in top.tables("contract_kind", needed=True)),
        states=tuple(_state(row) for row in top.tables("state", needed=True)),
        transitions=tuple(_transition(row) for row in top.tables("transition", needed=True)),
        forms=tuple(_form(row) for row in top.tables("form", needed=True)),
        clocks=tuple(_clock(row) for row in top.tables("clock")),
        gates=tuple(_gate(row) for row in top.tables("gate")),
        numbering=_numbering(top.table("numbering")),
        subjects=tuple(_option(row) for row in top.tables("subject")),
        windows=tuple(_window(row) for row in top.tables("window")),
        weekly=tuple(_weekly(row) for row in top.tables("weekly")),
        documents=tuple(_document(row) for row in top.tables("document")),
        pausing=_pausing(top.table("pausing")),
        rhythms=tuple(_rhythm(row) for row in top.tables("rhythm")),
        milestones=_milestones(top.table("milestones")),
        tracking=_tracking(top.table("tracking")),
        monitoring=_monitoring(top.table("monitoring")),
    )
    top.done()
    check_names(policy, Known(file, known_forms, postings, conditions, dates))
    return policy


def _assumed(row: _Table) -> bool:
    """Whether a row is not the paper policy's own word (``source = "assumed"``)."""
    source = row.text("source", "policy")
    if source not in {"policy", "assumed"}:
        raise row.fault("source", "应当写 policy 或 assumed")
    return source == "assumed"


def _department(row: _Table) -> Department:
    item = Department(row.text("key"), row.text("title"), row.texts("names", ()))
    row.done()
    return item


def _role(row: _Table) -> Role:
    item = Role(
        key=row.text("key"),
        assumed=_assumed(row),
        title=row.text("title"),
        scope=row.word("scope", Scope),
        department=row.text("department", ""),
        held_as=row.text("held_as", ""),
        rule=row.text("rule", ""),
        place=row.text("place", Role.place),
        by_plan=row.flag("by_plan"),
    )
    row.done()
    return item


def _right(row: _Table) -> Right:
    item = Right(row.text("role"), row.word("scope", Scope), row.word("action", Action), row.text("on", "*"))
    row.done()
    return item


def _option(row: _Table) -> Option:
    item = Option(row.text("key"), row.text("title"), row.texts("synonyms", ()), assumed=_assumed(row))
    row.done()
    return item


def _state(row: _Table) -> State:
    item = State(
        key=row.text("key"),
        title=row.text("title"),
        tone=row.word("tone", Tone),
        synonyms=row.texts("synonyms", ()),
        reports=row.flag("reports"),
        claims=row.flag("claims"),
        ends=row.flag("ends"),
        since=row.text("since", ""),
        tells=row.texts("tells", ()),
        next=row.names("next"),
    )
    row.done()
    return item


def _transition(row: _Table) -> Transition:
    item = Transition(row.text("key"), row.texts("from"), row.text("to"), row.text("rule", ""), assumed=_assumed(row))
    row.done()
    return item


def _form(row: _Table) -> FormRule:
    additions: dict[str, list[Field]] = {}
    for added in row.tables("field"):
        section, item = _added_field(added)
        additions.setdefault(section, []).append(item)
    rule = FormRule(
        key=row.text("key"),
        assumed=_assumed(row),
        code=row.text("code"),
        number=row.text("number"),
        applicant=row.text("applicant"),
        copies=row.text("copies", ""),
        note=row.text("note", ""),
        from_states=row.texts("from_states", ()),
        steps=tuple(_step(step) for step in row.tables("step")),
        labels=row.mapping("labels"),
        additions={key: tuple(items) for key, items in additions.items()},
        rule=row.text("rule", ""),
        gates=row.texts("gates", ()),
        once=row.text("once", ""),
        without=row.texts("without", ()),
        sends=row.texts("sends", ()),
    )
    _check_number(row, "number", rule.number)
    row.done()
    return rule


def _check_number(row: _Table, key: str, pattern: str, **more: str) -> None:
    if "{year}" not in pattern or "{n" not in pattern:
        raise row.fault(key, "编号样式中要有 {year} 和 {n:04}")
    try:
        pattern.format(year=2026, n=1, code="", **more)
    except (KeyError, IndexError, ValueError, AttributeError) as error:
        names = "、".join(f"{{{name}}}" for name in ("year", "n:04", "code", *more))
        reason = f"编号样式“{pattern}”写法不对（{error}），只能用 {names}"
        raise row.fault(key, reason) from error


def _numbering(row: _Table) -> Numbering:
    usual = Numbering()
    found = Numbering(
        row.text("pattern", usual.pattern),
        row.text("provisional", usual.provisional),
        row.mapping("kinds"),
        row.text("rule", ""),
        _assumed(row),
    )
    _check_number(row, "pattern", found.pattern, kind="")
    _check_number(row, "provisional", found.provisional, kind="")
    row.done()
    return found


def _added_field(row: _Table) -> tuple[str, Field]:
    kind = row.text("kind")
    if kind not in _ADDABLE:
        raise row.fault("kind", f"“{kind}”不认识，可以写：{'、'.join(_ADDABLE)}")
    section = row.text("section")
    item = _ADDABLE[kind](key=row.text("key"), label=row.text("label"), required=row.flag("required"))
    row.done()
    return section, item


def _step(row: _Table) -> Step:
    item = Step(
        key=row.text("key"),
        title=row.text("title"),
        signer=row.text("signer"),
        sections=row.texts("sections", ("*",)),
        when=row.names("when"),
        assumed=_assumed(row),
        seal=row.flag("seal"),
        rule=row.text("rule", ""),
        stage=row.text("stage", ""),
        every=row.flag("every"),
        days=row.number("days", 0),
        confirms=row.names("confirms"),
        needs=row.texts("needs", ()),
        asks=row.text("asks", ""),
    )
    row.done()
    return item


def _clock(row: _Table) -> ClockRule:
    item = ClockRule(
        key=row.text("key"),
        assumed=_assumed(row),
        title=row.text("title"),
        starts=row.text("starts"),
        length=row.number("length"),
        unit=row.word("unit", LengthUnit),
        until=row.text("until", ""),
        states=row.texts("states"),
        tells=row.texts("tells"),
        remind=row.number("remind", 7),
        opens=row.text("opens", ""),
        strength=row.word("strength", Strength),
        rule=row.text("rule"),
        until_filed=row.flag("until_filed"),
        unless=row.text("unless", ""),
        ahead=row.number("ahead", 0),
        done=row.text("done", ""),
        kinds=row.texts("kinds", ()),
    )
    row.done()
    return item


def _window(row: _Table) -> MonthlyRule:
    item = MonthlyRule(
        key=row.text("key"),
        assumed=_assumed(row),
        title=row.text("title"),
        form=row.text("form"),
        first=row.number("first"),
        last=row.number("last"),
        states=row.texts("states"),
        tells=row.texts("tells"),
        remind=row.number("remind", 5),
        strength=row.word("strength", Strength),
        rule=row.text("rule"),
    )
    if not 1 <= item.first <= item.last <= _LONGEST_MONTH:
        raise row.fault("first", "起止日应当是 1 到 31，且不先后颠倒")
    row.done()
    return item


def _weekly(row: _Table) -> WeeklyRule:
    item = WeeklyRule(
        key=row.text("key"),
        assumed=_assumed(row),
        title=row.text("title"),
        form=row.text("form", ""),
        weekday=row.number("weekday"),
        hour=row.number("hour"),
        weeks=row.number("weeks", 0),
        earlier=row.flag("earlier"),
        away=row.flag("away"),
        tells=row.texts("tells", ()),
        strength=row.word("strength", Strength),
        rule=row.text("rule"),
        goes_to=row.texts("goes_to", ()),
    )
    if not 1 <= item.weekday <= _DAYS_A_WEEK:
        raise row.fault("weekday", "应当是 1（周一）到 7（周日）")
    if item.hour > _HOURS_A_DAY:
        raise row.fault("hour", "应当是 0 到 24")
    row.done()
    return item


def _rhythm(row: _Table) -> RhythmRule:
    item = RhythmRule(
        key=row.text("key"),
        assumed=_assumed(row),
        title=row.text("title"),
        form=row.text("form"),
        where=row.texts("where", ()),
        weeks=row.number("weeks"),
        states=row.texts("states"),
        tells=row.texts("tells"),
        strength=row.word("strength", Strength),
        rule=row.text("rule"),
    )
    if item.weeks < 1:
        raise row.fault("weeks", "至少是 1 周")
    row.done()
    return item


def _milestones(row: _Table) -> MilestoneRule:
    usual = MilestoneRule()
    item = MilestoneRule(
        row.texts("forms", ()),
        row.number("days", usual.days),
        row.texts("states", ()),
        row.texts("tells", ()),
        row.word("strength", Strength, usual.strength),
        row.text("rule", usual.rule),
        _assumed(row),
    )
    row.done()
    return item


def _tracking(row: _Table) -> TrackingRule:
    usual = TrackingRule()
    item = TrackingRule(
        row.text("raise_with", ""),
        row.text("close_with", ""),
        row.text("answers", ""),
        row.texts("tells", ()),
        row.number("remind", usual.remind),
        row.word("strength", Strength, usual.strength),
        row.text("rule", usual.rule),
        _assumed(row),
    )
    row.done()
    return item


def _document(row: _Table) -> DocumentRule:
    item = DocumentRule(
        key=row.text("key"),
        assumed=_assumed(row),
        title=row.text("title"),
        stage=row.text("stage"),
        kinds=row.texts("kinds", ()),
        strength=row.word("strength", Strength),
        form=row.text("form", ""),
        rule=row.text("rule", ""),
    )
    row.done()
    return item


def _pausing(row: _Table) -> Pausing:
    usual = Pausing()
    item = Pausing(row.number("quiet_weeks", usual.quiet_weeks), row.text("rule", usual.rule), _assumed(row))
    if item.quiet_weeks < 1:
        raise row.fault("quiet_weeks", "至少是 1 周")
    row.done()
    return item


def _monitoring(row: _Table) -> Monitoring:
    usual = Monitoring()
    item = Monitoring(
        yellow=row.number("yellow", usual.yellow),
        red=row.number("red", usual.red),
        most_hours=row.number("most_hours", usual.most_hours),
        full=row.number("full", usual.full),
        rule=row.text("rule", usual.rule),
        assumed=_assumed(row),
    )
    if not 1 <= item.yellow <= item.red:
        raise row.fault("yellow", "至少是 1 天，且不能超过 red")
    row.done()
    return item


def _gate(row: _Table) -> GateRule:
    item = GateRule(
        key=row.text("key"),
        assumed=_assumed(row),
        title=row.text("title"),
        conditions=row.texts("conditions", ()),
        opens=row.texts("opens", ()),
        strength=row.word("strength", Strength),
        rule=row.text("rule"),
        documents=row.text("documents", ""),
        kinds=row.texts("kinds", ()),
        states=row.texts("states", ()),
        bars=row.flag("bars"),
    )
    row.done()
    return item
