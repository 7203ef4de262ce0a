"""Findings are told by kinds that hold nothing of the data."""

import ast
import errno
import sqlite3
from pathlib import Path

import pytest

import desktop.store.verify
from desktop.domain.errors import Damaged, Refusal
from desktop.services.diagnosis_data import KINDS, kind_of, reason_of
from desktop.store.faults import told
from desktop.store.signing import signature_fate
from desktop.store.verify import Finding


def words_of_findings() -> list[str]:
    """The constant words of everything that a check may say, as they stand in the code."""
    found = []
    for file in Path(desktop.store.verify.__file__).parent.glob("*.py"):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        named = {
            target.id: node.value
            for node in ast.walk(tree)
            if isinstance(node, ast.Assign) and isinstance(target := node.targets[0], ast.Name) and target.id == "what"
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Finding":
                what = node.args[1]
                what = named.get(what.id, what) if isinstance(what, ast.Name) else what
                parts = what.values if isinstance(what, ast.JoinedStr) else [what]
                words = [str(part.value) for part in parts if isinstance(part, ast.Constant)]
                if words:
                    found.append("…".join(words))
    return found


def test_every_finding_that_the_checks_know_has_a_kind() -> None:
    known = words_of_findings()
    assert len(known) > 15
    known += [signature_fate('{"key":"a"}', ""), signature_fate("{}", "x")]
    assert [what for what in known if kind_of(Finding("", what, "")) == "其他"] == []


def test_content_never_becomes_a_kind() -> None:
    what = "“name”现为“滨海”，而日志记的是“张三”：它是绕过程序改动的。"
    assert kind_of(Finding("项目 滨海", what, "project")) == "绕过程序改动"
    assert kind_of(Finding("项目 滨海", "滨海", "project")) == "其他"
    assert len(set(KINDS)) == len(KINDS)


def behind(error: Exception, cause: Exception) -> Exception:
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "word"),
    [
        (Damaged("“/home/张三/滨海.epm”坏了"), "损坏"),
        (behind(Refusal("张三"), OSError(errno.EACCES, "张三", "/home/张三")), "EACCES"),
        (Refusal("张三的数据"), "程序没有打开它"),
        (ZeroDivisionError("张三"), "ZeroDivisionError"),
    ],
)
def test_why_data_does_not_open_is_told_in_words_of_our_own(error: Exception, word: str) -> None:
    assert word in reason_of(error)
    assert "张三" not in reason_of(error)


def test_the_code_of_the_engine_is_found_behind_a_refusal(tmp_path: Path) -> None:
    (tmp_path / "张三.epm").write_bytes(b"x" * 4096)
    with pytest.raises(Damaged) as caught, told("张三"):  # noqa: PT012 – the connection must be closed in any case
        connection = sqlite3.connect(tmp_path / "张三.epm")
        try:
            connection.execute("SELECT * FROM person")
        finally:
            connection.close()
    assert reason_of(caught.value) == "不是本程序的数据文件，或文件开头已经损坏（SQLITE_NOTADB）"
