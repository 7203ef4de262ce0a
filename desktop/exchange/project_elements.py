"""Microsoft Project XML taken apart element by element, with the parser hardened: memory stays bounded."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.sax import SAXException, SAXParseException
from xml.sax.handler import ContentHandler
from xml.sax.xmlreader import AttributesImpl, InputSource

from defusedxml.common import DefusedXmlException
from defusedxml.sax import make_parser

from desktop.domain.errors import Damaged, Refusal
from desktop.exchange.project_fields import NAMESPACE

Element = dict[str, Any]
"""An element by the names of what it holds: texts, or lists of elements."""

_RECORDS = {"Task": "Tasks", "Resource": "Resources", "Assignment": "Assignments", "Calendar": "Calendars"}
_DECLARATIONS = ("ExtendedAttribute", "ExtendedAttributes")
_DEEPEST = 24
_MOST_PARTS = 200_000
"""One task, calendar or assignment has not so many parts in it."""
_LONGEST = 2_000_000
"""Nor is any of its texts so long."""
_MOST_RECORDS = 400_000
_LARGEST = 512 * 1024 * 1024
_CHINESE = re.compile(rb"<\?xml[^>]{0,100}encoding\s*=\s*[\"'](gb\w{2,6}|big5)[\"']", re.IGNORECASE)
_KEPT = "没有导入任何内容。"
_AGAIN = "请在 Project 中用“另存为”选“XML 格式 (*.xml)”重新保存后再导入。"


def text_in(element: Element, name: str) -> str:
    """The text of that name; empty where there is none."""
    value = element.get(name, "")
    return value if isinstance(value, str) else ""


def elements_in(element: Element, name: str) -> list[Element]:
    """The elements of that name, in their order."""
    value = element.get(name, ())
    return value if isinstance(value, list) else []


class NotProject(SAXException):
    """The root is not that of a project."""


class TooMuch(SAXException):
    """There is more in it than any schedule has."""


class _Records(ContentHandler):
    """Calls ``take`` with each task, resource, assignment, calendar and property, and forgets it."""

    def __init__(self, take: Callable[[str, Element | str], None]) -> None:
        super().__init__()
        self._take = take
        self._path: list[str] = []
        self._open: list[Element] = []
        self._text: list[str] = []
        self._length = self._parts = self._records = 0

    def startElement(self, name: str, attrs: AttributesImpl) -> None:  # noqa: N802 - the parser's name
        name = name.rpartition(":")[2]
        if not self._path:
            spaces = [value for key, value in attrs.items() if key == "xmlns" or key.startswith("xmlns:")]
            if name != "Project" or not (not spaces or any(space.startswith(NAMESPACE) for space in spaces)):
                raise NotProject(name)
        self._path.append(name)
        if len(self._path) > _DEEPEST:
            raise TooMuch("depth")
        if self._open or self._begins_record(name):
            self._parts += 1
            if self._parts > _MOST_PARTS:
                raise TooMuch("parts")
            self._open.append({})
        self._text.clear()
        self._length = 0

    def characters(self, content: str) -> None:
        self._length += len(content)
        if self._length > _LONGEST:
            raise TooMuch("text")
        self._text.append(content)

    def endElement(self, name: str) -> None:  # noqa: N802 - the parser's name
        name = self._path.pop()
        text = "".join(self._text)
        self._text.clear()
        self._length = 0
        if not self._open:
            if len(self._path) == 1:
                self._take(name, text.strip())
            return
        element = self._open.pop()
        if not self._open:
            self._parts = 0
            self._records += 1
            if self._records > _MOST_RECORDS:
                raise TooMuch("records")
            self._take(name, element)
        elif element:
            self._open[-1].setdefault(name, []).append(element)
        elif name not in self._open[-1]:
            self._open[-1][name] = text

    def _begins_record(self, name: str) -> bool:
        above = self._path[1:-1]
        return len(above) == 1 and (above[0] == _RECORDS.get(name) or (name, above[0]) == _DECLARATIONS)


def read_elements(path: Path, take: Callable[[str, Element | str], None]) -> None:
    """Go through a file once.

    ``take`` is given each record with its name (``Task``, ``Resource``, ``Assignment``, ``Calendar``,
    ``ExtendedAttribute``), and each text directly below the root.

    Raises:
        Refusal: the file cannot be opened, is not XML, is dangerous or no Project XML; what and where is told.
    """
    parser: Any = make_parser()
    parser.forbid_dtd = True
    parser.setContentHandler(_Records(take))
    name = path.name
    try:
        _weigh(path)
        with path.open("rb") as stream:
            source = InputSource(name)
            named = _CHINESE.match(stream.read(200).removeprefix(b"\xef\xbb\xbf"))
            stream.seek(0)
            if named:
                with path.open(encoding="gb18030" if named[1].lower().startswith(b"gb") else "big5") as text:
                    source.setCharacterStream(text)
                    parser.parse(source)
            else:
                source.setByteStream(stream)
                parser.parse(source)
    except (NotProject, TooMuch, DefusedXmlException, SAXParseException, ValueError) as error:
        raise _refusal(name, error) from error
    except OSError as error:
        what = f"“{name}”打不开，可能正被别的程序占用，或者已经移走。"
        raise Refusal(what, kept=_KEPT, todo="请关闭后重试。", details=repr(error)) from error


def _weigh(path: Path) -> None:
    if path.stat().st_size > _LARGEST:
        raise TooMuch("size")


def _refusal(name: str, error: Exception) -> Damaged:
    if isinstance(error, NotProject):
        what = f"“{name}”不是 Microsoft Project 的 XML 文件：最外层是“{error.getMessage()[:60]}”，应为“Project”。"
        return Damaged(what, kept=_KEPT, todo=_AGAIN)
    if isinstance(error, TooMuch):
        what = f"“{name}”里的内容多得不像一份进度计划（{_TOO_MUCH[error.getMessage()]}），没有读取。"
        return Damaged(what, kept=_KEPT, todo="请检查文件的来源，或只导出需要的项目。")
    if isinstance(error, DefusedXmlException):
        what = f"“{name}”里带有 DTD 或实体定义，Project 的文件不会有，可能有害，没有读取。"
        return Damaged(what, kept=_KEPT, todo=_AGAIN, details=repr(error))
    if isinstance(error, SAXParseException):
        place = f"第 {error.getLineNumber()} 行第 {(error.getColumnNumber() or 0) + 1} 个字处"
        what = f"“{name}”不是完整的 XML 文件：{place}读不下去（{error.getMessage()}）。"
        return Damaged(what, kept=_KEPT, todo=_AGAIN)
    what = f"“{name}”的文字编码读不出来。"
    return Damaged(what, kept=_KEPT, todo="请另存为 UTF-8 编码的 XML 后再导入。", details=repr(error))


_TOO_MUCH = {
    "depth": f"超过 {_DEEPEST} 层",
    "parts": f"一项里有超过 {_MOST_PARTS:,} 个元素",
    "text": f"一段文字超过 {_LONGEST:,} 个字",
    "records": f"超过 {_MOST_RECORDS:,} 项",
    "size": f"超过 {_LARGEST // 1024 // 1024} MB",
}
