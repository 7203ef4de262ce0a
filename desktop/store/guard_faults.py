"""What a guarded server refuses to take, in plain words: what people see is what their own program would have said."""

from __future__ import annotations

from desktop.domain.errors import Refusal
from desktop.store.refusals import KEPT

CLOCK = "EP002"
"""The code under which a server refuses what comes with a wrong clock; its detail is the difference in seconds."""

_BYPASSED = "请在本程序中办理；一再如此的，请告知管理员。"
_FAULTS = {
    "EP001": ("服务器只接受以您本人名义办理的事项，这一笔用的不是您的名义。", "请用本人的登录打开后再办理。"),
    "EP003": ("服务器没有接受这条日志：它与这台电脑以前的日志接不上，或被改动过。", "请刷新后重试，或告知管理员。"),
    "EP004": ("服务器没有保存：写入的内容与日志所记的不一致。", _BYPASSED),
    "EP005": ("服务器没有接受这个签字：按制度它现在不能这样签。", "请刷新后查看轮到谁签、签的是哪一版。"),
    "EP006": ("服务器没有接受表单的这一变动：按制度它现在不能这样办。", "请刷新后查看表单的最新状态。"),
    "EP007": ("服务器没有接受这个编号：编号只能按次序取用，取了就要用。", "请刷新后重试。"),
    "EP008": ("服务器没有改动台账：台账只随批准的表单变动。", "请填写相应的表单办理。"),
    "EP009": ("服务器没有接受这份内容：它与自己的校验值不符。", "请重新打开后再试；仍不行的，请告知管理员。"),
    "EP011": ("您的登录没有对应的在职人员，不能保存。", "请管理员检查您的登录。"),
}  # fmt: skip
_MINUTE, _HOUR, _DAY, _YEAR = 60, 3600, 86_400, 31_557_600


def guard_refusal(code: str, detail: str, details: str) -> Refusal | None:
    """The refusal for one of the guard's own codes (``EP…``), or None where it is none of them."""
    if code == CLOCK:
        return _wrong_clock(detail, details)
    if code not in _FAULTS:
        return None
    what, todo = _FAULTS[code]
    return Refusal(what, kept=KEPT, todo=todo, details=details)


def _wrong_clock(detail: str, details: str) -> Refusal:
    by = f"相差{_span(abs(int(detail)))}" if detail.lstrip("-").isdecimal() else "不一致"
    way = "，本机走快了" if by != "不一致" and not detail.startswith("-") else "，本机走慢了" if by != "不一致" else ""
    return Refusal(
        f"本机的时钟与服务器{by}{way}，没有保存。",
        kept=KEPT,
        todo="请校准本机的日期、时间和时区，然后重试。",
        details=details,
    )


def _span(seconds: int) -> str:
    """A length of time in the two largest of its units."""
    parts = []
    for length, unit in ((_YEAR, "年"), (_DAY, "天"), (_HOUR, "小时"), (_MINUTE, "分钟")):
        if seconds >= length:
            parts.append(f" {seconds // length} {unit}")
            seconds %= length
    return "".join(parts[:2]) or " 不到 1 分钟"
