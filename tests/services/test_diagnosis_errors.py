"""The last errors are kept by type and place, few, whatever happens to the disk."""

import json
import logging
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from desktop.domain.errors import Refusal
from desktop.services.diagnosis_errors import KEPT, Frame, Incident, links_of, read_errors
from desktop.services.diagnosis_keeper import FILE, ErrorKeeper, recent_errors
from desktop.services.home import Home

log = logging.getLogger("desktop.test")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "log"


@pytest.fixture
def keeper(folder: Path) -> Iterator[ErrorKeeper]:
    made = ErrorKeeper(folder)
    logging.getLogger().addHandler(made)
    yield made
    logging.getLogger().removeHandler(made)


def raised(error: Exception) -> Exception:
    """The error with a traceback."""

    def fail() -> None:
        raise error

    try:
        fail()
    except type(error) as caught:
        return caught
    raise AssertionError


def kind(number: int) -> type[Exception]:
    return type(f"Fault{number}", (Exception,), {})


def record(error: Exception) -> None:
    log.error("failed", exc_info=raised(error))


def test_an_error_is_kept_with_its_place_in_the_program(folder: Path, keeper: ErrorKeeper) -> None:
    try:
        json.loads("{")
    except ValueError:
        log.exception("failed")
    (kept,) = read_errors(folder / FILE)
    assert kept == keeper.incidents[0]
    assert kept.links[0].kind == "json.decoder.JSONDecodeError"
    assert kept.links[0].frames[-1].file == "json/decoder.py"
    assert kept.links[0].frames[-1].function == "JSONDecoder.raw_decode"
    assert not kept.background


def test_frames_of_the_program_are_told_by_its_folders(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(Refusal) as caught:
        Home(tmp_path / "file" / "x")
    links = links_of(caught.value)
    assert links[0].frames[-1].file == "desktop/store/places.py"
    assert links[0].frames[-1].function == "data_folder"
    assert links[1].codes.startswith("errno ")
    assert str(links[0].frames[-1]).startswith("desktop/store/places.py:")


@pytest.mark.usefixtures("keeper")
def test_only_the_newest_are_kept_and_they_come_newest_first(folder: Path) -> None:
    for number in range(KEPT + 12):
        record(kind(number)("x"))
    kept = recent_errors(folder)
    assert len(kept) == KEPT
    assert {item.links[0].kind.rpartition(".")[2] for item in kept} == {
        f"Fault{number}" for number in range(12, KEPT + 12)
    }
    assert [item.last for item in kept] == sorted((item.last for item in kept), reverse=True)


@pytest.mark.usefixtures("keeper")
def test_the_same_error_a_thousand_times_is_one_entry_and_few_writes(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    record(KeyError("other"))
    written: list[Path] = []
    whole: Callable[[Path, str], None] = sys.modules["desktop.services.diagnosis_keeper"].write_whole

    def counted(file: Path, text: str) -> None:
        written.append(file)
        whole(file, text)

    monkeypatch.setattr("desktop.services.diagnosis_keeper.write_whole", counted)
    for _ in range(1000):
        record(ValueError("loop"))
    assert len(written) <= 10
    kept = recent_errors(folder)
    assert {(item.links[0].kind, item.count) for item in kept} == {("ValueError", 1000), ("KeyError", 1)}
    (again,) = (item for item in read_errors(folder / FILE) if item.links[0].kind == "ValueError")
    assert again.count == 512


@pytest.mark.usefixtures("keeper")
def test_what_several_runs_and_windows_meet_is_added_up(folder: Path) -> None:
    record(ValueError("mine"))
    other = ErrorKeeper(folder)
    try:
        logging.getLogger().addHandler(other)
        logging.getLogger().removeHandler(logging.getLogger().handlers[0])
        other.handle(logging.LogRecord("x", logging.ERROR, __file__, 1, "m", None, None))
    finally:
        logging.getLogger().removeHandler(other)
    assert len(read_errors(folder / FILE)) == 2


def test_what_cannot_be_written_is_still_told_while_the_program_runs(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    keeper = ErrorKeeper(tmp_path / "file" / "log")
    logging.getLogger().addHandler(keeper)
    try:
        record(ValueError("x"))
        assert [item.links[0].kind for item in recent_errors(tmp_path / "file" / "log")] == ["ValueError"]
    finally:
        logging.getLogger().removeHandler(keeper)


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"errors": 3}', '{"errors": [1, {"links": 2}, {"at": "x"}]}', '{"errors": [{"at": null}]}']
)
@pytest.mark.usefixtures("keeper")
def test_a_damaged_file_is_passed_over_and_written_anew(folder: Path, text: str) -> None:
    folder.mkdir()
    (folder / FILE).write_text(text, encoding="utf-8")
    assert read_errors(folder / FILE) == []
    record(ValueError("x"))
    assert [item.links[0].kind for item in read_errors(folder / FILE)] == ["ValueError"]


@pytest.mark.usefixtures("keeper")
def test_warnings_and_refusals_are_no_errors(folder: Path) -> None:
    log.warning("failed", exc_info=raised(ValueError("x")))
    log.info("refused")
    assert recent_errors(folder) == []


@pytest.mark.usefixtures("keeper")
def test_an_entry_without_an_error_is_kept_by_its_place(folder: Path) -> None:
    log.error("no error but a bad thing: %s", "张三")
    (kept,) = recent_errors(folder)
    assert kept.links[0].kind == "log ERROR"
    assert "张三" not in (folder / FILE).read_text(encoding="utf-8")


def test_endless_recursion_and_circles_of_causes_come_to_an_end() -> None:
    def deeper() -> None:
        deeper()

    with pytest.raises(RecursionError) as caught:
        deeper()
    assert len(links_of(caught.value)[0].frames) <= 30
    first, second = ValueError(), KeyError()
    first.__cause__, second.__cause__ = second, first
    assert [link.kind for link in links_of(first)] == ["ValueError", "KeyError"]


def test_a_suppressed_context_is_not_told() -> None:
    error = ValueError()
    error.__context__ = KeyError()
    assert [link.kind for link in links_of(error)] == ["ValueError", "KeyError"]
    error.__suppress_context__ = True
    assert [link.kind for link in links_of(error)] == ["ValueError"]


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="needs a folder that refuses")
def test_a_read_only_folder_is_no_trouble(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    keeper = ErrorKeeper(tmp_path)
    keeper.handle(logging.LogRecord("x", logging.ERROR, __file__, 1, "m", None, None))
    tmp_path.chmod(0o700)
    assert len(keeper.incidents) == 1


def test_a_signature_tells_places_apart() -> None:
    def incident(line: int) -> Incident:
        links = links_of(raised(ValueError()))
        frame = Frame("desktop/x.py", line, "f")
        return Incident("", "", 1, "", False, (type(links[0])("ValueError", "", (frame,)),))

    assert incident(1).signature == incident(1).signature != incident(2).signature
