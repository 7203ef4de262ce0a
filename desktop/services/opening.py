"""Choosing, making, upgrading and opening an office's data."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from uuid import UUID

from sqlalchemy import URL, select

from desktop.domain.canonical import canonical_text
from desktop.domain.errors import Refusal
from desktop.domain.policy import Policy
from desktop.domain.policy_terms import Scope
from desktop.domain.server_place import ServerPlace, server_place
from desktop.services.clock import Clock, local_clock
from desktop.services.departments import clean_department_name
from desktop.services.home import Home
from desktop.services.integrity import heads_notice, look_at_heads
from desktop.services.logos import check_logo
from desktop.services.office import Office
from desktop.services.policies import read_policy
from desktop.services.sorting import initials
from desktop.store.blobs import put_blob
from desktop.store.engine import Database, newer_schema, open_database
from desktop.store.guard import note_policy
from desktop.store.guard.upgrading import may_upgrade, upgrade_refusal
from desktop.store.places import place_warning
from desktop.store.schema import SchemaState, create_schema, schema_state
from desktop.store.sessions import WriteSession
from desktop.store.tables import Assignment, Department, Person, PolicyVersion
from desktop.store.tables import Office as OfficeRecord
from desktop.store.upgrade import upgrade
from desktop.store.writable import trouble_of_new, trouble_of_saving


@dataclass(frozen=True)
class Founding:
    """What a new office is made of: the company, its policy, and the first person with their roles.

    ``departments`` are those that the office names itself, beside the ones that its policy names.
    """

    company: str
    policy_text: str
    policy_file: str
    person: str
    roles: tuple[str, ...]
    code: str = ""
    department: str = ""
    staff_no: str = ""
    departments: tuple[str, ...] = ()
    logo: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True)
class TargetState:
    """What lies at a place where an office's data may be.

    ``place`` names it without a password; ``on_server`` data has its administrator's backups. ``warning`` is about the
    place; ``trouble`` says of newer data by which program it was upgraded, and of older that this login may not upgrade
    it; ``unfit`` why no data can be made there or nothing be saved in what is there; all three may be empty.
    """

    state: SchemaState
    place: str
    warning: str
    trouble: str
    on_server: bool
    unfit: str = ""


def inspect_target(target: str | Path) -> TargetState:
    """Look at a data file or database before opening it.

    Raises:
        Refusal: it cannot be read or is damaged.
    """
    database = open_database(target)
    try:
        state = schema_state(database)
        trouble = ""
        if state is SchemaState.NEWER:
            with database.connecting() as connection:
                trouble = str(newer_schema(connection, database.place))
        elif state is SchemaState.OLDER and database.file is None:
            with database.connecting() as connection:
                trouble = "" if may_upgrade(connection) else str(upgrade_refusal())
        file = database.file
        if file is None:
            return TargetState(state, database.place, "", trouble, on_server=True)
        unfit = trouble_of_saving(file) if file.exists() else trouble_of_new(file)
        return TargetState(
            state, database.place, place_warning(file, os.environ), trouble, on_server=False, unfit=unfit
        )
    finally:
        database.close()


def data_notice(office: Office) -> str:
    """What must be known about the places where an open office's data and this seat's drafts lie, or nothing."""
    file = office.database.file
    parts = (moved_notice(office), trouble_of_saving(file), place_warning(file, os.environ)) if file else ()
    return "　".join(part for part in (heads_notice(office.missing_heads), *parts, office.home.notice()) if part)


def moved_notice(office: Office) -> str:
    """That a data file was moved to a server, when and where to; nothing otherwise."""
    with office.database.connecting() as connection:
        moved = office.database.relocation(connection)
    if moved is None:
        return ""
    place, at = moved
    return f"这里的数据已于 {at.astimezone():%Y-%m-%d} 迁到“{place}”，只能查看、打印和导出；请连接服务器办理。"


def moved_to(office: Office) -> ServerPlace | None:
    """The server to which a data file was moved; None where it was not."""
    with office.database.connecting() as connection:
        moved = office.database.relocation(connection)
    return server_place(f"postgresql://{moved[0]}") if moved is not None else None


def open_office(target: str | Path, home: Home, clock: Clock = local_clock) -> Office:
    """Open an office.

    Raises:
        Refusal: there is nothing, the data is damaged, of another program, of an older or a newer schema, or on a
            server the login is closed or nobody's.
        PasswordWanted: the server asks for another password.
    """
    database = open_database(target)
    try:
        office = Office(database, home, clock)
        office.missing_heads = look_at_heads(office)
    except BaseException:
        database.close()
        raise
    return office


def upgrade_office(target: str | Path, home: Home, clock: Clock = local_clock) -> Path | None:
    """Bring older data up to this program's schema; returns the verified backup made before (none of a server's).

    Raises:
        Refusal: it failed; the old data stands as it was.
    """
    database = open_database(target)
    try:
        return upgrade(database, home.backups, clock())
    finally:
        database.close()


def create_office(target: str | Path, founding: Founding, home: Home, clock: Clock = local_clock) -> Office:
    """Make a new office: schema, policy, its departments and the office's own, the first person with their roles.

    Tables that an interrupted founding left without an office are taken up.

    Raises:
        Refusal: a name is missing, there is data already, or the place cannot be written; nothing is left behind.
    """
    policy = check_founding(founding)
    database = open_database(target)
    made = database.file is not None and not database.file.exists()
    try:
        if not _awaits_founding(database):
            create_schema(database, clock())
        person = found(database, founding, policy, home, clock)
        home.remember(target=address(database), person_id=str(person))
        return Office(database, home, clock)
    except BaseException:
        database.close()
        if database.file and made:
            with suppress(OSError):
                database.file.unlink()
        raise


def check_founding(founding: Founding) -> Policy:
    """Refuse, before anything is made, what would fail later; returns the policy.

    Raises:
        Refusal: a name is missing, or the policy does not know a role.
    """
    if not founding.company.strip() or not founding.person.strip():
        raise Refusal("请填写单位名称和您的姓名。", kept="没有新建任何数据。", todo="两项都填写后再新建。")
    for text in (founding.company, founding.person, founding.code, founding.department, founding.staff_no):
        canonical_text(text)
    for name in founding.departments:
        clean_department_name(name)
    if founding.logo:
        check_logo(founding.logo)
    policy = read_policy(founding.policy_text, founding.policy_file)
    if unknown := sorted(set(founding.roles) - {role.key for role in policy.roles}):
        raise Refusal(f"制度中没有这些角色：{'、'.join(unknown)}。", kept="没有新建任何数据。", todo="请重新选择角色。")
    return policy


def _awaits_founding(database: Database) -> bool:
    """Whether the tables stand and no office in them: a founding was interrupted between the two."""
    if schema_state(database) is not SchemaState.CURRENT:
        return False
    with database.reading() as session:
        return session.scalar(select(OfficeRecord.id)) is None


def found(database: Database, founding: Founding, policy: Policy, home: Home, clock: Callable[[], dt.datetime]) -> UUID:
    """Make the office in a database that has the tables and nothing in them; returns the first person's id."""
    now = clock()
    with database.writing(None, home.installation, now) as session:
        version = store_policy(session, policy, now)
        logo = put_blob(session, BytesIO(founding.logo), check_logo(founding.logo)).sha256 if founding.logo else None
        session.add(
            OfficeRecord(
                name=founding.company.strip(), code=founding.code, logo_sha=logo, policy_id=version.id, created_at=now
            )
        )
        own = founding.department.strip()
        named = (*policy.standing_departments, *map(clean_department_name, founding.departments), own)
        rows = {title: Department(name=title, pinyin=initials(title)) for title in named if title}
        session.add_all(rows.values())
        person = Person(
            name=founding.person.strip(),
            staff_no=founding.staff_no,
            department_id=rows[own].id if own else None,
            pinyin=initials(founding.person),
        )
        session.add(person)
        today = now.astimezone().date()
        for key in founding.roles:
            department = rows[own].id if own and policy.role(key).scope is Scope.DEPARTMENT else None
            session.add(Assignment(role_key=key, person_id=person.id, department_id=department, since=today))
    return person.id


def address(database: Database) -> str:
    """How a database is named for opening it again: a file's path, or a server's URL without its password."""
    if database.file is not None:
        return str(database.file)
    url = database.url
    bare = URL.create(url.drivername, url.username, None, url.host, url.port, url.database, url.query)
    return bare.render_as_string()


def store_policy(session: WriteSession, policy: Policy, now: dt.datetime) -> PolicyVersion:
    """Keep a policy's text as a version of the office's policy; versions are never changed (DOC-6)."""
    version = PolicyVersion(
        key=policy.key,
        title=policy.title,
        version_label=policy.version,
        sha256=policy.sha256,
        text=policy.text,
        loaded_at=now,
    )
    session.add(version)
    session.flush()
    note_policy(session, version.id, policy)
    return version
