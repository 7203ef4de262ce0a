"""Merging two records of one department (ROLE-11).

Like the merger of two people (`desktop.services.merging`) it is an exception to the rule that only postings change the
ledger: projects stay in the department that they are in, under the record that counts for it. What was sealed keeps
the name that it was written with.
"""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import or_, select

from desktop.domain.errors import Refusal
from desktop.domain.mergers import Merger, Moved
from desktop.domain.policy_terms import Action
from desktop.services.departments import PEOPLE_DEED
from desktop.services.merging import Move, link_move
from desktop.services.office import Reading, Work
from desktop.services.roles import move_role
from desktop.store.tables import Assignment, Department, Person, Project, TrackedProblem

_UNCHANGED = "没有合并，也没有作任何改动。"


def preview_department_merger(reading: Reading, gone_id: UUID, counts_id: UUID) -> Merger:
    """What merging one record of a department into another would move.

    Raises:
        Refusal: the two cannot be merged so.
    """
    gone, counts = _pair(reading, gone_id, counts_id)
    return _told(gone, counts, _moves(reading, gone, counts))


def merge_departments(work: Work, gone_id: UUID, counts_id: UUID, *, gone_version: int, counts_version: int) -> Merger:
    """Retire a department's second record; people, parts, open roles and projects go to the one that counts.

    Returns what was moved. All of it is one transaction.

    Raises:
        NotAllowed: the actor may not manage people.
        Stale: somebody else saved one of the two since they were read.
        Refusal: they are one record, one is merged or retired, they stand in different places, or both have a part of
            one name.
    """
    work.need(Action.MANAGE_PEOPLE, what=PEOPLE_DEED)
    work.session.fetch_version(Department, gone_id, gone_version)
    work.session.fetch_version(Department, counts_id, counts_version)
    gone, counts = _pair(work, gone_id, counts_id)
    moves = _moves(work, gone, counts)
    for move in moves:
        move.apply(work)
    gone.active = False
    gone.merged_into_id = counts_id
    return _told(gone, counts, moves)


def _pair(reading: Reading, gone_id: UUID, counts_id: UUID) -> tuple[Department, Department]:
    gone, counts = reading.session.fetch(Department, gone_id), reading.session.fetch(Department, counts_id)
    if gone_id == counts_id:
        raise Refusal("这是同一个部门，不能与自己合并。", kept=_UNCHANGED, todo="请选择另一个部门。")
    for item in (gone, counts):
        if item.merged_into_id is not None:
            into = reading.session.fetch(Department, item.merged_into_id).name
            raise Refusal(f"“{item.name}”已经并入“{into}”。", kept=_UNCHANGED, todo="请选择合并后的部门。")
    if not counts.active:
        raise Refusal(f"“{counts.name}”已经停用，不能作为保留的部门。", kept=_UNCHANGED, todo="请先恢复使用，或对调。")
    if gone.parent_id != counts.parent_id:
        raise Refusal(
            f"“{gone.name}”与“{counts.name}”不在同一个上级部门下。",
            kept=_UNCHANGED,
            todo="请先把其中一个的上级部门改成一样的，再合并。",
        )
    _need_different_parts(reading, gone, counts)
    return gone, counts


def _need_different_parts(reading: Reading, gone: Department, counts: Department) -> None:
    names = [set(_parts(reading, item.id)) for item in (gone, counts)]
    if both := sorted(names[0] & names[1]):
        raise Refusal(
            f"两个部门下都有“{'”、“'.join(both)}”。",
            kept=_UNCHANGED,
            todo="请先把其中一个改名，再合并；合并后再把这两个下级部门合并。",
        )


def _parts(reading: Reading, department_id: UUID) -> dict[str, Department]:
    query = select(Department).where(Department.parent_id == department_id, Department.merged_into_id.is_(None))
    return {row.name: row for row in reading.session.scalars(query)}


def _moves(reading: Reading, gone: Department, counts: Department) -> list[Move]:
    ids = (gone.id, counts.id)

    def project(record: Project) -> str:
        return record.number or record.provisional or record.name

    def person(record: Person) -> str:
        return record.name

    found = [
        link_move(reading, "人员", Person, Person.department_id, ids, person, Person.merged_into_id.is_(None)),
        link_move(reading, "下级部门", Department, Department.parent_id, ids, lambda item: item.name),
        link_move(reading, "项目", Project, Project.department_id, ids, project),
        link_move(reading, "项目（二级部门）", Project, Project.sub_department_id, ids, project),
        link_move(
            *(reading, "负责的未关闭问题", TrackedProblem, TrackedProblem.department_id, ids),
            lambda record: record.number,
            TrackedProblem.closed_on.is_(None),
        ),
        _roles(reading, gone, counts),
    ]
    return [move for move in found if move.names]


def _roles(reading: Reading, gone: Department, counts: Department) -> Move:
    titles = {role.key: role.title for role in reading.policy.roles}
    query = (
        select(Assignment, Person.name)
        .join(Person, Assignment.person_id == Person.id)
        .where(Assignment.department_id == gone.id, or_(Assignment.until.is_(None), Assignment.until >= reading.today))
    )
    rows = [(row, f"{name} {titles.get(row.role_key, row.role_key)}") for row, name in reading.session.execute(query)]

    def apply(work: Work) -> None:
        for row, _name in rows:
            move_role(work, row.id, person_id=row.person_id, department_id=counts.id)

    return Move("角色", tuple(name for _row, name in rows), apply)


def _told(gone: Department, counts: Department, moves: list[Move]) -> Merger:
    differ = (f"两个部门的名称不同：{gone.name}、{counts.name}",) if gone.name != counts.name else ()
    kept = ("已归档的表单和签字中的部门名称不改动",)
    return Merger(gone.name, counts.name, tuple(Moved(move.kind, move.names) for move in moves), kept, differ)
