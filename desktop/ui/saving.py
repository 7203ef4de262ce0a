"""Saving a record that somebody had open: where others were faster, both sides are shown and one decides."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from PySide6.QtWidgets import QWidget

from desktop.domain.conflicts import Fate, Stale
from desktop.ui.conflict_dialog import ConflictDialog
from desktop.ui.desk import Desk
from desktop.ui.error_dialog import show_error

Save = Callable[..., Any]
"""A use-case that takes the work, ``version`` and the values by name."""


def save_record(
    desk: Desk,
    owner: QWidget,
    save: Save,
    values: Mapping[str, object],
    version: int,
    then: Callable[[Any], None],
    *,
    failed: Callable[[Exception], None] | None = None,
    deed: str = "保存",
) -> None:
    """Save ``values`` onto a record as it was read in ``version``.

    Where somebody else has saved it since, both sides are shown, and what is decided is saved onto theirs; giving up
    leaves everything as it was written. ``deed`` names what is done where no values are written (结束, 取消).
    """

    def on_failure(error: Exception) -> None:
        conflict = error.conflict if isinstance(error, Stale) else None
        if conflict is None or conflict.fate is not Fate.CHANGED or not isinstance(error, Stale):
            _fail(owner, error, failed)
            return

        def save_again(theirs: frozenset[str]) -> None:
            taken = {key: value for key, value in conflict.taken_over(theirs).items() if key in values}
            save_record(desk, owner, save, {**values, **taken}, conflict.version, then, failed=failed, deed=deed)

        if not any(item.by_them for item in conflict.differences):
            save_again(frozenset())  # they came back to what was read
            return
        dialog = ConflictDialog(error, conflict, owner.window(), deed=deed)
        dialog.settled.connect(save_again)
        dialog.open()
        if failed is not None:
            dialog.rejected.connect(lambda: failed(error))

    desk.run(owner, partial(save, version=version, **values), then, failed=on_failure)


def _fail(owner: QWidget, error: Exception, failed: Callable[[Exception], None] | None) -> None:
    if failed is not None:
        failed(error)
        return
    show_error(owner, error)
