"""Alarms, not targets: a file of 400 lines or a function of 50 asks to be split."""

from __future__ import annotations

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FILE_LINES = 400
FUNCTION_LINES = 50
FOLDERS = ("csm", "extensions", "tests", "examples")


def files() -> list[Path]:
    return sorted(path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py"))


def body_lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines from the first statement after the docstring to the end."""
    body = node.body
    if ast.get_docstring(node) is not None:
        body = body[1:]
    return (node.end_lineno or node.lineno) - body[0].lineno + 1 if body else 0


def test_files_stay_readable() -> None:
    long = [(len(path.read_text(encoding="utf-8").splitlines()), str(path.relative_to(ROOT))) for path in files()]
    assert [entry for entry in long if entry[0] > FILE_LINES] == []


def test_functions_stay_readable() -> None:
    long: list[str] = []
    for path in files():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and body_lines(node) > FUNCTION_LINES:
                long.append(f"{path.relative_to(ROOT)}:{node.lineno} {node.name}: {body_lines(node)}")
    assert long == []


def test_modules_say_what_they_own() -> None:
    silent = [
        str(path.relative_to(ROOT))
        for folder in ("csm", "extensions")
        for path in sorted((ROOT / folder).rglob("*.py"))
        if not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert silent == []
