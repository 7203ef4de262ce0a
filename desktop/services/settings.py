"""The office's own settings: name, logo, and the version of the policy in force."""

from __future__ import annotations

from io import BytesIO

from sqlalchemy import select

from desktop.domain.errors import Refusal
from desktop.domain.filing import FilingState
from desktop.domain.policy import Action, Policy
from desktop.services.logos import check_logo
from desktop.services.office import Work
from desktop.services.opening import store_policy
from desktop.store.blobs import put_blob
from desktop.store.tables import Filing, Office, Project


def change_office(work: Work, *, name: str, code: str, logo: bytes | None) -> None:
    """Save the office's name, number prefix and logo (``None`` removes it).

    Raises:
        NotAllowed: the actor may not manage the office.
        Refusal: the name is blank, or the logo is no picture.
    """
    work.need(Action.MANAGE_OFFICE, what="修改单位信息")
    if not name.strip():
        raise Refusal("请填写单位名称。", kept="没有作任何改动。")
    office = work.session.fetch(Office, work.office.id)
    office.name = name.strip()
    office.code = code.strip()
    office.logo_sha = put_blob(work.session, BytesIO(logo), check_logo(logo)).sha256 if logo else None


def change_policy(work: Work, policy: Policy) -> None:
    """Put another version of the policy in force; filings under way finish on the one they began with (DOC-6).

    Raises:
        NotAllowed: the actor may not manage the office.
        Refusal: it is the one in force, or it lacks a state, form or role that the office uses.
    """
    work.need(Action.MANAGE_OFFICE, what="更换制度")
    if policy.sha256 == work.policy.sha256:
        raise Refusal("这就是现行的制度，内容完全相同。", kept="没有作任何改动。")
    states = {state.key for state in policy.states}
    used = set(work.session.scalars(select(Project.state).distinct()))
    if missing := sorted(used - states):
        raise Refusal(f"新制度中没有台账正在使用的项目状态：{'、'.join(missing)}。", kept="现行制度没有改动。")
    forms = {rule.key for rule in policy.forms}
    if missing := sorted(set(work.session.scalars(select(Filing.form_key).distinct())) - forms):
        raise Refusal(f"新制度中没有已经使用的表单：{'、'.join(missing)}。", kept="现行制度没有改动。")
    if missing := sorted(_roles_to_sign(work) - {role.key for role in policy.roles}):
        raise Refusal(
            f"新制度中没有审批中的表单等待签字的角色：{'、'.join(missing)}。",
            kept="现行制度没有改动。",
            todo="请等这些表单办结后再更换，或在新制度中保留这些角色。",
        )
    version = store_policy(work.session, policy, work.now)
    work.session.fetch(Office, work.office.id).policy_id = version.id


def _roles_to_sign(work: Work) -> set[str]:
    """The roles that filings under way still ask for, on the versions that they began with (DOC-6)."""
    under_way = [state.value for state in FilingState if state is FilingState.IN_APPROVAL or state.reworkable]
    query = select(Filing.policy_id, Filing.form_key).where(Filing.state.in_(under_way)).distinct()
    steps = (
        step
        for policy_id, form_key in work.session.execute(query)
        for step in work.policy_version(policy_id).form(form_key).steps
    )
    return {step.signer for step in steps if not step.signer.startswith("field:")}
