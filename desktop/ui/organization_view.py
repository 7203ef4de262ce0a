"""A project's organisation on its page: a list, a picture, and the roles given on the project (ROLE-12)."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Sequence
from uuid import UUID

from PySide6.QtGui import QGuiApplication, QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from desktop.domain.organization import Post
from desktop.services.office import Work
from desktop.services.organization import OrganizationPage, organization_page
from desktop.services.roles import RoleHeld, assign_role, end_role
from desktop.ui.archive_files import show_pdf
from desktop.ui.desk import Desk
from desktop.ui.error_dialog import show_error
from desktop.ui.organization_picture import OrganizationPicture
from desktop.ui.pieces import Segments, button, row, words
from desktop.ui.question import ask
from desktop.ui.short_table import short_table
from desktop.ui.staff_dialog import StaffDialog
from desktop.ui.table_source import Column


class OrganizationView(QWidget):
    """Shows the people of one project."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.page: OrganizationPage | None = None
        self._project: UUID | None = None
        self.table = short_table(
            *(desk, self._columns(), self._posts, lambda item: item.key),
            name="项目组织",
            empty="还没有人。项目经理、客户经理由台账写明，成员在这里指定或写在组织计划里。",
        )
        self.table.fit_columns()
        self.table.search.hide()
        self.picture = OrganizationPicture()
        self._area = QScrollArea()
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setWidgetResizable(True)
        self._area.setWidget(self.picture)
        self.views = Segments((("list", "名单"), ("picture", "组织图")), self._switch)
        self.give = button("指定角色…", self.open_staff)
        self.end = button("结束角色…", self._ask_to_end)
        self.print = button("打印…", self._print)
        self.copy = button("复制图片", self.copy_picture)
        self.notes = words(role="muted")
        self._stack = QStackedWidget()
        self._stack.addWidget(self.table)
        self._stack.addWidget(self._area)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addLayout(row(self.views, None, self.copy, self.print, self.end, self.give))
        layout.addWidget(self.notes)
        layout.addWidget(self._stack, 1)
        self.table.chosen.connect(lambda _post: self._allow())
        self._switch("list")
        self._allow()

    def show_project(self, project_id: UUID) -> None:
        """Show the people of that project."""
        if project_id != self._project:
            self.page, self._project = None, project_id
        actor = self.desk.actor
        self.desk.read(
            self, lambda reading: organization_page(reading, actor, project_id), self._show, key="organization"
        )

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.picture.fit(self._area.viewport().width())

    def _show(self, page: OrganizationPage) -> None:
        self.page = page
        self.notes.setText("；".join(page.organization.notes))
        self.notes.setVisible(bool(page.organization.notes))
        self.picture.show_organization(page.organization)
        self.table.reload()
        self._allow()

    def _columns(self) -> tuple[Column[Post], ...]:
        def above(post: Post) -> str:
            return self.page.organization.name_of(post.reports_to) if self.page else ""

        return (
            Column("姓名", lambda item: item.name, sort="name", width=4.2, tip=lambda item: item.full),
            Column("职责", lambda item: item.duty, stretch=True, tip=lambda item: item.duty),
            Column("小组", lambda item: item.group, sort="group", width=4.2),
            Column("汇报给", above, sort="above", width=4),
            Column("部门", lambda item: item.department, sort="department", width=5.4),
            Column("工号", lambda item: item.person.staff_no if item.person else "", width=3.6),
            Column("自", lambda item: str(item.since or ""), align="centre", sort="since", width=5.5),
            Column("写在", lambda item: item.source, width=5.4),
        )

    def _posts(self) -> Sequence[Post]:
        return self.page.organization.posts if self.page else ()

    def _switch(self, key: str) -> None:
        picture = key == "picture"
        self._stack.setCurrentIndex(int(picture))
        self.print.setVisible(picture)
        self.copy.setVisible(picture)
        self.end.setVisible(not picture)
        if picture:
            self.picture.fit(self._area.viewport().width())

    def _allow(self) -> None:
        """Say of the buttons who may; a row without a role given here has none to end."""
        refusal = self.page.refusal if self.page else ""
        offered = bool(self.page and self.page.offered)
        self.give.setEnabled(self.page is not None and not refusal and offered)
        self.give.setToolTip(refusal or ("" if offered else "现行制度里没有在项目上指定的角色"))
        self.end.setEnabled(not refusal and bool(self._given()))
        self.end.setToolTip(refusal or "这一行没有在项目上指定的角色")

    def _given(self) -> tuple[RoleHeld, ...]:
        post = self.table.current()
        return self.page.roles.get(post.key, ()) if self.page and post else ()

    def open_staff(self) -> StaffDialog | None:
        """Ask who is to have which role."""
        if self.page is None:
            return None
        dialog = StaffDialog(self.page.people, self.page.offered, self.window())
        dialog.chosen.connect(self._staff)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()
        return dialog

    def _staff(self, person_id: UUID, role_key: str, since: dt.date | None, until: dt.date | None) -> None:
        use_case = functools.partial(
            assign_role, person_id=person_id, role_key=role_key, project_id=self._project, since=since, until=until
        )
        self.desk.run(self, use_case, lambda _id: self._again())

    def _ask_to_end(self) -> None:
        post, given = self.table.current(), self._given()
        if post is None or not given:
            return
        titles = "、".join(held.title for held in given)
        ask(
            self,
            f"结束{post.name}在这个项目上的“{titles}”吗？",
            "从今天起不再担任；以前做过的不受影响。",
            yes="结束",
            then=lambda: self._end(given),
        )

    def _end(self, given: Sequence[RoleHeld]) -> None:
        def use_case(work: Work) -> None:
            for held in given:
                end_role(work, held.assignment_id, version=held.version)

        def failed(error: Exception) -> None:
            show_error(self, error)
            self._again()

        self.desk.run(self, use_case, lambda _nothing: self._again(), failed=failed)

    def _again(self) -> None:
        if self._project is not None:
            self.show_project(self._project)

    def copy_picture(self) -> None:
        """Put the picture on the clipboard."""
        QGuiApplication.clipboard().setImage(self.picture.image())

    def _print(self) -> None:
        if self.page is not None:
            show_pdf(self, self.picture.pdf(), f"{self.page.organization.project} 项目组织图.pdf")
