"""What holds for every file of the project, whoever wrote it."""

import ast
import re
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import desktop

ROOT = Path(__file__).parent.parent
# Packages come from where the user's own configuration says; and nobody else has this machine's folders.
FOREIGN = re.compile(
    rb"(index-url|find-links|trusted-host)\s*=|(pypi|pythonhosted|npmjs)\.(org|com|python)"
    rb"|/(root|home/\w+|Users/\w+)/|[A-Z]:\\Users\\",
    re.IGNORECASE,
)
PIN = re.compile(r'[\w.-]+==[\w.]+(; (sys_platform == "(win32|linux)"|python_version < "3\.\d+"))?')


def _walk(folder: Path) -> Iterator[Path]:
    """Give the project's own files: not what tools, tests and runs leave behind."""
    for path in sorted(folder.iterdir()):
        name = path.name
        if path.is_file():
            yield path
        elif (not name.startswith(".") or name == ".ci") and name != "__pycache__" and path != ROOT / "out":
            yield from _walk(path)


@cache
def texts() -> dict[Path, bytes]:
    """Name and content of every text file."""
    contents = {path.relative_to(ROOT): path.read_bytes() for path in _walk(ROOT)}
    return {path: content for path, content in contents.items() if b"\0" not in content}


def pins(file: str) -> list[str]:
    lines = (ROOT / "requirements" / file).read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith(("#", "-r "))]


def test_text_is_utf8_with_lf_and_a_last_line_end() -> None:
    wrong = [
        path
        for path, content in texts().items()
        if b"\r" in content or content.startswith(b"\xef\xbb\xbf") or (content and not content.endswith(b"\n"))
    ]
    assert wrong == []
    for content in texts().values():
        content.decode("utf-8")


def test_no_file_says_where_packages_come_from_or_whose_machine_this_was() -> None:
    found = {str(path): match[0] for path, content in texts().items() if (match := FOREIGN.search(content))}
    assert found == {}


@pytest.mark.parametrize("file", ["runtime.txt", "package.txt", "dev.txt"])
def test_every_pin_is_exact(file: str) -> None:
    assert [line for line in pins(file) if not PIN.fullmatch(line)] == []


@pytest.mark.parametrize("document", ["README.md", "THIRD_PARTY_NOTICES.md"])
def test_every_library_of_the_program_is_accounted_for(document: str) -> None:
    text = (ROOT / document).read_text(encoding="utf-8")
    names = [line.partition("==")[0] for line in pins("runtime.txt")]
    assert [name for name in names if name not in text] == []


def test_the_changelog_knows_this_version() -> None:
    assert f"\n## {desktop.__version__}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_the_domain_imports_the_standard_library_alone() -> None:
    foreign = set()
    for path in (ROOT / "desktop" / "domain").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            modules = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            if isinstance(node, ast.Import):
                modules = [alias.name for alias in node.names]
            foreign |= {
                (path.name, module)
                for module in modules
                if module.partition(".")[0] not in sys.stdlib_module_names and not module.startswith("desktop.domain")
            }
    assert foreign == set()
