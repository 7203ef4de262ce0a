"""Changing the schema of a guarded database: by its owner's hands, and guarded anew afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, text

from desktop.domain.errors import NotAllowed
from desktop.store.guard.guarded import is_guarded
from desktop.store.guard.install import acting_as, guard_names, install_guard, member_of

_OWNER = text(
    "SELECT r.rolname, (SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user) "
    "OR pg_catalog.pg_has_role(current_user, r.oid, 'MEMBER WITH ADMIN OPTION') "
    "FROM pg_catalog.pg_database d JOIN pg_catalog.pg_roles r ON r.oid = d.datdba WHERE d.datname = current_database()"
)


def may_upgrade(connection: Connection) -> bool:
    """Whether the connected login may change the schema, where a guard keeps that to few."""
    return not is_guarded(connection) or bool(connection.execute(_OWNER).one()[1])


def upgrade_refusal() -> NotAllowed:
    """What is said to whoever may not."""
    return NotAllowed(
        "共享办公室的数据是旧版本的，由服务器管理员升级，您的登录名不能升级它。",
        kept="数据未作改动。",
        todo="请服务器管理员先做好备份，再用他自己的登录名打开它一次，或运行 upgrade 命令。",
    )


@contextmanager
def upgrading_guard(connection: Connection) -> Iterator[None]:
    """Act as the owner of a guarded database while its schema changes, and guard it anew, in one transaction.

    Where there is no guard this does nothing.

    Raises:
        NotAllowed: the login is neither a superuser nor whoever founded the office on this server.
    """
    if not is_guarded(connection):
        yield
        return
    owner, may = connection.execute(_OWNER).one()
    if not may:
        raise upgrade_refusal()
    with member_of(connection, owner):
        names = guard_names(connection)
        with acting_as(connection, owner):
            yield
        install_guard(connection, names)
