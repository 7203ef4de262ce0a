"""The databases that the other tests stand on."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Connection, create_engine, make_url, text

calls: list[str] = []


@contextmanager
def connected(url: str) -> Iterator[Connection]:
    engine = create_engine(url)
    with engine.begin() as connection:
        yield connection
    engine.dispose()


def prepare(url: str) -> None:
    calls.append(make_url(url).get_backend_name())
    with connected(url) as connection:
        connection.execute(text("CREATE TABLE name (name VARCHAR)"))
        connection.execute(text("INSERT INTO name VALUES ('𠮷镕堃')"))


def names(url: str) -> list[str]:
    with connected(url) as connection:
        return list(connection.execute(text("SELECT name FROM name")).scalars())


@pytest.mark.parametrize("turn", [1, 2])
def test_each_test_gets_an_empty_database(database_url: str, turn: int) -> None:
    with connected(database_url) as connection:
        connection.execute(text("CREATE TABLE turn (number INTEGER)"))
        connection.execute(text("INSERT INTO turn VALUES (:turn)"), {"turn": turn})


def test_a_template_is_prepared_once_and_its_copies_are_apart(
    office_template: Callable[[Callable[[str], None]], str],
) -> None:
    first, second = office_template(prepare), office_template(prepare)
    with connected(first) as connection:
        connection.execute(text("DELETE FROM name"))
    assert names(first) == []
    assert names(second) == ["𠮷镕堃"]
    assert calls.count(make_url(first).get_backend_name()) == 1


def test_postgresql_is_new_enough_and_far_from_utc(postgres_url: str) -> None:
    with connected(postgres_url) as connection:
        assert int(connection.execute(text("SHOW server_version_num")).scalar_one()) >= 160000
        assert connection.execute(text("SHOW timezone")).scalar() == "Asia/Shanghai"
        assert connection.execute(text("SHOW server_encoding")).scalar() == "UTF8"
