"""What a new office does first, with what is done already."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QVBoxLayout, QWidget

from desktop.domain.policy import Policy
from desktop.domain.policy_terms import Action, Scope
from desktop.domain.rights import OFFICE, may
from desktop.services.invited import logins_handed_out
from desktop.services.office import Reading
from desktop.services.office_forms import office_forms
from desktop.services.people import PersonRow, list_departments, list_people, standing
from desktop.services.projects import ProjectQuery, project_totals
from desktop.services.work_calendar import calendar_notice
from desktop.ui.colours import TONES
from desktop.ui.pieces import button, card, heading, words

_TWO = 2
UNINVITED = "同事还没有登录名，连接不上这个办公室：请给每个人一个登录名，把邀请函交给本人。"
"""What is said while nobody but the founder can connect."""


@dataclass(frozen=True)
class Beginnings:
    """How far an office has been set up, and whether this person may go on with it.

    ``logins`` is None where there are none to hand out, or this person hands out none.
    """

    projects: int
    people: int
    calendar: str
    vacant: tuple[str, ...]
    may_import: bool
    may_manage: bool
    may_register: bool
    own_departments: tuple[str, ...] = ()
    lacks_departments: bool = False
    logins: int | None = None

    @property
    def complete(self) -> bool:
        """Whether there is work to show."""
        return self.projects > 0 and self.people > 1

    @property
    def alone(self) -> bool:
        """Whether this person hands out the logins, and nobody else has one."""
        return self.logins is not None and self.logins < _TWO

    @property
    def vacancy(self) -> str:
        """What follows from roles that nobody holds, in words; nothing where every signature has its person."""
        roles = "、".join(self.vacant)
        return f"还没有人担任：{roles}。送到这里的表单会等着，没有人能签。" if roles else ""


def beginnings(reading: Reading, actor: UUID) -> Beginnings:
    """Look how far the office has been set up."""
    held = standing(reading, actor)
    people = list_people(reading)
    departments = own_departments(reading)
    return Beginnings(
        projects=project_totals(reading, actor, ProjectQuery()).count,
        people=len(people),
        calendar=calendar_notice(reading),
        vacant=vacant_roles(reading.policy, people),
        may_import=may(reading.policy, held, Action.IMPORT_LEDGER, OFFICE),
        may_manage=may(reading.policy, held, Action.MANAGE_PEOPLE, OFFICE),
        may_register="contract" in office_forms(reading, actor),
        own_departments=departments,
        lacks_departments=bool(reading.policy.suggested_departments) and not departments,
        logins=logins_handed_out(reading),
    )


def own_departments(reading: Reading) -> tuple[str, ...]:
    """The departments in use, of the first level, that the office has beside those which its policy names."""
    standing = reading.policy.standing_departments
    rows = (row for row in list_departments(reading) if row.active and row.parent_id is None)
    return tuple(row.name for row in rows if row.name not in standing)


def vacant_roles(policy: Policy, people: Sequence[PersonRow]) -> tuple[str, ...]:
    """The titles of the roles that sign something, come with no project, and are held by nobody."""
    held = {role.role_key for person in people for role in person.roles}
    signing = {step.signer for form in policy.forms for step in form.steps}
    wanted = (role for role in policy.roles if role.key in signing and not role.held_as)
    return tuple(role.title for role in wanted if role.scope is not Scope.PROJECT and role.key not in held)


class FirstSteps(QWidget):
    """Steps with a button each. ``wanted`` names the one pressed."""

    wanted = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        frame, column = card(margin=24, spacing=12)
        column.addWidget(heading("从这里开始"))
        column.addWidget(words("办公室已经建好，接下来做这几件事，工作台就会列出每天该办的事。", "muted"))
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(14)
        grid.setColumnStretch(1, 1)
        self._marks: dict[str, QLabel] = {}
        self._words: dict[str, QLabel] = {}
        self.buttons = {
            "departments": button("添加部门", lambda: self.wanted.emit("departments")),
            "people": button("添加人员", lambda: self.wanted.emit("people"), primary=True),
            "logins": button("邀请同事", lambda: self.wanted.emit("logins")),
            "import": button("导入台账…", lambda: self.wanted.emit("import")),
            "contract": button("登记合同", lambda: self.wanted.emit("contract")),
            "calendar": button("核对日历", lambda: self.wanted.emit("calendar")),
        }
        for place, (key, made) in enumerate(self.buttons.items()):
            self._marks[key], self._words[key] = QLabel(), words()
            grid.addWidget(self._marks[key], place, 0)
            grid.addWidget(self._words[key], place, 1)
            grid.addWidget(made, place, 2)
        column.addLayout(grid)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(frame)
        layout.addStretch(1)

    def show_beginnings(self, found: Beginnings) -> None:
        """Show what is done and what is not."""
        own = f"做项目的部门：{'、'.join(found.own_departments)}。" if found.own_departments else "部门已照制度设立。"
        told = (
            "还没有做项目的部门，合同登记时项目没有部门可归；请照您单位的叫法添加。" if found.lacks_departments else own
        )
        self._tell("departments", told, done=not found.lacks_departments, allowed=found.may_manage)
        ledger = f"台账中有 {found.projects} 个项目。" if found.projects else "把现有的项目台账（Excel）导入进来。"
        people = f"已登记 {found.people} 人。" if found.people > 1 else "登记同事，写明谁担任哪个角色、由谁审批。"
        people += found.vacancy if found.people > 1 else ""
        self._tell("import", ledger, done=found.projects > 0, allowed=found.may_import)
        started = found.projects > 0
        begin = "项目已经开立。" if started else "没有台账的，从登记合同开始：合同登记批准后开立项目，再任命项目经理。"
        self._tell("contract", begin, done=started, allowed=found.may_register)
        self._tell("people", people, done=found.people > 1 and not found.vacant, allowed=found.may_manage)
        invited = UNINVITED if found.alone else f"已有 {found.logins} 个登录名。"
        self._tell("logins", invited, done=not found.alone, allowed=True, here=found.logins is not None)
        calendar = found.calendar or "工作日历的数据够用。"
        self._tell("calendar", calendar, done=not found.calendar, allowed=found.may_manage)

    def _tell(self, key: str, text: str, *, done: bool, allowed: bool, here: bool = True) -> None:
        self._marks[key].setText("✓" if done else "○")
        self._marks[key].setStyleSheet(f"color: {TONES['good' if done else 'neutral'].ink}; font-weight: bold")
        self._words[key].setText(text)
        self.buttons[key].setVisible(allowed and here)
        for part in (self._marks[key], self._words[key]):
            part.setVisible(here)
