"""What protects an office's data on a PostgreSQL server: logins, rights rows, row security, and their installation.

It is code, not data: `install.install_guard` makes it anew at founding, at promotion and after every upgrade.
"""

from __future__ import annotations

from desktop.store.guard.guarded import is_guarded
from desktop.store.guard.install import GuardNames, guard_functions, guard_names, install_guard, owning
from desktop.store.guard.policies import note_policy
from desktop.store.guard.upgrading import upgrading_guard

__all__ = [
    "GuardNames",
    "guard_functions",
    "guard_names",
    "install_guard",
    "is_guarded",
    "note_policy",
    "owning",
    "upgrading_guard",
]
