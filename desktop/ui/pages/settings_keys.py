"""密钥与签名: my key, the office's root key, who has a card, who was granted a role."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from desktop.domain.policy_terms import Action
from desktop.services.identity_overview import KeysPage, keys_page
from desktop.services.office import Reading
from desktop.ui.desk import Desk
from desktop.ui.keys_list import KeysList
from desktop.ui.keys_own import OwnKey
from desktop.ui.keys_root import RootKey
from desktop.ui.pages.settings_panel import Panel, refusal_for
from desktop.ui.pieces import words


class KeysPanel(Panel):
    """Two cards side by side, and the lists below them."""

    key = "keys"
    title = "密钥与签名"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.own, self.root, self.list = OwnKey(desk), RootKey(desk), KeysList(desk)
        self.refusal = words(role="muted")
        for part in (self.own, self.root):
            part.changed.connect(self.reload)
        above = QHBoxLayout()
        above.setSpacing(12)
        above.addWidget(self.own, 1)
        above.addWidget(self.root, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(12)
        layout.addLayout(above)
        layout.addWidget(self.refusal)
        layout.addWidget(self.list, 1)

    def reload(self) -> None:
        actor = self.desk.actor

        def query(reading: Reading) -> tuple[KeysPage, str]:
            return keys_page(reading, actor), refusal_for(reading, actor, Action.MANAGE_OFFICE)

        self.desk.read(self, query, self._show, key="keys")

    def _show(self, found: tuple[KeysPage, str]) -> None:
        page, refusal = found
        self.refusal.setText(refusal)
        self.refusal.setVisible(bool(refusal))
        self.own.show_page(page)
        self.root.show_page(page, may=not refusal)
        self.list.show_page(page, may=not refusal)
