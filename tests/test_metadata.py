"""Whatever is declared once has its place in every room: fields, forms, chains, states, clocks and gates."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from openpyxl import load_workbook
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from desktop.domain.approval import progress
from desktop.domain.canonical import Json
from desktop.domain.conditions import CONDITIONS
from desktop.domain.field import Field
from desktop.domain.fields import FIELD_KINDS, AttachmentField, ComputedField, PersonField
from desktop.domain.form import Form, Grid, LineTable, fields_of
from desktop.domain.forms import FORMS, bind
from desktop.domain.ledger import PROJECT_DATES
from desktop.domain.policy import Policy
from desktop.domain.policy_papers import FormRule
from desktop.domain.policy_terms import Action, Scope
from desktop.domain.policy_told import tell_policy
from desktop.domain.postings import MOVES, POSTINGS
from desktop.exchange.table_writing import write_table
from desktop.paper.kinds import KINDS, Kind, box_text, cell_text, kind_of, shown_by
from desktop.services.policies import shipped_policies
from desktop.ui.chain_view import ChainView
from desktop.ui.colours import TONES
from desktop.ui.fields.base import FieldContext
from desktop.ui.fields.kinds import EDITORS, editor_for
from desktop.ui.nodes import Node
from desktop.ui.operations import Operations

POLICIES = shipped_policies()
every_policy = pytest.mark.parametrize("policy", POLICIES, ids=lambda policy: policy.key)


@dataclass(frozen=True)
class Place:
    """A field where it stands: policy, form, section."""

    form: Form
    section: str
    field: Field
    in_lines: bool

    def __str__(self) -> str:
        return f"{self.form.key}.{self.section}.{self.field.key}"


SOME: dict[str, Json] = {
    "text": "安装",
    "money": 123_450,
    "date": "2026-11-22",
    "month": "2026-12",
    "week": "2026-W47",
    "effort": [{"name": "", "hours": "8"}],
    "period": {"start": "2026-11-22", "end": "2026-12-01"},
    "quantity": "3",
    "percent": "62.5",
    "person": {"id": "", "name": "𠮷镕堃"},
    "attachment": [{"sha256": "ab", "name": "来函.pdf", "size": 3}],
}
"""A value of every kind; of a choice it is the first of its options."""


def some(item: Field) -> Json:
    options = getattr(item, "options", ())
    first: Json = options[0].key if options else SOME.get(item.kind)
    return [first] if item.kind == "multi-choice" else first


STYLES = {"money": "money", "date": "date", "quantity": "figure", "percent": "figure"}
"""The styles of cells by kind, where they are not text."""


def bound_forms(policy: Policy) -> list[Form]:
    return [bind(rule.key, policy) for rule in policy.forms]


def places() -> Iterator[Place]:
    for policy in POLICIES:
        for form in bound_forms(policy):
            for section in form.sections:
                for item in fields_of(section):
                    yield Place(form, section.key, item, isinstance(section, LineTable))


PLACES = list({(str(place), place.field): place for place in places()}.values())
"""What several policies share stands once."""


def twice(keys: Sequence[str]) -> list[str]:
    return sorted({key for key in keys if keys.count(key) > 1})


def test_there_is_something_to_test() -> None:
    assert POLICIES
    assert {"suspension", "resumption", "overdue_opinion", "closing_start", "closing", "handover"} <= FORMS.keys()
    assert len(PLACES) > 100


def test_every_kind_has_a_box_a_widget_and_a_cell() -> None:
    kinds = {kind.kind for kind in FIELD_KINDS}
    assert len(kinds) == len(FIELD_KINDS)
    assert KINDS.keys() | {ComputedField.kind} == kinds
    assert EDITORS.keys() == kinds


def test_every_field_has_its_box_and_its_cell() -> None:
    for place in PLACES:
        item = place.field
        assert type(item) in FIELD_KINDS, str(place)
        assert isinstance(kind_of(item), Kind), str(place)
        assert "None" not in box_text(item, None) + cell_text(item, None), str(place)
        assert not isinstance(shown_by(item), ComputedField), str(place)
        assert not (place.in_lines and isinstance(item, AttachmentField)), f"{place}: no files where lines are pasted"


def test_every_field_has_its_style_in_workbooks(tmp_path: Path) -> None:
    shown = [replace(shown_by(place.field), key=str(number)) for number, place in enumerate(PLACES)]
    written = write_table(tmp_path / "all.xlsx", "全部", shown, [{item.key: some(item) for item in shown}])
    with closing(load_workbook(written.path)) as workbook:
        heading, line = list(workbook.worksheets[0].iter_rows(min_row=2, max_row=3))
    for place, item, above, cell in zip(PLACES, shown, heading, line, strict=True):
        assert item.label in str(above.value), str(place)
        assert cell.value not in {None, ""}, str(place)
        assert cell.style == STYLES.get(item.kind, "text"), str(place)


def test_every_field_has_its_widget(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    context = FieldContext(Operations(window))
    for place in PLACES:
        for read_only in (False, True):
            editor = editor_for(place.field, context, read_only=read_only)
            qtbot.addWidget(editor)
            assert editor.field is place.field, str(place)


BEGINNINGS = frozenset(
    {"", "today", "actor", "next_month", "acceptance", "expense", "week", "report", "plan", "problem", "special"}
)
"""The rooms of facts that a field may begin with, beside the project's own."""


def test_every_field_is_labelled_and_takes_what_it_may_begin_with() -> None:
    for place in PLACES:
        item = place.field
        assert item.label.strip(), str(place)
        if isinstance(item, ComputedField):
            assert not item.required, str(place)
            assert not item.initially, str(place)
        if item.initially == "actor":
            assert isinstance(item, PersonField), str(place)
        room, _, name = item.initially.partition(".")
        if room == "project":
            assert name in {*PROJECT_DATES, "budget", "manager", "client_manager"}, str(place)
        else:
            assert room in BEGINNINGS, str(place)


@every_policy
def test_keys_are_unique(policy: Policy) -> None:
    assert twice([form.key for form in policy.forms]) == []
    for form in bound_forms(policy):
        assert twice([section.key for section in form.sections]) == []
        for section in form.sections:
            assert twice([item.key for item in fields_of(section)]) == []
            assert twice([item.label for item in fields_of(section)]) == []
            for item in fields_of(section):
                options = getattr(item, "options", ())
                assert twice([option.key for option in options]) == []
    for name in ("states", "kinds", "contract_kinds"):
        options = policy.options(name)
        assert twice([option.key for option in options]) == []
        assert twice([word for option in options for word in (option.label, *option.synonyms)]) == [], name


@every_policy
def test_everything_that_people_read_has_its_words(policy: Policy) -> None:
    titles = [
        *[item.title for item in policy.departments],
        *[item.title for item in policy.roles],
        *[item.title for item in policy.states],
        *[item.title for item in policy.clocks],
        *[item.title for item in policy.gates],
        *[option.label for name in ("states", "kinds", "contract_kinds") for option in policy.options(name)],
        *[text for rule in policy.forms for text in (rule.code, rule.applicant)],
        *[step.title for rule in policy.forms for step in rule.steps],
        *[text for form in bound_forms(policy) for text in (form.title, *(part.title for part in form.sections))],
        *[kind.noun for form in FORMS.values() for kind in form.sections if isinstance(kind, LineTable)],
    ]
    assert [title for title in titles if not title.strip()] == []
    assert twice([state.title for state in policy.states]) == []


@every_policy
def test_every_declared_form_has_its_chain_and_posting(policy: Policy) -> None:
    assert {rule.key for rule in policy.forms} <= FORMS.keys()
    for key, form in FORMS.items():
        assert any(known.has_form(key) for known in POLICIES), "a form that nobody can use"
        assert form.key == key
        assert form.posts in POSTINGS
        assert form.subject in {"project", "office"}
    assert twice([rule.code for rule in policy.forms]) == []
    assert twice([rule.number for rule in policy.forms]) == []


@every_policy
def test_every_chain_names_roles_sections_and_people_that_exist(policy: Policy) -> None:
    for rule in policy.forms:
        form = bind(rule.key, policy)
        signed: set[str] = set()
        for step in rule.steps:
            sections = {section.key for section in form.sections}
            assert set(step.sections) <= {"*", *sections}
            signed |= sections if "*" in step.sections else set(step.sections)
            assert set(step.when) <= set(CONDITIONS)
            assert signer_exists(policy, form, step.signer), f"{rule.key}.{step.key}"
        assert not rule.steps or signed == {section.key for section in form.sections}, "a part that nobody signs"


def signer_exists(policy: Policy, form: Form, signer: str) -> bool:
    if not signer.startswith("field:"):
        return any(role.key == signer for role in policy.roles)
    key, _, name = signer.removeprefix("field:").partition(".")
    section = form.section(key)
    people = {item.key: item for item in fields_of(section) if isinstance(item, PersonField)}
    return isinstance(section, Grid) and name in people and people[name].required


@every_policy
def test_every_state_of_every_transition_is_known(policy: Policy) -> None:
    states = {state.key for state in policy.states}
    for transition in policy.transitions:
        assert transition.key in {*POSTINGS, *(move for moves in MOVES.values() for move in moves)}
        assert {*transition.sources, transition.target} <= states
        assert transition.sources
    for state in policy.states:
        assert state.tone in TONES
        assert not state.since or state.since in PROJECT_DATES
    for rule in policy.forms:
        assert set(rule.from_states) <= states


@every_policy
def test_every_form_may_be_filed_by_somebody_from_where_its_posting_leads_on(policy: Policy) -> None:
    def files(rule: FormRule) -> bool:
        return any(right.action is Action.FILE and right.on in {"*", rule.key} for right in policy.rights)

    moves = {transition.key: transition for transition in policy.transitions}
    for rule in policy.forms:
        assert files(rule), rule.key
        posting = FORMS[rule.key].posts
        if posting in moves:
            assert set(rule.from_states) == set(moves[posting].sources), rule.key


@every_policy
def test_every_clock_and_gate_names_what_exists(policy: Policy) -> None:
    states = {state.key for state in policy.states}
    roles = {role.key for role in policy.roles}
    for clock in policy.clocks:
        assert clock.starts in PROJECT_DATES
        assert not clock.until or clock.until in PROJECT_DATES
        assert set(clock.states) <= states
        assert set(clock.tells) <= roles
        assert clock.tells
        assert clock.opens in FORMS
        assert set(clock.states) <= set(policy.form(clock.opens).from_states), "its form may not be filed then"
    for gate in policy.gates:
        assert gate.conditions or gate.documents
        assert set(gate.conditions) <= CONDITIONS.keys()
        assert set(gate.opens) <= FORMS.keys()


@every_policy
def test_every_right_names_a_role_and_a_form(policy: Policy) -> None:
    roles = {role.key: role for role in policy.roles}
    for right in policy.rights:
        assert right.role in roles
        assert right.on == "*" or right.on in FORMS
        assert right.scope in {roles[right.role].scope, Scope.OFFICE}
    for action in Action:
        assert any(right.action is action for right in policy.rights), action


@every_policy
def test_every_step_that_the_paper_policy_does_not_name_is_told(policy: Policy, qtbot: QtBot) -> None:
    told = {one.key for chapter in tell_policy(policy) for one in chapter.statements if one.assumed}
    view = ChainView()
    qtbot.addWidget(view)
    for rule in policy.forms:
        form = bind(rule.key, policy)
        view.show_chain(Node("填表"), progress(rule.steps, (), {}), form, {}, live=True)
        for step, node in zip(rule.steps, view.nodes[1:], strict=True):
            assert (f"form.{rule.key}.step.{step.key}" in told) == step.assumed
            assert node.title.endswith("*") == step.assumed
