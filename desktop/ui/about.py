"""关于与诊断: versions, places, licences, and the report for whoever helps."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QGridLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QStackedWidget,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

from desktop import TITLE, __version__
from desktop.services.clock import local_clock
from desktop.services.diagnosis import PROMISE, Scene, program_lines, system_lines, version_lines, versions_text
from desktop.services.diagnosis_data import engine_of
from desktop.services.diagnosis_files import program_folder
from desktop.services.licences import Licence, list_licences
from desktop.services.office import Office
from desktop.services.opening import address
from desktop.ui.colours import CHOSEN, LINE
from desktop.ui.emblem import emblem
from desktop.ui.files import open_folder_of
from desktop.ui.pieces import Piece, Segments, button, card, heading, named, row, take_size, words
from desktop.ui.reports import Reports
from desktop.ui.surroundings import screen_lines

_SIGN, _MARGIN = 56, 12
_NAMES_STYLE = (
    f"QListView {{ border-right: 1px solid {LINE}; }} "
    "QListView::item { padding: 5px 8px; border: 0px solid; background: transparent; } "
    f"QListView::item:selected {{ background: {CHOSEN}; }}"
)
_NAMED_FIRST = ("Python", "Qt", "PySide6", "SQLAlchemy")
_LABELS_WIDTH = 6
Lines = list[tuple[str, str]]


class AboutDialog(QDialog):
    """Tells what this program is and where it keeps everything; copies that, and saves a report."""

    def __init__(self, reports: Reports, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("about")
        self.setWindowTitle("关于与诊断")
        take_size(self, 840, 620)
        self._reports = reports
        self._subject = reports.subject()
        self._engine = named(_value("正在询问……"), "引擎")
        self._shown = Segments([("facts", "版本和位置"), ("licences", "许可")], self._show_page)
        self._pages = QStackedWidget()
        self._pages.addWidget(self._facts_page())
        self.licences: LicenceView | None = None
        self.copy = button("复制版本信息", self._copy)
        self.report = button("保存诊断报告…", lambda: reports.save(self), primary=True)
        self.shut = button("关闭", self.accept)
        self._lay_out()
        self._ask_engine()
        self.report.setFocus()

    def text(self) -> str:
        """What 复制 puts on the clipboard: versions and system, no places."""
        scene = Scene(self._reports.home, self._subject, local_clock())
        engine = [("数据引擎", self._engine.text())]
        lines = [*program_lines(scene), *engine, *system_lines(scene.now), *version_lines(), *screen_lines()]
        return versions_text(lines)

    def _lay_out(self) -> None:
        sign = QLabel()
        sign.setPixmap(emblem(_SIGN, self.devicePixelRatioF()))
        scene = Scene(self._reports.home, self._subject, local_clock())
        how = dict(program_lines(scene))["运行方式"]
        said = QVBoxLayout()
        said.setSpacing(3)
        said.addWidget(heading(TITLE, 1.5))
        said.addWidget(_of_this_machine(words(f"版本 {__version__} · {how}", "muted")))
        head = row(sign, spacing=16)
        head.addLayout(said, 1)
        head.addWidget(self._shown, 0, Qt.AlignmentFlag.AlignBottom)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 18, 20, 16)
        layout.setSpacing(12)
        layout.addLayout(head)
        layout.addWidget(self._pages, 1)
        layout.addWidget(words(f"遇到问题时，请把诊断报告交给帮助您的人。{PROMISE}", "muted"))
        layout.addLayout(row(self.copy, None, self.shut, self.report))

    def _facts_page(self) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        frame, inside = card(margin=14, spacing=6)
        known = dict([*version_lines(), *screen_lines()])
        system = dict(system_lines(local_clock()))["操作系统"]
        grid = _grid()
        _put(grid, 0, "数据引擎", self._engine)
        for number, name in enumerate(_NAMED_FIRST, 1):
            _put(grid, number, name, _value(known.get(name, "")))
        _put(grid, len(_NAMED_FIRST) + 1, "操作系统", _value(system))
        inside.addWidget(heading("版本", 1.1))
        inside.addLayout(grid)
        column.addWidget(frame)
        frame, inside = card(margin=14, spacing=6)
        inside.addWidget(heading("位置", 1.1))
        inside.addLayout(self._places())
        column.addWidget(frame)
        column.addStretch(1)
        return page

    def _places(self) -> QGridLayout:
        home = self._reports.home
        grid = _grid()
        own = {"本机数据": home.folder, "日志": home.log_file, "升级备份": home.backups, "程序": program_folder()}
        places: list[tuple[str, str, Path | None]] = [("数据", *_data_place(self._subject))]
        places += [(label, str(path), path) for label, path in own.items()]
        for number, (label, text, path) in enumerate(places):
            _put(grid, number, label, _of_this_machine(named(_place(text), f"位置 {label}")))
            if path is not None:
                opener = button("打开所在文件夹", partial(open_folder_of, path))
                opener.setAccessibleName(f"打开{label}所在文件夹")
                grid.addWidget(opener, number, 2)
        return grid

    def _show_page(self, key: str) -> None:
        if key == "licences" and self.licences is None:
            self.licences = LicenceView(list_licences())
            self._pages.addWidget(self.licences)
        self._pages.setCurrentIndex(0 if self.licences is None or key == "facts" else 1)

    def _ask_engine(self) -> None:
        subject = self._subject

        def failed(_error: Exception) -> None:
            self._engine.setText("数据库服务器连接不上")

        self._reports.operations.start(
            self, lambda _ticket: engine_of(subject), self._engine.setText, failed=failed, key="engine"
        )

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.text())
        self.copy.setText("已复制")


class LicenceView(QWidget):
    """The licences: their names, and the text of the one that is chosen."""

    def __init__(self, licences: list[Licence]) -> None:
        super().__init__()
        self._licences = licences
        self.names = named(QListWidget(), "许可")
        self.names.addItems([licence.title for licence in licences])
        self.names.setFixedWidth(190)
        self.text = named(QTextBrowser(), "许可文本")
        self.text.setOpenLinks(False)
        self.text.setFrameShape(QFrame.Shape.NoFrame)
        self.text.document().setDocumentMargin(_MARGIN)
        self.names.setStyleSheet(_NAMES_STYLE)
        self.names.currentRowChanged.connect(self._show)
        frame, inside = card(margin=1, spacing=0)
        inside.addLayout(row(self.names, self.text, spacing=0))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(frame)
        self.setFocusProxy(self.names)
        if licences:
            self.names.setCurrentRow(0)
        else:
            self.text.setPlainText("没有找到随程序分发的许可文本：程序文件可能不全，请重新安装。")

    def _show(self, number: int) -> None:
        licence = self._licences[number]
        show = self.text.setMarkdown if licence.file.suffix == ".md" else self.text.setPlainText
        show(licence.text())


def _grid() -> QGridLayout:
    grid = QGridLayout()
    grid.setHorizontalSpacing(12)
    grid.setVerticalSpacing(5)
    grid.setColumnStretch(1, 1)
    return grid


def _put(grid: QGridLayout, number: int, label: str, value: QWidget) -> None:
    name = words(label, "muted", wrap=False)
    name.setMinimumWidth(name.fontMetrics().height() * _LABELS_WIDTH)
    grid.addWidget(name, number, 0, Qt.AlignmentFlag.AlignVCenter)
    grid.addWidget(value, number, 1)


def _value(text: str) -> QLabel:
    return _of_this_machine(words(text, wrap=False))


def _of_this_machine(widget: Piece) -> Piece:
    """What it says is another on every machine; two tours are compared without it."""
    widget.setProperty("passing", True)
    return widget


def _place(text: str) -> QLineEdit:
    """A path that can be marked and copied however long it is."""
    line = QLineEdit(text)
    line.setReadOnly(True)
    line.setCursorPosition(0)
    line.setToolTip(text)
    return line


def _data_place(subject: Office | str) -> tuple[str, Path | None]:
    """How the data is named, and its file where it is one."""
    if isinstance(subject, Office):
        return address(subject.database), subject.database.file
    if not subject:
        return "还没有建立或打开数据", None
    return (_without_password(subject), None) if "://" in subject else (subject, Path(subject))


def _without_password(url: str) -> str:
    before, mark, after = url.partition("://")
    person, at, place = after.rpartition("@")
    return f"{before}{mark}{person.partition(':')[0]}{at}{place}"
