import datetime as dt
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest

from desktop.domain.errors import Refusal
from desktop.store.drafts import FILE, Draft, Drafts
from desktop.store.ids import new_id

OFFICE, AUTHOR = new_id(), new_id()


def a_draft(now: dt.datetime, content: str = "{}", author: UUID = AUTHOR) -> Draft:
    return Draft(new_id(), OFFICE, author, "pause", "project", str(new_id()), content, now)


def test_a_draft_comes_back_as_it_was(tmp_path: Path, now: dt.datetime) -> None:
    draft = replace(a_draft(now, "𠮷镕堃" * 5000), filing_id=new_id(), base_revision_id=new_id())
    Drafts(tmp_path / "new").save(draft)
    assert Drafts(tmp_path / "new").load(draft.id) == draft
    assert Drafts(tmp_path / "new").load(new_id()) is None


def test_saving_again_replaces(tmp_path: Path, now: dt.datetime) -> None:
    drafts = Drafts(tmp_path)
    first = a_draft(now)
    later = replace(first, content='{"a":1}', saved_at=now + dt.timedelta(seconds=1))
    drafts.save(first)
    drafts.save(later)
    assert drafts.list(OFFICE, AUTHOR) == [later]


def test_of_drafts_begun_at_once_the_first_counts(tmp_path: Path, now: dt.datetime) -> None:
    drafts, first = Drafts(tmp_path), a_draft(now)
    clicks = [first, *(replace(first, id=new_id()) for _ in range(3))]
    with ThreadPoolExecutor(4) as pool:
        begun = list(pool.map(drafts.begin, clicks))
    assert len({draft.id for draft in begun}) == 1
    assert drafts.list(OFFICE, AUTHOR) == begun[:1]
    other = replace(first, id=new_id(), subject_id=str(new_id()))
    rework = replace(first, id=new_id(), filing_id=new_id())
    drafts.save(rework)
    assert drafts.begin(other) == other
    drafts.delete(begun[0].id)
    again = replace(first, id=new_id())
    assert drafts.begin(again) == again, "a rework of what was submitted is another thing"


def test_each_sees_their_own_the_last_first(tmp_path: Path, now: dt.datetime) -> None:
    drafts = Drafts(tmp_path)
    mine = [a_draft(now + dt.timedelta(minutes=n)) for n in range(3)]
    for draft in [*mine, a_draft(now, author=new_id()), replace(a_draft(now), office_id=new_id())]:
        drafts.save(draft)
    assert drafts.list(OFFICE, AUTHOR) == mine[::-1]
    drafts.delete(mine[1].id)
    drafts.delete(mine[1].id)
    assert drafts.list(OFFICE, AUTHOR) == [mine[2], mine[0]]


def test_a_damaged_file_is_kept_aside_and_a_new_one_begun(tmp_path: Path, now: dt.datetime) -> None:
    for number in (1, 2):
        (tmp_path / FILE).write_bytes(b"\xff" * 5000)
        aside = tmp_path / f"drafts-损坏{number}.sqlite"
        assert str(aside) in Drafts(tmp_path).notice
        assert aside.read_bytes() == b"\xff" * 5000
    drafts = Drafts(tmp_path)
    assert drafts.notice == ""
    drafts.save(a_draft(now))
    assert len(Drafts(tmp_path).list(OFFICE, AUTHOR)) == 1


def test_pages_damaged_inside_are_noticed(tmp_path: Path, now: dt.datetime) -> None:
    drafts = Drafts(tmp_path)
    for _ in range(20):
        drafts.save(a_draft(now, "字" * 3000))
    content = bytearray((tmp_path / FILE).read_bytes())
    content[4096:12288] = b"\xff" * 8192
    (tmp_path / FILE).write_bytes(content)
    assert "损坏" in Drafts(tmp_path).notice


def test_what_cannot_be_saved_is_told_and_the_last_save_stands(tmp_path: Path, now: dt.datetime) -> None:
    drafts = Drafts(tmp_path)
    draft = a_draft(now)
    drafts.save(draft)
    with pytest.raises(Refusal, match="无法保存的字符"):
        drafts.save(replace(draft, content="\ud800"))
    assert drafts.load(draft.id) == draft


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(Refusal, match="不能在"):
        Drafts(tmp_path / "file")


def test_a_newer_file_is_refused(tmp_path: Path) -> None:
    Drafts(tmp_path)
    with closing(sqlite3.connect(tmp_path / FILE)) as lite:
        lite.execute("PRAGMA user_version = 9")
    with pytest.raises(Refusal, match="更新版本"):
        Drafts(tmp_path)
