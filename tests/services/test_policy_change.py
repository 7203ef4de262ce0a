"""An office's own copy of its policy: out, edited, in again, and everything that is told before it is in force."""

import re
from functools import partial
from pathlib import Path

import pytest

from desktop.domain.errors import NotAllowed, PolicyError, Refusal
from desktop.domain.policy import Policy
from desktop.services import people, settings
from desktop.services.checking import verify_office
from desktop.services.policies import read_policy, read_policy_file, shipped_policies
from desktop.services.policy_change import PolicyPreview, export_policy, policy_versions, preview_policy
from tests.domain.samples import revised
from tests.services.test_office import FINANCE_FIRST, edited
from tests.services.world import (
    CLERK,
    EPM,
    FINANCE,
    HEAD,
    PRESIDENT,
    QUALITY,
    TECHNICAL,
    World,
    refusal,
)


def read(text: str) -> Policy:
    return read_policy(text, "本单位的制度.toml")


def preview(world: World, text: str) -> PolicyPreview:
    return world.office.read(partial(preview_policy, policy=read(text)))


def take_over(world: World, seen: PolicyPreview, by: str = CLERK) -> None:
    change = partial(settings.change_policy, policy=seen.policy, instead_of=seen.instead_of)
    world.office.run(world.who(by), change)


def left_out(*kinds: tuple[str, str]) -> str:
    """The policy without these tables (their kind and key) and without the rights of such roles."""
    parts = re.split(r"(?=^\[\[)", revised(EPM.text), flags=re.MULTILINE)
    gone = {key for kind, key in kinds if kind == "role"}
    kept = [
        part
        for part in parts
        if not any(part.startswith(f'[[{kind}]]\nkey = "{key}"') for kind, key in kinds)
        and not any(part.startswith(f'[[right]]\nrole = "{key}"') for key in gone)
    ]
    return "".join(kept)


def test_DOC_6_a_copy_goes_out_is_edited_and_comes_in_as_a_new_version(world: World, tmp_path: Path) -> None:
    file = tmp_path / "本单位的制度.toml"
    export_policy(world.office.policy, file)
    assert read_policy_file(file).sha256 == EPM.sha256
    begun = world.submitted("suspension")
    file.write_text(edited(FINANCE_FIRST), encoding="utf-8")
    seen = world.office.read(partial(preview_policy, policy=read_policy_file(file)))
    told = {(one.where, one.label): one.after for one in seen.differences}
    assert told["项目暂停申请表", "审批次序"] == "财务部先审 → 技术部门负责人 → 项目管理部"
    assert "正在办理的 1 份表单" in "".join(seen.notes)
    assert seen.obstacles == ()
    with world.unchanged():
        refusal(lambda: take_over(world, seen, HEAD), NotAllowed)
    take_over(world, seen)
    assert [step.step.key for step in world.page(begun).progress.steps] == ["technical", "pmo"]
    now, before = world.office.read(policy_versions)
    assert (now.version, now.in_force, now.under_way) == ("2.0", True, 0)
    assert (before.version, before.in_force, before.under_way) == ("1.0", False, 1)
    world.approve(begun, TECHNICAL, HEAD)
    assert world.project().state == "paused"
    assert verify_office(world.office) == []


def test_a_file_that_cannot_be_written_leaves_what_stood_there(world: World, tmp_path: Path) -> None:
    refusal(lambda: export_policy(world.office.policy, tmp_path / "没有" / "制度.toml"))
    (tmp_path / "夹").mkdir()
    refusal(lambda: export_policy(world.office.policy, tmp_path / "夹"))


def test_DOC_6_a_version_label_says_one_text_only(world: World) -> None:
    same_label = edited(FINANCE_FIRST, version="1.0")
    (told,) = preview(world, same_label).obstacles
    assert "1.0" in told.what
    with world.unchanged():
        assert "version" in refusal(lambda: take_over(world, preview(world, same_label))).todo
    take_over(world, preview(world, edited(FINANCE_FIRST)))
    (told,) = preview(world, edited(("length = 10\n", "length = 12\n"))).obstacles
    assert "2.0" in told.what
    take_over(world, preview(world, EPM.text))


def test_a_policy_that_was_compared_with_another_is_not_put_in_force(world: World) -> None:
    seen = preview(world, edited(FINANCE_FIRST))
    take_over(world, preview(world, edited(version="1.5")))
    with world.unchanged():
        assert "1.5" in refusal(lambda: take_over(world, seen)).what
    take_over(world, preview(world, edited(FINANCE_FIRST)))


def test_ROLE_11_who_would_lose_a_role_is_told_before(world: World) -> None:
    assistant = world.office.run(world.who(CLERK), partial(people.add_person, name="马腾")).value
    department = world.department("系统集成部")
    give = partial(people.assign_role, person_id=assistant, role_key="assistant", department_id=department)
    world.office.run(world.who(CLERK), give)
    seen = preview(world, left_out(("role", "assistant"), ("weekly", "member_report_away")))
    assert seen.obstacles == ()
    assert any("项目助理" in note and "马腾" in note for note in seen.notes)
    take_over(world, seen)
    (shown,) = (row for row in world.office.read(people.list_people) if row.name == "马腾")
    assert [role.role_key for role in shown.roles] == ["assistant"], "what was assigned stays on record"


def test_a_role_that_is_to_be_held_by_department_is_told(world: World) -> None:
    by_department = edited(
        (
            'key = "finance"\ntitle = "财务部"\nscope = "office"',
            'key = "finance"\ntitle = "财务部"\nscope = "department"',
        )
    )
    by_department = by_department.replace(
        'role = "finance"\nscope = "office"', 'role = "finance"\nscope = "department"'
    )
    assert any("财务部" in note and FINANCE in note for note in preview(world, by_department).notes)


def test_a_signer_that_nobody_is_and_departments_that_go_are_told(world: World) -> None:
    text = left_out(("department", "market")).replace('department = "market"', 'department = "pmo"')
    text = text.replace("field:people.witness", "business")
    text = text.replace('title = "总裁室"\n', 'title = "总经理室"\n', 1)
    notes = preview(world, text).notes
    assert any("“商务部”还没有人担任" in note for note in notes)
    assert any("没有部门“市场营销部门”（现在没有人）" in note for note in notes)
    assert any("“总裁室”在新制度中改称“总经理室”" in note for note in notes)


def test_DOC_6_a_role_on_which_filings_wait_stands_against_it(world: World) -> None:
    world.submitted("suspension")
    renamed = revised(EPM.text.replace('"technical_head"', '"tech_boss"'))
    (told,) = preview(world, renamed).obstacles
    assert "技术部门负责人（technical_head）" in told.what
    assert any("王强" in note or TECHNICAL in note for note in preview(world, renamed).notes)


def test_nobody_is_locked_out(world: World) -> None:
    text = revised(EPM.text).replace(
        'role = "clerk"\nscope = "office"\naction = "manage', 'role = "keeper"\nscope = "office"\naction = "manage'
    )
    (told,) = preview(world, text).obstacles
    assert "更换制度" in told.what
    with world.unchanged():
        refusal(lambda: take_over(world, preview(world, text)))


def test_everything_that_stands_against_it_is_told_at_once(world: World) -> None:
    world.submitted("suspension")
    text = EPM.text.replace('"technical_head"', '"tech_boss"').replace('"closed"', '"done"')
    told = [obstacle.what for obstacle in preview(world, text).obstacles]
    assert len(told) == 3
    assert "结项（closed）" in told[0]


def test_another_companys_policy_is_compared_and_refused_where_the_ledger_does_not_fit(world: World) -> None:
    crm, pmo = (next(one for one in shipped_policies() if one.key == key) for key in ("crm", "pmo"))
    seen = world.office.read(partial(preview_policy, policy=crm))
    assert seen.obstacles == ()
    assert any(one.before == "1.0" or "CRM" in one.after for one in seen.differences)
    other = world.office.read(partial(preview_policy, policy=pmo))
    assert any("暂停（paused）" in told.what for told in other.obstacles)
    assert any(PRESIDENT not in note and QUALITY in note for note in other.notes)


def test_what_is_wrong_in_an_own_copy_is_told_by_file_key_and_reason(tmp_path: Path) -> None:
    file = tmp_path / "改错的制度.toml"
    file.write_text(EPM.text.replace('"field:people.giver"', '"财务"', 1), encoding="utf-8")
    with pytest.raises(PolicyError) as refused:
        read_policy_file(file)
    assert refused.value.file == "改错的制度.toml"
    assert refused.value.key == "form.handover.step.giver.signer"
    assert "没有叫“财务”的角色" in refused.value.reason
    assert isinstance(refused.value, Refusal)
