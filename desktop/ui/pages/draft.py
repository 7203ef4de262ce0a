"""The page on which a form is filled in: it saves itself, says what is missing, and submits."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QVBoxLayout

from desktop.domain.errors import Refusal
from desktop.domain.form import Problem
from desktop.services.changes import Changes, Done
from desktop.services.drafting import Draft, DraftPage, draft_page, load_draft
from desktop.services.office import Reading
from desktop.services.printing import print_draft
from desktop.services.projects import get_project
from desktop.services.route import Asked, route_of
from desktop.services.submitting import Incomplete, submit_draft
from desktop.ui.archive_files import field_context, show_printed
from desktop.ui.desk import Desk
from desktop.ui.draft_help import help_for
from desktop.ui.draft_keeper import DraftKeeper
from desktop.ui.error_dialog import show_error
from desktop.ui.fields.base import FieldContext
from desktop.ui.form_editor import UNREAD, FormEditor
from desktop.ui.operations import Ticket
from desktop.ui.page import Page
from desktop.ui.pieces import button, clear, heading, named, row, words
from desktop.ui.question import ask, tell
from desktop.ui.route_words import route_words

DRAFTS = Changes(frozenset({"draft"}))
"""What is told when a draft was begun, submitted or thrown away."""


@dataclass(frozen=True)
class _Opened:
    """A draft with all that its editor needs."""

    page: DraftPage
    subject: str
    context: FieldContext
    unread: object


class DraftView(Page):
    """Fills in one draft at a time."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._editor: FormEditor | None = None
        self._keeper: DraftKeeper | None = None
        self._opened: _Opened | None = None
        self._title = heading("")
        self._subject = words("", "muted", wrap=False)
        self._saved = words("", "muted", wrap=False)
        self._barred = words("", "problem")
        self._barred.hide()
        self._coming = named(words("", "muted"), "预计")
        self._coming.hide()
        self._undo = button("撤销", self._undo_edit)
        self._redo = button("重做", self._redo_edit)
        self.help = button("", self._bring_up)
        self.help.hide()
        self.discard = button("删除草稿", self._ask_discard)
        self.preview = button("打印预览", self._preview)
        self.submit = button("提交", self._ask_submit, primary=True)
        self.submit.setToolTip("提交（Ctrl+Enter）")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 10, 16, 0)
        layout.setSpacing(10)
        back = button("← 返回", lambda: self.desk.wanted.emit("back", None))
        layout.addLayout(
            row(
                *(back, self._title, self._subject, None, self._saved),
                *(self._undo, self._redo, self.help, self.discard, self.preview, self.submit),
            )
        )
        layout.addWidget(self._barred)
        layout.addWidget(self._coming)
        self._body = QVBoxLayout()
        layout.addLayout(self._body, 1)
        inside = Qt.ShortcutContext.WidgetWithChildrenShortcut
        QShortcut(QKeySequence("Ctrl+Return"), self, self._ask_submit, context=inside)

    @property
    def editor(self) -> FormEditor | None:
        """The editor of the form that is open."""
        return self._editor

    def reload(self) -> None:
        """A draft is the author's alone: nothing outside changes it while it is open."""

    def show_item(self, kind: str, item: object) -> None:
        """Open a draft, given itself or its id."""
        self.leave()
        desk = self.desk

        def work(_ticket: Ticket) -> _Opened:
            draft = item if isinstance(item, Draft) else load_draft(desk.office, UUID(str(item)))
            return desk.ask(lambda reading: self._open(reading, draft))

        desk.operations.start(self, work, self._show, key="open", failed=self._gone)

    def reseat(self) -> None:
        """Keep the draft of the one who sat here, and put it away."""
        self.leave()
        self._close()
        if self.isVisible():
            self.desk.wanted.emit("back", None)

    def leave(self) -> None:
        """Save at once what a moment later would have been saved by itself."""
        if self._editor is not None and self._keeper is not None:
            self._editor.stop()
            try:
                self._keeper.save_now()
            except Refusal as error:
                show_error(self, error)

    def _open(self, reading: Reading, draft: Draft) -> _Opened:
        page = draft_page(reading, draft)
        project = get_project(reading, draft.project_id) if draft.project_id else None
        subject = f"{project.marked} {project.name}" if project else reading.office.name
        return _Opened(page, subject, field_context(self.desk, self, page.facts), draft.content.get(UNREAD))

    def _show(self, opened: _Opened) -> None:
        self._close()
        draft = opened.page.draft
        editor = FormEditor(opened.page.form, opened.page.facts, opened.context)
        editor.guide.barred = any(item.stops for item in opened.page.unmet)
        editor.set_content({**draft.content, UNREAD: opened.unread} if opened.unread else draft.content)
        keeper = DraftKeeper(self.desk, draft, editor.content, self)
        editor.edited.connect(keeper.save)
        keeper.saved.connect(self._tell_saved)
        keeper.failed.connect(self._tell_unsaved)
        editor.judged.connect(self._judge)
        self._editor, self._keeper, self._opened = editor, keeper, opened
        self._body.addWidget(editor)
        again = "（修改后重新提交）" if draft.filing_id else ""
        self._title.setText(f"{opened.page.form.title}{again}")
        self._subject.setText(opened.subject)
        self._show_barred(opened.page)
        self._tell_saved(draft.saved_at)
        self._judge(editor.problems)

    def _close(self) -> None:
        clear(self._body)
        self._editor = self._keeper = self._opened = None

    def _gone(self, error: Exception) -> None:
        show_error(self, error)
        self.desk.wanted.emit("back", None)

    def _show_barred(self, page: DraftPage) -> None:
        offer = help_for(page)
        notes = [f"{item.text}（{item.rule}）" for item in page.unmet] + ([offer.notice] if offer else [])
        if any(item.document for item in page.unmet):
            notes.append("请到项目的“检查清单”页点“存入…”归档")
        self._barred.setText("；".join(note for note in notes if note))
        self._barred.setVisible(bool(self._barred.text()))
        self.help.setText(offer.label if offer else "")
        self.help.setVisible(offer is not None)

    def _bring_up(self) -> None:
        """Let the ledger do what it can for the draft, and show it anew."""
        offer = help_for(self._opened.page) if self._opened else None
        if offer is None or self._keeper is None:
            return
        self.leave()
        desk, draft, actor = self.desk, self._keeper.draft, self.desk.actor

        def work(_ticket: Ticket) -> tuple[_Opened, str, str]:
            made, what, more = offer.act(desk.office, actor, draft)
            return desk.ask(lambda reading: self._open(reading, made)), what, more

        def shown(done: tuple[_Opened, str, str]) -> None:
            opened, what, more = done
            self._show(opened)
            tell(self, what, more)

        desk.operations.start(self, work, shown)

    def _tell_saved(self, at: dt.datetime) -> None:
        self._saved.setText(f"草稿已保存 {at.astimezone():%H:%M}")

    def _tell_unsaved(self, error: Exception) -> None:
        self._saved.setText("草稿没有保存")
        show_error(self, error)

    def _judge(self, problems: list[Problem]) -> None:
        blocking = sum(problem.blocks for problem in problems)
        self.submit.setText(f"提交（还差 {blocking} 处）" if blocking else "提交")
        self._foretell()

    def _foretell(self) -> None:
        """Say what the form will lead to as it is filled in now."""
        editor = self._editor
        told = editor.form.foretells(editor.content(), editor.facts) if editor and editor.form.foretells else ""
        self._coming.setText(told)
        self._coming.setVisible(bool(told))

    def _undo_edit(self) -> None:
        if self._editor is not None:
            self._editor.undo()

    def _redo_edit(self) -> None:
        if self._editor is not None:
            self._editor.redo()

    def _preview(self) -> None:
        if self._keeper is None or self._opened is None:
            return
        self.leave()
        draft, actor = self._keeper.draft, self.desk.actor
        name = f"{self._opened.page.form.title}（草稿）.pdf"
        self.desk.read(
            *(self, lambda reading: print_draft(reading, actor, draft), lambda made: show_printed(self, made, name)),
            loud=True,
        )

    def _ask_discard(self) -> None:
        if self._keeper is not None:
            ask(
                self,
                "删除这份草稿？",
                "填写的内容将不再保留。",
                yes="删除",
                then=self._discard,
                danger=True,
            )

    def _discard(self) -> None:
        if self._keeper is None:
            return
        keeper = self._keeper
        self._close()

        def work(_ticket: Ticket) -> Done[bool]:
            keeper.discard()
            return Done(value=True, changes=DRAFTS)

        self.desk.operations.start(self, work, self._discarded)

    def _discarded(self, _done: bool) -> None:
        self.desk.wanted.emit("back", None)

    def _ask_submit(self) -> None:
        editor = self._editor
        if editor is None or self._keeper is None or not self.submit.isEnabled():
            return
        editor.judge()
        blocking = [problem for problem in editor.problems if problem.blocks]
        if blocking:
            editor.go_to(blocking[0])
            self._barred.setText(
                f"还不能提交：{blocking[0].text}" + (f"等 {len(blocking)} 处" if len(blocking) > 1 else "")
            )
            self._barred.show()
            return
        self._barred.hide()
        self.leave()
        draft = self._keeper.draft

        def shown(stages: list[tuple[Asked, ...]]) -> None:
            if self._editor is editor:
                warnings = "".join(f"\n提醒：{problem.text}" for problem in editor.problems)
                told = route_words(stages) + ("\n" if warnings else "") + warnings
                what = f"提交《{editor.form.title}》？"
                ask(self, what, told, yes="提交", then=self._submit)

        self.desk.read(self, lambda reading: route_of(reading, draft), shown, key="route", loud=True)

    def _submit(self) -> None:
        if self._keeper is None:
            return
        self.leave()
        keeper, draft = self._keeper, self._keeper.draft
        self.submit.setEnabled(False)
        office, actor = self.desk.office, self.desk.actor

        def work(_ticket: Ticket) -> Done[UUID]:
            done = office.run(actor, lambda work: submit_draft(work, draft))
            keeper.discard()
            return Done(done.value, Changes(done.changes.entities | DRAFTS.entities, done.changes.ids))

        self.desk.operations.start(self, work, self._submitted, failed=self._refused, waiting="正在提交")

    def _submitted(self, filing_id: UUID) -> None:
        self.submit.setEnabled(True)
        self._close()
        self.desk.wanted.emit("filing", filing_id)

    def _refused(self, error: Exception) -> None:
        self.submit.setEnabled(True)
        if isinstance(error, Incomplete) and self._editor is not None:
            self._editor.go_to(error.problems[0])
        show_error(self, error)
