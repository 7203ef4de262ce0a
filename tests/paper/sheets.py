"""Sheets and readers that the tests of this room share."""

from io import BytesIO

import pypdf
import pypdfium2

from desktop.paper.sheet import Align, Cell, Column, Grid, LongText, Sheet, Signature, Signatures, Table, TableRow

FILING = "0192f0c4-7a3e-7c11-9d2e-5b1f6a0c9e44"
NAMES = ("𠮷镕堃", "㛃喆", "䶮𬭎", "𬴂𪟝", "𫖯")
REASON = (
    "根据《建设项目管理办法》（试行）第二十三条的规定，因核心设备供应商 ACME Technology Co., Ltd. 延期交货，"
    "现场不具备安装条件；截至2026年11月20日，已完成投资￥12,345,678.90元，占合同额的62.5%。"
)
ROLES = ("技术部门负责人", "质量管理部门", "项目管理部")


def form(*blocks: LongText | Table | Grid | Signatures, draft: bool = False, qr: str = FILING) -> Sheet:
    """A sheet of an office with these blocks."""
    return Sheet(
        title="项目暂停申请表",
        company="华东工程技术股份有限公司",
        blocks=blocks,
        form_code="EPM-ZT-01",
        number="ZT-2026-0017",
        revision=2,
        digest="3f9a 2c71",
        qr=qr,
        draft=draft,
        notes=("本表一式两份。",),
    )


def people() -> Grid:
    return Grid(tuple(Cell("姓名", name) for name in NAMES), heading="一、人员")


def signing() -> Signatures:
    return Signatures(tuple(Signature(role, stamp=role == ROLES[-1]) for role in ROLES))


def lines(count: int) -> Table:
    """A table of one-line rows with a total."""
    columns = (Column("名称", 3), Column("金额（元）", 1.5, Align.FIGURE), Column("日期", 1.5, Align.CENTRE))
    rows = [TableRow((f"第{at:03}件设备", f"{at * 1111.11:,.2f}", "2026年11月22日")) for at in range(1, count + 1)]
    rows.append(TableRow(("合计", "1,234.50", ""), strong=True))
    return Table("一、设备", columns, tuple(rows), foot="合计（大写）：壹仟贰佰叁拾肆元伍角整")


def texts_of(pdf: bytes) -> list[str]:
    """What a reader copies from each page, by the viewer that the program itself uses."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return [_page_text(document[at]) for at in range(len(document))]
    finally:
        document.close()


def _page_text(page: pypdfium2.PdfPage) -> str:
    text: str = page.get_textpage().get_text_bounded()
    return text.replace("\r\n", "\n")


def plain_texts_of(pdf: bytes) -> list[str]:
    """The same by another reader."""
    return [page.extract_text() for page in pypdf.PdfReader(BytesIO(pdf)).pages]
