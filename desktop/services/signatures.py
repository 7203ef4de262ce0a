"""Electronic signatures of sign-offs as their readers see them, and whether the office asks for them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from desktop.domain.canonical import canonical_text, read_canonical
from desktop.domain.chain_edits import fold
from desktop.domain.errors import Refusal
from desktop.domain.identity import Claim, Identities, KeyLocked, Reason, Verdict, judge
from desktop.domain.policy_papers import Step
from desktop.domain.policy_terms import Action
from desktop.domain.rights import Standing, plays
from desktop.services.chains import edits_of, filing_subject
from desktop.services.identities import identities, need_key
from desktop.services.office import Reading, Work
from desktop.services.standing import people_by_id
from desktop.store.keys import verify_signature
from desktop.store.signing import REQUIRED, sign_off_text
from desktop.store.tables import Filing, Setting, SignOff


@dataclass(frozen=True)
class SignatureState:
    """What there is to say of one sign-off's signature.

    ``paper`` is set where the signature was given on paper: what is told of it is then a clerk's claim with a scan as
    evidence, and ``verdict`` is about the clerk's own signature. ``expected`` is off in an office without a root key,
    ``demanded`` on where the office let nothing be signed without a key when this was signed.
    """

    verdict: Verdict
    paper: str = ""
    expected: bool = True
    demanded: bool = False

    @property
    def label(self) -> str:
        """One word: verified, not verified, or a claim from paper; nothing where the office signs nothing."""
        if self.paper:
            return "纸面"
        if self.verdict.verified:
            return "已验证"
        return "未验证" if self.expected or self.verdict.reason is not Reason.UNSIGNED else ""

    @property
    def tone(self) -> str:
        """What it means to its reader."""
        if self.paper and self.verdict.reason in {Reason.VERIFIED, Reason.UNSIGNED}:
            return "neutral"
        if self.verdict.verified:
            return "good"
        return "warning" if self.verdict.reason is Reason.UNSIGNED else "bad"

    @property
    def words(self) -> str:
        """The whole truth in one line."""
        if self.paper:
            if self.verdict.reason is Reason.UNSIGNED:
                return f"{self.paper}；代录人没有电子签名" if self.expected else self.paper
            doubt = "" if self.verdict.verified else "未验证："
            return f"{self.paper}；代录人的电子签名{doubt}{self.verdict.words}"
        if self.verdict.verified:
            return "电子签名已验证"
        return self.verdict.words if self.verdict.reason is Reason.UNSIGNED else f"未验证：{self.verdict.words}"

    @property
    def printed(self) -> str:
        """The mark on paper, beside the words that say how it was signed; nothing where no key was asked for."""
        whose = "代录人电子签名" if self.paper else "电子签名"
        if self.verdict.reason is Reason.UNSIGNED:
            return f"没有{whose}" if self.demanded else ""
        return f"{whose}{'已验证' if self.verdict.verified else f'未验证：{self.verdict.words}'}"


def signature_states(reading: Reading, filings: Sequence[Filing]) -> dict[UUID, SignatureState]:
    """What there is to say of each sign-off of these filings, by its id."""
    by_id = {filing.id: filing for filing in filings}
    rows = reading.session.scalars(select(SignOff).where(SignOff.filing_id.in_(by_id))).all()
    if not rows:
        return {}
    known = identities(reading)
    names = people_by_id(reading.session, {row.recorded_by for row in rows if row.recorded_by})
    chains = {key: _steps(reading, filing) for key, filing in by_id.items()} if known.grants else {}
    since, found = required_since(reading), {}
    for row in rows:
        filing, steps = by_id[row.filing_id], chains.get(row.filing_id, {})
        verdict = _verdict(known, row)
        if verdict.verified and not row.on_paper and not _granted(reading, known, filing, steps.get(row.step_key), row):
            verdict = Verdict(Reason.NOT_GRANTED)
        clerk = names[row.recorded_by].name if row.recorded_by in names else ""
        paper = f"纸面签字（{clerk}代录，扫描件 {(row.scan_sha or '')[:8]}）" if row.on_paper else ""
        found[row.id] = SignatureState(verdict, paper, bool(known.roots), since is not None and row.at >= since)
    return found


def _verdict(known: Identities, row: SignOff) -> Verdict:
    """On the screen the signer signs; what was signed on paper is signed by who recorded it."""
    if not row.signature:
        return Verdict(Reason.UNSIGNED)
    whose = row.recorded_by if row.on_paper else row.signer_id
    return judge(known, Claim(sign_off_text(row), row.signature, whose, row.at), verify_signature)


def _steps(reading: Reading, filing: Filing) -> Mapping[str, Step]:
    rule = reading.policy_version(filing.policy_id).form(filing.form_key)
    return {step.key: step for step in fold(rule.steps, edits_of(reading.session, [filing.id]).get(filing.id, []))}


def _granted(reading: Reading, known: Identities, filing: Filing, step: Step | None, row: SignOff) -> bool:
    """Whether the root's word gives the role by which the step was signed; people and projects name others."""
    person = row.for_id or row.signer_id
    if step is None or not step.by_role or person is None:
        return True
    policy = reading.policy_version(filing.policy_id)
    role = policy.role(step.signer)
    if role.held_as or role.by_plan:
        return True
    standing = Standing(person, known.holdings(person, row.at))
    return plays(policy, standing, step.signer, filing_subject(reading, filing))


# -- whether the office asks for them


def required_since(reading: Reading) -> dt.datetime | None:
    """From when on sign-offs must be signed electronically; nothing where they need not be."""
    text = reading.session.scalar(select(Setting.text).where(Setting.key == REQUIRED))
    told = read_canonical(text) if text else None
    return dt.datetime.fromisoformat(told) if isinstance(told, str) else None


def require_signatures(work: Work, *, on: bool) -> None:
    """Ask for electronic signatures from now on, or no more.

    Raises:
        NotAllowed: the actor may not manage the office. Refusal: it has no root key yet.
    """
    work.need(Action.MANAGE_OFFICE, what="修改签字要求")
    if on and not identities(work).current:
        raise Refusal("单位还没有根密钥。", kept="没有作任何改动。", todo="请先建立根密钥，给签字的人签发身份证明。")
    if on == (required_since(work) is not None):
        return
    text = canonical_text(work.now.astimezone(dt.UTC).isoformat() if on else None)
    row = work.session.scalar(select(Setting).where(Setting.key == REQUIRED))
    if row is None:
        work.session.add(Setting(key=REQUIRED, text=text))
    else:
        row.text = text


def need_signature(work: Work) -> None:
    """Before something is signed: where the office asks for it, the actor's key must be unlocked and have its card.

    Raises:
        KeyLocked: it is locked. Refusal: there is none, or it has no card that holds.
    """
    if required_since(work) is None:
        return
    secret, known = need_key(work), identities(work)
    own = (card for card in known.cards.get(secret.key, ()) if card.person_id == work.actor)
    if not any(known.card_holds(card, work.now) for card in own):
        raise Refusal(
            "您的密钥没有有效的身份证明，签出来的字不能验证。",
            kept="还没有签字，填写的内容仍在。",
            todo="请到“设置—密钥与签名”查看；新做的密钥要等项目管理部签发身份证明。",
        )
    if work.session.signer is None:
        raise KeyLocked("您的密钥刚刚才解锁。", kept="还没有签字。", todo="请再签一次。")
