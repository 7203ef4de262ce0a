"""An open office: its policy, its calendar, and the two ways into its data, reading and working."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

from sqlalchemy import select

from desktop.domain.calendar import WorkCalendar
from desktop.domain.conflicts import Overtaken, Stale
from desktop.domain.errors import NotAdmitted, NotAllowed, Refusal, ShutOut
from desktop.domain.policy import Policy
from desktop.domain.policy_terms import Action
from desktop.domain.rights import OFFICE, Standing, Subject, may
from desktop.services.anchors import Anchors
from desktop.services.changes import Changes, Done
from desktop.services.conflicts import in_words
from desktop.services.home import Home
from desktop.services.policies import read_policy
from desktop.services.seat_keys import SeatKeys
from desktop.services.sitting import connected_login
from desktop.services.standing import standing_of
from desktop.services.statutory import calendar_with
from desktop.store.blobs import blob_bytes
from desktop.store.engine import Database
from desktop.store.heads import Seen, heads_of
from desktop.store.sessions import ReadSession, WriteSession
from desktop.store.tables import CalendarDay, Person, PolicyVersion
from desktop.store.tables import Office as OfficeRecord
from desktop.store.watching import heads

T = TypeVar("T")
_TRIES_BEFORE_THE_LAST = 3


@dataclass(frozen=True)
class Reading:
    """One look at the office's data from one snapshot, at one moment."""

    office: Office
    session: ReadSession | WriteSession
    now: dt.datetime

    @property
    def today(self) -> dt.date:
        """The day on the office's wall."""
        return self.now.astimezone().date()

    @property
    def policy(self) -> Policy:
        """The policy in force."""
        return self.office.policy

    def calendar(self) -> WorkCalendar:
        """The working-day calendar with the office's own days."""
        rows = self.session.scalars(select(CalendarDay)).all()
        return calendar_with({row.day: row.kind for row in rows})

    def policy_version(self, policy_id: UUID | None) -> Policy:
        """The policy that a filing began with (DOC-6)."""
        return self.office.policy_version(self.session, policy_id)


@dataclass(frozen=True)
class Work(Reading):
    """One transaction of one person: what they do is committed whole, journaled, or undone whole."""

    session: WriteSession
    actor: UUID

    @property
    def actor_name(self) -> str:
        """The name of the person who acts."""
        return self.session.fetch(Person, self.actor).name

    def standing(self) -> Standing:
        """The roles of the person who acts."""
        return standing_of(self.session, self.actor, self.today)

    def need(self, action: Action, subject: Subject = OFFICE, on: str = "*", *, what: str) -> None:
        """Go on only with the right to do so.

        Raises:
            NotAllowed: the policy does not give it; ``what`` names the deed in the message.
        """
        if not may(self.policy, self.standing(), action, subject, on):
            raise not_allowed(self, action, on, what)


def not_allowed(reading: Reading, action: Action, on: str, what: str) -> NotAllowed:
    """The refusal that names who may do it instead."""
    who = who_may(reading.policy, action, on) or "任何人"
    return NotAllowed(f"您没有{what}的权限。", kept="没有作任何改动。", todo=f"按制度应由{who}办理。")


def who_may(policy: Policy, action: Action, on: str = "*") -> str:
    """The titles of the roles that may do this, as the policy calls them."""
    rights = (right for right in policy.rights if right.action is action and right.on in {"*", on})
    return "、".join(dict.fromkeys(policy.role(right.role).title for right in rights))


def ask_keepers(policy: Policy) -> str:
    """Whom to turn to about rights: those who care for the people."""
    return f"请与{who_may(policy, Action.MANAGE_PEOPLE)}联系。"


class Office:
    """An office whose data is open. Made by `desktop.services.opening`.

    ``seen`` is how far the journal reached when it was opened: what comes later is news (`desktop.services.watching`).

    Raises:
        Refusal: the tables stand, but no office was ever made in them; on a server the login is closed or nobody's.
    """

    def __init__(self, database: Database, home: Home, clock: Callable[[], dt.datetime]) -> None:
        self._database = database
        self._clock = clock
        self._policies: dict[UUID, Policy] = {}
        self.version = 0
        self.home = home
        self.keys = SeatKeys(home)
        self.target = database.place
        self.login = connected_login(database)
        """Who is connected, where the server holds everybody to a login of their own; None elsewhere."""
        with database.reading() as session:
            self._follow(session)
            self.seen = heads(session)
        self.anchors = Anchors(home, self.id, self.target)
        self.missing_heads: list[Seen] = []
        """What this machine has seen of the journal and did not find in it at opening."""

    def reload(self) -> None:
        """Read name, logo and policy again after they were changed.

        Raises:
            Refusal: the tables stand, but no office was ever made in them.
            ShutOut: the server lets whoever is connected see it no more.
        """
        with _let_in(), self._database.reading() as session:
            self._follow(session)

    def need_entry(self) -> None:
        """Go on only while the server lets in whoever is connected; a data file lets everybody in.

        Raises:
            ShutOut: it does not any more: the login was closed, or its person has left.
            Unreachable: it cannot be asked.
        """
        self.reload()
        with _let_in():
            connected_login(self._database)

    def _follow(self, session: ReadSession | WriteSession) -> None:
        """Take over what another seat has changed of name, logo and policy since they were read."""
        if session.scalar(select(OfficeRecord.version)) == self.version:
            return
        record = session.scalars(select(OfficeRecord)).one_or_none()
        if record is None and self.version:
            raise ShutOut(
                f"您现在不能查看“{self.target}”：登录名已被关闭，或者您已登记为离职。",
                kept="已保存的数据未受影响，填写中的表单仍在本机的草稿里。",
                todo="如果您仍在这个单位工作，请与管理员联系。",
            )
        if record is None:
            raise Refusal(
                f"“{self.target}”中还没有建好单位（上一次新建没有完成）。",
                kept="数据未作改动。",
                todo="请在此处重新新建。",
            )
        self.id = record.id
        self.name = record.name
        self.code = record.code
        self.logo = blob_bytes(session, record.logo_sha) if record.logo_sha else None
        self.policy_id = record.policy_id
        self.policy = self.policy_version(session, record.policy_id)
        self.version = record.version

    def policy_version(self, session: ReadSession | WriteSession, policy_id: UUID | None) -> Policy:
        """A stored policy by its id, parsed once."""
        if policy_id is None:
            return self.policy
        if policy_id not in self._policies:
            row = session.fetch(PolicyVersion, policy_id)
            self._policies[policy_id] = read_policy(row.text, f"{row.title} {row.version_label}")
        return self._policies[policy_id]

    def now(self) -> dt.datetime:
        """This moment, aware."""
        return self._clock()

    def today(self) -> dt.date:
        """This day on the office's wall."""
        return self.now().astimezone().date()

    @contextmanager
    def reading(self) -> Iterator[Reading]:
        """One snapshot to read from.

        Raises:
            ShutOut: the server lets whoever is connected see it no more.
        """
        with ExitStack() as stack:
            with _let_in():
                session = stack.enter_context(self._database.reading())
                self._follow(session)
            yield Reading(self, session, self.now())

    @contextmanager
    def work(self, actor: UUID) -> Iterator[Work]:
        """One transaction of ``actor``; committed at the end, undone whole on any error.

        Raises:
            ShutOut: the server lets whoever is connected see it no more.
            NotAllowed: the actor is not in the office, or not any more.
            Stale: a record was saved by somebody else since it was read; both sides are in words.
            Refusal: what was saved when the connection broke turns out to have been saved (`refuse_repeating`).
        """
        self._database.refuse_repeating()
        now = self.now()
        with ExitStack() as stack:
            session = self._begin(stack, actor, now)
            session.sign_with(self.keys.signer(session, self.id, actor))
            person = session.get(Person, actor)
            if person is None or not person.active:
                name = person.name if person else "操作人"
                raise NotAllowed(f"{name}已不在这个单位的在职人员中。", kept="没有作任何改动。", todo="请换人办理。")
            try:
                yield Work(self, session, now, actor)
            except Stale as stale:
                with session.no_autoflush:
                    raise in_words(session, self.policy, stale) from stale
        if head := session.recorder.sealed_head:
            self.anchors.note([head], now)

    def _begin(self, stack: ExitStack, actor: UUID, now: dt.datetime) -> WriteSession:
        try:
            with _let_in():
                session = stack.enter_context(self._database.writing(actor, self.home.installation, now))
        except NotAllowed:
            self.need_entry()
            raise
        self._follow(session)
        return session

    def run(self, actor: UUID, use_case: Callable[[Work], T]) -> Done[T]:
        """Do one job in one transaction and tell what it changed; where another transaction came in between, anew."""
        for _attempt in range(_TRIES_BEFORE_THE_LAST):
            with suppress(Overtaken):
                return self._run(actor, use_case)
        return self._run(actor, use_case)

    def _run(self, actor: UUID, use_case: Callable[[Work], T]) -> Done[T]:
        with self.work(actor) as work:
            value = use_case(work)
        written = work.session.changes
        done = Changes(frozenset(item.entity for item in written), frozenset(str(item.id) for item in written))
        if done.touches("office", "policy_version"):
            self.reload()
        return Done(value, done)

    def read(self, query: Callable[[Reading], T]) -> T:
        """Answer one question from one snapshot."""
        with self.reading() as reading:
            return query(reading)

    @property
    def database(self) -> Database:
        """For the services that care for the whole database (verification, backups)."""
        return self._database

    def close(self) -> None:
        """Let go of the data; this machine remembers how far the journals in a file went."""
        with suppress(Refusal):
            if self._database.file is not None and not self.missing_heads:
                with self._database.connecting() as connection:
                    self.anchors.note(heads_of(connection), self.now())
        self._database.close()


@contextmanager
def _let_in() -> Iterator[None]:
    """A server that stood open and does not let in any more has shut out whoever is connected."""
    try:
        yield
    except ShutOut:
        raise
    except NotAdmitted as error:
        raise ShutOut(error.what, kept=error.kept, todo=error.todo, details=error.details) from error
