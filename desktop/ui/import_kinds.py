"""What the import dialog says and does for each kind of workbook."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from desktop.services.book_import import BookKind, BookPreview, ImportResult, Verdict
from desktop.services.ledger_import import LEDGER, import_ledger
from desktop.services.office import Work
from desktop.services.people_import import PEOPLE, import_people
from desktop.ui.table_source import Align


@dataclass(frozen=True)
class Shown:
    """A column of the workbook that the preview's table shows; ``width`` in units of the font's height."""

    key: str
    title: str
    width: float
    align: Align = "left"


@dataclass(frozen=True)
class ImportKind:
    """A kind of workbook as the dialog speaks of it: ``noun`` is the file, ``thing`` what a row brings."""

    book: BookKind
    take_in: Callable[[Work, BookPreview], ImportResult]
    title: str
    noun: str
    thing: str
    no_thing: str
    labels: Mapping[Verdict, str]
    same: str
    none_new: str
    waiting: str
    promises: str
    shown: tuple[Shown, ...]
    search: str
    see: str
    page: str

    @property
    def files(self) -> str:
        """The files that are offered."""
        return f"{self.noun} (*.xlsx *.xlsm *.csv *.tsv);;所有文件 (*)"

    def counted(self, opened: int, changed: int) -> str:
        """``3 个项目``, ``3 人，更新 2 人``."""
        new = f"{opened} {self.thing}" if opened or not changed else ""
        return "，".join(part for part in (new, f"更新 {changed} 行" if changed else "") if part)


LEDGER_KIND = ImportKind(
    book=LEDGER,
    take_in=import_ledger,
    title="导入项目台账",
    noun="台账",
    thing="个项目",
    no_thing="不是项目",
    labels={Verdict.NEW: "将新建", Verdict.SAME: "已在账，无变化", Verdict.REFUSED: "不通过"},
    same="已在账",
    none_new="没有新的项目",
    waiting="正在建账",
    promises="""· 表头、列名和金额单位会自动辨认；认不出的列由您指定一次，以后记得。
· 导入之前，每一行的结果都先给您看；不通过的行不影响其他行，可以存成工作簿，改好再导入。
· 同一份台账再导入一次，不会重复建项目。""",
    shown=(
        Shown("number", "项目编号", 6.4),
        Shown("name", "项目名称", 11.5),
        Shown("state", "状态", 3.7),
        Shown("amount", "合同金额（元）", 7.2, "right"),
        Shown("manager", "项目经理", 4.6),
    ),
    search="编号、名称、拼音",
    see="查看项目",
    page="projects",
)

PEOPLE_KIND = ImportKind(
    book=PEOPLE,
    take_in=import_people,
    title="导入人员",
    noun="人员名册",
    thing="人",
    no_thing="不是人员",
    labels={Verdict.NEW: "将添加", Verdict.CHANGED: "将更新", Verdict.SAME: "无变化", Verdict.REFUSED: "不通过"},
    same="与名单相同",
    none_new="名单没有变化",
    waiting="正在导入人员",
    promises="""· 可以有这些列：姓名、工号、部门、二级部门、电话、角色、起、止；列名和顺序不必一样，只有姓名必填。
· 一个人有几个角色时用顿号或分号隔开，部门写在括号里：技术部门负责人（系统集成部）、财务部；不写括号就是本人的部门。
· 同名的人靠工号和部门区分；分不清的行不导入，会说明原因。名单里已有的人只补充和更新，不会重复，也不会结束原有的角色。
· 导入之前，每一行的结果都先给您看；不通过的行可以存成工作簿，改好再导入。""",
    shown=(
        Shown("name", "姓名", 5),
        Shown("staff_no", "工号", 4.2),
        Shown("department", "部门", 7),
        Shown("sub_department", "二级部门", 6),
        Shown("roles", "角色", 11),
    ),
    search="姓名、工号、部门、拼音",
    see="查看人员",
    page="settings",
)
