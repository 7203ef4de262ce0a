"""The office's own settings: name, logo, and the version of the policy in force."""

from __future__ import annotations

from io import BytesIO

from sqlalchemy import select

from desktop.domain.errors import Refusal
from desktop.domain.policy import Action, Policy
from desktop.services.office import Work
from desktop.services.opening import store_policy
from desktop.store.blobs import put_blob
from desktop.store.tables import Filing, Office, Project

_PNG, _JPEG = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"
_LARGEST_LOGO = 2 * 1024 * 1024


def check_logo(data: bytes) -> str:
    """The media type of a logo.

    Raises:
        Refusal: it is neither PNG nor JPEG, or larger than 2 MB.
    """
    if len(data) > _LARGEST_LOGO:
        raise Refusal("公司标志的图片超过 2 MB。", kept="没有作任何改动。", todo="请换一张小一些的图片。")
    if data.startswith(_PNG):
        return "image/png"
    if data.startswith(_JPEG):
        return "image/jpeg"
    raise Refusal("公司标志不是 PNG 或 JPEG 图片。", kept="没有作任何改动。", todo="请另选图片。")


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
        Refusal: it is the one in force, or it lacks a state or form that the ledger uses.
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
    version = store_policy(work.session, policy, work.now)
    work.session.fetch(Office, work.office.id).policy_id = version.id
