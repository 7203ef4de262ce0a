"""The first start: make the office's data, open existing data, join a shared office, or look at an example office.

The first page stands at once; the others are made when they are first asked for (see `desktop.ui.loading`). Its sign,
in a place kept for it, and what nobody misses in the first moment follow when it has painted itself.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from desktop import TITLE
from desktop.domain.errors import Refusal
from desktop.services.clock import Clock, local_clock
from desktop.services.home import Home, default_data_file, example_file
from desktop.ui.instance import Claims
from desktop.ui.loading import load_office
from desktop.ui.opener import Opener, unless_given_up
from desktop.ui.operations import Operations, Ticket
from desktop.ui.pieces import card, heading, let_copy, named, plain_words
from desktop.ui.start_welcome import StartPage, WelcomePage

if TYPE_CHECKING:
    from desktop.services.office import Office
    from desktop.services.opening import Founding
    from desktop.ui.start_departments import DepartmentsPage
    from desktop.ui.start_pages import CompanyPage, NewPlacePage, OpenPlacePage, PolicyPage, SelfPage
    from desktop.ui.start_recent import RecentRow
    from desktop.ui.start_server import LoginPage, ServerPage

P = TypeVar("P", bound=StartPage)
_SIGN = 64
_GAP = 20
_IN_FILE: tuple[str, ...] = ("place", "company", "policy", "departments", "person")
"""The steps to a new office in a file …"""
_ON_SERVER: tuple[str, ...] = ("server", *_IN_FILE[1:], "login")
"""… and to one on a server."""
Example = Callable[[Ticket], "Office"]
"""Makes (or finds) the example office, telling progress, and opens it."""


class StartDialog(QDialog):
    """Leads from nothing to an open office. ``office`` holds it once the dialog was accepted.

    ``trouble`` is told at once: why the data opened last could not be opened this time. ``open_now`` is the place of an
    office that stands open meanwhile. ``about_wanted`` asks for 关于与诊断.
    """

    about_wanted = Signal()

    def __init__(
        self,
        home: Home,
        operations: Operations,
        claims: Claims,
        example: Example | None = None,
        *,
        trouble: Refusal | None = None,
        open_now: str = "",
        clock: Clock = local_clock,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("start")
        self.setWindowTitle(TITLE)
        self.resize(720, 560)
        self.office: Office | None = None
        self.recent: RecentRow | None = None
        self._home, self._operations, self._claims = home, operations, claims
        self._clock, self._example = clock, example
        self.opener = Opener(home, operations, claims, self, clock)
        self.opener.opened.connect(self._arrive)
        self.opener.refused.connect(self._tell_refused)
        self.welcome = WelcomePage(with_example=example is not None)
        self._open_now = open_now
        self._painted = False
        self._steps = _IN_FILE
        self._made: dict[str, StartPage] = {}
        self._lay_out()
        self._connect()
        self._turn_to(self.welcome)
        self.welcome.setFocus()
        self._tell_trouble(trouble)

    def _lay_out(self) -> None:
        self._title, self._hint, self._step = heading("", 1.6), plain_words(role="muted"), plain_words(role="faint")
        self._trouble = named(plain_words(role="problem"), "trouble")
        self._stack = QStackedWidget()
        self._stack.addWidget(self.welcome)
        self._problem = plain_words(role="muted")
        self.back = QPushButton("上一步")
        self.forward = QPushButton("下一步", default=True)
        self.forward.setProperty("role", "primary")
        frame, inside = card(margin=26, spacing=8)
        said = QVBoxLayout()
        said.setSpacing(8)
        for widget in (self._step, self._title, self._hint):
            said.addWidget(widget)
        self._sign = QLabel()
        self._sign.setFixedSize(_SIGN, _SIGN)
        beside = QVBoxLayout()
        beside.addWidget(self._sign)
        beside.addStretch(1)
        head = QHBoxLayout()
        head.setSpacing(18)
        head.addLayout(beside)
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

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._painted:
            self._painted = True
            QTimer.singleShot(0, self, self._finish)

    def _finish(self) -> None:
        """Give the page, once it stands, what nobody could see or use sooner."""
        from PySide6.QtGui import QKeySequence, QShortcut

        from desktop.ui.emblem import emblem

        self._sign.setPixmap(emblem(_SIGN, self.devicePixelRatioF()))
        QShortcut(QKeySequence("F1"), self, self.about_wanted.emit)
        let_copy(self._step, self._hint, self._trouble, self._problem)
        self.welcome.finish()
        self._offer_recent()

    def _offer_recent(self) -> None:
        """Offer the offices that were opened on this machine, but the one that stands open and the example."""
        known, left_out = self._home.remembered(), {"", self._open_now, str(example_file(self._home))}
        if places := [place for place in (known.target, *known.before) if place not in left_out]:
            from desktop.ui.start_recent import RecentRow

            self.recent = RecentRow(places)
            self.recent.wanted.connect(self.opener.open)
            self.welcome.offer(self.recent)
            self.resize(self.width(), self.height() + self.recent.sizeHint().height() + _GAP)

    def _connect(self) -> None:
        self.welcome.make.connect(lambda: self.show_page(self.place))
        self.welcome.open.connect(lambda: self.show_page(self.existing))
        self.welcome.join.connect(self._join)
        self.welcome.example.connect(self._open_example)
        self.about.clicked.connect(self.about_wanted)
        self.back.clicked.connect(self._go_back)
        self.forward.clicked.connect(self._go_on)

    @cached_property
    def existing(self) -> OpenPlacePage:
        """Where the data is that somebody has made."""
        from desktop.ui.start_pages import OpenPlacePage

        remembered = self._home.remembered().target
        return self._put("existing", OpenPlacePage(self._operations, "" if "://" in remembered else remembered))

    @cached_property
    def place(self) -> NewPlacePage:
        """Where the new data is to be."""
        from desktop.ui.start_pages import NewPlacePage

        page = self._put("place", NewPlacePage(self._operations, str(default_data_file(self._home))))
        page.server_wanted.connect(lambda: self._make_by(_ON_SERVER))
        return page

    @cached_property
    def server(self) -> ServerPage:
        """On which server the new office is to be."""
        from desktop.ui.start_server import ServerPage

        page = self._put("server", ServerPage())
        page.offer(self._home.remembered().target)
        page.file_wanted.connect(lambda: self._make_by(_IN_FILE))
        return page

    @cached_property
    def login(self) -> LoginPage:
        """By which login whoever sits here connects to it."""
        from desktop.ui.start_server import LoginPage

        return self._put("login", LoginPage())

    @cached_property
    def company(self) -> CompanyPage:
        """Whose office it is."""
        from desktop.ui.start_pages import CompanyPage

        return self._put("company", CompanyPage())

    @cached_property
    def policy(self) -> PolicyPage:
        """By which policy it works."""
        from desktop.services.policies import shipped_policies
        from desktop.ui.start_pages import PolicyPage

        return self._put("policy", PolicyPage(shipped_policies()))

    @cached_property
    def departments(self) -> DepartmentsPage:
        """Which departments carry out its projects."""
        from desktop.ui.start_departments import DepartmentsPage

        return self._put("departments", DepartmentsPage())

    @cached_property
    def person(self) -> SelfPage:
        """Who sits here."""
        from desktop.ui.start_pages import SelfPage

        return self._put("person", SelfPage())

    def _put(self, key: str, page: P) -> P:
        self._made[key] = page
        self._stack.addWidget(page)
        page.changed.connect(self._refresh)
        return page

    def _step_of(self, page: StartPage) -> int:
        """Which step to a new office a page is, from 1; 0 if it is none."""
        return next((number for number, key in enumerate(self._steps, 1) if self._made.get(key) is page), 0)

    def _make_by(self, steps: tuple[str, ...]) -> None:
        """Make the office in a file, or on a server."""
        self._steps = steps
        self.show_page(self._page_of(1))

    @property
    def page(self) -> StartPage:
        """The page that is shown."""
        shown = self._stack.currentWidget()
        assert isinstance(shown, StartPage)  # noqa: S101 – nothing else was ever put there
        return shown

    def show_page(self, page: StartPage) -> None:
        """Go to that page."""
        from PySide6.QtCore import Qt

        self._turn_to(page)
        page.setFocus(Qt.FocusReason.TabFocusReason)

    def _turn_to(self, page: StartPage) -> None:
        self._stack.setCurrentWidget(page)
        step = self._step_of(page)
        if step > self._steps.index("policy") + 1:
            self.departments.set_policy(self.policy.policy)
        if step and self._steps[step - 1] == "person":
            self.person.set_policy(self.policy.policy)
            self.person.offer_departments(self.departments.all_names)
        if step and self._steps[step - 1] == "login":
            self.login.suggest(self.person.person.text(), self.person.staff_no.text())
        page.start()
        self._step.setText(f"新建办公室　第 {step} 步，共 {len(self._steps)} 步" if step else "")
        self._step.setVisible(bool(step))
        self._title.setText(page.title)
        self._hint.setText(page.hint)
        self._sign.setVisible(page is self.welcome)
        self.about.setVisible(page is self.welcome)
        self._trouble.setVisible(page is self.welcome and bool(self._trouble.text()))
        self.back.setVisible(page is not self.welcome)
        self.forward.setVisible(page is not self.welcome)
        self._refresh()

    def _refresh(self) -> None:
        page = self.page
        last = "建立办公室" if self._step_of(page) == len(self._steps) else "打开" if self._opens(page) else "下一步"
        self.forward.setText(last)
        problem = "" if page is self.welcome else page.problem
        self._problem.setText(problem)
        self.forward.setEnabled(not problem)

    def _opens(self, page: StartPage) -> bool:
        return page is self._made.get("existing")

    def _go_back(self) -> None:
        step = self._step_of(self.page)
        self.show_page(self._page_of(step - 1) if step > 1 else self.welcome)

    def _go_on(self) -> None:
        if self.page.problem:
            return
        step = self._step_of(self.page)
        if self._opens(self.page):
            self.opener.open(self.existing.target)
        elif self.page is self._made.get("server"):
            self._look_at_server()
        elif step == len(self._steps):
            self._found()
        else:
            self.show_page(self._page_of(step + 1))

    def _look_at_server(self) -> None:
        """Go on from the server's page once the server was asked whether the office can be made there."""
        from desktop.ui.start_founding import look_at_server

        look_at_server(self.server, self._operations, lambda: self.show_page(self._page_of(2)))

    def _page_of(self, step: int) -> StartPage:
        page: StartPage = getattr(self, self._steps[step - 1])
        return page

    def founding(self) -> Founding:
        """What the pages say about the new office."""
        from desktop.services.opening import Founding

        policy = self.policy.policy
        return Founding(
            company=self.company.company.text(),
            policy_text=policy.text,
            policy_file=policy.title,
            person=self.person.person.text(),
            roles=self.person.chosen_roles,
            department=self.person.department.currentText(),
            staff_no=self.person.staff_no.text().strip(),
            departments=self.departments.names,
            logo=self.company.logo.logo,
        )

    def _found_on_server(self) -> None:
        from desktop.ui.start_founding import making_on_server, plan_of

        plan = plan_of(self.server, self.login)
        make = making_on_server(plan, self.founding(), self._home, self._clock)
        self._begin(plan.place.target(), make, "正在服务器上建立办公室")

    def _found(self) -> None:
        if self._steps is _ON_SERVER:
            self._found_on_server()
            return
        target, founding = self.place.target, self.founding()

        def make(_ticket: Ticket) -> Office:
            from desktop.services.opening import create_office

            return create_office(target, founding, self._home, self._clock)

        self._begin(target, make, "正在建立办公室")

    def _join(self) -> None:
        remembered = self._home.remembered().target
        self.opener.connect_to(remembered if "://" in remembered else "")

    def _open_example(self) -> None:
        if self._example is not None:
            self._begin(str(example_file(self._home)), self._example, "正在准备示例办公室")

    def _begin(self, target: str, make: Example, waiting: str) -> None:
        """Make an office that no other copy is at, and open it."""

        def work(ticket: Ticket) -> Office:
            claims.seize(target, ticket)
            load_office()
            ticket.check()
            return unless_given_up(make(ticket), ticket)

        def dropped(office: Office | None) -> None:
            if office is not None:
                office.close()
            claims.back(ticket)

        claims = self._claims
        ticket = self._operations.start(
            self, work, self._arrive, failed=self._tell_refused, dropped=dropped, waiting=waiting
        )

    def _tell_refused(self, error: Exception) -> None:
        self._claims.back()
        from desktop.ui.error_dialog import show_error

        show_error(self, error)

    def _arrive(self, office: Office) -> None:
        self.office = office
        self.accept()

    def _tell_trouble(self, trouble: Refusal | None) -> None:
        self._trouble.setText(f"数据没有打开：{trouble}" if trouble is not None else "")
        self._trouble.setVisible(trouble is not None)
        if (remembered := self._home.remembered().target) or trouble is not None:
            from PySide6.QtCore import Qt

            self.welcome.setFocusProxy(self.welcome.join_button if "://" in remembered else self.welcome.open_button)
            self.welcome.setFocus(Qt.FocusReason.TabFocusReason)
