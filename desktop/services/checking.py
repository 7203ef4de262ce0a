"""Verification of a whole office: file, schema, journal, state, filings, archive, and whose turn it is."""

from __future__ import annotations

from collections.abc import Sequence

from desktop.domain.errors import NotAllowed
from desktop.domain.policy_terms import Action, Scope
from desktop.services.checking_chains import check_chains
from desktop.services.checking_turns import check_turns
from desktop.services.integrity import heads_to_find
from desktop.services.office import Office
from desktop.store.heads import Printed
from desktop.store.verify import Anchors, Finding, verify
from desktop.store.verify.light import check_lightly, sees_whole

__all__ = ["Finding", "Printed", "check_office_lightly", "verify_office"]


def verify_office(office: Office, printed: Sequence[Printed] = ()) -> list[Finding]:
    """Check everything and change nothing; an empty list means that all agrees.

    What this machine has seen of the journal must still stand in it, and so must the seals ``printed`` on paper. Chains
    are worked out anew, and whose turn it is follows from them: they are looked at only where all else agrees.

    Raises:
        NotAllowed: on a guarded server the login does not see all that is to be checked.
        Refusal: the data cannot be read at all.
    """
    _need_sight(office)
    anchors = Anchors(heads_to_find(office), printed)
    found = verify(office.database, root=office.keys.pin_of(office.id).key, anchors=anchors)
    return found or office.read(lambda reading: [*check_chains(reading), *check_turns(reading)])


def _need_sight(office: Office) -> None:
    """What row security hides from a login must not be reported as what somebody has removed."""
    with office.database.connecting() as connection:
        if sees_whole(office.database, connection):
            return
    policy = office.policy
    seeing = [policy.role(right.role) for right in policy.rights if right.action is Action.SEE and right.on == "*"]
    titles = dict.fromkeys(role.title for role in seeing if role.scope is Scope.OFFICE)
    raise NotAllowed(
        "完整核对要读到全部数据，您的登录名只看得到其中一部分。",
        kept="没有作任何改动。",
        todo=f"请由看得到全部数据的人（{'、'.join(titles)}）来核对。",
    )


def check_office_lightly(office: Office) -> list[Finding]:
    """Look at what a moment is enough for; an empty list means that nothing was found.

    Raises:
        Refusal: the data cannot be reached or is in use.
    """
    return check_lightly(office.database)
