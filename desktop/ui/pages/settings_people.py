"""People and their roles: two may bear one name, one may hold several roles (ROLE-11)."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Hashable
from dataclasses import asdict, replace
from uuid import UUID

from PySide6.QtWidgets import QCheckBox, QSplitter, QStackedWidget, QVBoxLayout

from desktop.domain.policy import Role
from desktop.domain.policy_terms import Action
from desktop.services.logins import open_logins
from desktop.services.merging import merge_people, preview_person_merger
from desktop.services.office import Reading
from desktop.services.people import (
    DepartmentRow,
    PersonRow,
    RoleHeld,
    add_person,
    assign_role,
    change_person,
    end_role,
    list_departments,
    list_people,
)
from desktop.services.people_history import person_history
from desktop.services.roles import change_role_days, role_history
from desktop.services.watching import last_change
from desktop.ui.desk import Desk
from desktop.ui.history_dialog import HistoryDialog
from desktop.ui.merge_dialog import Mergeable, MergeDialog
from desktop.ui.pages.people_books import PeopleBooks
from desktop.ui.pages.person_editor import PersonEditor, PersonEntry
from desktop.ui.pages.role_overview import RoleOverview
from desktop.ui.pages.settings_panel import Panel, refusal_for
from desktop.ui.pieces import Segments, button, card, row
from desktop.ui.question import ask, tell
from desktop.ui.role_days import DaysDialog
from desktop.ui.saving import save_record
from desktop.ui.stand_in_dialog import StandInDialog
from desktop.ui.table_source import Ask, Column, MemorySource
from desktop.ui.tables import Table


def roles_text(person: PersonRow) -> str:
    """The roles that a person holds, with the place where that is not the whole office."""
    return "、".join(role.text for role in person.roles)


def status_text(person: PersonRow) -> str:
    """Whether somebody works here; of a merged record, whom it stands for."""
    return "已合并" if person.merged_into else "在职" if person.active else "已离职"


COLUMNS: tuple[Column[PersonRow], ...] = (
    Column("姓名", lambda person: person.name, sort="name", width=4.8),
    Column("工号", lambda person: person.staff_no, sort="staff_no", width=3.8),
    Column("部门", lambda person: person.department, sort="department", width=6),
    Column("担任的角色", roles_text, sort="roles", stretch=True, tip=roles_text),
    Column("电话", lambda person: person.phone, width=5.6),
    Column(
        "状态",
        status_text,
        sort="active",
        tip=lambda person: f"已并入{person.merged_into}" if person.merged_into else "",
        chip=True,
        tone=lambda person: "good" if person.active else "neutral",
        width=4.2,
    ),
)


class PeoplePanel(Panel):
    """The list at the left, one person at the right."""

    key = "people"
    title = "人员与角色"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._people: list[PersonRow] = []
        self._fresh: UUID | None = None
        self.everyone = QCheckBox("含已离职")
        self.everyone.setToolTip("也列出已离职的人员和已合并的记录")
        self.everyone.toggled.connect(self.reload)
        self.table = Table(
            COLUMNS,
            MemorySource(self._load, COLUMNS, _key),
            desk.operations,
            name="人员",
            empty="还没有人员",
            ask=Ask(sort="name"),
            search="姓名、工号、部门、角色、拼音",
        )
        self.table.remember_widths(desk.memory)
        self.table.fit_columns()
        self.table.chosen.connect(self._choose)
        self.table.counted.connect(lambda _count: self._look_for_gone())
        self.editor = PersonEditor()
        self.editor.saved.connect(self.save)
        self.editor.assigned.connect(self._assign)
        self.editor.ended.connect(self._ask_to_end)
        self.stand_ins = button("代理人…", lambda: StandInDialog(self.desk, self.window()).open())
        self.editor.redated.connect(self._ask_days)
        self.editor.history_wanted.connect(self._show_history)
        self.editor.merge_wanted.connect(self._open_merger)
        self.editor.another.connect(self.begin_new)
        self.add = button("添加人员", self.begin_new, primary=True)
        self.books = PeopleBooks(desk)
        self.overview = RoleOverview(desk)
        self.overview.person_wanted.connect(self._show_person)
        self.views = Segments((("people", "人员"), ("roles", "各角色由谁担任")), self._switch)
        self.stack = QStackedWidget()
        self._lay_out()

    def _lay_out(self) -> None:
        frame, column = card(margin=14)
        line = row(self.views, None, self.everyone, self.stand_ins, self.books, self.add)
        column.addLayout(line)
        self.stack.addWidget(self.table)
        self.stack.addWidget(self.overview)
        column.addWidget(self.stack, 1)
        split = QSplitter()
        split.addWidget(frame)
        split.addWidget(self.editor)
        split.setSizes([760, 380])
        split.setStretchFactor(0, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(split)

    def reload(self) -> None:
        actor = self.desk.actor

        def query(reading: Reading) -> tuple[list[DepartmentRow], tuple[Role, ...], str]:
            return list_departments(reading), reading.policy.roles, refusal_for(reading, actor, Action.MANAGE_PEOPLE)

        self.desk.read(self, query, self._offer, key="choices")
        self.table.reload()
        self.overview.reload()
        if self.editor.person_id is not None:
            self._read_roles(self.editor.person_id)

    def _switch(self, key: str) -> None:
        self.stack.setCurrentIndex(0 if key == "people" else 1)
        self.everyone.setVisible(key == "people")

    def _show_person(self, person_id: UUID) -> None:
        self.views.choose("people")
        self.table.search.clear()
        self.table.choose(person_id)

    def _read_roles(self, person_id: UUID) -> None:
        today = self.desk.office.today()

        def then(roles: list[RoleHeld]) -> None:
            if self.editor.person_id == person_id:
                self.editor.show_other_roles(roles, today)

        self.desk.read(self, lambda reading: role_history(reading, person_id), then, key="roles")

    def begin_new(self) -> None:
        """Let a new person be written down."""
        if self.editor.dirty:
            self.ask_to_leave(self._begin)
        else:
            self._begin()

    def _begin(self) -> None:
        self.table.unchoose()
        self.editor.show_person(None)
        self.editor.name.setFocus()

    def save(self, entry: PersonEntry) -> None:
        """Save what was written; a second person of one name is asked about unless a staff number tells them apart."""
        namesakes = [item for item in self._people if item.name == entry.name.strip() and item.id != entry.id]
        if namesakes and not entry.staff_no.strip():
            known = "、".join(
                f"{item.name}（{item.department or '未分部门'}，{item.staff_no or '无工号'}）" for item in namesakes
            )
            ask(
                self,
                f"已经有同名的人：{known}。",
                "如果确是另一个人，最好填写工号和部门，选人时才分得清。",
                yes="确是另一个人",
                no="返回修改",
                then=lambda: self._write(entry),
            )
        else:
            self._write(entry)

    def _write(self, entry: PersonEntry) -> None:
        if entry.id is None:
            use_case = functools.partial(
                add_person,
                name=entry.name,
                staff_no=entry.staff_no,
                department_id=entry.department_id,
                phone=entry.phone,
                email=entry.email,
            )
            self.desk.run(self, use_case, self._registered)
            self.hold(self.editor.save, self.editor.judge)
            return
        person_id = entry.id
        change = functools.partial(change_person, person_id=person_id)
        values = {key: value for key, value in asdict(entry).items() if key not in {"id", "version"}}

        def changed(_nothing: object) -> None:
            self._written(person_id)
            if not entry.active:
                self._look_for_logins(person_id, entry.name)

        save_record(self.desk, self, change, values, entry.version, changed)
        self.hold(self.editor.save, self.editor.judge)

    def _look_for_logins(self, person_id: UUID, name: str) -> None:
        """Whoever left can do nothing any more; that their login still stands is told, to be closed."""
        office = self.desk.office

        def told(logins: list[str]) -> None:
            if not logins:
                return
            what = f"{name}的登录名“{'、'.join(logins)}”还没有关闭。"
            more = f"{name}已离职，用它什么也看不到、做不了，但服务器还认得这个登录名。"
            if office.login is None or not office.login.administrator:
                tell(self, what, f"{more}请告诉管理员关闭它。")
                return
            go = functools.partial(self.desk.wanted.emit, "settings", f"logins/{logins[0]}")
            ask(self, what, f"{more}请在“登录名”里关闭它。", yes="前往“登录名”", no="以后再办", then=go)

        self.desk.operations.start(self, lambda _ticket: open_logins(office, person_id), told, key="logins")

    def _registered(self, person_id: UUID) -> None:
        self._fresh = person_id
        self._written(person_id)

    def _written(self, person_id: UUID) -> None:
        self.editor.settle()
        self.table.choose(person_id)

    def _assign(self, person_id: UUID, role_key: str, department_id: UUID | None) -> None:
        since, until = self.editor.days
        use_case = functools.partial(
            assign_role,
            person_id=person_id,
            role_key=role_key,
            department_id=department_id,
            since=since,
            until=until,
        )
        self.desk.run(self, use_case, lambda _id: None)

    def _ask_to_end(self, held: RoleHeld) -> None:
        ask(
            self,
            f"结束“{held.text}”吗？",
            "从今天起不再担任；以前以这个角色签过的字仍然有效。",
            yes="结束",
            then=lambda: self._end(held),
        )

    def _end(self, held: RoleHeld) -> None:
        end = functools.partial(end_role, assignment_id=held.assignment_id)
        save_record(self.desk, self, end, {}, held.version, lambda _nothing: None, deed="结束")

    def _ask_days(self, held: RoleHeld) -> None:
        dialog = DaysDialog(held, self.window())
        dialog.chosen.connect(self._redate)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _redate(self, held: RoleHeld, since: dt.date, until: dt.date | None) -> None:
        change = functools.partial(change_role_days, assignment_id=held.assignment_id)
        days = {"since": since, "until": until}
        save_record(self.desk, self, change, days, held.version, lambda _nothing: None)

    def _show_history(self, person: PersonRow) -> None:
        read = functools.partial(person_history, person_id=person.id)
        dialog = HistoryDialog(self.desk, f"{person.ref.full}的变动记录", read, self.window())
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _open_merger(self, person: PersonRow) -> None:
        what = Mergeable(
            noun="人员",
            columns=(*COLUMNS[:2], replace(COLUMNS[2], stretch=True)),
            rows=lambda: [item for item in self._people if not item.merged_into],
            key=lambda item: item.id,
            full=lambda item: item.ref.full,
            preview=lambda reading, gone, counts: preview_person_merger(reading, gone.id, counts.id),
            merge=lambda work, gone, counts: merge_people(
                work, gone.id, counts.id, gone_version=gone.version, counts_version=counts.version
            ),
            search="姓名、工号、部门、拼音",
        )
        dialog = MergeDialog(self.desk, what, person, self.window())
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _load(self) -> list[PersonRow]:
        everyone = self.everyone.isChecked()
        people = self.desk.ask(lambda reading: list_people(reading, everyone=True))
        self._people = people
        return [person for person in people if everyone or person.active]

    def _offer(self, found: tuple[list[DepartmentRow], tuple[Role, ...], str]) -> None:
        departments, roles, refusal = found
        policy = self.desk.office.policy
        self.editor.offer(departments, roles, policy.standing_departments if policy.suggested_departments else ())
        self.editor.set_refusal(refusal)
        self.add.setVisible(not refusal)
        self.books.allow(refusal)

    def _choose(self, person: PersonRow | None) -> None:
        if person is None or self.editor.shows(person):
            return
        if self.editor.dirty and self.editor.person_id != person.id:
            self._ask_to_leave(person)
        elif self.editor.dirty:
            self._tell_newer(person)
        else:
            self._show(person)

    def _tell_newer(self, person: PersonRow) -> None:
        read = functools.partial(last_change, entity="person", key=person.id)

        def then(who: str) -> None:
            if self.editor.dirty and self.editor.person_id == person.id:
                self.editor.tell_newer(person, who)

        self.desk.read(self, read, then, key="newer")

    def _show(self, person: PersonRow) -> None:
        self.editor.show_person(person)
        if person.id == self._fresh:
            login = self.desk.office.login
            invited = login is not None and login.administrator
            self.editor.offer_next("要让本人连接进来，再到“登录名”里邀请。" if invited else "")
        self._read_roles(person.id)

    @property
    def unsaved(self) -> str:
        return f"人员“{self.editor.name.text()}”" if self.editor.dirty else ""

    def _ask_to_leave(self, person: PersonRow) -> None:
        kept = self.editor.person_id
        stay = functools.partial(self.table.choose, kept) if kept is not None else self.table.unchoose
        self.ask_to_leave(functools.partial(self._show, person), stay)

    def _look_for_gone(self) -> None:
        """Whoever is being edited may stand in the list no more, since somebody else set them gone: say so."""
        edited = self.editor.person_id if self.editor.dirty else None
        for person in self._people:
            if person.id == edited and not person.active and not self.editor.shows(person):
                self._tell_newer(person)


def _key(person: PersonRow) -> Hashable:
    return person.id
