"""The triggers that refuse to rewrite what is written once."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

from sqlalchemy import Connection, text

from desktop.store.tables import Base, Change, InsertOnly
from desktop.store.verify.finding import TITLES, Finding

_VERBS = {"DELETE": 8, "UPDATE": 16}  # with their bits in pg_trigger.tgtype
_BEFORE = 2
_SERVER = """
SELECT relname, tgtype FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid JOIN pg_proc ON pg_proc.oid = tgfoid
WHERE NOT tgisinternal AND tgenabled IN ('O', 'A') AND tgqual IS NULL
AND (proname = 'refuse_rewriting' OR proname = 'refuse_rewriting_change' AND relname = 'change')
AND prosrc LIKE '%RAISE EXCEPTION%'
"""
_IN_FILE = "SELECT tbl_name, sql FROM sqlite_master WHERE type = 'trigger' AND name = tbl_name || '_refuse_' || :verb"
_REFUSES = re.compile(
    r"CREATE TRIGGER \w+ BEFORE (?P<verb>[A-Z]+) ON (?P<table>\w+) (?P<unless>WHEN NOT \([^;]*\) )?"
    r"BEGIN SELECT RAISE\(ABORT, '[^';]*'\); END"
)
_ERASED = ("NEW.body IS NULL", "OLD.entity = 'person'", "FROM erasure JOIN changeset")


def check_guards(connection: Connection) -> Iterator[Finding]:
    """Each table that is written once must have its triggers, and they must do what they were made for."""
    guarded = _in_file(connection) if connection.dialect.name == "sqlite" else _on_server(connection)
    classes = [mapper.class_ for mapper in Base.registry.mappers]
    for name in sorted(one.__tablename__ for one in classes if issubclass(one, InsertOnly) and issubclass(one, Base)):
        if guarded[name] != _VERBS.keys():
            yield Finding(TITLES[name], "防止改写的保护已被去除。", name)


def _in_file(connection: Connection) -> defaultdict[str, set[str]]:
    found: defaultdict[str, set[str]] = defaultdict(set)
    for verb in _VERBS:
        for table, made in connection.execute(text(_IN_FILE), {"verb": verb.lower()}):
            told = _REFUSES.fullmatch(made)
            if told and (told["verb"], told["table"]) == (verb, table) and _fits(table, told["unless"] or ""):
                found[str(table)].add(verb)
    return found


def _fits(table: str, unless: str) -> bool:
    """The journal's bodies alone may be rewritten, and only where an erasure says so (see migration 0005)."""
    if table != Change.__tablename__ or not unless:
        return not unless
    return all(part in unless for part in _ERASED) and " OR " not in unless


def _on_server(connection: Connection) -> defaultdict[str, set[str]]:
    found: defaultdict[str, set[str]] = defaultdict(set)
    for table, kinds in connection.execute(text(_SERVER)):
        found[str(table)] |= {verb for verb, bit in _VERBS.items() if kinds & bit and kinds & _BEFORE}
    return found
