"""The critical path against one worked out differently: day by day, by relaxation until nothing moves (CTRL-6)."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from desktop.domain.calendar import WorkCalendar
from desktop.domain.schedule.links import Dependency, Link
from desktop.domain.schedule.network import CircularSchedule, EndlessSchedule, Network, Task, reckon
from desktop.domain.schedule.workdays import Workdays

MONDAY = dt.date(2026, 9, 28)
DAY = dt.timedelta(days=1)
GOLDEN_WEEK = frozenset(dt.date(2026, 10, day) for day in range(1, 8))
CALENDAR = WorkCalendar(GOLDEN_WEEK, frozenset({dt.date(2026, 9, 27), dt.date(2026, 10, 10)}), dt.date(2026, 12, 31))


def task(key: str, start: str, end: str = "", *, parent: str = "", milestone: bool = False, **more: Decimal) -> Task:
    first = dt.date.fromisoformat(start)
    return Task(key, key, first, dt.date.fromisoformat(end) if end else first, milestone, parent, **more)


def early(network: Network, key: str) -> tuple[str, str]:
    timing = network.timings[key]
    return timing.early_start.isoformat(), timing.early_finish.isoformat()


@pytest.mark.parametrize(
    ("kind", "lag", "days"),
    [
        (Link.FS, 0, ("2026-10-08", "2026-10-10")),
        (Link.FS, 1, ("2026-10-09", "2026-10-12")),
        (Link.FS, -1, ("2026-09-30", "2026-10-09")),
        (Link.SS, 1, ("2026-09-29", "2026-10-08")),
        (Link.FF, 0, ("2026-09-28", "2026-09-30")),
        (Link.FF, 2, ("2026-09-30", "2026-10-09")),
        (Link.SF, 5, ("2026-09-30", "2026-10-09")),
    ],
)
def test_CTRL_6_each_type_of_dependency_counts_working_days_over_a_holiday(
    kind: Link, lag: int, days: tuple[str, str]
) -> None:
    """28 to 30 September, then the golden week until the 7th; the 10th of October, a Saturday, is worked."""
    tasks = [task("设计", "2026-09-28", "2026-09-30"), task("施工", "2026-09-28", "2026-09-30")]
    assert early(reckon(tasks, [Dependency("设计", "施工", kind, lag)], CALENDAR), "施工") == days


def test_CTRL_6_the_longest_chain_is_critical_and_the_others_have_slack() -> None:
    tasks = [
        task("设计", "2026-09-21", "2026-09-25"),
        task("采购", "2026-09-21", "2026-09-22"),
        task("安装", "2026-09-21", "2026-09-23"),
        task("初验", "2026-09-28", milestone=True),
    ]
    links = [Dependency("设计", "安装"), Dependency("采购", "安装"), Dependency("安装", "初验")]
    network = reckon(tasks, links, CALENDAR)
    assert network.critical == ["设计", "安装", "初验"]
    timing = network.timings["采购"]
    assert (timing.total_slack, timing.free_slack) == (3, 3)
    assert (timing.late_start, timing.late_finish) == (dt.date(2026, 9, 24), dt.date(2026, 9, 25))
    # Sunday the 27th is worked; the milestone takes no time and falls on the last day of 安装
    assert early(network, "安装") == ("2026-09-27", "2026-09-29")
    assert early(network, "初验") == ("2026-09-29", "2026-09-29")
    assert network.end == dt.date(2026, 9, 29)


def test_CTRL_6_a_summary_task_runs_from_its_first_task_to_its_last_with_progress_by_work() -> None:
    tasks = [
        task("一期", "2026-09-01"),
        task("设计", "2026-09-21", "2026-09-22", parent="一期", work=Decimal(6), progress=Decimal(100)),
        task("施工", "2026-09-23", "2026-09-24", parent="一期", work=Decimal(18), progress=Decimal(20)),
        task("二期", "2026-09-01"),
        task("调试", "2026-09-21", "2026-09-21", parent="二期", progress=Decimal(0)),
        task("验收", "2026-09-21", "2026-09-23", parent="二期", work=Decimal(9), progress=Decimal(40)),
    ]
    network = reckon(tasks, [Dependency("一期", "二期")], CALENDAR)
    assert early(network, "一期") == ("2026-09-21", "2026-09-24")
    assert (network.timings["一期"].work, network.timings["一期"].progress) == (Decimal(24), Decimal(40))
    assert early(network, "二期") == ("2026-09-25", "2026-09-28"), "what a summary waits for, all below it wait for"
    assert network.timings["二期"].progress == Decimal(30), "by length: not all work is planned"
    assert network.timings["一期"].summary
    assert network.timings["一期"].critical
    assert network.critical == ["施工", "验收"]


def test_CTRL_6_a_night_on_a_day_off_keeps_its_day() -> None:
    night = task("割接", "2026-09-26")  # a Saturday
    network = reckon([night, task("试运行", "2026-09-27")], [Dependency("割接", "试运行")], CALENDAR)
    assert early(network, "割接") == ("2026-09-26", "2026-09-26")
    assert early(network, "试运行") == ("2026-09-27", "2026-09-27")


def test_CTRL_6_a_circle_is_told_with_its_tasks() -> None:
    tasks = [task(key, "2026-09-21") for key in ("设计", "采购", "安装", "验收")]
    links = [
        Dependency("设计", "采购"),
        Dependency("采购", "安装"),
        Dependency("安装", "设计"),
        Dependency("安装", "验收"),
    ]
    with pytest.raises(CircularSchedule, match="采购 → 安装 → 设计 → 采购"):
        reckon(tasks, links, CALENDAR)
    below = [task("一期", "2026-09-21"), task("设计", "2026-09-21", parent="一期"), task("二期", "2026-09-21")]
    with pytest.raises(CircularSchedule) as told:
        reckon(below, [Dependency("一期", "二期"), Dependency("二期", "设计")], CALENDAR)
    assert set(told.value.tasks) == {"一期", "设计", "二期"}
    with pytest.raises(CircularSchedule):
        reckon([task("甲", "2026-09-21", parent="乙"), task("乙", "2026-09-21", parent="甲")], [], CALENDAR)


def test_CTRL_6_dates_that_run_out_are_told() -> None:
    tasks = [task("甲", "9990-01-01", "9998-01-01"), task("乙", "9990-01-01", "9998-01-01")]
    with pytest.raises(EndlessSchedule):
        reckon(tasks, [Dependency("甲", "乙")], CALENDAR)


def test_CTRL_6_twenty_thousand_tasks_in_one_chain_and_one_nest() -> None:
    tasks = [task(str(number), "2026-09-21", "2026-09-22") for number in range(10_000)]
    tasks += [
        task(f"n{number}", "2026-09-21", "2026-09-22", parent=f"n{number - 1}" if number else "")
        for number in range(10_000)
    ]
    links = [Dependency(str(number), str(number + 1), Link.SS, 1) for number in range(9_999)]
    network = reckon(tasks, links, CALENDAR)
    assert network.timings["9999"].total_slack == 0
    assert network.timings["n0"].early_finish == dt.date(2026, 9, 22)
    assert network.timings["n9999"].total_slack == network.timings["n0"].total_slack > 9_900


# --------------------------------------------------------------------------- the independent computation


@dataclass
class Slow:
    """Moments are (day, evening?): found by stepping through the days, one after the other."""

    tasks: list[Task]
    links: list[Dependency]
    calendar: WorkCalendar

    def __post_init__(self) -> None:
        self.days = [day for day in map(MONDAY.__add__, map(dt.timedelta, range(-2_000, 9_000))) if self.works(day)]
        self.by_id = {task.id: task for task in self.tasks}
        self.leaves = [task for task in self.tasks if not any(other.parent == task.id for other in self.tasks)]

    def works(self, day: dt.date) -> bool:
        return self.calendar.is_workday(day)

    def morning(self, day: dt.date) -> int:
        while not self.works(day):
            day += DAY
        return self.days.index(day)

    def length(self, item: Task) -> int:
        if item.milestone and item.start == item.end:
            return 0
        count, day = 0, item.start
        while day <= item.end:
            count += self.works(day)
            day += DAY
        return count

    def entered(self, item: Task) -> int:
        return self.morning(item.start + DAY if item.milestone and item.start == item.end else item.start)

    def below(self, key: str) -> list[Task]:
        """The leaves at or below a task."""
        found = []
        for leaf in self.leaves:
            at: Task | None = leaf
            while at is not None and at.id != key:
                at = self.by_id.get(at.parent)
            if at is not None:
                found.append(leaf)
        return found

    def relax(self) -> tuple[dict[str, int], dict[str, int]]:
        """Earliest starts of all leaves, each moved on until no rule moves any."""
        lengths = {leaf.id: self.length(leaf) for leaf in self.leaves}
        starts = {leaf.id: self.entered(leaf) for leaf in self.leaves}
        groups = {task.id: self.below(task.id) for task in self.tasks}
        moved = True
        while moved:
            moved = False
            for link in self.links:
                befores = groups[link.before]
                if link.kind in {Link.FS, Link.FF}:
                    when = max(starts[leaf.id] + lengths[leaf.id] for leaf in befores)
                else:
                    when = min(starts[leaf.id] for leaf in befores)
                for leaf in groups[link.after]:
                    wanted = when + link.lag - (lengths[leaf.id] if link.kind in {Link.FF, Link.SF} else 0)
                    if starts[leaf.id] < wanted:
                        starts[leaf.id] = wanted
                        moved = True
        return starts, lengths

    def dates(self, item: Task, start: int, length: int) -> tuple[dt.date, dt.date]:
        if length:
            return self.days[start], self.days[start + length - 1]
        if start == self.entered(item):
            return item.start, item.end
        return self.days[start - 1], self.days[start - 1]

    def slacks(self) -> dict[str, tuple[int, int]]:
        """Total and free slack by trying: each leaf is pushed on a day at a time until the end, or another, moves."""
        starts, lengths = self.relax()
        end = max(starts[key] + lengths[key] for key in starts)
        found = {}
        for leaf in self.leaves:
            free = total = 0
            alone = True
            while True:
                pushed = self.pushed(leaf.id, starts[leaf.id] + total + 1)
                if max(pushed[key] + lengths[key] for key in pushed) > end:
                    break
                total += 1
                alone = alone and all(pushed[key] == starts[key] for key in starts if key != leaf.id)
                free += alone
            found[leaf.id] = (total, free)
        return found

    def pushed(self, key: str, start: int) -> dict[str, int]:
        before = self.entered
        self.entered = lambda item: start if item.id == key else before(item)  # type: ignore[method-assign]
        try:
            return self.relax()[0]
        finally:
            self.entered = before  # type: ignore[method-assign]


def random_calendar(random: Random) -> WorkCalendar:
    """Holidays and 补班 days anywhere, also one on the other, also weeks off."""
    around = [MONDAY + DAY * step for step in range(-30, 200)]
    holidays = set(random.sample(around, random.randrange(40)))
    for _week in range(random.randrange(3)):
        at = random.randrange(len(around) - 12)
        holidays.update(around[at : at + random.randrange(1, 12)])
    return WorkCalendar(frozenset(holidays), frozenset(random.sample(around, random.randrange(30))), MONDAY)


def random_tasks(random: Random, count: int, summaries: int = 0) -> list[Task]:
    tasks = []
    for number in range(count + summaries):
        start = MONDAY + DAY * random.randrange(60)
        length = random.choice((0, 0, 1, 2, 3, 5, 9, 16))
        parent = (
            f"s{random.randrange(min(number, summaries))}" if number and summaries and random.random() < 0.8 else ""
        )
        key = f"s{number}" if number < summaries else f"t{number - summaries}"
        tasks.append(Task(key, key, start, start + DAY * length, random.random() < 0.2, parent))
    return tasks


def random_links(random: Random, tasks: list[Task], wanted: float) -> list[Dependency]:
    """Links forward in the order of the tasks, so that there is no circle."""
    links: dict[tuple[str, str], Dependency] = {}
    for _try in range(int(len(tasks) * wanted)):
        first, second = sorted(random.sample(range(len(tasks)), 2))
        before, after = tasks[first].id, tasks[second].id
        links[before, after] = Dependency(before, after, random.choice(list(Link)), random.randrange(-6, 9))
    return list(links.values())


@given(st.integers(min_value=0), st.integers(min_value=1, max_value=300))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_CTRL_6_earliest_days_agree_with_plain_relaxation(seed: int, count: int) -> None:
    random = Random(seed)
    tasks, calendar = random_tasks(random, count), random_calendar(random)
    links = random_links(random, tasks, 1.5) if count > 1 else []
    network = reckon(random.sample(tasks, count), links, calendar)
    slow = Slow(tasks, links, calendar)
    starts, lengths = slow.relax()
    for item in tasks:
        timing = network.timings[item.id]
        assert (timing.early_start, timing.early_finish) == slow.dates(item, starts[item.id], lengths[item.id])
        assert timing.length == lengths[item.id]


@given(st.integers(min_value=0), st.integers(min_value=1, max_value=14))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_CTRL_6_slack_is_how_far_a_task_can_be_pushed(seed: int, count: int) -> None:
    random = Random(seed)
    tasks, calendar = random_tasks(random, count), random_calendar(random)
    links = random_links(random, tasks, 1.2) if count > 1 else []
    network = reckon(tasks, links, calendar)
    found = {key: (timing.total_slack, timing.free_slack) for key, timing in network.timings.items()}
    assert found == Slow(tasks, links, calendar).slacks()
    assert network.critical


@given(st.integers(min_value=0), st.integers(min_value=1, max_value=300))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_CTRL_6_total_slack_of_large_networks_agrees_with_relaxation_from_the_end(seed: int, count: int) -> None:
    """Turned round, latest days are earliest ones: finishes become starts, and each link points back."""
    random = Random(seed)
    tasks, calendar = random_tasks(random, count), random_calendar(random)
    links = random_links(random, tasks, 1.5) if count > 1 else []
    network = reckon(tasks, links, calendar)
    slow = Slow(tasks, links, calendar)
    starts, lengths = slow.relax()
    end = max(starts[key] + lengths[key] for key in starts)
    distance: Callable[[Dependency], int] = lambda link: {  # noqa: E731
        Link.FS: lengths[link.before] + link.lag,
        Link.SS: link.lag,
        Link.FF: lengths[link.before] + link.lag - lengths[link.after],
        Link.SF: link.lag - lengths[link.after],
    }[link.kind]
    latest = {item.id: end - lengths[item.id] for item in tasks}
    for _round in range(count):
        for link in links:
            latest[link.before] = min(latest[link.before], latest[link.after] - distance(link))
    assert {key: timing.total_slack for key, timing in network.timings.items()} == {
        key: latest[key] - starts[key] for key in latest
    }
    assert all(0 <= timing.free_slack <= timing.total_slack for timing in network.timings.values())


@given(st.integers(min_value=0), st.integers(min_value=1, max_value=60), st.integers(min_value=1, max_value=8))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_CTRL_6_summary_tasks_agree_with_plain_relaxation(seed: int, count: int, summaries: int) -> None:
    random = Random(seed)
    tasks, calendar = random_tasks(random, count, summaries), random_calendar(random)
    parents = {task.parent for task in tasks}
    links = [
        link
        for link in random_links(random, tasks, 1)
        if not (link.kind in {Link.FF, Link.SF} and link.after in parents)
    ]
    try:
        network = reckon(tasks, links, calendar)
    except CircularSchedule:
        return
    slow = Slow(tasks, links, calendar)
    starts, lengths = slow.relax()
    for item in tasks:
        below = slow.below(item.id)
        spans = [slow.dates(leaf, starts[leaf.id], lengths[leaf.id]) for leaf in below]
        timing = network.timings[item.id]
        assert timing.early_start == min(first for first, _last in spans)
        assert timing.early_finish == max(last for _first, last in spans)
        assert timing.summary == (item.id in parents)
        assert 0 <= timing.free_slack <= timing.total_slack


@given(st.integers(min_value=0))
@settings(max_examples=60, deadline=None)
def test_CTRL_6_places_of_working_days_agree_with_the_calendar(seed: int) -> None:
    calendar = random_calendar(Random(seed))
    days, day = Workdays(calendar), MONDAY - DAY * 40
    place = days.place(day)
    for _step in range(300):
        assert days.place(day) == place
        if calendar.is_workday(day):
            assert days.day(place) == day
            place += 1
        assert days.place_after(day) == place
        day += DAY
    assert days.between(MONDAY - DAY * 40, day - DAY) == place - days.place(MONDAY - DAY * 40)
