"""The office's own settings: name, logo, and the version of the policy in force."""

from __future__ import annotations

from hashlib import sha256
from io import BytesIO

from desktop.domain.conflicts import Stale
from desktop.domain.errors import Refusal
from desktop.domain.policy import Policy
from desktop.domain.policy_terms import Action
from desktop.services.logos import check_logo
from desktop.services.office import Work
from desktop.services.opening import store_policy
from desktop.services.policy_change import obstacles
from desktop.store.blobs import put_blob
from desktop.store.tables import Office


def change_office(work: Work, *, name: str, code: str, logo: bytes | str | None, version: int | None = None) -> None:
    """Save the office's name, number prefix and logo (``None`` removes it; a hash: one that is stored).

    ``version`` is that of the office as it was read.

    Raises:
        NotAllowed: the actor may not manage the office.
        Stale: somebody else saved it since.
        Refusal: the name is blank, or the logo is no picture.
    """
    work.need(Action.MANAGE_OFFICE, what="修改单位信息")
    if not name.strip():
        raise Refusal("请填写单位名称。", kept="没有作任何改动。")
    sha = logo_hash(logo)
    mine = {"name": name.strip(), "code": code.strip(), "logo_sha": sha}
    office = work.session.fetch_version(Office, work.office.id, version, mine)
    if isinstance(logo, bytes) and sha is not None:
        put_blob(work.session, BytesIO(logo), check_logo(logo))
    office.name = name.strip()
    office.code = code.strip()
    office.logo_sha = sha


def logo_hash(logo: bytes | str | None) -> str | None:
    """The hash by which a logo is stored."""
    return sha256(logo).hexdigest() if isinstance(logo, bytes) and logo else str(logo) if logo else None


def change_policy(work: Work, policy: Policy, instead_of: str = "") -> None:
    """Put another version of the policy in force; filings under way finish on the one they began with (DOC-6).

    ``instead_of`` is the sha256 of the policy with which the actor has compared it.

    Raises:
        NotAllowed: the actor may not manage the office.
        Stale: another policy was put in force since it was compared.
        Refusal: there are obstacles to it.
    """
    work.need(Action.MANAGE_OFFICE, what="更换制度")
    if instead_of not in {"", work.policy.sha256}:
        raise Stale(
            f"现行制度刚刚被换成了 {work.policy.version} 版，您看到的改动是与先前的一版比较的。",
            kept="现行制度没有改动。",
            todo="请重新载入，核对改动后再更换。",
        )
    for refusal in obstacles(work, policy):
        raise refusal
    version = store_policy(work.session, policy, work.now)
    work.session.fetch(Office, work.office.id).policy_id = version.id
