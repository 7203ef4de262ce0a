"""A save that came too late, in words: who changed what meanwhile, beside what was to be saved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from desktop.domain.canonical import Json, read_canonical
from desktop.domain.conflicts import Conflict, Difference, Fate, SavedSince, Stale, compare
from desktop.domain.policy import Policy
from desktop.services.record_words import KINDS, RecordWords, moment_text
from desktop.services.standing import AnySession

_UNTOUCHED = "没有作任何改动。"


def in_words(session: AnySession, policy: Policy, stale: Stale) -> Stale:
    """The same refusal with both sides in words, where it tells what they are made of."""
    if stale.since is None:
        return stale
    conflict = _conflict(RecordWords(session, policy), _opened(stale.since))
    when = moment_text(conflict.at)
    who = f"{conflict.who}于 {when} " if when else conflict.who
    if conflict.fate is Fate.DELETED:
        return Stale(
            f"{conflict.what}已经被{who}删除。",
            kept="没有保存；您填写的内容仍在屏幕上。",
            todo="仍然需要的，请重新添加。",
            conflict=conflict,
        )
    if conflict.fate is Fate.MERGED:
        return Stale(
            f"{conflict.what}已经被{who}并入“{conflict.into}”。",
            kept="没有保存；您填写的内容仍在屏幕上。",
            todo=f"请修改“{conflict.into}”。",
            conflict=conflict,
        )
    if not stale.since.mine:
        return Stale(
            f"{conflict.what}刚刚被{who}改过。", kept=_UNTOUCHED, todo="请看过改动后再决定。", conflict=conflict
        )
    return Stale(f"您打开以后，{conflict.what}被{who}改过。", conflict=conflict)


def _opened(since: SavedSince) -> SavedSince:
    """A setting's text is a record of its own: compare its parts."""
    if since.entity != "setting":
        return since
    now, mine = _parts(since.now), _parts(since.mine)
    key = since.now.get("key") or (since.before or {}).get("key")
    before = None if since.before is None else {**_parts(since.before), "key": key}
    return replace(since, before=before, now={**now, "key": key}, mine=mine, values=now)


def _parts(fields: Mapping[str, Json]) -> dict[str, Json]:
    found = read_canonical(str(fields["text"])) if fields.get("text") else None
    return dict(found) if isinstance(found, Mapping) else {}


def _conflict(words: RecordWords, since: SavedSince) -> Conflict:
    labels = KINDS[since.entity].labels if since.entity in KINDS else {}
    known = since.now or since.before or {}
    before = since.before or {}
    merged = since.now.get("merged_into_id")
    fate = Fate.CHANGED if since.version else Fate.DELETED
    differences = tuple(
        Difference(
            key=key,
            label=labels[key],
            before="（不详）" if since.before is None else words.value(since.entity, key, before.get(key)),
            theirs=words.value(since.entity, key, since.now.get(key)),
            mine=words.value(since.entity, key, since.mine.get(key, since.now.get(key))),
            by_them=by_them,
            by_me=by_me,
            theirs_value=since.values.get(key),
        )
        for key, (by_them, by_me) in compare(since).items()
        if key in labels
    )
    return Conflict(
        what=words.title(since.entity, {**known, **{key: before[key] for key in ("name",) if key in before}}),
        fate=Fate.MERGED if merged and merged != before.get("merged_into_id") else fate,
        version=since.version,
        who="、".join(filter(None, map(words.author, since.authors))) or "他人",
        at=since.at,
        differences=() if fate is Fate.DELETED else differences,
        into=words.value(since.entity, "merged_into_id", merged) if merged else "",
    )
