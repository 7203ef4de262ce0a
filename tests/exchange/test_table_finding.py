"""Finding the ledger in workbooks of offices that keep it their own way."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop.domain.errors import Refusal
from desktop.domain.field import Field
from desktop.exchange.headings import fold, unit_in
from desktop.exchange.table_finding import Choice, find_tables
from desktop.exchange.workbook import read_workbook
from tests.exchange.offices import COLUMNS, PRACTICE, Rows, book, books, faults, filled, found, merging, read

HEADING = ["项目编号", "项目名称", "合同金额", "项目经理", "立项日期", "项目状态"]
LINE = ["P-1", "泵站监控", 120.5, "𠮷镕堃", "2026-03-01", "实施"]
OTHER = ["P-2", "综合布线", 80, "㛃喆", "2026-04-01", "暂停"]


def keys(workbook_rows: Rows, *areas: str, choice: Choice | None = None) -> dict[str, str | None]:
    table = found(book(workbook_rows, merging(*areas)), choice)
    return {column.letter: column.field_key for column in table.columns}


@pytest.mark.parametrize("above", [0, 1, 6])
def test_the_heading_may_stand_in_any_row(above: int) -> None:
    table = found(book([[] for _ in range(above)] + [HEADING, LINE, OTHER]))
    assert table.header_rows == (above + 1, above + 1)
    assert [filled(verdict)["number"] for verdict in read(table)] == ["P-1", "P-2"]


@given(order=st.permutations(range(6)), blanks=st.sets(st.integers(0, 5)))
@settings(max_examples=25)
def test_columns_may_stand_in_any_order_with_blank_ones_between(order: list[int], blanks: set[int]) -> None:
    def arrange(row: list[object]) -> list[object]:
        arranged: list[object] = []
        for place, index in enumerate(order):
            arranged += [None, row[index]] if place in blanks else [row[index]]
        return arranged

    straight = read(found(book([HEADING, LINE, OTHER])))
    shuffled = read(found(book([arrange(list(HEADING)), arrange(list(LINE)), arrange(list(OTHER))])))
    assert [verdict.line for verdict in shuffled] == [verdict.line for verdict in straight]


@given(st.sampled_from(COLUMNS), st.data())
def test_every_name_of_a_field_is_recognised_however_it_is_typed(item: Field, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from([item.label, *item.synonyms]))
    blank = data.draw(st.sampled_from(["", " ", "　", "\n"]))
    typed = blank.join(name) + data.draw(st.sampled_from(["", "：", "*", "（必填）", "(必填)", " "]))
    other = "项目状态" if item.key != "state" else "项目名称"
    assert keys([[typed, other], ["x", "y"]])["A"] == item.key


def test_other_offices_words() -> None:
    heading = [
        "序号",
        "工程编号",
        "工程名称",
        "建设单位",
        "签约金额（万元）",
        "项目负责人",
        "承担部门",
        "开工日期",
        "当前状态",
    ]
    mapped = keys([heading, [1, "G-1", "闸站", "水利局", 3, "张伟", "一部", "2026.3.1", "在建"]])
    assert mapped == {
        "A": None,
        "B": "number",
        "C": "name",
        "D": "customer",
        "E": "amount",
        "F": "manager",
        "G": "department",
        "H": "initiated_on",
        "I": "state",
    }


def test_headings_in_two_languages() -> None:
    heading = ["No.", "项目编号 Project No.", "Name", "合同金额\nAmount (RMB)", "PM", "State / 状态"]
    mapped = keys([heading, [1, "P-1", "泵站", 3, "张伟", "在建"]])
    assert list(mapped.values()) == [None, "number", "name", "amount", "manager", "state"]


def test_groups_qualify_what_stands_under_them() -> None:
    rows = [
        ["项目", None, None, "合同情况", None, None, "初验", None, "终验", None],
        ["编号", "名称", "状态", "编号", "类别", "金额（万元）", "计划", "实际", "计划", "实际"],
        ["P-1", "泵站", "实施", "H-1", "工程合同", 3, "2026-05-01", "2026-05-02", "2026-06-01", "2026-06-02"],
    ]
    wanted = [
        *("number", "name", "state", "contract_no", "contract_kind", "amount"),
        *("planned_preliminary_on", "preliminary_on", "planned_final_on", "final_on"),
    ]
    merged = ("A1:C1", "D1:F1", "G1:H1", "I1:J1")
    assert list(keys(rows, *merged).values()) == wanted
    assert list(keys(rows).values()) == wanted  # the same without merging, as CSV has it


def test_three_rows_of_heading() -> None:
    rows = [
        ["2026 年项目台账"],
        ["序号", "项目概况", None, None, "计划与实际", None, None, None, "状态"],
        [None, "编号", "名称", "合同", "初验", None, "终验"],
        [None, None, None, "金额（元）", "计划", "实际", "计划", "实际"],
        [1, "P-1", "泵站", 3, "2026-05-01", "2026-05-02", "2026-06-01", "2026-06-02", "实施"],
    ]
    areas = ("A1:I1", "A2:A4", "B2:D2", "B3:B4", "C3:C4", "E2:H2", "E3:F3", "G3:H3", "I2:I4")
    table = found(book(rows, merging(*areas)))
    assert table.header_rows == (2, 4)
    assert [column.field_key for column in table.columns] == [
        *(None, "number", "name", "amount", "planned_preliminary_on", "preliminary_on"),
        *("planned_final_on", "final_on", "state"),
    ]
    assert [verdict.row for verdict in read(table)] == [5]


@pytest.mark.parametrize(
    ("above", "heading", "fen"),
    [
        ([], "合同金额", 12_050),
        ([], "合同金额（元）", 12_050),
        ([], "合同金额（万元）", 120_500_000),
        ([], "合同金额(单位：万元)", 120_500_000),
        ([], "合同金额/万元", 120_500_000),
        ([], "合同金额万元", 120_500_000),
        ([], "合同金额百万元", 12_050_000_000),
        ([], "合同金额\n万元", 120_500_000),
        ([], "合同金额\n【千元】", 12_050_000),
        ([], "合同金额（百万元）", 12_050_000_000),
        (["单位：万元"], "合同金额", 120_500_000),
        (["填报：项目部    金额单位：人民币万元   截止：11月"], "合同金额", 120_500_000),
        (["（单位：元）"], "合同金额", 12_050),
        (["项目台账（万元）"], "合同金额", 120_500_000),
        (["单位：万元"], "合同金额（元）", 12_050),
        (["填报单位：万元科技公司"], "合同金额", 12_050),
    ],
)
def test_the_unit_of_amounts(above: list[str], heading: str, fen: int) -> None:
    rows = [*([text] for text in above), [*HEADING[:2], heading, *HEADING[3:]], LINE]
    table = found(book(rows))
    assert read(table)[0].line["amount"] == fen
    assert next(column.unit_reason for column in table.columns if column.field_key == "amount")


def test_a_unit_in_the_group_above_counts() -> None:
    rows = [
        ["项目", None, None, "金额（万元）", None],
        ["项目编号", "项目名称", "项目状态", "合同金额", "费用预算"],
        ["P-1", "泵站", "实施", 3, 2],
    ]
    table = found(book(rows, merging("A1:C1", "D1:E1")))
    assert read(table)[0].line["amount"] == 3_000_000
    assert read(table)[0].line["budget"] == 2_000_000


def test_a_line_of_particulars_above_the_heading_is_no_group() -> None:
    rows = [
        ["填报部门：工程部", None, None, "金额单位：万元"],
        [*HEADING, "费用预算"],
        [*LINE, 2],
    ]
    table = found(book(rows, merging("A1:C1", "D1:E1")))
    assert table.header_rows == (2, 2)
    assert read(table)[0].line["budget"] == 2_000_000


@given(st.text())
def test_any_text_may_be_asked_for_its_unit(text: str) -> None:
    assert unit_in(text) in {None, 1, 1_000, 10_000, 1_000_000, 100_000_000}
    fold(text)


@pytest.mark.parametrize(
    ("aside", "reason"),
    [
        (["合计", None, 200.5], "小计或合计"),
        (["合  计", None, "200.5万元"], "小计或合计"),
        ([None, "本页小计", 200.5], "小计或合计"),
        (["系统集成类小计（2 项）", None, 200.5], "小计或合计"),
        (["总计：", None, 200.5, None, None, 2], "小计或合计"),
        (["Total", None, 200.5], "小计或合计"),
        (["制表：张三　　审核：　　　日期："], "签字栏"),
        (["填表人：", "张三", None, "审核人：", "李四"], "签字栏"),
        (["注：金额含税"], "注释"),
        (["备注：1. 本表每月更新"], "注释"),
        (["一、系统集成类"], "只有一格文字，当作说明"),
        (HEADING, "重复的表头"),
    ],
)
def test_what_stands_between_the_lines_is_no_line_but_told(aside: list[object], reason: str) -> None:
    table = found(book([HEADING, LINE, aside, OTHER]))
    assert [(one.row, one.reason) for one in table.skipped] == [(3, reason)]
    assert [verdict.line["number"] for verdict in read(table)] == ["P-1", "P-2"]


def test_a_whole_line_is_never_taken_for_a_total_or_a_note() -> None:
    names = ["小计", "合计", "制表：新厂", "注：改造", "项目名称", "审核：系统"]
    rows = [HEADING, *([f"P-{name}", name, 1, "张伟", "2026-03-01", "实施"] for name in names)]
    rows += [[name, "泵站", 1, "张伟", "2026-03-01", "实施"] for name in names]
    table = found(book(rows))
    assert table.skipped == ()
    assert len(table.rows) == 2 * len(names)


def test_rows_with_nothing_but_a_counter_are_blank() -> None:
    table = found(book([["序号", *HEADING], [1, *LINE], [2], [3, *OTHER], [4], [5]]))
    assert [row.number for row in table.rows] == [2, 4]
    assert table.skipped == ()


def test_the_sheet_that_fits_best_is_taken_and_the_others_are_named() -> None:
    notes = [["填表说明"], ["项目编号：按制度填写"], ["项目状态：启动、立项"]]
    table = found(
        books({"说明": notes, "2025": [["编号", "名称", "状态"], ["a", "b", "实施"]], "2026": [HEADING, LINE]})
    )
    assert table.sheet.name == "2026"
    assert table.also_in == ("2025",)


def test_a_second_table_below_is_not_read_by_the_first_ones_columns() -> None:
    below = ["客户单位", "项目经理", "项目编号", "项目状态"]
    table = found(book([HEADING, LINE, [], below, ["水利局", "张伟", "P-9", "实施"]]))
    assert len(table.rows) == 1
    assert "另一张表" in table.skipped[0].reason


def test_merged_cells_downwards_mean_the_same_in_each_row() -> None:
    rows = [[*HEADING, "大项目"], [*LINE, "智慧城市"], OTHER, ["P-3", "机房", 1, "张伟", None, "实施"]]
    verdicts = read(found(book(rows, merging("G2:G4"))))
    assert [verdict.line["program"] for verdict in verdicts] == ["智慧城市"] * 3
    assert verdicts[1].notes[-1].text == "G3 所属大项目：与 G2 合并，内容相同"


def test_cells_merged_sideways_do_not_spill() -> None:
    rows = [[*HEADING, "客户单位", "备注"], [*LINE, "水利局"]]
    assert "note" not in filled(read(found(book(rows, merging("G2:H2"))))[0])


def test_no_heading_at_all_says_what_was_looked_for() -> None:
    with pytest.raises(Refusal, match=r"没有找到表头.*项目编号.*项目名称") as refusal:
        found(book([["甲", "乙"], [1, 2]]))
    assert "指定表头" in refusal.value.todo


@pytest.mark.parametrize("rows", [[], [[None]], [[""]]])
def test_an_empty_workbook_has_no_heading(rows: list[list[object]]) -> None:
    with pytest.raises(Refusal, match="没有找到表头"):
        found(book(rows))


def test_a_missing_required_column_is_named_before_any_row_is_refused() -> None:
    table = found(book([HEADING[:5], LINE[:5]]))
    assert table.missing == ("项目状态",)
    with pytest.raises(Refusal, match="没有认出必需的列：项目状态"):
        read(table)


def test_what_the_office_remembers_goes_before_what_is_recognised() -> None:
    rows = [["代号", "项目名称", "进度", "合同金额", "备注"], ["P-1", "泵站", "实施", 3, "x"]]
    choice = Choice(mapping={"代号": "number", "进度": "state", "备注": ""}, units={"合同金额": 10_000})
    table = found(book(rows), choice)
    assert filled(read(table)[0]) == {"number": "P-1", "name": "泵站", "state": "running", "amount": 3_000_000}
    assert read(table)[0].extras == (("备注", "x"),)
    again = found(book(rows), Choice(mapping=table.mapping, units=choice.units))
    assert again.mapping == table.mapping
    assert [column.unit for column in again.columns] == [column.unit for column in table.columns]


def test_a_person_may_point_out_sheet_and_heading() -> None:
    rows = [["a", "b", "c"], ["P-1", "泵站", "实施"]]
    workbook = books({"甲": rows, "乙": [HEADING, LINE]})
    choice = Choice(sheet="甲", header_first=1, mapping={"a": "number", "b": "name", "c": "state"})
    assert filled(read(found(workbook, choice))[0]) == {"number": "P-1", "name": "泵站", "state": "running"}


def test_blank_and_equal_headings_can_be_told_apart() -> None:
    table = found(book([[*HEADING, None, "附件", "附件"], [*LINE, "x", "y", "z"]]))
    assert table.leftovers == ("（G 列）", "附件", "附件（I 列）")
    assert read(table)[0].extras == (("（G 列）", "x"), ("附件", "y"), ("附件（I 列）", "z"))


def test_a_proposal_is_made_for_what_is_not_quite_recognised() -> None:
    table = found(book([[*HEADING, "客户单位全称"], [*LINE, "水利局"]]))
    assert table.columns[-1].field_key is None
    assert table.columns[-1].guess == "customer"


def test_tables_on_hidden_sheets_come_last() -> None:
    def hide_first(sheet: object) -> None:
        if getattr(sheet, "title", "") == "旧":
            sheet.sheet_state = "hidden"  # type: ignore[attr-defined]

    workbook = books({"旧": [[*HEADING, "备注"], LINE], "新": [HEADING, LINE]}, hide_first)
    assert [table.sheet.name for table in find_tables(workbook, COLUMNS)] == ["新", "旧"]


def test_the_practice_workbook() -> None:
    table = found(read_workbook(PRACTICE.read_bytes(), PRACTICE.name))
    assert table.header_rows == (3, 4)
    assert len(table.rows) == 44
    assert table.hidden_rows == 1
    assert table.leftovers == ("序号",)
    assert [one.row for one in table.skipped] == [36, 51, 53]
    assert len(faults(read(table))) == 6
