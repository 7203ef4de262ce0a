"""What a condition is asked about."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field

from desktop.domain.field import Content, Facts
from desktop.domain.ledger import Project
from desktop.domain.policy import Policy


@dataclass(frozen=True)
class Case:
    """What a condition is asked about: a project (or the office) on a day, a form's content, and the ledger's facts."""

    policy: Policy
    day: dt.date
    project: Project | None = None
    content: Content = field(default_factory=dict, repr=False)
    facts: Facts = field(default_factory=dict, repr=False)


Condition = Callable[[Case], str]
"""Says in words why it does not hold; nothing when it holds."""


def of_a_project(ask: Callable[[Project, Case], str]) -> Condition:
    """A condition about a project, which does not hold where there is none."""
    return lambda case: ask(case.project, case) if case.project else "表单不是关于项目的"
