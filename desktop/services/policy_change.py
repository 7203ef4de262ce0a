"""An office's own copy of its policy: taken out, brought back as a new version, and what that would change (DOC-6)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from sqlalchemy import func, select

from desktop.domain.errors import Refusal
from desktop.domain.filing import FilingState
from desktop.domain.forms import FORMS
from desktop.domain.policy import Policy
from desktop.domain.policy_difference import Difference, compare_policies
from desktop.domain.policy_papers import BY_FIELD
from desktop.domain.policy_terms import Action, Scope
from desktop.exchange.atomic_file import replacing
from desktop.services.office import Reading
from desktop.services.standing import in_force
from desktop.store.tables import Assignment, Department, Expense, Filing, Person, PlanLine, PolicyVersion, Project

_KEPT = "现行制度没有改动。"
_NAMED = 5
"""So many people are named one by one."""
_UNDER_WAY = tuple(state.value for state in FilingState if state is FilingState.IN_APPROVAL or state.reworkable)


@dataclass(frozen=True)
class PolicyPreview:
    """What a policy would change: every sentence that differs, what to know, and what stands against it.

    ``instead_of`` is the sha256 of the policy with which it was compared.
    """

    policy: Policy
    instead_of: str
    differences: tuple[Difference, ...]
    notes: tuple[str, ...]
    obstacles: tuple[Refusal, ...]


@dataclass(frozen=True)
class VersionRow:
    """A version of the policy that the office has or had in force; ``under_way`` filings still go by it."""

    id: UUID
    title: str
    version: str
    loaded_at: dt.datetime
    in_force: bool
    under_way: int


def export_policy(policy: Policy, path: Path) -> None:
    """Write a policy's file, to be edited elsewhere and loaded again.

    Raises:
        Refusal: it cannot be written; what stood there is unchanged.
    """
    with replacing(path) as stream:
        stream.write(policy.text.encode("utf-8"))


def policy_versions(reading: Reading) -> list[VersionRow]:
    """Every version that was ever in force, the newest first."""
    query = select(Filing.policy_id, func.count()).where(Filing.state.in_(_UNDER_WAY)).group_by(Filing.policy_id)
    under_way = {row[0]: row[1] for row in reading.session.execute(query)}
    rows = reading.session.scalars(select(PolicyVersion)).all()
    return [
        VersionRow(
            row.id,
            row.title,
            row.version_label,
            row.loaded_at,
            row.id == reading.office.policy_id,
            under_way.get(row.id, 0),
        )
        for row in sorted(rows, key=lambda row: (row.loaded_at, row.id), reverse=True)
    ]


def preview_policy(reading: Reading, policy: Policy) -> PolicyPreview:
    """What would change if this policy took the place of the one in force; nothing is saved."""
    return PolicyPreview(
        policy,
        reading.policy.sha256,
        compare_policies(reading.policy, policy),
        tuple(_notes(reading, policy)),
        tuple(obstacles(reading, policy)),
    )


# ---- what stands against it


def obstacles(reading: Reading, policy: Policy) -> Iterator[Refusal]:
    """Why a policy cannot be put in force, each as it would be told."""
    if policy.sha256 == reading.policy.sha256:
        yield Refusal("这就是现行的制度，内容完全相同。", kept=_KEPT)
        return
    yield from _against_what_is_used(reading, policy)
    if not _kept_by_somebody(reading, policy):
        yield Refusal(
            "换上新制度以后，没有人再能管理人员或更换制度。",
            kept=_KEPT,
            todo="请在新制度中把这两项权限给现在有人担任的角色。",
        )
    yield from _against_its_version(reading, policy)


def _against_its_version(reading: Reading, policy: Policy) -> Iterator[Refusal]:
    query = select(PolicyVersion.sha256).where(
        PolicyVersion.key == policy.key, PolicyVersion.version_label == policy.version
    )
    used = set(reading.session.scalars(query))
    if used and policy.sha256 not in used:
        yield Refusal(
            f"版本号“{policy.version}”已经用过，内容却不相同。",
            kept=_KEPT,
            todo="请把制度文件中的 version 改成没有用过的版本号，再重新载入。",
        )


def _against_what_is_used(reading: Reading, policy: Policy) -> Iterator[Refusal]:
    states = {state.key for state in policy.states}
    if missing := sorted(set(reading.session.scalars(select(Project.state).distinct())) - states):
        told = "、".join(f"{reading.policy.state_title(key)}（{key}）" for key in missing)
        yield Refusal(f"新制度中没有台账正在使用的项目状态：{told}。", kept=_KEPT, todo="请在新制度中保留这些状态。")
    forms = {rule.key for rule in policy.forms}
    if missing := sorted(set(reading.session.scalars(select(Filing.form_key).distinct())) - forms):
        told = "、".join(f"《{FORMS[key].title}》（{key}）" if key in FORMS else key for key in missing)
        yield Refusal(f"新制度中没有已经使用的表单：{told}。", kept=_KEPT, todo="请在新制度中保留这些表单。")
    yield from _against_subjects(reading, policy)
    roles = {role.key for role in policy.roles}
    if waiting := {key: title for key, title in _roles_to_sign(reading).items() if key not in roles}:
        told = "、".join(f"{title}（{key}）" for key, title in sorted(waiting.items()))
        yield Refusal(
            f"新制度中没有审批中的表单等待签字的角色：{told}。",
            kept=_KEPT,
            todo="请等这些表单办结后再更换，或在新制度中保留这些角色。",
        )


def _against_subjects(reading: Reading, policy: Policy) -> Iterator[Refusal]:
    """Money that is planned or spent keeps the name of what it is for (BUD-3)."""
    planned = select(PlanLine.subject).where(PlanLine.to_baseline.is_(None), PlanLine.subject != "")
    used = set(reading.session.scalars(planned.union(select(Expense.subject))))
    if missing := sorted(used - {subject.key for subject in policy.subjects}):
        titles = {subject.key: subject.label for subject in reading.policy.subjects}
        told = "、".join(f"{titles.get(key, key)}（{key}）" for key in missing)
        yield Refusal(
            f"新制度中没有费用预算或报销正在使用的科目：{told}。",
            kept=_KEPT,
            todo="请在新制度中保留这些科目；名称可以改。",
        )


def _roles_to_sign(reading: Reading) -> dict[str, str]:
    """The roles that filings under way still ask for, with titles, on the versions that they began with (DOC-6)."""
    query = select(Filing.policy_id, Filing.form_key).where(Filing.state.in_(_UNDER_WAY)).distinct()
    asked: dict[str, str] = {}
    for policy_id, form_key in reading.session.execute(query):
        policy = reading.policy_version(policy_id)
        signers = {step.signer for step in policy.form(form_key).steps if not step.signer.startswith(BY_FIELD)}
        asked |= {key: policy.role(key).title for key in signers}
    return asked


def _kept_by_somebody(reading: Reading, policy: Policy) -> bool:
    held = {row.role_key for row in reading.session.scalars(in_force(reading.today))}
    needed = (Action.MANAGE_PEOPLE, Action.MANAGE_OFFICE)
    return all(any(right.action is action and right.role in held for right in policy.rights) for action in needed)


# ---- what to know before it


def _notes(reading: Reading, policy: Policy) -> Iterator[str]:
    holders = _holders(reading)
    yield from _roles_that_go(reading, policy, holders)
    yield from _signers_missing(policy, holders)
    yield from _departments_that_go(reading, policy)
    count = reading.session.scalar(select(func.count()).select_from(Filing).where(Filing.state.in_(_UNDER_WAY)))
    if count:
        yield f"正在办理的 {count} 份表单仍按它们开始时的那一版制度办完。"


def _holders(reading: Reading) -> dict[str, list[Assignment]]:
    found: dict[str, list[Assignment]] = {}
    for row in reading.session.scalars(in_force(reading.today)):
        found.setdefault(row.role_key, []).append(row)
    return found


def _names(reading: Reading, rows: Collection[Assignment]) -> str:
    people = dict.fromkeys(row.person_id for row in rows)
    names = sorted(reading.session.fetch(Person, key).name for key in people)
    more = f"等 {len(names)} 人" if len(names) > _NAMED else ""
    return "、".join(names[:_NAMED]) + more


def _roles_that_go(reading: Reading, policy: Policy, holders: dict[str, list[Assignment]]) -> Iterator[str]:
    kept = {role.key: role for role in policy.roles}
    for role in reading.policy.roles:
        rows = holders.get(role.key, [])
        if not rows:
            continue
        if role.key not in kept:
            yield f"新制度中没有角色“{role.title}”，现由{_names(reading, rows)}担任；换上以后他们不再有这个角色的权限。"
        elif kept[role.key].scope is Scope.DEPARTMENT and (bare := [row for row in rows if row.department_id is None]):
            yield (
                f"角色“{kept[role.key].title}”在新制度中按部门任命，{_names(reading, bare)}的任命没有写明部门，"
                "须在“人员与角色”中重新任命。"
            )


def _signers_missing(policy: Policy, holders: Collection[str]) -> Iterator[str]:
    signers = dict.fromkeys(step.signer for rule in policy.forms for step in rule.steps)
    for role in policy.roles:
        if role.key in signers and not role.held_as and role.key not in holders:
            yield f"要签字的角色“{role.title}”还没有人担任，轮到这一步的表单会停下来等待任命。"


def _departments_that_go(reading: Reading, policy: Policy) -> Iterator[str]:
    query = (
        select(Department.name, func.count(Person.id))
        .outerjoin(Person, (Person.department_id == Department.id) & Person.active.is_(True))
        .where(Department.active.is_(True))
        .group_by(Department.name)
    )
    people = {row[0]: row[1] for row in reading.session.execute(query)}
    kept = {item.key: item.title for item in policy.departments}
    for item in reading.policy.departments:
        title = kept.get(item.key)
        if title == item.title or item.title not in people:
            continue
        now = f"现有 {people[item.title]} 人" if people[item.title] else "现在没有人"
        if title is None:
            yield f"新制度中没有部门“{item.title}”（{now}）；设置中的这个部门仍然保留，不用的请改名或停用。"
        else:
            yield f"部门“{item.title}”在新制度中改称“{title}”（{now}）；请到“部门”中改名，程序不会自动改。"
