"""The life of a project on one line: the states behind it, where it is, and what is to come."""

from __future__ import annotations

import datetime as dt

from desktop.domain.ledger import Project
from desktop.domain.policy import Policy, State
from desktop.ui.nodes import Node, NodeLine


class LifeView(NodeLine):
    """Shows a project's life."""

    def __init__(self) -> None:
        super().__init__("项目状态")

    def show_life(self, project: Project, policy: Policy) -> None:
        """Show where a project stands."""
        self.set_nodes(life_nodes(project, policy))


def life_nodes(project: Project, policy: Policy) -> list[Node]:
    """The stations of a project. States beside the way (a pause, a withdrawal) show only while it is in them."""
    order = [state.key for state in policy.states]
    now = order.index(project.state)
    nodes: list[Node] = []
    for place, state in enumerate(policy.states):
        if place != now and (_beside_the_way(state, policy) or _before_the_ledger(project, state, place)):
            continue
        if state.since == "closing_started_on":
            nodes.append(_acceptance(project))
        nodes.append(_station(project, state, place, now))
    return nodes


def _beside_the_way(state: State, policy: Policy) -> bool:
    order = [item.key for item in policy.states]
    back = any(
        state.key in item.sources and order.index(item.target) < order.index(state.key) for item in policy.transitions
    )
    return back or (state.ends and not state.since) or _dead_end(state, policy, order)


def _dead_end(state: State, policy: Policy, order: list[str]) -> bool:
    """An end that others pass by: nothing leads on from it, nor to it from another end, and one comes before it."""
    ends = {item.key for item in policy.states if item.ends}
    before = ends & set(order[: order.index(state.key)])
    leads_on = any(state.key in item.sources for item in policy.transitions)
    from_an_end = any(item.target == state.key and ends & set(item.sources) for item in policy.transitions)
    return state.ends and bool(before) and not leads_on and not from_an_end


def _before_the_ledger(project: Project, state: State, place: int) -> bool:
    """Whether the project was brought in with a ledger that does not tell of its first state."""
    return place == 0 and bool(state.since) and project.date(state.since) is None


def _station(project: Project, state: State, place: int, now: int) -> Node:
    since = project.date(state.since) if state.since else None
    if place == now:
        if state.tone == "warning":
            until = project.pause_until or project.resume_by
            lines = [f"{_day(since)} 起" if since else "", f"至 {_day(until)}" if until else ""]
            return Node(state.title, tuple(line for line in lines if line), "pause")
        told = f"{_day(since)} 起" if since else "目前"
        return Node(state.title, (told,), "done" if state.ends else "now")
    if place < now:
        return Node(state.title, (_day(since),) if since else _initiated(project, state), "done")
    planned = project.planned_final_on if state.since == "final_on" else None
    return Node(state.title, (f"计划 {_day(planned)}",) if planned else (), "todo")


def _initiated(project: Project, state: State) -> tuple[str, ...]:
    return (_day(project.initiated_on),) if state.key == "initiating" and project.initiated_on else ()


def _acceptance(project: Project) -> Node:
    if project.preliminary_on:
        return Node("初验", (_day(project.preliminary_on),), "done", diamond=True)
    planned = project.planned_preliminary_on
    return Node("初验", (f"计划 {_day(planned)}",) if planned else (), "todo", diamond=True)


def _day(day: dt.date | None) -> str:
    return day.isoformat() if day else ""
