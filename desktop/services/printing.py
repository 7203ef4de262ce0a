"""Printing: filings and drafts as the company's official forms."""

from __future__ import annotations

import re
from uuid import UUID

from desktop.domain.approval import progress
from desktop.domain.case import Case
from desktop.domain.errors import NotAllowed
from desktop.domain.filing import FilingState
from desktop.domain.gates import holding
from desktop.domain.policy import Policy
from desktop.domain.policy_told import Chapter
from desktop.paper.form_sheet import Imprint, form_sheet
from desktop.paper.policy_sheet import policy_sheet
from desktop.paper.printing import render
from desktop.paper.sheet import Printed
from desktop.services.drafting import Draft, draft_page, policy_of_draft
from desktop.services.filings import FilingPage, open_filing
from desktop.services.office import Reading
from desktop.services.people import person_ref
from desktop.services.projects import get_project

__all__ = ["Printed", "file_name", "print_draft", "print_filing", "print_policy"]


def print_filing(reading: Reading, actor: UUID, filing_id: UUID) -> Printed:
    """A filing as its official form, with the signatures given so far and boxes for those still due.

    Raises:
        NotAllowed: the actor may not see it.
    """
    page = open_filing(reading, actor, filing_id)
    row = page.row
    imprint = Imprint(
        company=reading.office.name,
        logo=reading.office.logo,
        filing=str(row.id),
        state=row.state,
        number=row.number,
        revision_no=row.revision_no,
        sha256=page.sha256,
        applicant=row.author,
        filed_on=row.submitted_at.astimezone().date() if row.submitted_at else None,
    )
    return render(form_sheet(page.form, page.rule, page.content, page.progress, imprint))


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
    parts = (page.row.number, page.row.title, page.row.project_number, page.row.project_name[:30])
    return "_".join(_UNFIT.sub(" ", part).strip() for part in parts if part) + ".pdf"
