"""A policy file is checked whole; what is wrong is told by file, key and reason."""

import re
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.domain.canonical import sha256_text
from desktop.domain.errors import PolicyError, Refusal
from desktop.domain.fields import MoneyField
from desktop.domain.forms import bind
from desktop.domain.policy_terms import Strength
from tests.domain.samples import EPM, EPM_TEXT, FILE, load

FIRST_STEP = (
    'key = "technical"\ntitle = "技术部门负责人"\nsigner = "technical_head"\nsource = "assumed"\nrule = "PAUSE-1"'
)
FIRST_ARCHIVE = EPM_TEXT[: EPM_TEXT.index('action = "archive"')].count("[[right]]")
PAUSED_NO = EPM_TEXT[: EPM_TEXT.index('key = "paused"')].count("[[state]]")
FORM_NO = EPM_TEXT[: EPM_TEXT.index('key = "suspension"\ncode')].count("[[form]]")
FIRST_FORM = 'from_states = ["implementing"]\nrule = "PAUSE-1"\n'


def field(**changes: str) -> str:
    """A field that an office adds to the suspension request, as it stands in the file."""
    lines = {"section": '"reason"', "kind": '"money"', "key": '"loss"', "label": '"损失估算"'} | changes
    return "[[form.field]]\n" + "".join(f"{key} = {value}\n" for key, value in lines.items())


# what is written instead of what, and the key and the reason that the message names
WRONG = {
    "a misspelt key at the top": ('version = "1.0"', 'verzion = "1.0"', "version", "缺少"),
    "a key too many at the top": ('version = "1.0"', 'version = "1.0"\ncolour = 1', "colour", "没有这样的项"),
    "a key too many in a state": (
        'tone = "warning"',
        'tone = "warning"\nclaim = true',
        f"state[{PAUSED_NO}].claim",
        "没有这样的项",
    ),
    "a missing key": ('key = "paused"\ntitle = "暂停"', 'key = "paused"', f"state[{PAUSED_NO}].title", "缺少"),
    "a number for a text": ('title = "工程项目管理制度（EPM）"', "title = 7", "title", "应当是一段文字"),
    "a text for a number": ("length = 3", 'length = "3"', "clock[1].length", "应当是整数"),
    "a truth for a number": ("length = 3", "length = true", "clock[1].length", "应当是整数"),
    "a negative number": ("length = 3", "length = -3", "clock[1].length", "不能是负数"),
    "a text for a truth": (
        'seal = true\nrule = "PAUSE-3"',
        'seal = "yes"\nrule = "PAUSE-3"',
        f"form[{FORM_NO}].step[2].seal",
        "true 或 false",
    ),
    "a text for a list": ('states = ["paused"]', 'states = "paused"', "clock[1].states", "文字的列表"),
    "numbers in a list of texts": ('states = ["paused"]', "states = [1]", "clock[1].states", "文字的列表"),
    "an unknown unit": ('unit = "months"', 'unit = "moons"', "clock[1].unit", "moons"),
    "an unknown strength": ('strength = "usual"', 'strength = "maybe"', "clock[2].strength", "maybe"),
    "an unknown action": ('action = "archive"', 'action = "burn"', f"right[{FIRST_ARCHIVE}].action", "burn"),
    "an unknown scope": ('scope = "office"', 'scope = "world"', "role[1].scope", "world"),
    "an unknown source": (
        FIRST_STEP,
        FIRST_STEP.replace("assumed", "guess"),
        f"form[{FORM_NO}].step[1].source",
        "assumed",
    ),
    "a condition that is a number": (
        FIRST_STEP,
        FIRST_STEP + "\nwhen = 1",
        f"form[{FORM_NO}].step[1].when",
        "一个名字或名字的列表",
    ),
    "one unknown condition of several": (
        FIRST_STEP,
        FIRST_STEP + '\nwhen = ["virtual_contract", "full_moon"]',
        "form.suspension.step.technical.when",
        "full_moon",
    ),
    "a stage called like a step": (
        FIRST_STEP,
        FIRST_STEP + '\nstage = "pmo"',
        "form.suspension.step.technical.stage",
        "换一个名字",
    ),
    "a stage torn apart": (
        FIRST_STEP,
        FIRST_STEP + '\nstage = "甲"\n[[form.step]]\nkey = "x"\ntitle = "x"\nsigner = "clerk"\n'
        '[[form.step]]\nkey = "y"\ntitle = "y"\nsigner = "clerk"\nstage = "甲"',
        "form.suspension.step.y.stage",
        "写在一起",
    ),
    "lines to confirm where there are none": (
        FIRST_STEP,
        FIRST_STEP + '\nconfirms = "reason"',
        "form.suspension.step.technical.confirms",
        "明细行",
    ),
    "everyone of one person": (
        'title = "接收人"\n',
        'title = "接收人"\nevery = true\n',
        "form.handover.step.receiver.every",
        "会签",
    ),
    "an unknown tone": ('tone = "warning"', 'tone = "purple"', f"state[{PAUSED_NO}].tone", "purple"),
    "no TOML": ("[[department]]", "[[department", "（全文）", "TOML"),
    "an unknown department": ('department = "pmo"', 'department = "pmx"', "role.clerk.department", "pmx"),
    "an unknown project person": ('held_as = "manager"', 'held_as = "boss"', "role.manager.held_as", "boss"),
    "an unknown role of a right": ('role = "clerk"', 'role = "cleric"', "right.role", "cleric"),
    "an unknown form of a right": ('on = "suspension"', 'on = "pause"', "right.on", "pause"),
    "an unknown state of a transition": ('to = "paused"', 'to = "asleep"', "transition.pause", "asleep"),
    "an unknown source state": ('from = ["paused"]', 'from = ["asleep"]', "transition.resume", "asleep"),
    "an unknown posting": ('key = "pause"', 'key = "nap"', "transition.key", "nap"),
    "an unknown date of a state": ('since = "paused_on"', 'since = "slept_on"', "state.paused.since", "slept_on"),
    "an unknown next form": ('next = "implementation_plan"', 'next = "x"', "state.starting.next", "x"),
    "a next form that the state does not take": (
        'next = "implementation_plan"',
        'next = ["implementation_plan", "initiation"]',
        "state.starting.next",
        "不能在",
    ),
    "a next form that is no project's": (
        'next = "implementation_plan"',
        'next = "contract"',
        "state.starting.next",
        "不是项目的表单",
    ),
    "an unknown condition": ('"state_takes_claims"', '"claims_ok"', "gate.claim.conditions", "claims_ok"),
    "an unknown form of a gate": ('opens = ["resumption"]', 'opens = ["x"]', "gate.weekly_report.opens", "x"),
    "an unknown date of a clock": ('starts = "paused_on"', 'starts = "x_on"', "clock.pause_limit.starts", "x_on"),
    "an unknown end of a clock": ('until = "pause_until"', 'until = "x_on"', "clock.pause_limit.until", "x_on"),
    "an unknown form of a clock": ('opens = "overdue_opinion"', 'opens = "x"', "clock.pause_limit.opens", "x"),
    "an unknown condition of a clock": ('unless = "numbered"', 'unless = "x"', "clock.numbering_due.unless", "x"),
    "an unknown gift of a form": ('once = "number"', 'once = "x"', "form.numbering.once", "x"),
    "an unknown state of a clock": ('states = ["paused"]', 'states = ["x"]', "clock.pause_limit.states", "x"),
    "an unknown role of a clock": ('tells = ["clerk", "pmo_head"]', 'tells = ["x"]', "clock.pause_limit.tells", "x"),
    "an unknown end of a clock's running": (
        'done = "final_on"',
        'done = "x_on"',
        "clock.final_acceptance.done",
        "x_on",
    ),
    "an unknown kind of a gate": (
        'kinds = ["software"]\nstrength = "in principle"',
        'kinds = ["poem"]\nstrength = "in principle"',
        "gate.closing_start_final.kinds",
        "poem",
    ),
    "an unknown stage of documents": (
        'documents = "closing"',
        'documents = "x"',
        "gate.closing_documents.documents",
        "x",
    ),
    "an unknown form of a document": (
        'form = "preliminary_acceptance"',
        'form = "x"',
        "document.preliminary_report.form",
        "x",
    ),
    "no week of silence": ("quiet_weeks = 8", "quiet_weeks = 0", "pausing.quiet_weeks", "至少"),
    "an unknown form": ('key = "suspension"', 'key = "siesta"', "form.key", "siesta"),
    "an unknown state of a form": (
        FIRST_FORM,
        FIRST_FORM.replace("implementing", "x"),
        "form.suspension.from_states",
        "x",
    ),
    "an unknown signer": (
        FIRST_STEP,
        FIRST_STEP.replace("technical_head", "x"),
        "form.suspension.step.technical.signer",
        "x",
    ),
    "an unknown condition of a step": (
        FIRST_STEP,
        f'{FIRST_STEP}\nwhen = "rainy"',
        "form.suspension.step.technical.when",
        "rainy",
    ),
    "an unknown section of a step": (
        'sections = ["project", "money", "attachments"]',
        'sections = ["purse"]',
        "form.closing.step.finance.sections",
        "purse",
    ),
    "a signer whom the form does not name": (
        '"field:people.giver"',
        '"field:people.thief"',
        "form.handover.step.giver.signer",
        "thief",
    ),
    "a signer in a section that is not there": (
        '"field:people.giver"',
        '"field:folk.giver"',
        "form.handover.step.giver.signer",
        "giver",
    ),
    "a signer that is no person": (
        '"field:people.giver"',
        '"field:people.on"',
        "form.handover.step.giver.signer",
        "on",
    ),
    "a form left out": (
        EPM_TEXT[EPM_TEXT.index('[[form]]\nkey = "opening"') :],
        "",
        "form",
        "opening",
    ),
    "a transition left out": (
        '[[transition]]\nkey = "pause"\nfrom = ["implementing"]\nto = "paused"\nrule = "PAUSE-3"',
        "",
        "transition",
        "pause",
    ),
    "a state twice": ('key = "closed"', 'key = "paused"', "state.paused", "两次"),
    "a role twice": ('key = "keeper"', 'key = "clerk"', "role.clerk", "两次"),
    "a kind twice": ('key = "software"', 'key = "integration"', "kind.integration", "两次"),
    "a number without its year": ('"ZT-{year}-{n:04}"', '"ZT-{n:04}"', f"form[{FORM_NO}].number", "{year}"),
    "a number without its figure": ('"ZT-{year}-{n:04}"', '"ZT-{year}"', f"form[{FORM_NO}].number", "{n:04}"),
    "a number with an unknown part": (
        '"ZT-{year}-{n:04}"',
        '"{dept}-{year}-{n:04}"',
        f"form[{FORM_NO}].number",
        "dept",
    ),
    "a number with a broken part": ('"ZT-{year}-{n:04}"', '"ZT-{year}-{n:04"', f"form[{FORM_NO}].number", ""),
    "two forms that number alike": ('"HF-{year}-{n:04}"', '"ZT-{year}-{n:04}"', "form.resumption.number", "ZT-"),
    "a label for a field that is not there": (
        FIRST_FORM,
        f'{FIRST_FORM}labels = {{ "reason.moon" = "月亮" }}\n',
        "form.suspension.labels",
        "reason.moon",
    ),
    "a label that is no text": (
        FIRST_FORM,
        f'{FIRST_FORM}labels = {{ "reason.reason" = 1 }}\n',
        f"form[{FORM_NO}].labels",
        "文字",
    ),
    "a field of an unknown kind": (
        FIRST_FORM,
        FIRST_FORM + field(kind='"spell"'),
        f"form[{FORM_NO}].field[1].kind",
        "spell",
    ),
    "a field in a section that is not there": (
        FIRST_FORM,
        FIRST_FORM + field(section='"moon"'),
        "form.suspension.field.section",
        "moon",
    ),
    "a field that is there already": (
        FIRST_FORM,
        FIRST_FORM + field(key='"cause"'),
        "form.suspension.field.reason.cause",
        "两次",
    ),
    "a field added twice": (FIRST_FORM, FIRST_FORM + field() + field(), "form.suspension.field.reason.loss", "两次"),
}


def test_the_policy_that_comes_with_the_program_is_right() -> None:
    assert EPM.title == "工程项目管理制度（EPM）"
    assert EPM.sha256 == sha256_text(EPM_TEXT)
    assert EPM.transition("pause").target == "paused"
    assert EPM.gate("claim").strength is Strength.MUST


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_is_told_by_file_key_and_reason(case: str) -> None:
    old, new, key, reason = WRONG[case]
    assert old in EPM_TEXT
    with pytest.raises(PolicyError) as refused:
        load(EPM_TEXT.replace(old, new, 1))
    assert refused.value.file == FILE
    assert refused.value.key == key
    assert reason in refused.value.reason
    assert f"“{FILE}”中的“{key}”有误" in str(refused.value)
    assert refused.value.kept


@pytest.mark.parametrize(
    ("written", "key", "reason"),
    [('["x"]', "department[1]", "应当是一个表"), ("3", "department", "表的列表"), ("[]", "role", "缺少")],
)
def test_what_should_be_tables_and_is_not(written: str, key: str, reason: str) -> None:
    with pytest.raises(PolicyError, match=reason) as refused:
        load(f'key = "x"\ntitle = "x"\nversion = "1"\ndepartment = {written}\n')
    assert refused.value.key == key


def test_a_step_that_stands_twice_is_refused() -> None:
    start = EPM_TEXT.index('[[form]]\nkey = "suspension"')
    twice = EPM_TEXT[start:].replace('key = "pmo"\ntitle = "项目管理部"', 'key = "technical"\ntitle = "x"', 1)
    with pytest.raises(PolicyError) as refused:
        load(EPM_TEXT[:start] + twice)
    assert refused.value.key == "form.suspension.step.technical"


def test_an_office_adds_fields_and_changes_labels() -> None:
    text = EPM_TEXT.replace(FIRST_FORM, f'{FIRST_FORM}labels = {{ "reason.raised_by" = "来函单位" }}\n{field()}', 1)
    form = bind("suspension", load(text))
    fields = {item.key: item for item in getattr(form.section("reason"), "fields", ())}
    assert fields["raised_by"].label == "来函单位"
    assert isinstance(fields["loss"], MoneyField)
    assert bind("suspension", EPM).section("reason") != form.section("reason")


def test_what_may_be_left_out_may_be_left_out() -> None:
    start, end = EPM_TEXT.index("# ---- 关口"), EPM_TEXT.index("# ---- 表单与审批流")
    left = EPM_TEXT[:start] + EPM_TEXT[end:]
    rest = re.sub(r"^(gates = \[[^\]]*\]|next = .*)\n", "", left, flags=re.MULTILINE)
    policy = load(rest)
    assert (policy.gates, policy.clocks) == ((), ())


@given(st.data())
def test_any_damaged_line_is_refused_or_harmless(data: st.DataObject) -> None:
    """Whatever happens to a line, there is a policy or a refusal, never another error."""
    lines = EPM_TEXT.split("\n")
    at = data.draw(st.integers(0, len(lines) - 1))
    lines[at] = data.draw(st.sampled_from(["", "x", "x = 1", "[[x]]", "[x]", 'key = "x"', "key = 1", lines[at] * 2]))
    with suppress(PolicyError):
        policy = load("\n".join(lines))
        assert policy.sha256 == sha256_text(policy.text)


def without(form: str) -> str:
    """The policy as it was before a form was declared: neither its chain nor a right to file it."""
    parts = [part for part in re.split(r"(?=^\[\[)", EPM_TEXT, flags=re.MULTILINE) if f'on = "{form}"' not in part]
    at = next(n for n, part in enumerate(parts) if part.startswith(f'[[form]]\nkey = "{form}"'))
    end = next((n for n in range(at + 1, len(parts)) if not parts[n].startswith("[[form.")), len(parts))
    return "".join(parts[:at] + parts[end:])


def test_DOC_6_a_policy_from_before_a_form_was_declared_is_still_read() -> None:
    policy = load(without("handover"))
    assert "handover" not in {rule.key for rule in policy.forms}
    with pytest.raises(Refusal, match="工作交接单"):
        bind("handover", policy)


def test_a_transition_is_needed_where_a_form_posts_it() -> None:
    moves = EPM_TEXT[EPM_TEXT.index('[[transition]]\nkey = "close"') : EPM_TEXT.index("# ---- 关口")]
    with pytest.raises(PolicyError, match="close"):
        load(EPM_TEXT.replace(moves, ""))
    load(without("closing").replace(moves, "").replace('opens = "closing"\n', "").replace('next = "closing"\n', ""))


def test_a_step_says_when_it_applies_and_how_it_is_asked() -> None:
    more = '\nwhen = ["virtual_contract", "state_takes_claims"]\nstage = "会审"\nevery = true\ndays = 3'
    step = load(EPM_TEXT.replace(FIRST_STEP, FIRST_STEP + more, 1)).form("suspension").steps[0]
    assert (step.when, step.stage, step.every, step.days) == (
        ("virtual_contract", "state_takes_claims"),
        "会审",
        True,
        3,
    )
    one = load(EPM_TEXT.replace(FIRST_STEP, FIRST_STEP + '\nwhen = "virtual_contract"', 1)).form("suspension").steps[0]
    assert one.when == ("virtual_contract",)
    plain = EPM.form("suspension").steps[0]
    assert (plain.when, plain.stage, plain.every, plain.days, plain.confirms) == ((), "", False, 0, ())
