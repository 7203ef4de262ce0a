"""The steps of the first start, each a page that says what still keeps it from going on."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFileDialog,
    QFormLayout,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
)

from desktop.domain.errors import Refusal
from desktop.domain.policy import Policy, Role
from desktop.domain.policy_terms import Action, Scope
from desktop.services.opening import TargetState, inspect_target
from desktop.services.policies import read_policy_file
from desktop.ui.error_dialog import show_error
from desktop.ui.logo import LogoField
from desktop.ui.operations import Operations
from desktop.ui.pieces import named, words
from desktop.ui.policy_reader import PolicyReader
from desktop.ui.start_welcome import StartPage

DATA_FILES = "数据文件 (*.epm);;所有文件 (*)"
_INSPECT_DELAY_MS = 250


class TargetPage(StartPage):
    """Where the data lies or is to lie; what was found there is told while the person types."""

    def __init__(self, operations: Operations, suggested: str = "") -> None:
        super().__init__()
        self._operations = operations
        self.found: TargetState | None = None
        self._trouble = ""
        self.place = named(QLineEdit(suggested), "数据文件的位置")
        self.setFocusProxy(self.place)
        browse = QPushButton("浏览…")
        browse.clicked.connect(self._browse)
        self._verdict, self._warning = words(), words(role="problem")
        row = QHBoxLayout()
        row.addWidget(self.place, 1)
        row.addWidget(browse)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(10)
        layout.addLayout(row)
        layout.addWidget(self._verdict)
        layout.addWidget(self._warning)
        layout.addStretch(1)
        self._delay = QTimer(self, singleShot=True, interval=_INSPECT_DELAY_MS)
        self._delay.timeout.connect(self._inspect)
        self.place.textChanged.connect(self._typed)

    @property
    def target(self) -> str:
        """The place as typed, without quotation marks that a copied path may carry."""
        return self.place.text().strip().strip('"“”')

    @property
    def problem(self) -> str:
        if not self.target:
            return "请选定数据文件的位置。"
        if self._trouble:
            return self._trouble
        return self.problem_of(self.found) if self.found else "正在查看这个位置……"

    def problem_of(self, found: TargetState) -> str:
        """Why what was found does not do."""
        raise NotImplementedError

    def verdict_of(self, found: TargetState) -> str:
        """What was found, in words."""
        raise NotImplementedError

    def browse(self) -> str:
        """Let the person choose a file."""
        raise NotImplementedError

    def start(self) -> None:
        """Look at the place once the page is shown."""
        self._typed()

    def _browse(self) -> None:
        name = self.browse()
        if name:
            self.place.setText(str(Path(name)))

    def _typed(self) -> None:
        self.found, self._trouble = None, ""
        self._show("", "")
        if self.target:
            self._delay.start()
        self.changed.emit()

    def _inspect(self) -> None:
        target = self.target
        if target:
            self._operations.start(
                self, lambda _ticket: inspect_target(target), self._take, failed=self._refused, key="inspect"
            )

    def _take(self, found: TargetState) -> None:
        self.found = found
        self._show(self.verdict_of(found), "\n".join(part for part in (found.unfit, found.warning) if part))
        self.changed.emit()

    def _refused(self, error: Exception) -> None:
        self._trouble = error.what if isinstance(error, Refusal) else "这个位置无法读取。"
        self._show("", str(error) if isinstance(error, Refusal) else self._trouble)
        self.changed.emit()

    def _show(self, verdict: str, warning: str) -> None:
        self._verdict.setText(verdict)
        self._warning.setText(warning)
        self._verdict.setVisible(bool(verdict))
        self._warning.setVisible(bool(warning))


class NewPlacePage(TargetPage):
    """Where the new data file is to be; ``server_wanted`` asks for an office on a server instead."""

    title = "数据文件放在哪里"
    hint = "全部资料保存在这一个文件里。多人共用时可以放在共享文件夹（约五人以内），人多时请用数据库服务器。"
    server_wanted = Signal()

    def __init__(self, operations: Operations, suggested: str = "") -> None:
        super().__init__(operations, suggested)
        self.to_server = QPushButton("建在数据库服务器上…")
        self.to_server.clicked.connect(self.server_wanted)
        foot = QHBoxLayout()
        foot.addWidget(self.to_server)
        foot.addStretch(1)
        layout = self.layout()
        if isinstance(layout, QVBoxLayout):
            layout.addLayout(foot)

    def problem_of(self, found: TargetState) -> str:
        if found.state != "missing":
            return "这里已经有数据，请换一个文件名，或返回后直接打开它。"
        return "这里不能新建数据文件，请另选一个位置。" if found.unfit else ""

    def verdict_of(self, found: TargetState) -> str:
        if found.state == "missing":
            return "" if found.unfit else "将在这里新建数据文件。"
        return self.problem_of(found)

    def browse(self) -> str:
        return QFileDialog.getSaveFileName(self, "新建数据文件", self.target, DATA_FILES)[0]


_FOUND = {
    "current": "找到了，可以打开。",
    "older": "找到了，是旧版本的数据；打开时会先备份，再升级。",
    "missing": "这里没有数据。",
    "newer": "这份数据由更新版本的程序保存，请先安装新版本的程序。",
    "foreign": "这不是本程序的数据文件。",
}


class OpenPlacePage(TargetPage):
    """Which data file to open."""

    title = "打开已有的数据文件"
    hint = "数据库服务器上的办公室不在这里打开：请返回，选“连接共享办公室”。"

    def problem_of(self, found: TargetState) -> str:
        return "" if found.state in {"current", "older"} else _FOUND[found.state]

    def verdict_of(self, found: TargetState) -> str:
        return found.trouble or _FOUND[found.state]

    def browse(self) -> str:
        return QFileDialog.getOpenFileName(self, "打开数据文件", self.target, DATA_FILES)[0]


class CompanyPage(StartPage):
    """Whose office it is."""

    title = "您的单位"
    hint = "单位名称和标志会印在每一张表单上，以后可以在“设置”里修改。"

    def __init__(self) -> None:
        super().__init__()
        self.company = named(QLineEdit(placeholderText="例如：滨海信息技术有限公司"), "单位名称")
        self.logo = LogoField()
        self.setFocusProxy(self.company)
        self.company.textChanged.connect(self.changed)
        layout = QFormLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setVerticalSpacing(12)
        layout.addRow("单位名称", self.company)
        layout.addRow("单位标志", self.logo)

    @property
    def problem(self) -> str:
        return "" if self.company.text().strip() else "请填写单位名称。"


class PolicyPage(StartPage):
    """By which policy the office works."""

    title = "项目管理制度"
    hint = "制度决定表单由谁签字、期限多长、项目有哪些状态。以后可以换成您单位自己的一份。"

    def __init__(self, policies: tuple[Policy, ...]) -> None:
        super().__init__()
        self._policies = list(policies)
        self.choice = named(QComboBox(), "制度")
        self.choice.setMinimumContentsLength(24)
        self.setFocusProxy(self.choice)
        self.reader = PolicyReader(contents=False)
        other = QPushButton("从文件载入…")
        other.clicked.connect(self._load)
        row = QHBoxLayout()
        row.addWidget(self.choice, 1)
        row.addWidget(other)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(10)
        layout.addLayout(row)
        layout.addWidget(self.reader, 1)
        self.choice.currentIndexChanged.connect(self._show)
        for policy in policies:
            self.choice.addItem(_title(policy))

    @property
    def policy(self) -> Policy:
        """The policy chosen."""
        return self._policies[self.choice.currentIndex()]

    def take_file(self, path: Path) -> None:
        """Offer the policy of a file, too, or tell what is wrong with it."""
        try:
            policy = read_policy_file(path)
        except Refusal as error:
            show_error(self, error)
            return
        self._policies.append(policy)
        self.choice.addItem(f"{_title(policy)}（{path.name}）")
        self.choice.setCurrentIndex(self.choice.count() - 1)

    def _load(self) -> None:
        name, _ = QFileDialog.getOpenFileName(self, "载入制度文件", "", "制度文件 (*.toml)")
        if name:
            self.take_file(Path(name))

    def _show(self) -> None:
        self.reader.show_policy(self.policy)
        self.changed.emit()


def _title(policy: Policy) -> str:
    return f"{policy.title}　{policy.version} 版"


class SelfPage(StartPage):
    """Who sits here, and with which roles."""

    title = "您自己"
    hint = "一个人可以兼任几个角色；其他人员以后在“设置”里添加。"

    def __init__(self) -> None:
        super().__init__()
        self._policy: Policy | None = None
        self.person = named(QLineEdit(), "您的姓名")
        self.setFocusProxy(self.person)
        self.staff_no = named(QLineEdit(placeholderText="可以不填"), "工号")
        self.department = named(QComboBox(editable=True), "所在部门")
        self.roles: dict[str, QCheckBox] = {}
        self._boxes = QGridLayout()
        self._boxes.setHorizontalSpacing(24)
        layout = QFormLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setVerticalSpacing(12)
        layout.addRow("姓名", self.person)
        layout.addRow("工号", self.staff_no)
        layout.addRow("部门", self.department)
        layout.addRow("角色", self._boxes)
        self.person.textChanged.connect(self.changed)
        self.department.currentTextChanged.connect(self.changed)

    def set_policy(self, policy: Policy) -> None:
        """Offer the roles of this policy; what was ticked before stays where it still exists."""
        if policy is self._policy:
            return
        ticked = {key for key, box in self.roles.items() if box.isChecked()} or _first_roles(policy)
        for box in self.roles.values():
            box.deleteLater()
        self._policy = policy
        self.roles = {}
        for place, role in enumerate(_assignable(policy)):
            box = QCheckBox(role.title)
            box.setChecked(role.key in ticked)
            box.toggled.connect(self.changed)
            self._boxes.addWidget(box, place // 3, place % 3)
            self.roles[role.key] = box

    def offer_departments(self, names: Sequence[str]) -> None:
        """Offer these departments; what is written stays."""
        written = self.department.currentText()
        self.department.clear()
        self.department.addItems(["", *names])
        self.department.setCurrentText(written)

    @property
    def chosen_roles(self) -> tuple[str, ...]:
        """The roles ticked, in the policy's order."""
        return tuple(key for key, box in self.roles.items() if box.isChecked())

    @property
    def problem(self) -> str:
        policy = self._policy
        if not self.person.text().strip():
            return "请填写您的姓名。"
        if policy is None:
            return "请先选定制度。"
        keepers = {right.role for right in policy.rights if right.action is Action.MANAGE_PEOPLE}
        if not keepers & set(self.chosen_roles):
            titles = "”或“".join(policy.role(key).title for key in self.roles if key in keepers)
            return f"第一个使用的人须兼任“{titles}”，否则没有人能添加其他人员。"
        local = [key for key in self.chosen_roles if policy.role(key).scope is Scope.DEPARTMENT]
        if local and not self.department.currentText().strip():
            return f"“{policy.role(local[0]).title}”属于某个部门，请填写您的部门。"
        return ""


def _assignable(policy: Policy) -> list[Role]:
    """The roles that a person may be given outright; those of projects come with the projects."""
    return [role for role in policy.roles if role.scope is not Scope.PROJECT]


def _first_roles(policy: Policy) -> set[str]:
    """Whoever may import the ledger is the one who begins: the clerk."""
    return {right.role for right in policy.rights if right.action is Action.IMPORT_LEDGER}
