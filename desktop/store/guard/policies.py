"""The policy's rights rows on a guarded server, made from the text that the office keeps."""

from __future__ import annotations

import json
from uuid import UUID

from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

from desktop.domain.conditions import CONDITIONS
from desktop.domain.forms import FORMS
from desktop.domain.ledger import PROJECT_DATES
from desktop.domain.policy import Policy
from desktop.domain.policy_facts import policy_facts
from desktop.domain.policy_file import load_policy
from desktop.domain.postings import POSTINGS
from desktop.store.guard.guarded import is_guarded

_LACKING = text(
    "SELECT v.id, v.title, v.version_label, v.text FROM public.policy_version v "
    "WHERE NOT EXISTS (SELECT FROM guard.roles r WHERE r.policy_id = v.id) ORDER BY v.loaded_at, v.id"
)


def note_policy(session: Session, policy_id: UUID, policy: Policy) -> None:
    """Tell a guarded server what a version of the policy says, in the transaction that stores it.

    Does nothing on SQLite and on a server without guard.
    """
    connection = session.connection()
    if is_guarded(connection):
        _call(connection, "load_policy", policy_id, policy)


def fill_policies(connection: Connection) -> None:
    """Make the rows of every stored version that has none yet; for the owner's hands.

    Raises:
        PolicyError: a stored text cannot be read any more.
    """
    for key, title, version, words in connection.execute(_LACKING).all():
        policy = load_policy(
            words, f"{title} {version}", known_forms=FORMS, postings=POSTINGS, conditions=CONDITIONS,
            dates=PROJECT_DATES,
        )  # fmt: skip
        _call(connection, "fill_policy", key, policy)


def _call(connection: Connection, function: str, policy_id: UUID, policy: Policy) -> None:
    facts = json.dumps(policy_facts(policy), ensure_ascii=False)
    query = text(f"SELECT guard.{function}(CAST(:policy AS uuid), CAST(:facts AS jsonb))")
    connection.execute(query, {"policy": str(policy_id), "facts": facts})
