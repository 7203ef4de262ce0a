"""Reading rows into lines: values, notes, faults with their cells; nothing is lost."""

import pytest

from desktop.domain.choice_fields import ChoiceField, Option
from desktop.domain.values import Read
from desktop.exchange.workbook import read_workbook
from tests.exchange.offices import PRACTICE, book, faults, filled, found, merging, notes, read

HEADING = ["项目编号", "项目名称", "合同金额（万元）", "项目经理", "立项日期", "项目状态", "备注"]


def one(*cells: object) -> list[object]:
    return ["P-1", "泵站", 3, "张伟", "2026-03-01", "实施", *cells]


def test_the_practice_ledger_brings_38_projects_and_refuses_6_with_cell_and_reason() -> None:
    verdicts = read(found(read_workbook(PRACTICE.read_bytes(), PRACTICE.name)))
    assert sum(verdict.accepted for verdict in verdicts) == 38
    assert faults(verdicts) == [
        "B23 项目编号：“FW-2026-018”与第 22 行重复，同一项目编号只能用一次",
        "N28 立项日期：“2026-02-30”不是有效日期，日历上没有这一天",
        "H31 合同金额：“-35”不能是负数",
        "Q33 项目状态：“停工”不认识，可以填：启动、立项、实施、暂停、结项中、结项、撤项",
        "D38 项目名称：没有填写",
        "P42 计划终验：计划终验早于计划初验（2026-06-01 在 2026-12-01 之前）",
    ]


def test_the_practice_ledgers_oddities_are_understood_and_told() -> None:
    verdicts = read(found(read_workbook(PRACTICE.read_bytes(), PRACTICE.name)))
    assert notes(verdicts) == [
        "N5 立项日期：“2026.5.30”读作 2026-05-30",
        "N6 立项日期：“2026年3月1日”读作 2026-03-01",
        "H7 合同金额：“1,280.50”读作 12,805,000.00 元",
        "N7 立项日期：“2026/7/1”读作 2026-07-01",
        "H8 合同金额：“￥356.8万”读作 3,568,000.00 元",
        "N9 立项日期：日期序号 46027 读作 2026-01-05",
        "H10 合同金额：“４２０”读作 4,200,000.00 元",
        "N10 立项日期：“２０２６－０８－１５”读作 2026-08-15",
        "P11 计划终验：“待定”按空白处理",
        "K14 项目经理：姓名“李娜 ”读作“李娜”",
        "K15 项目经理：姓名“ 张　伟”读作“张伟”",
        "Q17 项目状态：“在建”读作“实施”",
        "Q18 项目状态：“已暂停”读作“暂停”",
        "K21 项目经理：姓名“司马 晓”读作“司马晓”",
    ]
    lines = {verdict.row: verdict.line for verdict in verdicts}
    assert lines[5]["amount"] == 1_603_240_000
    assert lines[8]["amount"] == 356_800_000
    assert lines[13]["amount"] is None
    assert len(str(lines[19]["name"])) == 81
    assert lines[21]["note"] == "因甲方机房未交付，\n2026年9月起停工等待；\n周报已停。"
    assert [row for row, line in lines.items() if line["program"] == "智慧城市一期"] == [8, 12, 16, 20]
    assert lines[7]["manager"] == {"id": "", "name": "𠮷镕堃"}


def test_a_formula_without_its_result_is_refused_by_its_cell() -> None:
    rows = [HEADING, ["P-1", "泵站", "=1+2", "张伟", "2026-03-01", "实施"]]
    assert faults(read(found(book(rows)))) == ["C2 合同金额：公式“=1+2”没有保存计算结果，请在 Excel 中打开并保存一次"]


def test_the_error_of_a_formula_is_refused_by_its_cell() -> None:
    rows = [HEADING, one("#REF!"), ["P-2", "#N/A", "#DIV/0!", "#NAME?", "#VALUE!", "#NUM!"]]
    texts = faults(read(found(book(rows))))
    assert [text.split(" ")[0] for text in texts] == ["G2", "B3", "C3", "D3", "E3", "F3"]
    assert all("出错的公式" in text for text in texts if not text.startswith("F3"))


def test_ten_thousand_characters_fit_where_they_may_and_are_refused_where_not() -> None:
    verdicts = read(found(book([HEADING, one("注" * 5_000), ["P-2", "名" * 10_000, 1, "张伟", None, "实施"]])))
    assert verdicts[0].line["note"] == "注" * 5_000
    assert faults(verdicts) == ["B3 项目名称：文字共 10,000 个字，超过了 200 个字的上限"]
    assert verdicts[1].raw[1] == "名" * 10_000


def test_nul_and_half_characters_are_refused_by_their_cell() -> None:
    rows = [HEADING, ["P-1", "泵_x0000_站", 1, "张伟", None, "实施"], ["P-2", "泵_xD800_站", 1, "张伟", None, "实施"]]
    texts = faults(read(found(book(rows))))
    assert [text.split(" ")[0] for text in texts] == ["B2", "B3"]
    assert all("无法保存的字符" in text for text in texts)


def test_a_row_with_many_faults_tells_them_all() -> None:
    rows = [HEADING, ["P-1", None, "三百", "张伟", "下周三", "停工"]]
    texts = faults(read(found(book(rows))))
    assert [text.split(" ")[0] for text in texts] == ["C2", "E2", "F2", "B2"]


def test_numbers_are_equal_whatever_their_case_and_blanks() -> None:
    rows = [HEADING, one(), [" p-1 ", "布线", 1, "张伟", None, "实施"], [None, "机房", 1, "张伟", None, "实施"]]
    rows += [[None, "机柜", 1, "张伟", None, "实施"]]
    assert [text.split("，")[0] for text in faults(read(found(book(rows))))] == ["A3 项目编号：“p-1”与第 2 行重复"]


def test_a_number_merged_over_two_rows_is_a_number_used_twice() -> None:
    rows = [HEADING, one(), [None, "布线", 1, "张伟", None, "实施"]]
    assert [text.split("，")[0] for text in faults(read(found(book(rows, merging("A2:A3")))))] == [
        "A3 项目编号：“P-1”与第 2 行重复"
    ]


def test_a_vague_answer_where_one_is_required_is_refused() -> None:
    rows = [[*HEADING, "附件"], ["P-1", "泵站", 3, "张伟", None, " 　", None, "见附件", "多余"]]
    verdict = read(found(book(rows)))[0]
    assert [fault.text for fault in verdict.faults] == ["F2 项目状态：没有填写"]
    assert verdict.extras == (("附件", "见附件"), ("（I 列）", "多余"))


def test_a_line_has_every_field_even_without_a_column() -> None:
    verdict = read(found(book([[*HEADING[:2], "项目状态"], ["P-1", "泵站", "实施"]])))[0]
    assert filled(verdict) == {"number": "P-1", "name": "泵站", "state": "running"}
    assert verdict.line["amount"] is None


def test_five_thousand_rows_come_in_and_tell_how_far_they_are() -> None:
    rows = [HEADING, *([f"P-{number}", "泵站", number, "张伟", "2026-03-01", "实施"] for number in range(5_000))]
    verdicts = read(found(book(rows)))
    assert sum(verdict.accepted for verdict in verdicts) == 5_000
    assert verdicts[-1].line["amount"] == 4_999_000_000


@pytest.mark.parametrize("word", ["系统 集成", "系\u3000统集成", "ＩＴ 服务", "it服务", "系统\n集成 "])
def test_an_option_is_recognised_whatever_its_blanks_width_and_case(word: str) -> None:
    rows = [["项目编号", "项目名称", "项目经理", "项目状态", "项目类型"], ["P-1", "泵站", "张伟", "实施", word]]
    (verdict,) = read(found(book(rows)))
    assert verdict.faults == ()
    assert verdict.line["kind"] == ("service" if "服务" in word else "integration")
    assert len(verdict.notes) == 1


def test_the_label_of_an_option_is_always_one_of_its_names() -> None:
    field = ChoiceField(key="impact", label="影响", options=(Option("change", "有影响，另行办理（变更）"),))
    assert field.read("有影响，另行办理（变更）") == Read("change")
