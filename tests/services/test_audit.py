"""The audit log tells every entry in words, finds it by whatever is known of it, and is shown to few."""

import datetime as dt
from functools import partial
from pathlib import Path

import openpyxl
import pytest

from desktop.domain.errors import NotAllowed
from desktop.domain.forms import FORMS
from desktop.domain.identity import spoken
from desktop.services import people, root_key
from desktop.services.audit import (
    AuditEntry,
    AuditQuery,
    audit_choices,
    audit_detail,
    audit_ids,
    audit_refusal,
    audit_rows,
)
from desktop.services.audit_export import export_audit
from desktop.services.audit_words import label_of, noun_of
from desktop.services.signatures import require_signatures
from desktop.store.shapes import journaled_shapes
from tests.services import keyholders
from tests.services.keyholders import carded
from tests.services.world import CLERK, HEAD, MANAGER, RUNNING, SOFTWARE, START, TECHNICAL, World, refusal
from tests.store.offices import behind


def found(world: World, by: str = CLERK, **asked: object) -> list[AuditEntry]:
    query = AuditQuery(**asked)  # type: ignore[arg-type]
    actor = world.who(by)
    return world.office.read(lambda reading: audit_rows(reading, audit_ids(reading, actor, query)))


def lines(world: World, entry: AuditEntry) -> list[str]:
    detail = world.office.read(partial(audit_detail, actor=world.who(CLERK), key=entry.id))
    return [line for change in detail.changes for line in (change.text, *change.lines)]


def test_every_journaled_field_has_a_name() -> None:
    unnamed = [
        f"{shape.entity}.{key}"
        for shape in journaled_shapes().values()
        for key in shape.spells
        if label_of(shape.entity, key) == key
    ]
    assert unnamed == []
    assert all(noun_of(entity) != entity for entity in journaled_shapes())


def test_an_entry_tells_who_did_what_from_where(world: World) -> None:
    filing = world.approved("suspension", TECHNICAL, HEAD)
    number = world.page(filing).row.number
    approved, signed, submitted = found(world, text=number)[:3]
    assert submitted.text == f"申请单“{number} 项目暂停申请表”：审批中"
    assert submitted.person.startswith(MANAGER)
    assert signed.text == f"签字“{number} 项目暂停申请表”：同意"
    assert signed.person.startswith(TECHNICAL)
    assert f"申请单“{number} 项目暂停申请表”：已批准" in approved.text
    assert f"更改项目“{RUNNING} 滨海线综合监控系统集成”" in approved.text
    assert approved.device == world.office.home.installation.name
    assert approved.seq == signed.seq + 1 == submitted.seq + 2
    told = lines(world, approved)
    assert any(line.endswith("→ 暂停") for line in told)


def test_parts_of_forms_and_series_of_numbers_are_told_as_people_call_them(world: World) -> None:
    world.submitted("suspension")
    told = [line for entry in found(world)[:3] for line in lines(world, entry)]
    assert any("编号序列“" in line and "…”" in line and "{" not in line for line in told), told
    assert any(line.startswith("新增申请单内容“第 1 版 ") for line in told), told
    keys = {section.key for form in FORMS.values() for section in form.sections}
    assert not any(line.rstrip("”").split(" ")[-1] in keys for line in told if "申请单内容“" in line), told


@pytest.mark.usefixtures("quick_keys")
def test_what_was_signed_and_by_which_key_is_told_without_what_only_the_program_reads(world: World) -> None:
    key = carded(world, keyholders.found(world), TECHNICAL)[TECHNICAL]
    filing = world.submitted("suspension")
    world.approve(filing, TECHNICAL)
    signed = next(entry for entry in found(world) if "同意" in entry.text)
    told = lines(world, signed)
    covered = next(line for line in told if line.startswith("所确认的内容："))
    assert "暂停期间安排" in covered
    assert "{" not in covered
    assert f"电子签名：密钥 {spoken(key)}" in told


def test_keys_and_what_is_required_are_told_as_people_call_them(world: World) -> None:
    clerk = world.who(CLERK)
    root_key.found_root(world.office, clerk, "单位根密钥的密码")
    for on in (True, False):
        world.office.run(clerk, partial(require_signatures, on=on))
    lifted, required, rooted = found(world)[:3]
    assert "要求电子签名" in required.text
    assert next(line for line in lines(world, lifted) if "→" in line).endswith("→ （空）")
    assert "T" not in lines(world, required)[-1], "a moment as people write it"
    assert rooted.text == "新增身份登记“根密钥”"


def test_who_was_given_which_role_is_told_in_one_line(world: World) -> None:
    clerk = world.who(CLERK)
    world.office.run(clerk, partial(people.assign_role, person_id=world.who(MANAGER), role_key="finance"))
    assert found(world)[0].text.startswith(f"新增任职“{world.office.policy.role('finance').title} {MANAGER}")


def test_entries_are_found_by_person_day_record_kind_and_installation(world: World) -> None:
    world.submitted("suspension")
    world.clock.set(dt.date(2026, 11, 5))
    world.submitted("suspension", SOFTWARE, by="䶮𬭎")
    everything = found(world)
    assert [entry.at for entry in everything] == sorted((entry.at for entry in everything), reverse=True)
    assert found(world, descending=False) == everything[::-1]
    first, second = found(world, text="项目暂停申请表")
    assert (first.at.astimezone().date(), second.at.astimezone().date()) == (dt.date(2026, 11, 5), dt.date(2026, 11, 3))
    assert found(world, since=dt.date(2026, 11, 4)) == [first]
    assert found(world, since=dt.date(2026, 11, 3), until=dt.date(2026, 11, 4)) == [second]
    assert found(world, until=START)[-1].person == "（建立单位）"
    assert found(world, person=world.who(MANAGER)) == [second]
    assert first in found(world, text=SOFTWARE)
    assert second not in found(world, text=SOFTWARE)
    assert found(world, text="票务清分 暂停") == [first]
    assert found(world, text="防水返工") == [first, second]  # what was filled in
    assert {entry.id for entry in found(world, entities=("sign_off",))} == set()
    assert len(found(world, entities=("assignment",))) >= 6
    choices = world.office.read(partial(audit_choices, actor=world.who(CLERK)))
    here = next(key for key, name in choices.devices if name == world.office.home.installation.name)
    assert {entry.device for entry in found(world, device=here)} == {world.office.home.installation.name}
    assert {key for key, _name in choices.people} >= {world.who(CLERK), world.who(MANAGER)}


def test_a_correction_shows_both_values_and_names_instead_of_keys(world: World) -> None:
    row = next(one for one in world.office.read(people.list_people) if one.name == HEAD)
    change = partial(
        people.change_person,
        person_id=row.id,
        name=HEAD,
        staff_no="0099",
        department_id=world.department("系统集成部"),
        phone="",
        active=True,
        version=row.version,
    )
    world.office.run(world.who(CLERK), change)
    entry = found(world, text="0099")[0]
    assert entry.text.startswith(f"更改人员“{HEAD}")
    told = lines(world, entry)
    assert "部门：（空） → 系统集成部" in told
    assert any(line.startswith("工号：") and line.endswith("→ 0099") for line in told)


def test_what_was_taken_out_of_the_journal_is_told_as_such(world: World) -> None:
    behind(world.office.database, "UPDATE change SET body = NULL, salt = '' WHERE entity = 'person'")
    entry = next(one for one in found(world, entities=("person",)) if "人员" in one.text)
    assert any("已按个人信息的保存期限清除" in line for line in lines(world, entry))


def test_only_those_who_care_for_the_office_see_it(world: World) -> None:
    actor = world.who(MANAGER)
    assert "查看" in world.office.read(partial(audit_refusal, actor=actor))
    refusal(lambda: world.office.read(partial(audit_ids, actor=actor, query=AuditQuery())), NotAllowed)
    some = found(world)[0].id
    refusal(lambda: world.office.read(partial(audit_detail, actor=actor, key=some)), NotAllowed)
    assert world.office.read(partial(audit_choices, actor=actor)).people == ()
    assert world.office.read(partial(audit_refusal, actor=world.who(CLERK))) == ""


def test_what_was_found_goes_into_a_workbook(world: World, tmp_path: Path) -> None:
    world.submitted("suspension")
    path = tmp_path / "log.xlsx"
    query = AuditQuery(text="项目暂停申请表")
    world.office.read(lambda reading: export_audit(reading, world.who(CLERK), path, query))
    sheet = openpyxl.load_workbook(path).worksheets[0]
    rows = [list(row) for row in sheet.iter_rows(values_only=True)]
    assert rows[2][:7] == ["时间", "人员", "安装点", "序号", "办理内容", "改动明细", "电子签名"]
    assert len(rows) == 4
    assert "审批中" in str(rows[3][4])
    assert "防水返工" in str(rows[3][5])
    with pytest.raises(NotAllowed):
        world.office.read(lambda reading: export_audit(reading, world.who(MANAGER), path, query))
