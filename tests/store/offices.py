"""A small office to check, and a way behind the program's back into its database."""

import datetime as dt
import io
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import psycopg
from sqlalchemy import make_url

from desktop.domain.canonical import canonical_text, sha256_text
from desktop.domain.filing import revision_hash, seal_section
from desktop.store.blobs import put_blob
from desktop.store.device import Installation
from desktop.store.engine import Database, open_database
from desktop.store.schema import create_schema
from desktop.store.tables import (
    Assignment,
    CalendarDay,
    Counter,
    Department,
    Document,
    Filing,
    Office,
    Person,
    PolicyVersion,
    Project,
    Revision,
    Section,
    Setting,
    SignOff,
    subject_text,
)

NAMES = ("𠮷镕堃", "㛃喆", "䶮𬭎", "𬴂𪟝", "𫖯")
FOUNDED = dt.datetime(2026, 11, 20, 9, tzinfo=dt.UTC)
SCAN = "扫描件".encode() * 120_000  # a little more than one piece of a blob


@dataclass(frozen=True)
class Small:
    """The keys of what ``fill_office`` wrote."""

    office: UUID
    person: UUID
    project: UUID
    filing: UUID


def found_office(url: str) -> None:
    """Make the tables, once per engine."""
    db = open_database(url)
    create_schema(db, FOUNDED)
    db.close()


def fill_office(db: Database, device: Installation, now: dt.datetime) -> Small:
    """Write something into every table, in a few transactions of two installations."""
    policy_text = "制度全文"
    with db.writing(None, device, now) as session:
        policy = PolicyVersion(
            key="epm",
            title="工程项目管理制度",
            version_label="1",
            sha256=sha256_text(policy_text),
            text=policy_text,
            loaded_at=now,
        )
        office = Office(name="项目管理部", created_at=now, policy_id=policy.id)
        department = Department(name="系统集成部")
        part = Department(name="一组", parent_id=department.id)
        person = Person(name=NAMES[0], department_id=part.id)
        session.add_all([office, policy, part, department, person, Counter(key="GC", next=3)])
        session.add(CalendarDay(day=dt.date(2026, 10, 10), kind="workday", note="补班"))
        session.add(Setting(key="columns", text="{}"))
    with db.writing(person.id, device, now) as session:
        project = Project(name="综合监控", number="GC-1", state="executing", amount=128_050, manager_id=person.id)
        filing = Filing(
            form_key="pause",
            subject_kind="project",
            subject_id=str(project.id),
            project_id=project.id,
            title="暂停申请表",
            state="in approval",
            policy_id=policy.id,
            created_at=now,
        )
        sections = [seal_section("reason", {"text": "业主资金未到位"}), seal_section("people", [])]
        hashes = {section.key: section.sha256 for section in sections}
        subject = subject_text("project", str(project.id))
        revision = Revision(
            filing_id=filing.id, n=1, at=now, sha256=revision_hash("pause", subject, policy.sha256, hashes)
        )
        session.add_all([project, filing, revision])
        session.add_all(
            Section(revision_id=revision.id, key=item.key, text=item.text, sha256=item.sha256) for item in sections
        )
        filing.revision_id = revision.id
        scan = put_blob(session, io.BytesIO(SCAN), "application/pdf")
        session.add(
            SignOff(
                filing_id=filing.id,
                revision_id=revision.id,
                step_key="pmo",
                decision="approved",
                signer_name=NAMES[1],
                signed_on=dt.date(2026, 11, 20),
                at=now,
                covers=canonical_text(hashes),
                policy_sha256=policy.sha256,
                scan_sha=scan.sha256,
            )
        )
        session.add(
            Document(
                project_id=project.id, name="扫描.pdf", blob_sha=scan.sha256, size=scan.size, media_type="x", at=now
            )
        )
        session.add(Assignment(role_key="pm", person_id=person.id, project_id=project.id, since=dt.date(2026, 1, 1)))
    with db.writing(person.id, device, now) as session:
        session.fetch(Project, project.id).state = "paused"
    return Small(office.id, person.id, project.id, filing.id)


def behind(db: Database, *statements: str) -> None:
    """Run statements past the program, its guards set aside for the moment."""
    if db.file is None:
        url = make_url(str(db.url.render_as_string(hide_password=False))).set(drivername="postgresql")
        with psycopg.connect(url.render_as_string(hide_password=False)) as connection:
            connection.execute("SET session_replication_role = replica")
            for statement in statements:
                assert connection.execute(statement.encode()).rowcount > 0, statement
        return
    with closing(sqlite3.connect(Path(db.file))) as lite:
        guards = lite.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for name, _ in guards:
            lite.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            assert lite.execute(statement).rowcount > 0, statement
        for _, text in guards:
            lite.execute(text)
        lite.commit()
