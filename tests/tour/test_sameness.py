"""The tour's clock stands, and its keys come from the day alone."""

import datetime as dt
from pathlib import Path

from desktop.store.ids import new_id
from desktop.tour.sameness import MACHINE, Moment, same_home, same_keys

DAY = dt.date(2026, 11, 18)


def test_the_clock_stands_until_it_is_told_to_go_on() -> None:
    moment = Moment(DAY)
    first = moment.now()
    assert moment.now() == first
    assert (first.date(), first.hour, first.utcoffset() is None) == (DAY, 10, False)
    for _ in range(500):
        before = moment.now()
        moment.pass_on()
        assert moment.now() > before
    assert moment.now().replace(second=0, microsecond=0) == first, "the minute would be seen on the screen"


def test_one_day_gives_one_set_of_keys() -> None:
    def keys(day: dt.date) -> list[str]:
        with same_keys(day, 7):
            return [str(new_id()) for _ in range(100)]

    assert keys(DAY) == keys(DAY)
    assert not {*keys(DAY)} & {*keys(DAY + dt.timedelta(days=1))}


def test_the_machine_has_a_name_of_its_own(tmp_path: Path) -> None:
    assert same_home(tmp_path / "home").installation.name == MACHINE
