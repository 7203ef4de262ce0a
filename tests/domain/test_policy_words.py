"""A policy told in words: complete, without a key that only the program knows, the same for every version."""

import re
from pathlib import Path

import pytest

from desktop.domain.conditions import CONDITIONS
from desktop.domain.forms import FORMS
from desktop.domain.ledger import PROJECT_DATES
from desktop.domain.policy import Policy
from desktop.domain.policy_chapters import Statement, count_assumed, narrowed, plain_text
from desktop.domain.policy_difference import Difference, compare_policies
from desktop.domain.policy_terms import Action
from desktop.domain.policy_titles import ACTION_TITLES, CONDITION_TITLES, DATE_TITLES, POSTING_TITLES
from desktop.domain.policy_told import tell_policy
from desktop.domain.policy_words import condition_words, number_words
from desktop.domain.postings import POSTINGS
from tests.domain.samples import EPM, EPM_TEXT, load, revised

POLICIES = Path(__file__).parents[2] / "resources" / "policies"
SHIPPED = [load(path.read_text(encoding="utf-8")) for path in sorted(POLICIES.glob("*.toml"))]
every_policy = pytest.mark.parametrize("policy", SHIPPED, ids=lambda policy: policy.key)
OWN_FORM = 'from_states = ["implementing"]\nrule = "PAUSE-1"\n'
OWN_FIELD = '[[form.field]]\nsection = "reason"\nkind = "money"\nkey = "loss"\nlabel = "损失估算"\nrequired = true\n'
PMO_STEP = '[[form.step]]\nkey = "pmo"\ntitle = "项目管理部"\nsigner = "pmo_head"\nseal = true\nrule = "PAUSE-3"\n'
MONEY_STEP = '[[form.step]]\nkey = "money"\ntitle = "财务部先审"\nsigner = "finance"\nrule = "PAUSE-3"\n'
TECHNICAL_STEP = 'signer = "technical_head"\nsource = "assumed"\nrule = "PAUSE-1"\n'


def told(policy: Policy) -> dict[str, Statement]:
    return {one.key: one for chapter in tell_policy(policy) for one in chapter.statements}


def edited(*changes: tuple[str, str]) -> Policy:
    text = revised(EPM_TEXT)
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    return load(text)


def differences(policy: Policy) -> dict[tuple[str, str], Difference]:
    return {(one.where, one.label): one for one in compare_policies(EPM, policy)}


def test_everything_that_a_policy_may_name_has_its_words() -> None:
    assert CONDITIONS.keys() - CONDITION_TITLES.keys() == set()
    assert POSTINGS.keys() - POSTING_TITLES.keys() == set()
    assert PROJECT_DATES - DATE_TITLES.keys() == set()
    assert set(Action) - ACTION_TITLES.keys() == set()
    titles = [*CONDITION_TITLES.values(), *POSTING_TITLES.values(), *DATE_TITLES.values(), *ACTION_TITLES.values()]
    assert all(re.search("[一-鿿]", title) for title in titles)
    assert len(set(DATE_TITLES.values())) == len(DATE_TITLES)


@every_policy
def test_a_policy_is_told_whole_and_without_a_key_of_the_program(policy: Policy) -> None:
    statements = [one for chapter in tell_policy(policy) for one in chapter.statements]
    assert len({one.key for one in statements}) == len(statements)
    names = [
        *(role.key for role in policy.roles),
        *(state.key for state in policy.states),
        *(rule.key for rule in policy.forms),
    ]
    keys = {name for name in names if "_" in name}
    for one in statements:
        assert one.label
        assert one.text
        assert not re.search(r"[{}]|None|\b[a-z]+_[a-z_]+\b", one.text), one.text
        assert not keys & set(re.split(r"\W", one.text))
    known = {one.key for one in statements}
    assert {f"state.{item.key}" for item in policy.states} <= known
    assert {f"role.{item.key}" for item in policy.roles} <= known
    assert {f"clock.{item.key}" for item in policy.clocks} <= known
    assert {f"gate.{item.key}" for item in policy.gates} <= known
    assert {f"transition.{item.key}" for item in policy.transitions} <= known
    assert {f"form.{rule.key}.step.{step.key}" for rule in policy.forms for step in rule.steps} <= known
    assert {f"absent.{key}" for key in FORMS if not policy.has_form(key)} <= known


def test_a_form_is_told_with_its_chain_in_order() -> None:
    chapter = next(item for item in tell_policy(EPM) if item.key == "forms")
    part = next(item for item in chapter.parts if item.title == "项目暂停申请表")
    assert [one.whole for one in part.statements] == [
        "代号和编号：EPM-ZT-01；编号 ZT-〔年份〕-〔4 位流水号〕，例如 ZT-2026-0001；一式两份",
        "谁可以填：项目经理（自己的项目）（PAUSE-1）",
        "何时可以填：项目处于“实施”时（PAUSE-1）",
        "审批次序：技术部门负责人 → 项目管理部",
        "第 1 步：项目所属部门的技术部门负责人签字，签全部内容（PAUSE-1）【须确认】",
        "第 2 步：项目管理部负责人签字，签全部内容，盖章（PAUSE-3）",
        "批准后：项目由“实施”转为“暂停”，记下暂停日期和预计恢复日期",
        "随表的文件：附件（甲方来函、会议纪要等）",
    ]


def test_the_next_form_of_a_state_is_told() -> None:
    said = told(EPM)
    assert "下一步填写《项目实施计划》" in said["state.starting"].text
    assert "下一步填写《项目立项申请表》" in said["state.initiating"].text
    assert "下一步" not in said["state.implementing"].text
    pmo = next(policy for policy in SHIPPED if policy.key == "pmo")
    assert "下一步填写《项目可行性评估表》，批准后填写《项目立项通知书》" in told(pmo)["state.starting"].text


def test_sections_and_named_people_are_told() -> None:
    said = told(EPM)
    assert said["form.closing.step.finance"].text == "财务部签字，只签“项目概况”、“费用”、“附件”"
    assert said["form.handover.step.giver"].text == "表中“移交人”一栏所填的人签字，签全部内容"
    assert said["form.handover.posts"].text == "只存档，不改动台账"
    assert said["form.opening.chain"].text == "不用审批，提交即生效"
    assert "必须附" in said["form.closing_start.files_with"].text


def test_PAUSE_5_a_clock_is_told_with_its_length_its_end_and_whom_it_tells() -> None:
    clock = told(EPM)["clock.pause_limit"]
    assert (clock.strength, clock.rule) == ("原则上", "PAUSE-5")
    for words in (
        "自暂停日期起 3 个月",
        "以它为准",
        "提前 14 天起提醒项目管理员、项目管理部负责人",
        "《逾期暂停项目处理意见》",
    ):
        assert words in clock.text


def test_WEEK_8_a_gate_is_told_with_its_condition() -> None:
    gate = told(EPM)["gate.weekly_report"]
    assert gate.text == "除非项目所处的状态仍收周报；可以填写《项目暂停恢复实施申请表》来解决"
    assert gate.basis == "必须，WEEK-8"


def test_DOC_2_the_documents_of_a_stage_are_told_and_which_form_is_one() -> None:
    said = told(EPM)
    assert said["gate.initiation_documents"].text == "除非“项目方案建议书”、“项目实施计划”已经归档"
    assert said["document.implementation_plan"].text == "批准的《项目实施计划》就是它，不用另存；没有的，须归档文件"
    assert said["document.as_built"].text == "须归档文件；只问系统集成项目"
    assert said["document.as_built"].basis == "原则上，CLOSE-3"


def test_a_condition_of_a_step_is_told() -> None:
    policy = edited((PMO_STEP, f'{PMO_STEP}when = "virtual_contract"\n'))
    assert "仅当项目依据的是虚拟合同时才签" in told(policy)["form.suspension.step.pmo"].text
    assert condition_words(["virtual_contract", "state_takes_claims"]).count("，并且") == 1


def test_an_offices_own_fields_labels_and_notes_are_told() -> None:
    own = f'{OWN_FORM}labels = {{ "reason.raised_by" = "来函单位" }}\nnote = "附来函。"\n{OWN_FIELD}'
    said = told(edited((OWN_FORM, own)))
    assert said["form.suspension.added.reason"].text == "在“暂停事由”中加 “损失估算”（金额，必填）"
    assert said["form.suspension.label.reason.raised_by"].text == "“提出方”改称“来函单位”"
    assert said["form.suspension.note"].text == "附来函。"


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        ("ZT-{year}-{n:04}", "ZT-〔年份〕-〔4 位流水号〕，例如 ZT-2026-0001"),
        ("{code}{year}{n}", "〔单位编号前缀〕〔年份〕〔流水号〕，例如 BH20261"),
        ("A{year}-{n:03d}", "A〔年份〕-〔3 位流水号〕，例如 A2026-001"),
    ],
)
def test_a_number_is_told_with_an_example(pattern: str, words: str) -> None:
    assert number_words(pattern) == words


def test_what_is_only_assumed_is_listed_alone() -> None:
    whole = tell_policy(EPM)
    alone = narrowed(whole, only_assumed=True)
    found = [one for chapter in alone for one in chapter.statements]
    assert len(found) == count_assumed(whole) > 0
    assert all(one.assumed for one in found)
    steps = {f"form.{rule.key}.step.{step.key}" for rule in EPM.forms for step in rule.steps if step.assumed}
    others = {f"role.{item.key}" for item in EPM.roles if item.assumed}
    others |= {f"clock.{item.key}" for item in EPM.clocks if item.assumed}
    others |= {f"gate.{item.key}" for item in EPM.gates if item.assumed}
    others |= {f"transition.{item.key}" for item in EPM.transitions if item.assumed}
    others |= {f"document.{item.key}" for item in EPM.documents if item.assumed}
    others |= {f"subject.{item.key}" for item in EPM.subjects}
    others |= {"pausing", "monitoring", "numbering.pattern", "numbering.provisional", "numbering.kinds"}
    others |= {f"weekly.{item.key}" for item in EPM.weekly if item.assumed}
    others |= {f"rhythm.{item.key}" for item in EPM.rhythms if item.assumed}
    guessed = tuple(f"form.{rule.key}." for rule in EPM.forms if rule.assumed)
    assert {one.key for one in found if not one.key.startswith(guessed)} == {
        key for key in steps | others if not key.startswith(guessed)
    }
    assert all(any(one.key.startswith(key) for one in found) for key in guessed)


@pytest.mark.parametrize("place", ["clock", "gate", "transition", "form", "role", "window", "document", "kind"])
def test_whatever_the_paper_policy_does_not_say_is_marked(place: str) -> None:
    at = EPM_TEXT.index(f"[[{place}]]\n") + len(f"[[{place}]]\n")
    policy = load(f'{EPM_TEXT[:at]}source = "assumed"\n{EPM_TEXT[at:]}')
    assert count_assumed(tell_policy(policy)) > count_assumed(tell_policy(EPM))


def test_sentences_are_found_by_words_rules_and_headings() -> None:
    whole = tell_policy(EPM)
    assert {one.rule for chapter in narrowed(whole, "close-4") for one in chapter.statements} == {"CLOSE-4"}
    (form,) = narrowed(whole, "工作交接单 监交人")
    assert [part.title for part in form.parts] == ["工作交接单"]
    assert narrowed(whole, "没有这样的话") == ()
    assert narrowed(whole, "  ") == whole
    assert "【表单和审批】" in plain_text("制度", whole)


# ---- two versions


def test_nothing_differs_where_only_remarks_do() -> None:
    policy = load(EPM_TEXT.replace("# ---- 部门 ----", "# ---- 部门（2026 年修订）----", 1))
    assert compare_policies(EPM, policy) == ()


def test_a_new_step_is_told_once_and_those_after_it_are_not() -> None:
    found = differences(edited((PMO_STEP, MONEY_STEP + PMO_STEP)))
    changed = {key[1]: (one.kind, one.before, one.after) for key, one in found.items() if key[0] == "项目暂停申请表"}
    assert changed == {
        "审批次序": ("修改", "技术部门负责人 → 项目管理部", "技术部门负责人 → 财务部先审 → 项目管理部"),
        "第 2 步": ("新增", "", "财务部先审：财务部签字，签全部内容（PAUSE-3）"),
    }


def test_a_length_a_name_and_what_is_confirmed_differ() -> None:
    confirmed = (TECHNICAL_STEP, TECHNICAL_STEP.replace('source = "assumed"\n', ""))
    found = differences(
        edited(("length = 3\n", "length = 6\n"), ('title = "总裁室"\n', 'title = "总经理室"\n'), confirmed)
    )
    assert found["制度", "版本"].after == "2.0"
    assert "6 个月" in found["期限", "暂停期限 3 个月"].after
    assert found["部门", "总经理室"].before.startswith("总裁室：")
    step = found["项目暂停申请表", "第 1 步"]
    assert (step.before.endswith("【须确认】"), step.after.endswith("【须确认】")) == (True, False)


def test_what_is_left_out_is_told() -> None:
    role = EPM_TEXT[EPM_TEXT.index('[[role]]\nkey = "business"') : EPM_TEXT.index('[[role]]\nkey = "finance"')]
    rights = re.findall(r'\[\[right\]\]\nrole = "business"\n(?:(?!\[\[|#|\n).+\n)*', EPM_TEXT)
    steps = re.findall(r'\[\[form\.step\]\]\n(?:(?!\[\[).+\n)*?signer = "business"\n(?:(?!\[\[).+\n)*', EPM_TEXT)
    found = differences(edited((role, ""), *((part, "") for part in (*rights, *steps))))
    assert found["角色由谁担任", "商务部"].kind == "删去"
    assert found["部门", "商务部"].after == "没有专设的角色"


@every_policy
def test_DOC_1_every_document_is_told_with_what_is_assumed_of_it(policy: Policy) -> None:
    sentences = told(policy)
    for item in policy.documents:
        said = sentences[f"document.{item.key}"]
        assert (said.label, said.strength, said.assumed) == (item.title, item.strength.label, item.assumed)
    for gate in policy.gates:
        assert not sentences[f"gate.{gate.key}"].text.startswith("除非；"), "a gate of documents says so"
        assert sentences[f"gate.{gate.key}"].text != "除非"


def test_PAUSE_2_the_weeks_of_silence_are_told_as_assumed() -> None:
    said = told(EPM)["pausing"]
    assert "8 周" in said.text
    assert (said.assumed, said.rule) == (True, "PAUSE-2")
