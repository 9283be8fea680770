"""This machine: system, disk, Python, git, search, terminal.

Does not: run any program it finds.
"""

from __future__ import annotations

import os
import platform
import shutil
import sys
from importlib import metadata
from pathlib import Path
from typing import Any

from csm.api import __version__, checkup

from .probes import Told, size

#: Bytes that are free: below the first nothing goes well, below the second not for long.
_FULL, _LOW = 1 << 30, 5 << 30


def system(host: Any) -> checkup.Check:
    """Name of the system and locale. Text is UTF-8, or glyphs are lost."""
    env = host.env
    try:
        name = platform.freedesktop_os_release().get("PRETTY_NAME", "")
    except OSError:
        name = ""
    locale = env.get("LC_ALL") or env.get("LC_CTYPE") or env.get("LANG") or ""
    good = "utf" in locale.lower()
    told: tuple[Told, ...] = (
        ("system", name or platform.system()),
        ("kernel", f"{platform.system()} {platform.release()} {platform.machine()}"),
        ("locale", locale or "not set"),
        *((name, env.get(name) or "not set") for name in ("VISUAL", "EDITOR", "SHELL")),
    )
    remedy = "" if good else "Set LANG to a UTF-8 locale, as C.UTF-8, so that every character can be shown."
    summary = name or platform.system()
    return checkup.Check("system.environment", "system", "ok" if good else "warning", summary, told, remedy)


def disk(host: Any) -> checkup.Check:
    """Room for sessions, and for work."""
    places = {"Codex home": host.settings.codex_home, "work folder": host.cwd}
    free = {name: _free(path) for name, path in places.items()}
    least = min(free.values())
    status = "fail" if least < _FULL else "warning" if least < _LOW else "ok"
    told = tuple((f"free for {name}", size(count)) for name, count in free.items())
    remedy = "" if status == "ok" else "Make room: a session whose log cannot be written ends with an error."
    return checkup.Check("system.disk", "disk", status, f"{size(least)} free", told, remedy)


def _free(path: Path) -> int:
    while not path.exists() and path != path.parent:
        path = path.parent
    return shutil.disk_usage(path).free


def runtime(host: Any) -> checkup.Check:
    """Which csm on which Python."""
    told = (
        ("csm", __version__),
        ("Python", f"{platform.python_version()} ({sys.executable})"),
        ("platform", f"{sys.platform}-{platform.machine()}"),
    )
    return checkup.Check("runtime.provenance", "runtime", "ok", f"csm {__version__}", told)


def installation(host: Any) -> checkup.Check:
    """Where csm lies, whether its parts are there, and whether `csm` on the path is it."""
    own = Path(sys.modules["csm"].__file__ or "").parent
    roots = [root for root in host.roots if root.kind == "bundled"]
    here, found = Path(sys.argv[0] or ""), shutil.which("csm", path=host.env.get("PATH", ""))
    told = (
        ("package", str(own)),
        ("installed", _installed()),
        ("bundled parts", str(roots[0].path) if roots else "missing"),
        ("`csm` on PATH", found or "none"),
        ("running", str(here)),
    )
    if not roots:
        return checkup.Check(
            "installation", "install", "fail", "keymaps, themes and extensions are missing", told, "Install csm anew."
        )
    if found and here.name == "csm" and Path(found).resolve() != here.resolve():
        return checkup.Check("installation", "install", "warning", "`csm` is another one than this", told)
    return checkup.Check("installation", "install", "ok", "complete", told)


def _installed() -> str:
    try:
        found = metadata.distribution("csm")
    except metadata.PackageNotFoundError:
        return "not installed: run from its source"
    how = (found.read_text("INSTALLER") or "").strip()
    linked = '"editable": true' in (found.read_text("direct_url.json") or "").replace('":true', '": true')
    return f"{found.version} by {how or 'an unknown installer'}" + (", linked to its source" if linked else "")


def git(host: Any) -> checkup.Check:
    """Diffs, files of `@` and work trees need it."""
    found = shutil.which("git", path=host.env.get("PATH", ""))
    root = host.settings.git_root
    told = (("git", found or "none"), ("repository", str(root) if root else "none here"))
    if found is None:
        return checkup.Check(
            "git.environment", "git", "warning", "not found", told, "Install git: diffs and undo by hunk need it."
        )
    return checkup.Check("git.environment", "git", "ok", f"in {root.name}" if root else "no repository here", told)


def search(host: Any) -> checkup.Check:
    """Models like ripgrep; without it they use grep."""
    found = shutil.which("rg", path=host.env.get("PATH", ""))
    told = (("rg", found or "none"),)
    summary = "ripgrep" if found else "no ripgrep: models will use grep"
    return checkup.Check("runtime.search", "search", "ok" if found else "idle", summary, told)


def terminal(host: Any) -> checkup.Check:
    """What the terminal says of itself."""
    env = host.env
    term = env.get("TERM", "")
    try:
        columns, rows = os.get_terminal_size(1)
        shown = f"{columns}x{rows}"
    except OSError:
        shown = "unknown"
    told = (
        ("TERM", term or "not set"),
        ("COLORTERM", env.get("COLORTERM") or "not set"),
        ("NO_COLOR", env.get("NO_COLOR") or "not set"),
        ("program", env.get("TERM_PROGRAM") or "unknown"),
        ("multiplexer", "tmux" if env.get("TMUX") else "screen" if env.get("STY") else "none"),
        ("over ssh", "yes" if env.get("SSH_CONNECTION") else "no"),
        ("size", shown),
        *((name, "yes" if os.isatty(number) else "no") for number, name in enumerate(_STREAMS)),
    )
    plain = term in ("", "dumb", "unknown")
    summary = "plain lines: TERM says that no more is possible" if plain else f"TERM={term}"
    return checkup.Check("terminal.env", "terminal", "idle" if plain else "ok", summary, told)


_STREAMS = ("stdin is a terminal", "stdout is a terminal", "stderr is a terminal")
CHECKS = {
    "system.environment": system,
    "system.disk": disk,
    "runtime.provenance": runtime,
    "installation": installation,
    "git.environment": git,
    "runtime.search": search,
    "terminal.env": terminal,
}
