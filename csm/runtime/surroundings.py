"""Where a session is: rules in AGENTS.md files, git, shell, zone. Read anew for each turn.

Does not: decide what of it the model is told (`csm.core.request`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from csm.core import prompts

if TYPE_CHECKING:
    from csm.host.settings import Settings

_PERSONAL = ("AGENTS.override.md", "AGENTS.md")
_PERSONAL_BYTES = 1 << 20
_ZONES = "/zoneinfo/"


def rules(settings: Settings, cwd: Path) -> str:
    """The text of all AGENTS.md files that count for a directory."""
    personal = _said(settings.codex_home)
    names = (*_PERSONAL, *settings.project_doc_fallback_filenames)
    room = settings.project_doc_max_bytes
    texts: list[str] = []
    for folder in _folders(settings.project_root, cwd):
        data = _first(folder, names, room)
        room -= len(data)
        texts.append(data.decode("utf-8", "replace"))
    return prompts.agents(str(cwd), personal, texts)


def clipped(settings: Settings, cwd: Path) -> list[str]:
    """What to tell the user about rules that are longer than what is read of them."""
    names = (*_PERSONAL, *settings.project_doc_fallback_filenames)
    most = room = settings.project_doc_max_bytes
    told: list[str] = []
    for folder in _folders(settings.project_root, cwd) if most else ():
        for name in names:
            path = folder / name
            try:
                if not path.is_file():
                    continue
                size = path.stat().st_size
            except OSError:
                continue
            if size > room:
                told.append(
                    f"Only {room} of {size} bytes of {path} were read: `project_doc_max_bytes` is {most} for all such "
                    "files together."
                )
            room -= min(size, room)
            break
    return told


def _folders(root: Path, cwd: Path) -> Iterator[Path]:
    """From the project's root down to the working directory."""
    yield from (folder for folder in reversed([cwd, *cwd.parents]) if folder.is_relative_to(root))
    if not cwd.is_relative_to(root):
        yield cwd


def _said(folder: Path) -> str:
    """The person's own rules: the first file that says something."""
    texts = (_first(folder, (name,), _PERSONAL_BYTES).decode("utf-8", "replace") for name in _PERSONAL)
    return next((text for text in texts if text.strip()), "")


def _first(folder: Path, names: tuple[str, ...], most: int) -> bytes:
    """The first `most` bytes of the first of these files that is there; one that is blank hides the others too."""
    for name in names:
        path = folder / name
        try:
            if not path.is_file():  # a pipe would keep us waiting
                continue
            with path.open("rb") as file:
                return file.read(most)
        except OSError:
            continue
    return b""


def shell(env: Mapping[str, str]) -> str:
    """The name of the user's shell."""
    return Path(env.get("SHELL") or "/bin/bash").name


def zone(env: Mapping[str, str]) -> str:
    """The user's time zone by name, or empty."""
    named = env.get("TZ", "").lstrip(":")
    if named and not named.startswith("/"):
        return named
    try:
        target = str(Path(named or "/etc/localtime").resolve())
    except OSError:
        return ""
    return target.partition(_ZONES)[2]


def git(root: Path | None) -> dict[str, str]:
    """`commit_hash`, `branch` and `repository_url` of a work tree, as far as they are known."""
    if root is None:
        return {}
    try:
        folder = _git_folder(root)
        head = (folder / "HEAD").read_text("utf-8").strip()
        common = _common(folder)
    except (OSError, UnicodeDecodeError):
        return {}
    ref = head.removeprefix("ref: ") if head.startswith("ref: ") else ""
    found = {
        "commit_hash": _resolve(folder, common, ref) if ref else head,
        "branch": ref.removeprefix("refs/heads/"),
        "repository_url": _origin(common),
    }
    return {key: value for key, value in found.items() if value}


def _git_folder(root: Path) -> Path:
    folder = root / ".git"
    if folder.is_file():
        return (root / folder.read_text("utf-8").strip().removeprefix("gitdir: ")).resolve()
    return folder


def _common(folder: Path) -> Path:
    """The folder that the work trees of a repository share."""
    link = folder / "commondir"
    return (folder / link.read_text("utf-8").strip()).resolve() if link.is_file() else folder


def _resolve(folder: Path, common: Path, ref: str) -> str:
    for place in (folder, common):
        try:
            return (place / ref).read_text("utf-8").strip()
        except OSError:
            continue
    try:
        packed = (common / "packed-refs").read_text("utf-8").splitlines()
    except OSError:
        return ""
    return next((line.split()[0] for line in packed if line.endswith(f" {ref}")), "")


def _origin(common: Path) -> str:
    try:
        lines = (common / "config").read_text("utf-8", "replace").splitlines()
    except OSError:
        return ""
    inside = False
    for line in map(str.strip, lines):
        if line.startswith("["):
            inside = line.replace(" ", "") == '[remote"origin"]'
        elif inside and line.partition("=")[0].strip() == "url":
            return _without_password(line.partition("=")[2].strip())
    return ""


def _without_password(url: str) -> str:
    scheme, mark, rest = url.partition("://")
    host, slash, path = rest.partition("/")
    return f"{scheme}://{host.rpartition('@')[2]}{slash}{path}" if mark and scheme.startswith("http") else url
