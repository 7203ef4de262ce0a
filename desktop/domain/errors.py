"""What the program tells a person when it will not do what was asked."""

from __future__ import annotations


class Refusal(Exception):
    """A request that was not carried out, told in the person's own language.

    ``what`` says what happened and where, ``kept`` what was preserved, ``todo`` what to do next; ``details`` are
    technical particulars that a screen shows only when unfolded. The message of the exception joins the first three.
    """

    def __init__(self, what: str, *, kept: str = "", todo: str = "", details: str = "") -> None:
        super().__init__("".join(part for part in (what, kept, todo) if part))
        self.what = what
        self.kept = kept
        self.todo = todo
        self.details = details


class NotAllowed(Refusal):
    """The policy gives this person no right to do this."""


class NotAdmitted(Refusal):
    """A server is there and does not let this program in as it came; waiting does not help."""


class PasswordWanted(NotAdmitted):
    """A server asks for a password, or for another than it was given."""


class PasswordMissing(PasswordWanted):
    """A server asks for a password, and none was given: nothing has failed, it is only to be typed."""


class ShutOut(NotAdmitted):
    """An office that stands open lets whoever is connected see it no more: nothing can be read or saved there."""


class Unreachable(Refusal):
    """The data cannot be reached at this moment: the server, the share or the stick is gone; it may come back."""


class Unsettled(Unreachable):
    """The connection broke in the middle of saving, and it is not known yet whether it was saved."""


class Damaged(Refusal):
    """A data file, a workbook or a package cannot be read as what it claims to be."""


class PolicyError(Refusal):
    """A policy file is wrong: names the file, the key and the reason."""

    def __init__(self, file: str, key: str, reason: str) -> None:
        super().__init__(
            f"制度文件“{file}”中的“{key}”有误：{reason}",
            kept="现行制度未作改动。",
            todo="请更正该文件后重新载入。",
        )
        self.file = file
        self.key = key
        self.reason = reason
