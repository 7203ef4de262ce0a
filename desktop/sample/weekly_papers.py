"""The example's weekly reports: of one newer project, week by week, its members' and its manager's (WEEK-1)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from desktop.domain.weeks import week_of
from desktop.sample.lives import Content, Paper, Scene, Write
from desktop.sample.plan_papers import line
from desktop.services.plans import plan_lines

_WEEKS = 6
_MEMBERS = 3
_HOURS = (40, 36, 44)
_TROUBLES = (
    "",
    "3# 泊位管沟仍未移交，已两次函告总包，预计下周三给出移交日期。",
    "",
    "接入交换机到货数量短少 4 台，供货商答复本周补发。",
)


def papers(on: str, days: Sequence[dt.date]) -> Iterator[Paper]:
    """The reports of the last weeks on a project, each on its week's last working day; the latest wait.

    ``days`` are working days, the latest first, as `desktop.sample.making` counts them.
    """
    last_days: dict[str, int] = {}
    for ago, day in enumerate(days, 1):
        last_days.setdefault(week_of(day), ago)
    for place, (week, ago) in enumerate(list(last_days.items())[1 : _WEEKS + 1]):
        for member in range(_MEMBERS):
            if (place, member) == (0, 2):
                continue  # somebody is always missing
            signed = 0 if place == 0 else 1
            yield Paper("weekly_report", ago, member_report(week, member, place), on, f"team:{member}", signed)
        yield Paper("project_report", ago - 1 if ago > 1 else ago, project_report(week, place), on, signed=place)


def member_report(week: str, member: int, place: int) -> Write:
    """A member's tasks of a week: what the plan gives them, done as far as the calendar goes."""

    def write(scene: Scene) -> Content:
        today = scene.work.today
        own = [task for task in _tasks(scene) if task["owner"]["name"] == scene.author.name]
        going = [task for task in own or list(_tasks(scene)) if task["period"]["start"] <= today.isoformat()]
        hours = _HOURS[member] // max(1, len(going[-2:]))
        lines = [_told(task, today, hours, _TROUBLES[(member + place) % len(_TROUBLES)]) for task in going[-2:]]
        return {"week": {"week": week}, "lines": lines}

    return write


def _tasks(scene: Scene) -> list[Mapping[str, Any]]:
    tasks: list[Any] = plan_lines(scene.work, scene.about.id)["schedule"]
    return sorted(tasks, key=lambda task: str(task["period"]["start"]))


def _told(task: Mapping[str, Any], today: dt.date, hours: int, trouble: str) -> dict[str, Any]:
    start, end = (dt.date.fromisoformat(task["period"][key]) for key in ("start", "end"))
    name, late = task["name"], dt.timedelta(days=3 if trouble else 0)
    told = {
        "task": name,
        "forecast": (end + late).isoformat(),
        "effort": [{"name": "", "hours": str(hours)}],
        "problems": trouble or None,
    }
    if end < today:
        return dict(line(**told, status="done", done="100", work=f"{name}已完成并通过自检。"))
    done = max(5, round((today - start).days / max(1, (end - start).days) * 18) * 5)
    left = str(max(1, (100 - done) // 12))
    work, later = f"{name}按作业面推进，本周完成至 {done}%。", f"继续{name}，完成剩余作业面并做好记录。"
    return dict(line(**told, status="doing", done=str(done), needed=left, work=work, next=later))


def project_report(week: str, place: int) -> Write:
    """The manager's words over the members' lines."""

    def write(_scene: Scene) -> Content:
        light = ("yellow", "yellow", "green", "green", "red", "green")[place % 6]
        return {
            "week": {"week": week, "light": light, "done": str(72 - 4 * place)},
            "told": {
                "work": "光缆敷设与机柜安装按作业面推进，已完成区段通过监理抽检；与甲方确认了割接窗口。",
                "problems": _TROUBLES[place % len(_TROUBLES)] or None,
                "next": "完成剩余区段敷设，组织设备单机调试，准备联调方案评审。",
                "risks": "管沟移交推迟影响联调开始时间，已准备无线接入的过渡方案。",
            },
        }

    return write
