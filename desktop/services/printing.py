"""Printing: filings and drafts as the company's official forms."""

from __future__ import annotations

import re
from dataclasses import replace
from uuid import UUID

from desktop.domain.approval import progress
from desktop.domain.case import Case
from desktop.domain.errors import NotAllowed, Refusal
from desktop.domain.filing import FilingState
from desktop.domain.form import Form, settle
from desktop.domain.forms import bind_plan
from desktop.domain.gates import holding
from desktop.domain.plan import REGISTERS
from desktop.domain.policy import Policy
from desktop.domain.policy_chapters import Chapter
from desktop.domain.policy_papers import FormRule
from desktop.paper.form_sheet import Imprint, Part, form_sheet, part_sheet
from desktop.paper.kinds import chinese_date
from desktop.paper.policy_sheet import policy_sheet
from desktop.paper.printing import render
from desktop.paper.sheet import Printed
from desktop.services.drafting import Draft, draft_page, policy_of_draft
from desktop.services.filings import FilingPage, open_filing
from desktop.services.form_facts import form_facts
from desktop.services.office import Reading
from desktop.services.people import person_ref
from desktop.services.plans import baselines, plan_lines
from desktop.services.projects import get_project, open_project
from desktop.store.tables import Filing

__all__ = [
    "Printed",
    "file_name",
    "parts_of",
    "print_draft",
    "print_filing",
    "print_part",
    "print_policy",
    "print_register",
]


def print_filing(reading: Reading, actor: UUID, filing_id: UUID) -> Printed:
    """A filing as its official form, with the signatures given so far and boxes for those still due.

    Raises:
        NotAllowed: the actor may not see it.
    """
    page = open_filing(reading, actor, filing_id)
    return render(form_sheet(page.form, page.rule, page.content, page.progress, _imprint(reading, page)))


def _imprint(reading: Reading, page: FilingPage) -> Imprint:
    row = page.row
    return Imprint(
        company=reading.office.name,
        logo=reading.office.logo,
        filing=str(row.id),
        state=row.state,
        number=row.number,
        revision_no=row.revision_no,
        sha256=page.sha256,
        applicant=row.author,
        filed_on=row.submitted_at.astimezone().date() if row.submitted_at else None,
        proofs={key: state.printed for key, state in page.signatures.items()},
    )


def parts_of(form: Form) -> list[tuple[str, str]]:
    """The sections of a form that also print as sheets of their own (DOC-5): key and title on paper."""
    return [(key, register.paper) for key, register in REGISTERS.items() if form.has(key)]


def print_part(reading: Reading, actor: UUID, filing_id: UUID, key: str) -> Printed:
    """One register of a filing as its own official form, with the boxes of those who sign for it (DOC-5).

    Raises:
        NotAllowed: the actor may not see the filing.
    """
    page = open_filing(reading, actor, filing_id)
    part = Part(title=REGISTERS[key].paper, subtitle=f"（《{page.form.title}》附表）", progress=page.progress)
    return render(part_sheet(page.form, page.rule, key, page.content, _imprint(reading, page), part))


def print_register(reading: Reading, actor: UUID, project_id: UUID, key: str, no: int | None = None) -> Printed:
    """One register of the plan in force, or of baseline ``no``, as an official form (DOC-5).

    Raises:
        NotAllowed: the actor may not see the project.
        Refusal: the project has no plan, or no such baseline.
    """
    project = open_project(reading, actor, project_id)
    found = next((row for row in reversed(baselines(reading, project_id)) if no in {None, row.no}), None)
    if found is None:
        raise Refusal("此项目还没有计划基线。", todo="立项批准后才有现行计划可打印。")
    policy = reading.policy
    form = bind_plan(policy)
    facts = form_facts(reading, policy, project)
    content = settle(form, plan_lines(reading, project_id, found.no), facts)
    imprint = Imprint(
        company=reading.office.name,
        logo=reading.office.logo,
        filing=str(found.filing_id or project_id),
        state=FilingState.APPROVED,
        number=found.filing_number,
        revision_no=found.no,
    )
    part = Part(
        title=REGISTERS[key].paper,
        subtitle=f"（第 {found.no} 版基线）",
        dated=f"生效日期：{chinese_date(found.effective_on)}",
        notes=(f"本表为第 {found.no} 版基线，自 {chinese_date(found.effective_on)} 起执行。",),
    )
    return render(part_sheet(form, _rule_of(reading, policy, found.filing_id), key, content, imprint, part))


def _rule_of(reading: Reading, policy: Policy, filing_id: UUID | None) -> FormRule:
    """The rule of the form that put a baseline in force, for its code on paper."""
    filing = reading.session.get(Filing, filing_id) if filing_id else None
    if filing is not None and reading.policy_version(filing.policy_id).has_form(filing.form_key):
        return reading.policy_version(filing.policy_id).form(filing.form_key)
    return replace(policy.forms[0], code="", copies="", note="", applicant="", steps=())


def print_draft(reading: Reading, actor: UUID, draft: Draft) -> Printed:
    """A draft as its form, marked 草稿: for reading and talking over, not for signing.

    Raises:
        NotAllowed: it is another's, or its author may not see the project any more.
    """
    if draft.author_id != actor:
        raise NotAllowed("这份草稿是别人的。", todo="请由填表人打印。")
    page = draft_page(reading, draft)
    policy = policy_of_draft(reading, draft)
    rule = policy.form(draft.form_key)
    project = get_project(reading, draft.project_id) if draft.project_id else None
    case = Case(policy, reading.today, project, page.draft.content, page.facts)
    chain = progress(rule.steps, (), {}, holding(case))
    imprint = Imprint(
        company=reading.office.name,
        logo=reading.office.logo,
        filing=str(draft.filing_id or draft.id),
        state=FilingState.DRAFT,
        applicant=person_ref(reading, actor).name,
    )
    return render(form_sheet(page.form, rule, page.draft.content, chain, imprint))


def print_policy(
    policy: Policy, chapters: tuple[Chapter, ...], *, company: str, logo: bytes | None, subtitle: str = ""
) -> Printed:
    """A policy in words on paper, or those of its sentences that were looked for."""
    return render(policy_sheet(policy, chapters, company=company, logo=logo, subtitle=subtitle))


_UNFIT = re.compile(r'[\\/:*?"<>|\s]+')


def file_name(page: FilingPage) -> str:
    """What a filing's PDF is called: number, title and project, without marks that file systems refuse."""
    parts = (page.row.number, page.row.title, page.row.project_number, (page.row.project_name or page.row.subject)[:30])
    return "_".join(_UNFIT.sub(" ", part).strip() for part in parts if part) + ".pdf"
