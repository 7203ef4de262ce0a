"""Verification of a whole office: file, schema, journal, state, filings, archive."""

from __future__ import annotations

from desktop.services.office import Office
from desktop.store.verify import Finding, verify

__all__ = ["Finding", "verify_office"]


def verify_office(office: Office) -> list[Finding]:
    """Check everything and change nothing; an empty list means that all agrees.

    Raises:
        Refusal: the data cannot be read at all.
    """
    return verify(office.database)
