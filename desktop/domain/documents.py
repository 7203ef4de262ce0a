"""What kinds of documents are archived on a project: the closed list that stages may ask for (DOC-2, INIT-4)."""

from __future__ import annotations

DOCUMENT_KINDS: dict[str, str] = {
    "technical_proposal": "项目方案建议书",
    "implementation_plan": "项目实施计划",
    "contract": "合同",
    "minutes": "会议纪要",
}
"""Kinds of archived documents by key; a project's other files have none."""


def archived_fact(kind: str) -> str:
    """The fact that tells how many documents of a kind are archived on the project."""
    return f"archive.{kind}"


def asks_for_document(condition: str) -> bool:
    """Whether a condition is one that an archived document meets."""
    return condition.removesuffix("_archived") in DOCUMENT_KINDS
