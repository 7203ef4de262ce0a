"""The root key's fingerprint on paper: what every installation is compared with."""

from __future__ import annotations

from desktop.domain.errors import Refusal
from desktop.domain.filing import short_hash
from desktop.domain.identity import spoken
from desktop.paper.kinds import chinese_date
from desktop.paper.printing import render
from desktop.paper.sheet import Cell, Grid, LongText, Printed, Sheet
from desktop.services.identities import UNCHANGED, identities
from desktop.services.office import Reading

_HOW_TO_COMPARE = (
    "在每台电脑的“设置—密钥与签名”里，把“单位的根密钥”一栏显示的指纹与本页逐组核对，一致的按“指纹已核对”。"
    "不一致的不要确认，并立即告诉项目管理部。本页由项目管理部存档；更换根密钥后请重新打印。"
)


def print_fingerprint(reading: Reading) -> Printed:
    """The root key's fingerprint on paper, to be kept and compared.

    Raises:
        Refusal: there is no root key that is trusted here.
    """
    known = identities(reading)
    if not known.current:
        raise Refusal("单位还没有根密钥，或它未经本机确认。", kept=UNCHANGED)
    root = known.roots[known.current]
    groups = spoken(root.key)
    return render(
        Sheet(
            title="单位根密钥的指纹",
            company=reading.office.name,
            logo=reading.office.logo,
            blocks=(
                Grid((Cell("指纹", groups, wide=True), Cell("建立时间", f"{root.at.astimezone():%Y-%m-%d %H:%M}"))),
                LongText("怎样核对", _HOW_TO_COMPARE),
            ),
            dated=f"打印日期：{chinese_date(reading.today)}",
            digest=short_hash(root.key),
            qr=root.key,
        )
    )
