"""Verification of a whole office: file, schema, journal, state, filings, archive, and whose turn it is."""

from __future__ import annotations

from collections.abc import Sequence

from desktop.services.checking_chains import check_chains
from desktop.services.checking_turns import check_turns
from desktop.services.integrity import heads_to_find
from desktop.services.office import Office
from desktop.store.heads import Printed
from desktop.store.verify import Anchors, Finding, verify
from desktop.store.verify.light import check_lightly

__all__ = ["Finding", "Printed", "check_office_lightly", "verify_office"]


def verify_office(office: Office, printed: Sequence[Printed] = ()) -> list[Finding]:
    """Check everything and change nothing; an empty list means that all agrees.

    What this machine has seen of the journal must still stand in it, and so must the seals ``printed`` on paper. Chains
    are worked out anew, and whose turn it is follows from them: they are looked at only where all else agrees.

    Raises:
        Refusal: the data cannot be read at all.
    """
    anchors = Anchors(heads_to_find(office), printed)
    found = verify(office.database, root=office.keys.pin_of(office.id).key, anchors=anchors)
    return found or office.read(lambda reading: [*check_chains(reading), *check_turns(reading)])


def check_office_lightly(office: Office) -> list[Finding]:
    """Look at what a moment is enough for; an empty list means that nothing was found.

    Raises:
        Refusal: the data cannot be reached or is in use.
    """
    return check_lightly(office.database)
