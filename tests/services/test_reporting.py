"""The papers of a week against figures that the test works out itself from the raw rows."""

import datetime as dt
import email
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from email import policy as mail_policy
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from openpyxl import load_workbook
from sqlalchemy import event, select

from desktop.domain.canonical import canonical_text, read_canonical
from desktop.domain.report import Report, Table
from desktop.domain.weeks import day_in, shifted
from desktop.services.chasing import chasing, write_chasing
from desktop.services.due import todo
from desktop.services.mailing import SentLetter, note_sent
from desktop.services.people import add_person, assign_role, list_people
from desktop.services.reporting import recipients, report_book, report_mail, report_pdf
from desktop.services.week_papers import BULLETIN, STATUS, week_paper
from desktop.store.ids import new_id
from desktop.store.tables import Base, TrackedProblem
from tests.bench.reporting_office import NOW, WEEK, fill_office
from tests.guarded import by_hand
from tests.paper.sheets import texts_of
from tests.services.world import CLERK, HEAD, MANAGER, PRESIDENT, TECHNICAL, World, refusal

WEEKS = [shifted(WEEK, -back) for back in range(7, -1, -1)]
FRIDAYS = {"2026-W40": dt.date(2026, 9, 30)}
"""The last working day before 国庆, where the Friday is off."""
GOING = {"nominating", "starting", "initiating", "implementing", "paused", "closing"}


@pytest.fixture
def full(world: World) -> World:
    """The office with 24 more projects, eight weeks of reports, and the clock on a Tuesday morning."""
    world.clock.now = NOW
    fill_office(world.office, projects=24, lines=400)
    return world


def paper(world: World, key: str, week: str = WEEK, by: str = CLERK) -> Report:
    return world.office.read(partial(week_paper, actor=world.who(by), key=key, week=week))


def rows(world: World, table: str) -> list[Any]:
    with world.office.database.connecting() as connection:
        return list(connection.execute(select(Base.metadata.tables[table])).all())


class Plain:
    """The raw rows, and what they say of a week, counted without the program's own services."""

    def __init__(self, world: World) -> None:
        self.projects = {row.id: row for row in rows(world, "project")}
        self.departments = {row.id: row.name for row in rows(world, "department")}
        self.members: dict[UUID, set[UUID]] = defaultdict(set)
        for row in rows(world, "assignment"):
            if row.project_id and row.role_key == "member":
                self.members[row.project_id].add(row.person_id)
        self.filings = [row for row in rows(world, "filing") if row.form_key in {"weekly_report", "project_report"}]
        self.away = {row.person_id: (row.starts_on, row.ends_on) for row in rows(world, "absence")}

    def owed(self, week: str) -> Iterator[tuple[Any, bool]]:
        """The projects of a week, and whether each is asked for reports."""
        monday, sunday = day_in(week, 1), min(day_in(week, 7), NOW.date())
        for project in self.projects.values():
            began = project.appointed_on or project.initiated_on
            if began and began > sunday:
                continue
            if project.state not in GOING and not (project.closed_on and project.closed_on >= monday):
                continue
            ended = project.paused_on if project.state == "paused" else project.closed_on
            stopped = project.state in {"paused", "closed"} and (ended is None or ended <= sunday)
            yield project, not stopped

    def count(self, week: str, form: str) -> dict[str, Counter[str]]:
        """How reports came in, by department."""
        due = dt.datetime.combine(FRIDAYS.get(week, day_in(week, 5)), dt.time(18))
        if form == "project_report":
            due = dt.datetime.combine(day_in(week, 8), dt.time(12))
        sent = {
            (row.project_id, row.author_id): row.created_at.astimezone().replace(tzinfo=None)
            for row in self.filings
            if row.period == week and row.form_key == form
        }
        found: dict[str, Counter[str]] = defaultdict(Counter)
        for project, asked in self.owed(week):
            place = self.departments.get(project.department_id, "（未分部门）")
            people = {person for owner, person in sent if owner == project.id}
            if asked and form == "weekly_report":
                people |= self.members[project.id] | ({project.manager_id} if project.manager_id else set())
            elif asked:
                people = people or ({project.manager_id} if project.manager_id else set())
            for person in people:
                found[place][self._how(sent.get((project.id, person)), due, person, week)] += 1
            if not people:
                found[place]["excused"] += 1
        return found

    def _how(self, at: dt.datetime | None, due: dt.datetime, person: UUID, week: str) -> str:
        if at is not None:
            return "on_time" if at <= due else "late"
        start, end = self.away.get(person, (dt.date.max, dt.date.min))
        return "excused" if start <= day_in(week, 1) and end >= day_in(week, 5) else "missing"


def share(part: int, whole: int) -> str:
    points = round(100 * part / whole + 1e-9, 1)
    return f"{min(points, 99.9) if part < whole else 100:.1f}"


def counted(table: Table) -> dict[str, dict[str, Any]]:
    return {str(row.values["name"]): dict(row.values) for row in table.rows}


def test_WEEK_5_the_tuesday_report_counts_as_the_raw_rows_say(full: World) -> None:
    report, plain = paper(full, STATUS), Plain(full)
    for key, form in (("departments", "weekly_report"), ("projects", "project_report")):
        expected = plain.count(WEEK, form)
        found = counted(report.table(key))
        assert found.keys() == expected.keys()
        for place, counts in expected.items():
            owed = counts["on_time"] + counts["late"] + counts["missing"]
            told = {name: int(found[place][name]) for name in ("on_time", "late", "missing", "excused", "owed")}
            assert told == {"owed": owed, **{name: counts[name] for name in told if name != "owed"}}, place
            assert found[place]["rate"] == (share(owed - counts["missing"], owed) if owed else None)
    whole = sum(plain.count(WEEK, "weekly_report").values(), Counter())
    facts = {fact.label: fact.text for fact in report.facts}
    assert facts["迟交"] == f"{whole['late']} 份"
    assert facts["未交"] == f"{whole['missing']} 份"
    missing = [row for row in report.table("missing").rows if row.values["form"] == "员工周报"]
    assert len(missing) == whole["missing"]
    assert report.table("late").count >= whole["late"]
    assert report.table("excused").count == whole["excused"]


def test_WEEK_5_the_rates_of_the_last_eight_weeks(full: World) -> None:
    plain = Plain(full)
    told = {str(row.values["week"]): row.values for row in paper(full, STATUS).table("trend").rows}
    assert list(told) == WEEKS
    for week in WEEKS:
        counts = sum(plain.count(week, "weekly_report").values(), Counter())
        owed = counts["on_time"] + counts["late"] + counts["missing"]
        assert told[week]["owed"] == str(owed)
        assert told[week]["rate"] == share(owed - counts["missing"], owed)
        assert told[week]["punctual"] == share(counts["on_time"], owed)


def test_WEEK_5_it_goes_to_the_president_and_the_heads_of_departments(full: World) -> None:
    give = partial(add_person, name="分部长", staff_no="0800", email="part@binhai.example")
    part = full.office.run(full.who(CLERK), give).value
    inside = full.department("一组")
    full.office.run(
        full.who(CLERK), partial(assign_role, person_id=part, role_key="technical_head", department_id=inside)
    )
    rule = full.office.policy.weekly_paper(STATUS)
    assert rule is not None
    people = full.office.read(partial(recipients, rule=rule))
    assert {(one.person.name, one.role) for one in people} >= {(PRESIDENT, "总裁室"), (TECHNICAL, "技术部门负责人")}
    assert "分部长" not in {one.person.name for one in people}, "only 一级部门"
    assert HEAD not in {one.person.name for one in people}
    assert paper(full, STATUS).to == "总裁室、技术部门负责人"


def test_WEEK_5_chasing_names_everything_that_is_missing(full: World) -> None:
    found = full.office.read(partial(chasing, actor=full.who(CLERK), week=WEEK))
    report = paper(full, STATUS)
    assert sum(one.count for one in found.people) == report.table("missing").count
    one = next(one for one in found.people if one.person.name == MANAGER)
    assert "JC-2026-901 综合监控：员工周报，应于 11-20 18:00 前提交，已过 2 个工作日" in one.text
    for row in report.table("missing").rows:
        assert f"{row.values['project']}：{row.values['person']}的{row.values['form']}" in found.everyone


def test_WEEK_5_chasing_letters_lie_ready_for_each_manager_or_for_all(full: World) -> None:
    found = full.office.read(partial(chasing, actor=full.who(CLERK), week=WEEK))
    paths = write_chasing(found, full.folder, everyone=False)
    assert len(paths) == sum(bool(one.email) for one in found.managers) > 0
    (whole,) = write_chasing(found, full.folder, everyone=True)
    letter = email.message_from_bytes(whole.read_bytes(), policy=mail_policy.default)
    assert letter["X-Unsent"] == "1"
    assert len(letter["To"].addresses) == sum(bool(one.email) for one in found.people)
    assert letter.get_content().strip() == found.everyone.strip()
    assert MANAGER in found.without_address


def test_WEEK_5_nobody_to_chase_is_told(world: World) -> None:
    told = refusal(lambda: world.office.read(partial(chasing, actor=world.who(CLERK), week="2026-W08")))
    assert "没有人要催" in told.what


@pytest.mark.parametrize(("week", "what"), [("2026-W54", "不是周次"), ("下周", "不是周次"), ("2027-W01", "还没有开始")])
def test_WEEK_5_a_week_that_is_none_is_refused(full: World, week: str, what: str) -> None:
    for key in (STATUS, BULLETIN):
        assert what in refusal(lambda key=key: paper(full, key, week)).what  # type: ignore[misc]


def test_WEEK_5_who_sees_one_department_gets_its_figures_and_is_told_so(full: World) -> None:
    report = paper(full, STATUS, by=TECHNICAL)
    assert set(counted(report.table("departments"))) == {"系统集成部"}
    assert "只含您可以查看的项目。" in report.notes


def test_INFO_1_the_bulletin_says_what_the_reports_of_the_week_say(full: World) -> None:
    report, plain = paper(full, BULLETIN), Plain(full)
    told = {row.subject: row for row in report.table("projects").rows}
    sections = {(row.revision_id, row.key): read_canonical(row.text) for row in rows(full, "section")}
    of_week = [row for row in plain.filings if row.period == WEEK and row.form_key == "project_report"]
    words = {"green": "正常", "yellow": "预警", "red": "严重"}
    checked = 0
    for filing in of_week:
        if filing.project_id not in told:
            continue
        head: Any = sections[filing.revision_id, "week"]
        text: Any = sections[filing.revision_id, "told"]
        row = told[filing.project_id]
        assert row.values["light"] == words[head["light"]]
        assert row.values["done"] == head["done"]
        assert row.values["work"] == text["work"]
        assert row.values["next"] == text["next"]
        assert ("【需协调】" in str(row.values["problems"])) == bool(text["asks"])
        checked += 1
    assert checked > 8
    lights = Counter(str(row.values["light"]) for row in told.values())
    facts = {fact.label: fact.text for fact in report.facts}
    assert {key: facts[key] for key in ("严重", "预警", "正常", "未报")} == {
        key: f"{lights[key]} 个" for key in ("严重", "预警", "正常", "未报")
    }
    states = Counter(project.state for project, _asked in plain.owed(WEEK))
    assert facts["项目"].startswith(f"{states.total()} 个")
    assert f"暂停 {states['paused']}" in facts["项目"]
    short = Counter(row.values["state"] for row in report.table("others").rows)
    assert short["暂停"] == states["paused"]


def test_INFO_1_without_a_report_members_lines_stand_in_or_it_says_so(full: World) -> None:
    reported = {
        row.project_id for row in Plain(full).filings if row.period == WEEK and row.form_key == "project_report"
    }
    lines: dict[UUID, set[str]] = defaultdict(set)
    for row in rows(full, "report_line"):
        if row.week == WEEK:
            content: Any = read_canonical(row.content)
            lines[row.project_id].add(f"{row.task}：{content['work']}")
    seen = set()
    for row in paper(full, BULLETIN).table("projects").rows:
        if row.subject in reported:
            continue
        assert row.values["light"] == "未报"
        if row.subject in lines:
            assert set(str(row.values["work"]).split("\n")) == lines[row.subject]
            seen.add("lines")
        else:
            assert row.values["work"] == "本周无周报"
            seen.add("none")
    assert seen == {"lines", "none"}


def test_INFO_1_tracked_problems_are_counted(full: World) -> None:
    project = full.project()
    facts = [(None, dt.date(2026, 11, 1)), (None, dt.date(2026, 12, 1)), (dt.date(2026, 11, 2), dt.date(2026, 11, 1))]

    def raise_problems(work: Any) -> None:
        for closed, due in facts:
            work.session.add(
                TrackedProblem(
                    project_id=project.id,
                    line=str(new_id()),
                    source="x",
                    title="t",
                    content=canonical_text({}),
                    raised_on=dt.date(2026, 10, 1),
                    due_on=due,
                    closed_on=closed,
                )
            )

    with by_hand():
        full.office.run(full.who(CLERK), raise_problems)
    report = paper(full, BULLETIN)
    row = next(row for row in report.table("projects").rows if row.subject == project.id)
    assert "2 个问题未关闭，其中 1 个逾期" in str(row.values["problems"])
    assert {fact.label: fact.text for fact in report.facts}["跟踪中的问题"] == "2 个，其中逾期 1 个"


def test_INFO_1_on_paper_in_excel_and_as_a_letter(full: World) -> None:
    report = paper(full, BULLETIN)
    printed = report_pdf(full.office, report)
    assert printed.missing == frozenset()
    text = "".join("".join(texts_of(printed.pdf)).split())
    assert printed.pages <= 4
    for row in report.table("projects").rows:
        assert "".join(str(row.values["project"]).split()) in text
        assert "".join(str(row.values["work"]).split())[:12] in text
    path = full.folder / "简报.xlsx"
    report_book(report, path)
    sheet = load_workbook(path)["各项目情况"]
    works = {cell.value for cell in sheet["F"]}
    assert {row.values["work"] for row in report.table("projects").rows} <= works, "whole texts, not shortened"
    shares = [cell.value for cell in sheet["D"][3:] if cell.value is not None]
    assert shares
    assert all(isinstance(value, float | int) and 0 <= value <= 1 for value in shares)
    assert sheet.freeze_panes == "B4"
    to = (("总裁", "boss@binhai.example"), ("𬴂𪟝", "fin@binhai.example"))
    report_mail(full.office, report, to, full.folder / "简报.eml")
    letter = email.message_from_bytes((full.folder / "简报.eml").read_bytes(), policy=mail_policy.default)
    assert letter["Subject"] == f"{report.title} {report.subtitle}"
    assert [(one.display_name, one.addr_spec) for one in letter["To"].addresses] == list(to)
    (pdf,) = letter.iter_attachments()
    assert pdf.get_filename() == f"{report.name}.pdf"
    assert pdf.get_content() == printed.pdf
    body = letter.get_body()
    assert body is not None
    assert "员工周报提交率" in body.get_content()


def test_WEEK_5_moments_and_figures_are_real_in_excel(full: World) -> None:
    report = paper(full, STATUS)
    path = full.folder / "通报.xlsx"
    report_book(report, path)
    book = load_workbook(path)
    late = book["迟交名单"]
    moments = [cell.value for cell in late["E"][3:] if cell.value is not None]
    assert moments
    assert all(isinstance(value, dt.datetime) for value in moments)
    owed = [cell.value for cell in book["各部门员工周报"]["B"][3:]]
    assert owed[-1] == sum(owed[:-1])


def test_INFO_1_user_texts_never_become_formulas(full: World) -> None:
    report = paper(full, BULLETIN)
    table = report.table("projects")
    group = table.groups[0]
    evil = {**group.rows[0].values, "work": '=HYPERLINK("http://x","y")'}
    changed = type(table)(
        key=table.key,
        title="=1+1",
        columns=table.columns,
        groups=(type(group)("@SUM(A1)", (type(group.rows[0])(evil),)),),
    )
    path = full.folder / "x.xlsx"
    report_book(type(report)(key="x", title="+1", parts=(changed,)), path)
    for sheet in load_workbook(path):
        assert all(cell.data_type != "f" for line in sheet.iter_rows() for cell in line)


@contextmanager
def asked(world: World) -> Iterator[list[str]]:
    """The statements that the office's database is asked meanwhile."""
    found: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        found.append(statement)

    with world.office.database.connecting() as connection:
        engine = connection.engine
    event.listen(engine, "before_cursor_execute", note)
    yield found
    event.remove(engine, "before_cursor_execute", note)


@pytest.mark.parametrize("key", [STATUS, BULLETIN])
def test_INFO_1_as_many_queries_for_many_projects_as_for_few(world: World, key: str) -> None:
    world.clock.now = NOW
    fill_office(world.office, projects=6, lines=40, weeks=2)
    paper(world, key)
    with asked(world) as few:
        paper(world, key)
    fill_office(world.office, projects=40, lines=200, weeks=2, seed=8, first=500)
    with asked(world) as many:
        paper(world, key)
    assert len(few) == len(many)


def test_ROLE_11_an_address_is_kept_checked_and_listed(world: World) -> None:
    add = partial(add_person, name="郝邮", staff_no="0900", email=" ｈａｏ@binhai.example ")
    made = world.office.run(world.who(CLERK), add).value
    (row,) = (row for row in world.office.read(list_people) if row.id == made)
    assert row.email == "hao@binhai.example"
    wrong = partial(add_person, name="坏邮", staff_no="0901", email="不是邮箱")
    told = refusal(lambda: world.office.run(world.who(CLERK), wrong))
    assert "不是邮箱地址" in told.what


def test_INFO_1_the_papers_are_due_at_the_clerks_desk_until_they_are_sent(full: World) -> None:
    def due() -> list[str]:
        items = full.office.read(partial(todo, actor=full.who(CLERK)))
        return [item.page[1] for item in items if item.page and item.page[0] == "control"]

    assert due() == [STATUS, BULLETIN]
    sent = SentLetter(NOW, CLERK, ("boss@binhai.example",), "file")
    full.office.run(full.who(CLERK), lambda work: note_sent(work, f"{STATUS}:{WEEK}", sent))
    assert due() == [BULLETIN]
