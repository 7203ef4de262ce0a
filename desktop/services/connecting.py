"""Trying a connection to a shared office before it is used, with every step in words."""

from __future__ import annotations

from collections.abc import Callable

from desktop.domain.server_place import ServerPlace
from desktop.services.clock import Clock, local_clock
from desktop.store.server_probe import Mark, Probe, ProbeStep

__all__ = ["Mark", "ProbeStep", "try_connection"]


def try_connection(
    place: ServerPlace,
    password: str,
    *,
    clock: Clock = local_clock,
    tell: Callable[[ProbeStep], None] = lambda _step: None,
    fingerprint: str = "",
) -> tuple[ProbeStep, ...]:
    """Try to get to the office step by step, up to the first that fails; nothing is changed anywhere.

    ``tell`` hears of every step when it is done; ``fingerprint`` is what the invitation says of the certificate.
    """
    return Probe(place, password, clock, tell, fingerprint).run()
