import datetime as dt
from uuid import UUID

import pytest

from desktop.domain.canonical import canonical_text
from desktop.domain.errors import Damaged
from desktop.store.bodies import Body, read_body
from desktop.store.device import Installation
from desktop.store.engine import Database
from desktop.store.history import changes_of
from desktop.store.tables import Project


def test_a_records_history_tells_who_when_and_from_what_to_what(
    db: Database, device: Installation, author: UUID, now: dt.datetime
) -> None:
    with db.writing(None, device, now) as session:
        project = Project(name="综合监控", state="executing")
        session.add(project)
    later = now + dt.timedelta(days=1)
    with db.writing(author, device, later) as session:
        found = session.fetch(Project, project.id)
        found.state = "paused"
        found.paused_on = dt.date(2026, 11, 24)
    with db.reading() as reader:
        first, second = changes_of(reader, "project", project.id)
        assert changes_of(reader, "person", project.id) == []
    assert (first.op, first.at, first.author_id) == ("insert", now, None)
    assert first.fields["name"] == (None, "综合监控")
    assert (second.op, second.at, second.author_id, second.seq) == ("update", later, author, 2)
    assert second.fields == {"state": ("executing", "paused"), "paused_on": (None, "2026-11-24")}


def test_older_bodies_are_read_as_if_of_this_schema() -> None:
    text = canonical_text({"entity": "person", "id": "1", "op": "insert", "fields": {"tel": "139"}})

    def rename(body: Body) -> Body:
        fields = dict(body.fields)
        return Body(body.entity, body.id, body.op, {"phone": fields["tel"]})

    assert read_body(text, 1, upto=3, upcasters={1: rename}).fields == {"phone": "139"}
    assert read_body(text, 2, upto=3, upcasters={1: rename}).fields == {"tel": "139"}


@pytest.mark.parametrize("text", ["", "[]", "{", '{"entity":1}', '{"entity":"a","id":"b","op":"c","fields":[]}'])
def test_what_is_no_body_is_told(text: str) -> None:
    with pytest.raises(Damaged):
        read_body(text, 1)
