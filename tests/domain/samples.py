"""A policy, a project and filled-in forms to try rules on."""

import datetime as dt
import re
import uuid
from dataclasses import replace
from pathlib import Path
from typing import Any

from desktop.domain.conditions import CONDITIONS
from desktop.domain.forms import FORMS
from desktop.domain.ledger import PROJECT_DATES, PersonRef, Project
from desktop.domain.policy import Policy
from desktop.domain.policy_file import load_policy
from desktop.domain.postings import POSTINGS

EPM_TEXT = (Path(__file__).parents[2] / "resources" / "policies" / "epm.toml").read_text(encoding="utf-8")
FILE = "制度.toml"


def revised(text: str, version: str = "2.0") -> str:
    """The text of a policy under another version, as an office must call its own copy."""
    return re.sub(r'(?m)^version = ".*"$', f'version = "{version}"', text, count=1)


def load(text: str) -> Policy:
    return load_policy(text, FILE, known_forms=FORMS, postings=POSTINGS, conditions=CONDITIONS, dates=PROJECT_DATES)


EPM = load(EPM_TEXT)
MANAGER = PersonRef(uuid.UUID(int=1), "𠮷镕堃")
CLIENT_MANAGER = PersonRef(uuid.UUID(int=2), "㛃喆")
DEPARTMENT = uuid.UUID(int=10)
SUB_DEPARTMENT = uuid.UUID(int=11)

PROJECT = Project(
    id=uuid.UUID(int=100),
    number="JC-2026-007",
    short_name="综合监控",
    name="滨海线综合监控系统集成",
    kind="integration",
    program="",
    contract_no="HT-1",
    contract_kind="works",
    amount=2_562_000_000,
    budget=1_800_000_000,
    customer="滨海轨道",
    department_id=DEPARTMENT,
    department="系统集成部",
    sub_department_id=SUB_DEPARTMENT,
    sub_department="一组",
    manager=MANAGER,
    client_manager=CLIENT_MANAGER,
    state="implementing",
    initiated_on=dt.date(2026, 3, 1),
    planned_preliminary_on=dt.date(2026, 12, 1),
    planned_final_on=dt.date(2027, 6, 1),
    preliminary_on=None,
    final_on=None,
    paused_on=None,
    resume_by=None,
    pause_until=None,
    resumed_on=None,
    closing_started_on=None,
    closed_on=None,
    note="",
    version=1,
)


def project(**changes: Any) -> Project:
    return replace(PROJECT, **changes)


def paused(on: dt.date, **changes: Any) -> Project:
    return project(state="paused", paused_on=on, **changes)


def closing(since: dt.date) -> Project:
    return project(state="closing", closing_started_on=since)
