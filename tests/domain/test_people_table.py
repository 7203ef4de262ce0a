"""The list of people as a table: roles in one cell, names as they are compared."""

import pytest

from desktop.domain.people_table import RoleWish, line_faults, name_key, role_wishes


@pytest.mark.parametrize(
    ("text", "wishes"),
    [
        ("", []),
        ("财务部", [RoleWish("财务部")]),
        ("财务部、商务部，项目管理员；总裁室", [RoleWish(t) for t in ("财务部", "商务部", "项目管理员", "总裁室")]),
        ("技术部门负责人（系统集成部）\n财务部", [RoleWish("技术部门负责人", "系统集成部"), RoleWish("财务部")]),
        ("质量(甲部、乙部),财务部", [RoleWish("质量", "甲部"), RoleWish("质量", "乙部"), RoleWish("财务部")]),
        ("项目助理（系统集成部/一组）", [RoleWish("项目助理", "系统集成部/一组")]),
        ("项目助理（没有关上", [RoleWish("项目助理", "没有关上")]),
        ("、 ；", []),
    ],
)  # fmt: skip
def test_ROLE_11_roles_are_read_out_of_one_cell(text: str, wishes: list[RoleWish]) -> None:
    assert role_wishes(text) == wishes


def test_names_are_compared_without_blanks_and_with_one_sort_of_dot() -> None:
    assert name_key("阿卜杜拉•买买提") == name_key("阿卜杜拉 · 买买提")
    assert name_key("𠮷䶮") != name_key("吉䶮")


def test_a_row_does_not_contradict_itself() -> None:
    assert [key for key, _ in line_faults({"since": "2026-02-01", "until": "2026-01-31"})] == ["until"]
    assert [key for key, _ in line_faults({"sub_department": "一组", "department": None})] == ["department"]
    assert line_faults({"since": "2026-02-01", "until": "2026-02-01"}) == []
