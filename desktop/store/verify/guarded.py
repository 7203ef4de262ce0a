"""A guarded server's own protection: the policy's rights rows against its text, and the functions that hold people."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping

from sqlalchemy import Connection, text

from desktop.domain.canonical import Json
from desktop.domain.conditions import CONDITIONS
from desktop.domain.errors import PolicyError
from desktop.domain.forms import FORMS
from desktop.domain.ledger import PROJECT_DATES
from desktop.domain.policy_facts import policy_facts
from desktop.domain.policy_file import load_policy
from desktop.domain.postings import POSTINGS
from desktop.store.guard import guard_functions, is_guarded
from desktop.store.verify.finding import Finding

_ROWS = ("roles", "rights", "forms", "steps")
"""Tables of the schema ``guard`` that repeat what a policy's text says, and that everybody may read."""
_CLOCK = "now"
_VERSIONS = text("SELECT id, title, version_label, text FROM public.policy_version")
_BODIES = text(
    "SELECT p.proname, p.prosrc FROM pg_catalog.pg_proc p "
    "JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname = 'guard'"
)
_SPACE = re.compile(r"\s+")


def check_guarded(connection: Connection) -> Iterator[Finding]:
    """On a guarded server: rows of rights that say something else than the policy, functions that were changed."""
    if connection.dialect.name != "postgresql" or not is_guarded(connection):
        return
    yield from _check_policies(connection)
    found: defaultdict[str, set[str]] = defaultdict(set)
    for name, body in connection.execute(_BODIES):
        found[str(name)].add(_plain(body))
    for name, body in guard_functions():
        if name != _CLOCK and _plain(body) not in found[name]:
            yield Finding(f"服务器的保护 {name}", "与程序安装的不同：它被改动或去除过。", "guard.function", name)


def _plain(body: str) -> str:
    return _SPACE.sub(" ", body).strip()


def _check_policies(connection: Connection) -> Iterator[Finding]:
    for key, title, label, words in connection.execute(_VERSIONS).all():
        try:
            policy = load_policy(
                words,
                f"{title} {label}",
                known_forms=FORMS,
                postings=POSTINGS,
                conditions=CONDITIONS,
                dates=PROJECT_DATES,
            )
        except PolicyError:
            continue  # a text that was changed is told with the policy versions
        facts = policy_facts(policy)
        for table in _ROWS:
            query = text(f"SELECT to_jsonb(t) - 'policy_id' FROM guard.{table} t WHERE t.policy_id = :key")  # noqa: S608
            there = sorted(map(_spelled, connection.scalars(query, {"key": key})))
            told = facts[table]
            if there != sorted(map(_spelled, told if isinstance(told, list) else [])):
                what = "服务器据以放行的权限和审批步骤与制度全文不符：它是绕过程序改动的。"
                yield Finding(f"制度版本 {title} {label}", what, f"guard.{table}", str(key))


def _spelled(row: Mapping[str, Json] | Json) -> str:
    return json.dumps(row, ensure_ascii=False, sort_keys=True)
