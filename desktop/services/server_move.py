"""Moving the office from its data file to a server: the database made, guarded, and the mover's own login in it."""

from __future__ import annotations

from contextlib import suppress
from uuid import UUID

from desktop.domain.errors import NotAllowed, Refusal
from desktop.domain.policy_terms import Action
from desktop.domain.rights import OFFICE, may
from desktop.domain.server_place import name_trouble
from desktop.services.logins import password_trouble
from desktop.services.office import Office, Reading, who_may
from desktop.services.promotion import Promotion, promote
from desktop.services.server_office import OfficePlan, office_zone
from desktop.services.standing import standing_of
from desktop.store.copying import Tell
from desktop.store.guard import GuardNames
from desktop.store.server import FirstLogin, complete_server, prepare_server
from desktop.store.server_reclaim import database_of, is_half_moved, reclaim_server

_KEPT = "数据仍在原来的文件里，没有改动。"


def move_to_server(office: Office, actor: UUID, plan: OfficePlan, tell: Tell, *, despite: bool = False) -> Promotion:
    """Move the open office to a new database of a server; ``actor`` is its first administrator there.

    What an attempt before has left unfinished is replaced, or finished where only its last step is missing. Afterwards
    the file can only be read.

    Raises:
        NotAllowed: the actor may not manage the office.
        Refusal: a name or the password does not do, the server refuses, the data is not sound or not equal; the file
            stays what it was, and nothing counts on the server.
    """
    if refusal := office.read(lambda reading: move_refusal(reading, actor)):
        raise NotAllowed(refusal, kept=_KEPT)
    trouble = name_trouble(plan.database, "数据库") or name_trouble(plan.login, "登录名")
    if trouble := trouble or password_trouble(plan.password, plan.login):
        raise Refusal(trouble, kept=_KEPT, todo="请更正后再迁移。")
    if _has_moved(office) and is_half_moved(plan.admin, plan.database):
        return _settle(office, plan, tell)
    tell(0, 0, "正在建立数据库")
    reclaim_server(plan.admin, plan.database, plan.login)
    prepared = prepare_server(plan.admin, plan.database, office.now())

    def guard() -> None:
        tell(0, 0, "正在设置登录名和保护")
        complete_server(prepared, FirstLogin(plan.login, plan.password, actor), zone=office_zone(office.now))

    target = prepared.database()
    try:
        return promote(
            office.database, target, office.now, tell, prepare=guard, names=prepared.names,
            root=office.keys.pin_of(office.id).key, despite=despite,
        )  # fmt: skip
    except BaseException:
        target.close()
        if not _has_moved(office):
            with suppress(Refusal):  # what cannot be taken away now is replaced the next time
                reclaim_server(plan.admin, plan.database, plan.login)
        raise
    finally:
        target.close()


def move_refusal(reading: Reading, actor: UUID) -> str:
    """Why this person may not move the office, in words; nothing for whoever manages it."""
    standing = standing_of(reading.session, actor, reading.today)
    if may(reading.policy, standing, Action.MANAGE_OFFICE, OFFICE):
        return ""
    return f"把办公室迁到服务器由{who_may(reading.policy, Action.MANAGE_OFFICE)}办理。"


def _has_moved(office: Office) -> bool:
    with office.database.connecting() as connection:
        return office.database.relocation(connection) is not None


def _settle(office: Office, plan: OfficePlan, tell: Tell) -> Promotion:
    """Finish a move that was cut off after the file had noted it."""
    target = database_of(plan.admin, plan.database)
    try:
        return promote(office.database, target, office.now, tell, names=GuardNames.of(plan.database))
    finally:
        target.close()
