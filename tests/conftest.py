"""What every test may use. Does not: hide anything that a test should show."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from csm.host import manifest, roots
from csm.host.extensions import HOOKS

REPOSITORY = Path(__file__).resolve().parent.parent
#: Variables that would let this machine's own settings leak into a test.
FOREIGN = tuple(
    "CODEX_ OPENAI_ CSM_ XDG_ ANTHROPIC_ GEMINI_ GOOGLE_ http_proxy https_proxy all_proxy "
    "HTTP_PROXY HTTPS_PROXY ALL_PROXY NO_COLOR EDITOR VISUAL".split()
)


#: `csm_extensions` is made in memory; tests import the bundled extensions by that name before any host is open.
roots.mount(roots.find(config_dir=Path(os.devnull)))


def know_extensions() -> None:
    """Note what csm's own extensions offer beside their bytecode, once: each new home would parse all of them."""
    bundled = [root.extensions for root in roots.find(config_dir=Path(os.devnull)) if root.kind == "bundled"]
    book = manifest.known(Path(os.devnull), *bundled)
    if manifest.refresh(book, bundled, HOOKS):
        manifest.share(book, *bundled)


know_extensions()


def clean_environment(home: Path) -> dict[str, str]:
    """The environment of a newcomer whose home folder is `home`, with this checkout's `csm` first on PATH."""
    env = {key: value for key, value in os.environ.items() if not key.startswith(FOREIGN)}
    env.update(
        HOME=str(home),
        CODEX_HOME=str(home / ".codex"),
        XDG_CONFIG_HOME=str(home / ".config"),
        XDG_STATE_HOME=str(home / ".local/state"),
        XDG_CACHE_HOME=str(home / ".cache"),
        LANG="C.UTF-8",
        TERM="xterm-256color",
        PATH=f"{Path(sys.executable).parent}{os.pathsep}{env.get('PATH', os.defpath)}",
    )
    return env


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """An empty home folder."""
    path = tmp_path / "home"
    (path / ".codex").mkdir(parents=True, mode=0o700)
    return path


@pytest.fixture
def env(home: Path) -> dict[str, str]:
    """`clean_environment` of `home`."""
    return clean_environment(home)


@pytest.fixture
def worktree(tmp_path: Path) -> Iterator[Path]:
    """A git repository with one commit that holds `a.txt` ("hello")."""
    path = tmp_path / "work"
    path.mkdir()
    (path / "a.txt").write_text("hello\n")
    git = shutil.which("git") or "git"
    for command in (
        ["init", "-q", "-b", "main"],
        ["config", "user.email", "someone@example.org"],
        ["config", "user.name", "Someone"],
        ["add", "-A"],
        ["commit", "-q", "-m", "start"],
    ):
        subprocess.run([git, *command], cwd=path, check=True)
    yield path
