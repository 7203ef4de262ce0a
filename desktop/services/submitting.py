"""Submitting, recalling and submitting again: from draft to a filing in approval."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from desktop.domain.case import Case
from desktop.domain.conflicts import Stale
from desktop.domain.errors import NotAllowed, Refusal
from desktop.domain.field import Content
from desktop.domain.filing import FilingState
from desktop.domain.form import Form, Problem, period_of, problems_of, settle
from desktop.domain.forms import FORMS, bind
from desktop.domain.gates import holding, may_submit
from desktop.domain.ledger import Project as LedgerProject
from desktop.domain.policy_terms import Action
from desktop.domain.weeks import period_text
from desktop.services.approving import pass_on
from desktop.services.archive import attach_files
from desktop.services.drafting import Draft, need_subject
from desktop.services.filing_content import current_revision, moved_on, write_revision
from desktop.services.form_facts import case_of, form_facts
from desktop.services.office import Work
from desktop.services.projects import get_project, subject_of
from desktop.services.succession import acts_as_author
from desktop.store.locks import take_turn
from desktop.store.numbers import next_number
from desktop.store.tables import Filing


class Incomplete(Refusal):
    """A form cannot be submitted yet; ``problems`` say what is missing and where."""

    def __init__(self, title: str, problems: Sequence[Problem]) -> None:
        listed = "；".join(problem.text for problem in problems[:5])
        more = f"；等共 {len(problems)} 处" if len(problems) > 5 else ""  # noqa: PLR2004 - as many as were listed
        super().__init__(f"《{title}》还不能提交：{listed}{more}。", kept="草稿已保存。", todo="请补充后再提交。")
        self.problems = tuple(problems)


def submit_draft(work: Work, draft: Draft) -> UUID:
    """Submit a draft: facts are copied, content is sealed, the filing gets its number and goes to its first signer.

    A filing takes its draft's id, so that a draft that was submitted before (a second click, a program killed before
    the draft was discarded) is not submitted twice: the answer is the filing that is there.

    A reworked filing keeps its number and gets a new revision; sign-offs on sections that did not change stand.
    Returns the filing's id. The caller discards the draft once this is committed.

    Raises:
        NotAllowed: the draft is another's, or the actor may not (or no longer) file this form on this project.
        Incomplete: something required is missing or contradicts itself.
        Stale: the filing was submitted again from elsewhere meanwhile.
        Refusal: the project's state does not allow it any more.
    """
    if draft.author_id != work.actor:
        raise NotAllowed("只有填表人本人可以提交这份表单。", kept="草稿已保存。")
    return _submit(work, draft)


def submit_for(work: Work, draft: Draft) -> UUID:
    """Submit what its author wrote away from the program (WEEK-3): theirs, while the revision names who brought it in.

    Raises:
        NotAllowed: the actor may not record for others.
        Incomplete, Refusal: as `submit_draft`.
    """
    project = get_project(work, draft.project_id) if draft.project_id else None
    work.need(Action.RECORD_PAPER, subject_of(project), draft.form_key, what=f"代交《{FORMS[draft.form_key].title}》")
    return _submit(work, draft)


def _submit(work: Work, draft: Draft) -> UUID:
    form = FORMS[draft.form_key]
    own = str(draft.author_id) if form.repeats or form.once_each == "author" else ""
    take_turn(work.session, f"form:{draft.project_id}:{draft.form_key}:{own}")
    if draft.filing_id is not None:
        filing = _reopened(work, draft)
    elif work.session.get(Filing, draft.id) is not None:
        return draft.id
    else:
        filing = _new_filing(work, draft)
    project = get_project(work, filing.project_id) if filing.project_id else None
    form = bind(filing.form_key, work.policy_version(filing.policy_id))
    if draft.author_id == work.actor:
        work.need(Action.FILE, subject_of(project), form.key, what=f"填写《{form.title}》")
    _refuse_second(work, filing, form)
    filing.author_id = draft.author_id
    case = _checked(work, filing, form, project, draft.content)
    content = case.content
    filing.period = period_of(form, content)
    _refuse_second_of_period(work, filing, form)
    write_revision(work, filing, form, content, holding(case), note="重新提交" if draft.filing_id else "提交")
    filing.state = FilingState.IN_APPROVAL.value
    filing.submitted_at = work.now
    work.session.add(filing)
    work.session.flush()
    attach_files(work, filing, form, content)
    pass_on(work, filing, current_revision(work.session, filing), work.today)
    return filing.id


def _new_filing(work: Work, draft: Draft) -> Filing:
    form_key, project_id = draft.form_key, draft.project_id
    form = bind(form_key, work.policy)
    need_subject(form, project_id)
    pattern = work.policy.form(form_key).number
    year = work.today.year
    place = next_number(work.session, f"filing:{pattern}:{year}")
    number = pattern.format(year=year, n=place, code=work.office.code)
    return Filing(
        id=draft.id,
        form_key=form_key,
        subject_kind="project" if project_id else "office",
        subject_id=str(project_id or work.office.id),
        project_id=project_id,
        number=number,
        title=form.title,
        state=FilingState.DRAFT.value,
        author_id=draft.author_id,
        policy_id=work.office.policy_id,
        created_at=work.now,
    )


def _refuse_second(work: Work, filing: Filing, form: Form) -> None:
    """What moves a project is asked for once at a time; papers that are only kept may be as many as there are."""
    if filing.project_id is None or form.repeats or form.posts == "keep":
        return
    query = select(Filing.number).where(
        Filing.project_id == filing.project_id,
        Filing.form_key == form.key,
        Filing.state == FilingState.IN_APPROVAL.value,
        Filing.id != filing.id,
    )
    number = work.session.scalars(query).first()
    if number is not None:
        raise Refusal(
            f"此项目已有一份《{form.title}》{number} 正在审批。",
            kept="草稿已保存，没有提交。",
            todo="请等那一份办完；不再需要的，请它的填表人撤回，或由签字人退回、否决。",
        )


_STANDS = (FilingState.IN_APPROVAL.value, FilingState.APPROVED.value)


def _refuse_second_of_period(work: Work, filing: Filing, form: Form) -> None:
    """What is given once for a week or month is not given again while the first one stands."""
    if not form.once_each or filing.period is None:
        return
    query = select(Filing.number, Filing.state).where(
        Filing.project_id == filing.project_id,
        Filing.form_key == form.key,
        Filing.period == filing.period,
        Filing.state.in_(_STANDS),
        Filing.id != filing.id,
    )
    if form.once_each == "author":
        query = query.where(Filing.author_id == filing.author_id)
    found = work.session.execute(query).first()
    if found is not None:
        raise Refusal(
            f"{period_text(filing.period)}的《{form.title}》已经交过：{found[0]}，{FilingState(found[1]).label}。",
            kept="草稿已保存，没有重复提交。",
            todo="要更正的，请先撤回那一份，或请签字人退回后修改再提交。",
        )


def _reopened(work: Work, draft: Draft) -> Filing:
    filing = work.session.fetch(Filing, draft.filing_id)  # type: ignore[arg-type]
    if not acts_as_author(work, draft.author_id, filing):
        raise Refusal("只有填表人本人（或接任的项目经理）可以重新提交这份表单。", kept="草稿已保存。")
    if not FilingState(filing.state).reworkable or filing.revision_id != draft.base_revision_id:
        raise Stale(
            f"{filing.number} 已被重新提交或作了处理，现为“{FilingState(filing.state).label}”。",
            kept="草稿仍在，没有提交。",
            todo="请打开这份表单看过现在的内容，再决定是否还要修改。",
        )
    return filing


def _checked(work: Work, filing: Filing, form: Form, project: LedgerProject | None, given: Content) -> Case:
    """The settled content with everything that its conditions ask for, once nothing stands in its way."""
    policy = work.policy_version(filing.policy_id)
    facts = form_facts(work, policy, project, form.key, filing.author_id)
    content = settle(form, given, facts)
    case = case_of(work, policy, project, facts, content)
    for item in may_submit(form.key, case):
        if item.stops:
            todo = "请到项目的“检查清单”页点“存入…”归档，再提交。" if item.document else ""
            raise Refusal(f"{item.text}（{item.rule}）。", kept="草稿已保存，没有提交。", todo=todo)
    problems = [problem for problem in problems_of(form, content, facts) if problem.blocks]
    if problems:
        raise Incomplete(form.title, problems)
    return case


def recall_filing(work: Work, filing_id: UUID, seen_sha256: str) -> None:
    """Take back a filing that is still in approval; it can then be changed and submitted again.

    Raises:
        Refusal: it is not the actor's, or no longer in approval.
    """
    take_turn(work.session, f"filing:{filing_id}")
    filing = work.session.fetch(Filing, filing_id)
    if not acts_as_author(work, work.actor, filing):
        raise Refusal("只有填表人本人（或接任的项目经理）可以撤回。", kept="没有作任何改动。")
    if filing.state != FilingState.IN_APPROVAL.value:
        raise Refusal(
            f"{filing.number} 现为“{FilingState(filing.state).label}”，不能撤回。",
            kept="没有作任何改动。",
            todo="已批准的表单须另填表单更改。",
        )
    stored = current_revision(work.session, filing)
    if stored.sha256 != seen_sha256:
        raise moved_on(work.session, filing, kept="没有撤回。")
    filing.state = FilingState.RECALLED.value
    pass_on(work, filing, stored, work.today)
