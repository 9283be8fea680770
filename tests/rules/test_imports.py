"""Who may import whom. The table is the one of docs/architecture.md."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from csm.host import scan
from csm.host.extensions import HOOKS

ROOT = Path(__file__).resolve().parents[2]
BELOW_API = {"protocol", "core", "rpc", "edit", "view", "host", "runtime"}
TABLE: dict[str, tuple[set[str], set[str] | None]] = {
    # package: (our packages, third parties or None for any but prompt_toolkit)
    "protocol": (set(), {"msgspec"}),
    "core": ({"protocol"}, {"msgspec", "tree_sitter", "tree_sitter_bash"}),
    "rpc": ({"protocol"}, {"msgspec"}),
    "edit": (set(), {"wcwidth"}),
    "view": ({"protocol", "core", "edit"}, {"msgspec", "pygments", "markdown_it", "wcwidth"}),
    "host": (
        {"protocol", "core", "edit", "view"},
        {"msgspec", "pluggy", "tomli", "tomlkit", "watchfiles"},
    ),
    "api": ({"protocol", "core", "rpc", "edit", "view", "host", "runtime"}, None),
    "runtime": ({"protocol", "core", "host"}, {"msgspec"}),
    "ui": (BELOW_API, {"msgspec", "prompt_toolkit", "wcwidth"}),
    "headless": (BELOW_API - {"rpc"}, {"msgspec"}),
    "server": (BELOW_API, {"msgspec", "websockets"}),
    "cli": (BELOW_API | {"api", "ui", "headless", "server"}, None),
}
NOT_IN_CORE = frozenset("asyncio socket subprocess time threading random os pathlib urllib tempfile shutil".split())
PURE = {"os.path", "posixpath", "urllib.parse"}


def modules(package: Path) -> list[Path]:
    return sorted(package.rglob("*.py"))


def imports(path: Path) -> Iterator[tuple[int, str]]:
    """Every module a file imports, with its line; `from a import b` gives both `a` and `a.b`."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield node.lineno, node.module
            if node.module == "csm":
                yield from ((node.lineno, f"csm.{alias.name}") for alias in node.names)


def is_stdlib(name: str) -> bool:
    import sys

    return name in sys.stdlib_module_names or name == "__future__"


def wrong(path: Path, package: str) -> Iterator[str]:
    ours, thirds = TABLE[package]
    where = path.relative_to(ROOT)
    for line, name in imports(path):
        parts = name.split(".")
        if parts[0] == "csm":
            if len(parts) > 1 and parts[1] not in ours | {package, "__version__"}:
                yield f"{where}:{line}: csm.{package} may not import {name}"
        elif not is_stdlib(parts[0]):
            if thirds is not None and parts[0] not in thirds:
                yield f"{where}:{line}: csm.{package} may not import {name}"
            if parts[0] == "prompt_toolkit" and package != "ui":
                yield f"{where}:{line}: only csm.ui may import prompt_toolkit"
        elif package in ("protocol", "core") and parts[0] in NOT_IN_CORE and name not in PURE:
            yield f"{where}:{line}: csm.{package} is pure and may not import {name}"


@pytest.mark.parametrize("package", sorted(TABLE))
def test_packages_import_only_what_the_table_allows(package: str) -> None:
    found = [text for path in modules(ROOT / "csm" / package) for text in wrong(path, package)]
    assert found == []


def test_every_package_stands_in_the_table() -> None:
    packages = {path.parent.name for path in (ROOT / "csm").glob("*/__init__.py")}
    assert packages == set(TABLE)


def test_extensions_use_the_api_and_their_own_siblings_alone() -> None:
    found: list[str] = []
    for path in modules(ROOT / "extensions"):
        own = path.relative_to(ROOT / "extensions").parts[0]
        for line, name in imports(path):
            where = f"{path.relative_to(ROOT)}:{line}"
            if name.startswith("csm_extensions") and name.split(".")[1:2] != [own]:
                found.append(f"{where}: another extension: {name}")
            if name.split(".")[0] == "csm" and name not in ("csm",) and not name.startswith("csm.api"):
                found.append(f"{where}: not through csm.api: {name}")
            if name.split(".")[0] == "prompt_toolkit":
                found.append(f"{where}: only csm.ui may import prompt_toolkit")
    assert found == []


def test_no_module_of_an_extension_replaces_a_hook() -> None:
    """Importing `extensions/x/tools.py` sets the name `tools` in `extensions/x`, over a hook that is called so."""
    found: list[str] = []
    for path in (ROOT / "extensions").iterdir():
        files = {one.name: (0, 0) for one in path.glob("*.py")} if path.is_dir() else {}
        if "__init__.py" in files:
            found += scan.extension(path.name, str(path), files, HOOKS).problems
    assert found == []


def test_no_grab_bag_modules() -> None:
    banned = {"utils", "util", "helpers", "helper", "misc", "common", "manager"}
    found = [
        str(path.relative_to(ROOT))
        for folder in ("csm", "extensions", "tests")
        for path in modules(ROOT / folder)
        if path.stem in banned or path.parent.name in banned
    ]
    assert found == []
