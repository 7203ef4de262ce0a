"""The closed list of conditions that a policy may name, for gates and for the steps of chains."""

from __future__ import annotations

from desktop.domain.case import Condition
from desktop.domain.conditions import changing, ending, monitoring, planning, record, reporting, spending

CONDITIONS: dict[str, Condition] = {
    key: condition
    for room in (record, planning, changing, ending, spending, reporting, monitoring)
    for key, condition in room.CONDITIONS.items()
}
"""Every condition by name."""

FROM_CONTENT = changing.FROM_CONTENT | monitoring.FROM_CONTENT
"""The names of those that can be asked again of a filing's content at any time, with the same answer."""
