"""Breaking Chinese text into lines by 避头尾 (GB/T 15834, CLREQ "line start and line end prohibition").

The PDF library's own CJK wrapping lets commas begin a line and cuts numbers; this replaces it. Nothing
here knows of fonts: the caller passes in how wide a text is.
"""

import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass

NO_START = frozenset(
    "，。、；：？！）》〉」』】〕〗〙〛］｝｠”’〞﹂﹄…⋯—–％%‰‱℃℉°′″·・‧～〜ー々〻！？．／"
    ",.;:?!)]}»›¢￠"
)  # fmt: skip
"""Marks that never begin a line."""
NO_END = frozenset("（《〈「『【〔〖〘〚［｛｟“‘〝﹁﹃￥¥＄$￡£€＃([{«‹№")
"""Marks that never end a line."""

JOINER = "\u2060"
"""The word joiner, drawn as nothing; like the fixed space it holds its neighbours together."""

Measure = Callable[[str], float]


@dataclass(frozen=True, slots=True)
class Line:
    """One line: its text without the spaces at its ends, and whether it begins or ends its paragraph."""

    text: str
    first: bool = False
    last: bool = False


def break_text(text: str, width: float, measure: Measure, indent: float = 0.0) -> list[Line]:
    """Break ``text`` into lines not wider than ``width`` (the unit is that of ``measure``).

    Newlines begin paragraphs; ``indent`` is kept free on the first line of each. A run wider than the
    column is cut where it must be; nothing else is. Spaces where a line is broken are dropped, no other
    character is.
    """
    lines: list[Line] = []
    for paragraph in text.split("\n"):
        broken = _break_paragraph(paragraph, width, measure, indent)
        end = len(broken) - 1
        lines += [Line(each, first=at == 0, last=at == end) for at, each in enumerate(broken)]
    return lines


def clusters(paragraph: str) -> list[str]:
    """Cut a paragraph at every place where a line may end; the parts together are the paragraph."""
    found: list[str] = []
    glued = False
    for atom in atoms(paragraph):
        if found and (glued or _clings(atom)):
            found[-1] += atom
        else:
            found.append(atom)
        glued = _visible_end(found[-1]) in NO_END or found[-1][-1] in _GLUE
    return found


def _clings(atom: str) -> bool:
    """Whether no line may begin with the atom."""
    return atom[0] in NO_START or atom[0] in _GLUE or _is_space(atom) or _is_combining(atom[0])


def _break_paragraph(paragraph: str, width: float, measure: Measure, indent: float) -> list[str]:
    lines: list[str] = []
    current = ""
    for cluster in clusters(paragraph.strip(_SPACES)):
        room = width - (0 if lines else indent)
        if measure((current + cluster).rstrip(_SPACES)) <= room:
            current += cluster
            continue
        if current:
            lines.append(current.strip(_SPACES))
        current = cluster.lstrip(_SPACES)
        while measure(current.rstrip(_SPACES)) > width - (0 if lines else indent):
            at = _cut(current, width - (0 if lines else indent), measure)
            if at == len(current):
                break
            lines.append(current[:at].strip(_SPACES))
            current = current[at:].lstrip(_SPACES)
    lines.append(current.strip(_SPACES))
    return lines


def _cut(run: str, width: float, measure: Measure) -> int:
    """Where to cut a run that is wider than the column: as late as possible, best behind a joining mark."""
    low, high = 1, len(run)
    while low < high:
        middle = (low + high + 1) // 2
        if measure(run[:middle]) <= width:
            low = middle
        else:
            high = middle - 1
    allowed = [at for at in range(low, 0, -1) if _may_cut(run, at)]
    joined = [at for at in allowed if run[at - 1] in _JOINTS and at > low // 3]
    return (joined or allowed or [low])[0]


def _may_cut(run: str, at: int) -> bool:
    if at >= len(run):
        return True
    before, after = run[:at].rstrip(_SPACES), run[at:].lstrip(_SPACES)
    if not before or not after:
        return False
    return before[-1] not in NO_END and after[0] not in NO_START and not _is_combining(after[0])


_SPACES = " \t\u3000\u2002\u2003\u2009"
_JOINTS = frozenset("-/_\\.,;:@&=+")
_GLUE = frozenset(f"\u00a0{JOINER}")
_ZERO_WIDTH_JOINER = "\u200d"


def _is_space(text: str) -> bool:
    return text[0] in _SPACES


def _visible_end(text: str) -> str:
    return text.rstrip(_SPACES)[-1:]


def _is_combining(char: str) -> bool:
    return char == _ZERO_WIDTH_JOINER or unicodedata.category(char) in {"Mn", "Mc", "Me"}


def is_word(char: str) -> bool:
    """Whether the character joins its neighbours: letters but Han, digits, ASCII marks, the fixed space."""
    if char == "\u00a0" or "!" <= char <= "~":
        return True
    if unicodedata.east_asian_width(char) in {"W", "F"}:
        return False
    return unicodedata.category(char) in {"Lu", "Ll", "Lt", "Lm", "Lo", "Nd", "Mn", "Mc", "Me"}


def atoms(paragraph: str) -> Iterator[str]:
    """Words, runs of spaces, and single characters, in order."""
    start = 0
    while start < len(paragraph):
        end = start + 1
        if _is_space(paragraph[start]):
            while end < len(paragraph) and _is_space(paragraph[end]):
                end += 1
        elif is_word(paragraph[start]):
            while end < len(paragraph) and _continues_word(paragraph, end):
                end += 1
        yield paragraph[start:end]
        start = end


def _continues_word(paragraph: str, at: int) -> bool:
    if is_word(paragraph[at]):
        return True
    apostrophe = paragraph[at] == "\u2019" and at + 1 < len(paragraph)
    return apostrophe and paragraph[at - 1].isascii() and paragraph[at + 1].isascii() and paragraph[at + 1].isalpha()
