"""The first start: make the office's data, open existing data, or look at an example office."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from desktop import TITLE
from desktop.domain.errors import Refusal
from desktop.services.home import Home, default_data_file, example_file
from desktop.services.office import Office
from desktop.services.opening import (
    Founding,
    TargetState,
    address,
    create_office,
    inspect_target,
    local_clock,
    open_office,
    upgrade_office,
)
from desktop.services.policies import shipped_policies
from desktop.ui.emblem import emblem
from desktop.ui.error_dialog import show_error
from desktop.ui.instance import Claims
from desktop.ui.operations import Operations, Ticket
from desktop.ui.pieces import card, heading, named, words
from desktop.ui.question import ask, tell
from desktop.ui.start_pages import (
    CompanyPage,
    NewPlacePage,
    OpenPlacePage,
    PolicyPage,
    SelfPage,
    StartPage,
    TargetPage,
    WelcomePage,
)

_SIGN = 64
Clock = Callable[[], dt.datetime]
Example = Callable[[Ticket], Office]
"""Makes (or finds) the example office, telling progress, and opens it."""


class Opener(QObject):
    """Opens an office's data unless another copy has it, after an upgrade where that is needed and agreed to.

    ``opened`` brings the office; ``refused`` the reason why not; ``declined`` follows an upgrade that nobody wanted.
    """

    opened = Signal(object)
    refused = Signal(object)
    declined = Signal()

    def __init__(
        self, home: Home, operations: Operations, claims: Claims, owner: QWidget, clock: Clock = local_clock
    ) -> None:
        super().__init__(owner)
        self._home, self._operations, self._claims, self._owner, self._clock = home, operations, claims, owner, clock

    def open(self, target: str) -> None:
        """Open what lies there."""

        def work(_ticket: Ticket) -> Callable[[], None]:
            self._claims.seize(target)
            found = inspect_target(target)
            if found.state == "older":
                return partial(self._ask_to_upgrade, target, found)
            return partial(self._arrive, open_office(target, self._home, self._clock))

        def then(go_on: Callable[[], None]) -> None:
            go_on()

        self._operations.start(
            self._owner, work, then, failed=self.refused.emit, key="open", waiting="正在打开数据文件"
        )

    def _ask_to_upgrade(self, target: str, found: TargetState) -> None:
        first = "请先让服务器管理员做好备份；" if found.on_server else "升级前会先做一份核对过的备份，"
        ask(
            self._owner,
            "这是旧版本的数据，要升级后才能打开。",
            f"“{found.place}”\n{first}升级不成功时旧数据保持原样。升级后，旧版本的程序不能再打开它。",
            yes="升级" if found.on_server else "备份并升级",
            then=lambda: self._upgrade(target),
        ).rejected.connect(self._decline)

    def _decline(self) -> None:
        self._claims.back()
        self.declined.emit()

    def _upgrade(self, target: str) -> None:
        def then(backup: object) -> None:
            where = f"升级前的备份在：\n{backup}" if backup is not None else ""
            tell(self._owner, "数据已经升级。", where).finished.connect(lambda: self.open(target))

        self._operations.start(
            self._owner,
            lambda _ticket: upgrade_office(target, self._home, self._clock),
            then,
            failed=self.refused.emit,
            waiting="正在备份并升级数据",
        )

    def _arrive(self, office: Office) -> None:
        target = address(office.database)  # absolute, and without a server's password
        if self._home.remembered().target != target:
            self._home.remember(target=target, person_id="")
        self.opened.emit(office)


class StartDialog(QDialog):
    """Leads from nothing to an open office. ``office`` holds it once the dialog was accepted.

    ``trouble`` is told at once: why the data opened last could not be opened this time. ``about_wanted`` asks for
    关于与诊断.
    """

    about_wanted = Signal()

    def __init__(
        self,
        home: Home,
        operations: Operations,
        claims: Claims,
        *,
        example: Example | None = None,
        trouble: Refusal | None = None,
        clock: Clock = local_clock,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("start")
        self.setWindowTitle(TITLE)
        self.resize(720, 500)
        self.office: Office | None = None
        self._home, self._operations, self._claims = home, operations, claims
        self._clock, self._example = clock, example
        self.opener = Opener(home, operations, claims, self, clock)
        self.opener.opened.connect(self._arrive)
        self.opener.refused.connect(self._tell_refused)
        self.welcome = WelcomePage(with_example=example is not None)
        self.existing = OpenPlacePage(operations, home.remembered().target)
        self.place = NewPlacePage(operations, str(default_data_file(home)))
        self.company = CompanyPage()
        self.policy = PolicyPage(shipped_policies())
        self.person = SelfPage()
        self._making: tuple[StartPage, ...] = (self.place, self.company, self.policy, self.person)
        self._lay_out()
        self._connect()
        self.show_page(self.welcome)
        self._tell_trouble(trouble)

    def _lay_out(self) -> None:
        self._title, self._hint, self._step = heading("", 1.6), words(role="muted"), words(role="faint")
        self._trouble = named(words(role="problem"), "trouble")
        self._stack = QStackedWidget()
        for page in (self.welcome, self.existing, *self._making):
            self._stack.addWidget(page)
        self._problem = words(role="muted")
        self.back = QPushButton("上一步")
        self.forward = QPushButton("下一步", default=True)
        self.forward.setProperty("role", "primary")
        frame, inside = card(margin=26, spacing=8)
        said = QVBoxLayout()
        said.setSpacing(8)
        for widget in (self._step, self._title, self._hint):
            said.addWidget(widget)
        self._sign = QLabel()
        self._sign.setPixmap(emblem(_SIGN, self.devicePixelRatioF()))
        head = QHBoxLayout()
        head.setSpacing(18)
        head.addWidget(self._sign, 0, Qt.AlignmentFlag.AlignTop)
        head.addLayout(said, 1)
        inside.addLayout(head)
        inside.addWidget(self._trouble)
        inside.addSpacing(10)
        inside.addWidget(self._stack, 1)
        self.about = QPushButton("关于与诊断…")
        self.about.setAutoDefault(False)
        foot = QHBoxLayout()
        foot.addWidget(self.about)
        foot.addWidget(self._problem, 1)
        foot.addWidget(self.back)
        foot.addWidget(self.forward)
        inside.addLayout(foot)
        layout = QVBoxLayout(self)
        layout.addWidget(frame)

    def _connect(self) -> None:
        self.welcome.make.connect(lambda: self.show_page(self.place))
        self.welcome.open.connect(lambda: self.show_page(self.existing))
        self.welcome.example.connect(self._open_example)
        self.about.clicked.connect(self.about_wanted)
        QShortcut(QKeySequence("F1"), self, self.about_wanted.emit)
        self.back.clicked.connect(self._go_back)
        self.forward.clicked.connect(self._go_on)
        for page in (self.existing, *self._making):
            page.changed.connect(self._refresh)

    @property
    def page(self) -> StartPage:
        """The page that is shown."""
        shown = self._stack.currentWidget()
        assert isinstance(shown, StartPage)  # noqa: S101 – nothing else was ever put there
        return shown

    def show_page(self, page: StartPage) -> None:
        """Go to that page."""
        self._stack.setCurrentWidget(page)
        if page is self.person:
            self.person.set_policy(self.policy.policy)
        if isinstance(page, TargetPage):
            page.start()
        steps = self._making
        self._step.setText(f"新建办公室　第 {steps.index(page) + 1} 步，共 {len(steps)} 步" if page in steps else "")
        self._step.setVisible(page in steps)
        self._title.setText(page.title)
        self._hint.setText(page.hint)
        self._sign.setVisible(page is self.welcome)
        self.about.setVisible(page is self.welcome)
        self._trouble.setVisible(page is self.welcome and bool(self._trouble.text()))
        self.back.setVisible(page is not self.welcome)
        self.forward.setVisible(page is not self.welcome)
        self._refresh()
        page.setFocus(Qt.FocusReason.TabFocusReason)

    def _refresh(self) -> None:
        last = {self.person: "建立办公室", self.existing: "打开"}
        self.forward.setText(last.get(self.page, "下一步"))
        problem = "" if self.page is self.welcome else self.page.problem
        self._problem.setText(problem)
        self.forward.setEnabled(not problem)

    def _go_back(self) -> None:
        steps = self._making
        place = steps.index(self.page) if self.page in steps else 0
        self.show_page(steps[place - 1] if place else self.welcome)

    def _go_on(self) -> None:
        if self.page.problem:
            return
        if self.page is self.existing:
            self.opener.open(self.existing.target)
        elif self.page is self.person:
            self._found()
        else:
            self.show_page(self._making[self._making.index(self.page) + 1])

    def founding(self) -> Founding:
        """What the pages say about the new office."""
        policy = self.policy.policy
        return Founding(
            company=self.company.company.text(),
            policy_text=policy.text,
            policy_file=policy.title,
            person=self.person.person.text(),
            roles=self.person.chosen_roles,
            department=self.person.department.currentText(),
            staff_no=self.person.staff_no.text().strip(),
            logo=self.company.logo.logo,
        )

    def _found(self) -> None:
        target, founding = self.place.target, self.founding()
        self._begin(target, lambda _ticket: create_office(target, founding, self._home, self._clock), "正在建立办公室")

    def _open_example(self) -> None:
        if self._example is not None:
            self._begin(str(example_file(self._home)), self._example, "正在准备示例办公室")

    def _begin(self, target: str, make: Example, waiting: str) -> None:
        """Make an office that no other copy is at, and open it."""

        def work(ticket: Ticket) -> Office:
            self._claims.seize(target)
            return make(ticket)

        self._operations.start(self, work, self._arrive, failed=self._tell_refused, waiting=waiting)

    def _tell_refused(self, error: Exception) -> None:
        self._claims.back()
        show_error(self, error)

    def _arrive(self, office: Office) -> None:
        self.office = office
        self.accept()

    def _tell_trouble(self, trouble: Refusal | None) -> None:
        if trouble is not None:
            self._trouble.setText(f"数据没有打开：{trouble}")
            self._trouble.show()
            self.welcome.setFocusProxy(self.welcome.open_button)
            self.welcome.setFocus(Qt.FocusReason.TabFocusReason)
