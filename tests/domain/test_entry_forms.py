"""The forms of 启动: what is wrong with a contract, a program, a number, a department's targets."""

from typing import Any

import pytest

from desktop.domain.field import Facts
from desktop.domain.form import Problem, begin, problems_of, settle
from desktop.domain.forms import bind
from desktop.domain.forms.task_targets import by_department
from desktop.domain.known_projects import find_known, offered
from tests.domain.samples import EPM
from tests.services.entry import CONTRACT
from tests.services.world import merge

PEOPLE = {"id": "7", "name": "㛃喆"}


def row(name: str, **more: Any) -> dict[str, Any]:
    """A project as the ledger tells of it."""
    usual = {"short_name": "", "department": "系统集成部 / 一组", "manager": "王强", "state": "实施", "program": ""}
    return {**usual, "contract": None, "contract_no": "", "amount": 1, "name": name, **more}


FACTS: Facts = {
    "today": "2026-11-03",
    "offers.departments": ["系统集成部", "软件开发部"],
    "ledger.contracts": {"HT-1": "合同“老线”"},
    "ledger.projects": {
        "JC-1": row("老线改造", short_name="老线", contract="HT-1"),
        "JC-2": row("新线工程", department="软件开发部", program="一期"),
        "暂-2026-001": row("新线工程", contract_no="HT-9"),
        "JC-4": row("车站机电", department="系统集成部 / 二组"),
    },
}


def problems(form_key: str, content: dict[str, Any], **facts: Any) -> list[Problem]:
    form, known = bind(form_key, EPM), {**FACTS, **facts}
    found = problems_of(form, settle(form, merge(begin(form, known), content), known), known)
    return [item for item in found if not item.text.endswith("还没有填写")]


def contract(**changes: Any) -> list[Problem]:
    return problems("contract", merge(merge(CONTRACT, {"contract": {"client_manager": PEOPLE}}), changes))


def texts(found: list[Problem], *, blocks: bool = True) -> str:
    return "；".join(item.text for item in found if item.blocks is blocks)


WRONG_CONTRACTS: dict[str, tuple[dict[str, Any], str]] = {
    "not yet in force": ({"contract": {"in_force_on": "2026-11-04"}}, "2026-11-04 才生效"),
    "an unsigned works contract": ({"contract": {"signed_on": None}}, "签订日期"),
    "signed in the future": ({"contract": {"signed_on": "2026-12-01"}}, "签订日期 2026-12-01 还没有到"),
    "final before preliminary": ({"contract": {"final_on": "2027-04-30"}}, "早于约定初验"),
    "a project of another contract": ({"projects": [{"id": "p", "existing": "JC-1"}]}, "已登记在合同 HT-1 名下"),
    "one project twice": ({"projects": [{"id": key, "existing": "JC-4"} for key in "ab"]}, "写了两次"),
    "a name that two projects bear": ({"projects": [{"id": "p", "existing": "新线工程"}]}, "有 2 个项目叫"),
    "outsourced without a paper": ({"contract": {"outsourced": "yes"}}, "外包合同或外包申请的编号"),
    "modules short of the amount": ({"contract": {"amount": 1_000_000_01}}, "比合同金额少 0.01 元"),
    "modules beyond the amount": ({"contract": {"amount": 999_999_99}}, "比合同金额多 0.01 元"),
    "an item that is not count times price": (
        {"items": [{"id": "i", "name": "主机", "count": "1.5", "price": 3, "amount": 4}]},
        "数量乘单价是 0.05 元，金额写的是 0.04 元",
    ),
    "a project beyond the contract": (
        {"projects": [{"id": "p", "kind": "service", "department": "系统集成部", "amount": 1_000_000_01}]},
        "各项目金额合计比合同金额多 0.01 元",
    ),
    "a project without a kind": ({"projects": [{"id": "p", "department": "系统集成部"}]}, "没有填写项目类型"),
    "no project": ({"projects": []}, "至少要填 1 个项目"),
    "two projects of one name": (
        {"projects": [{"id": key, "kind": "service", "department": "系统集成部"} for key in "ab"]},
        "同名",
    ),
    "a project that is not there": ({"projects": [{"id": "p", "existing": "JC-9999"}]}, "没有“JC-9999”"),
}


def test_APPT_1_a_contract_in_force_with_its_modules_is_ready() -> None:
    assert contract() == []


@pytest.mark.parametrize("case", WRONG_CONTRACTS)
def test_APPT_1_what_is_wrong_with_a_contract_is_told(case: str) -> None:
    changes, told = WRONG_CONTRACTS[case]
    assert told in texts(contract(**changes))


def test_APPT_1_in_force_from_today_will_do() -> None:
    assert contract(contract={"in_force_on": "2026-11-03"}) == []
    assert contract(contract={"kind": "virtual", "signed_on": None}) == []


def test_APPT_1_what_is_worth_a_look_does_not_block() -> None:
    found = contract(
        contract={"number": "HT-1", "signed_on": "2026-11-03"},
        modules=[{"id": "m", "name": "全部", "department": "信号部", "price": 1_000_000_00}],
        items=[{"id": "i", "name": "主机", "count": "1", "price": 1_000_000_01, "amount": 1_000_000_01}],
        projects=[
            {"id": "a", "name": "甲", "kind": "service", "department": "系统集成部"},
            {"id": "b", "name": "乙", "kind": "service", "department": "系统集成部"},
            {"id": "c", "existing": "暂-2026-001 新线工程"},
        ],
    )
    assert texts(found) == ""
    told = texts(found, blocks=False)
    for word in ("HT-1 已经用过", "早于签订日期", "没有“信号部”", "比合同金额多 0.01", "几个项目", "HT-9，将改为"):
        assert word in told


def test_projects_are_named_by_number_by_what_is_offered_or_by_a_name_of_their_own() -> None:
    for named in ("JC-1", offered("JC-1", "老线改造"), " 老线改造 ", "老线"):
        assert find_known(FACTS, named) == ("JC-1", "")
    assert find_known(FACTS, offered("暂-2026-001", "新线工程")) == ("暂-2026-001", "")
    for named, why in (("", "没有写明"), ("新线工程", "请写编号"), ("JC-9", "没有“JC-9”")):
        number, told = find_known(FACTS, named)
        assert number == ""
        assert why in told


PROGRAM = {
    "program": {"name": "一期", "manager": PEOPLE, "across": "departments"},
    "members": [{"id": "a", "project": "JC-1"}, {"id": "b", "project": "JC-2"}],
}


def program(**changes: Any) -> list[Problem]:
    return problems("program", merge(PROGRAM, changes))


def test_PROG_1_a_program_names_projects_of_the_ledger_once_each() -> None:
    assert program() == []
    twice = [{"id": "a", "project": "JC-1"}, {"id": "b", "project": "老线"}, {"id": "c", "project": "?"}]
    told = texts(program(members=twice))
    assert "与第 1 行是同一个项目" in told
    assert "没有“?”" in told
    assert "至少要填 2" in texts(program(members=twice[:1]))
    assert "从人员名单中选定" in texts(program(program={"manager": {"id": "", "name": "外人"}}))


def test_PROG_1_what_enters_and_leaves_a_program_is_told() -> None:
    other = texts(program(program={"name": "二期"}), blocks=False)
    assert "现属于大项目“一期”" in other
    left = [{"id": "a", "project": "JC-1"}, {"id": "b", "project": "JC-4"}]
    assert "项目 JC-2 没有列入" in texts(program(members=left), blocks=False)


@pytest.mark.parametrize(
    ("members", "across"),
    [(("JC-1", "JC-2"), "departments"), (("JC-1", "JC-4"), "sub_departments"), (("JC-1", "暂-2026-001"), "none")],
)
def test_PROG_3_what_a_program_reaches_across_is_read_from_its_members(members: tuple[str, str], across: str) -> None:
    lines = [{"id": number, "project": number} for number in members]
    for said in ("none", "sub_departments", "departments"):
        told = texts(program(program={"across": said}, members=lines), blocks=False)
        assert ("请核对；周报" in told) == (said != across)


MODULES: Any = CONTRACT["modules"]


def test_PROG_4_targets_follow_from_the_module_prices() -> None:
    assert [(line["department"], line["amount"], line["basis"]) for line in by_department(MODULES)] == [
        ("系统集成部", 750_000_00, "信号设备、安装"),
        ("软件开发部", 250_000_00, "监控软件"),
    ]
    facts = {"contract.modules": MODULES, "contract.amount": 1_000_000_00, "project.kind_key": "integration"}
    form = bind("task_targets", EPM)
    content = begin(form, facts)
    assert [line["amount"] for line in content["reckoned"]] == [750_000_00, 250_000_00]
    assert problems("task_targets", {}, **facts) == []
    own = {"targets": [{"id": "t", "department": "软件开发部", "amount": 1}]}
    assert "不另行确定" in texts(problems("task_targets", own, **facts))


def test_PROG_4_without_a_split_what_is_set_adds_up_to_the_contract() -> None:
    facts = {"contract.modules": [], "contract.amount": 100, "project.kind_key": "software"}
    assert "没有划分模块价格" in texts(problems("task_targets", {}, **facts))
    own = {"targets": [{"id": "t", "department": "软件开发部", "amount": 99}]}
    assert "少 0.01 元" in texts(problems("task_targets", own, **facts))
    own["targets"][0]["amount"] = 100
    assert problems("task_targets", own, **facts) == []
    (look,) = problems("task_targets", own, **{**facts, "project.kind_key": "service"})
    assert not look.blocks


def test_APPT_3_a_short_name_and_a_kind_are_needed_to_number() -> None:
    taken = {"ledger.short_names": {"老线": "JC-1"}, "project.kind_key": None}
    told = texts(problems("numbering", {"numbering": {"short_name": "老线"}}, **taken))
    assert "已经是项目 JC-1 的" in told
    assert "没有此项目的类型" in told
    assert problems("numbering", {"numbering": {"short_name": "新线", "kind": "service"}}, **taken) == []
    again = problems("numbering", {"numbering": {"short_name": "新"}}, **{"project.official": "JC-2"})
    assert "已有编号 JC-2" in texts(again)
