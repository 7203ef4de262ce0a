"""A lively example office of any size, made by the services that a real one uses."""

from __future__ import annotations

from pathlib import Path

from desktop.domain.errors import Refusal
from desktop.sample.company import Clock
from desktop.sample.making import Making, Progress
from desktop.services.clock import local_clock
from desktop.services.home import Home
from desktop.services.opening import inspect_target

__all__ = ["Progress", "make_sample"]


def make_sample(
    target: str | Path,
    home: Home,
    *,
    projects: int = 40,
    seed: int = 1,
    clock: Clock = local_clock,
    progress: Progress = lambda _done, _total: None,
) -> None:
    """Make an example office at ``target`` that has lived up to yesterday, with so many projects.

    The same seed on the same day makes the same office but for its keys and salts. It is closed afterwards:
    `open_office` opens it with the clock on the wall. ``home`` remembers it, and gets a few drafts.

    Raises:
        Refusal: there is data at the place already, it cannot be written, or ``projects`` is less than 1.
    """
    if projects < 1:
        raise Refusal("示例办公室至少要有 1 个项目。", todo="请另给一个项目数。")
    if inspect_target(target).state != "missing":
        raise Refusal(f"“{target}”已有数据，不能在上面生成示例。", kept="原有数据没有改动。", todo="请另选一个位置。")
    before = home.remembered()
    making = Making(str(target), home, projects, seed, clock)
    try:
        making.run(progress)
    except BaseException:
        making.undo()
        home.remember(target=before.target, person_id=before.person_id, before=before.before)
        raise
