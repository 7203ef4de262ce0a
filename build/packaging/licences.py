"""The licence texts of everything inside a program, in one folder that is handed out with it."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path
from posixpath import commonpath

from components import TEXTS, Component

FOLDER = "licences"
INDEX = "index.txt"
_COMMON = ("Apache-2.0.txt", "GPL-2.0.txt", "GPL-3.0.txt", "LGPL-2.1.txt", "LGPL-3.0.txt")
_KINDS = {
    "distribution": "Python 组件",
    "part": "随附的其他组件",
    "embedded": "编入上述组件内部的程序库",
    "system": "取自 Debian 系统的程序库",
}
_HEAD = """\
第三方组件及其许可
==================

本程序自身采用 MIT 许可（见程序目录中的 LICENSE）。下面列出随程序分发的每个组件：名称、版本、许可（SPDX 代号），
以及许可文本所在的文件夹。文件夹 common 里是多个组件共用的通用许可全文（GPL、LGPL、Apache）。
Debian 的许可文本里提到的 /usr/share/common-licenses 下的文件，就是 common 里的同名文本。
"""
_REPLACING = """\
关于 LGPL 组件
--------------

下列组件采用 GNU 宽通用公共许可证（LGPL）。本程序未经修改地使用它们。除注明的以外，它们在程序目录里都是单独的文件：

{folders}

收到本程序的人可以用自己编译的、接口兼容的同名文件替换这些文件，替换后程序照常运行（files.sha256 只用来核对文件是否
完整，不妨碍替换）；为调试这样的替换，可以对本程序进行反向工程。注明在主程序里的，可以用本程序公开的源代码和制作方法
（build/packaging）换上另一版本后重新制作。这些组件的源代码由各自的项目按上面列出的版本公开发布。
"""


def gather_licences(components: Sequence[Component], folder: Path) -> Path:
    """Fill ``folder`` (made anew) with the texts of all components and an index in Chinese; returns the folder.

    Windows' Notepad opens the index as it should: it begins with a byte order mark and ends lines as Windows does.
    """
    shutil.rmtree(folder, ignore_errors=True)
    common = folder / "common"
    common.mkdir(parents=True)
    for name in _COMMON:
        shutil.copyfile(TEXTS / name, common / name)
    places = _copy_texts(components, folder)
    chapters = [_HEAD]
    for kind, title in _KINDS.items():
        lines = [_line(one, places[one.texts]) for one in components if one.kind == kind]
        if lines:
            chapters.append(f"{title}\n{'-' * 2 * len(title)}\n\n" + "\n".join(lines) + "\n")
    chapters.append(_replacing(components))
    (folder / INDEX).write_text("\n".join(chapters), encoding="utf-8-sig", newline="\r\n")
    return folder


def _copy_texts(components: Sequence[Component], folder: Path) -> dict[tuple[Path, ...], str]:
    """Copy each set of texts once, into a folder named after the first component that has it; return the folders."""
    places: dict[tuple[Path, ...], str] = {}
    for one in sorted(components, key=lambda one: (list(_KINDS).index(one.kind), one.name.lower())):
        if one.texts in places:
            continue
        name = one.purl.removeprefix("pkg:").partition("@")[0].split("/")[-1]
        if name in places.values():
            name = f"{name}-{one.version}"
        (folder / name).mkdir()
        for text in one.texts:
            shutil.copyfile(text, folder / name / _file_name(text))
        places[one.texts] = name
    return places


def _file_name(text: Path) -> str:
    """A text's name in the folder: what distinguishes it below ``licenses/``, and an ending that opens by a click."""
    parts = text.parts
    low = [part.lower() for part in parts]
    start = low.index("licenses") + 1 if "licenses" in low[:-1] else len(parts) - 1
    name = "-".join(parts[start:])
    return name if Path(name).suffix.lower() in {".txt", ".md", ".rst"} else f"{name}.txt"


def _line(component: Component, place: str) -> str:
    version = component.version or "版本未注明"
    inside = f"，编入 {'、'.join(component.inside)}" if component.inside else ""
    return f"{component.name}　{version}　{component.licence}{inside}\n    文本：{place}/"


def _replacing(components: Sequence[Component]) -> str:
    lesser = [one for one in components if "LGPL" in one.licence]
    return _REPLACING.format(folders="\n".join(f"  {one.name}：{_place(one)}" for one in lesser))


def _place(component: Component) -> str:
    """Where the files lie: named when they are few, else by the folder that holds them all."""
    few = 6
    names = component.files or ("在主程序里",)
    return "、".join(names) if len(names) <= few else f"{commonpath(names)}/"
