"""A project, a scripted model and a shell without a terminal, the same to the byte wherever it is played.

Does not: know a scene.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

from csm.api.testing import FakeModel, ScreenDriver
from csm.cli import opening
from csm.host import settings
from csm.host.hooks import hook
from csm.host.host import Host
from csm.runtime.local import LocalPort
from csm.runtime.port import Start
from csm.ui import staging

TOTAL = """#!/bin/sh
# Adds up the numbers in a file.
sum=0
while read -r price; do
    sum=$((sum - price))
done < "${1:-prices.txt}"
echo "total: $sum"
"""
TEST = """#!/bin/sh
# Fails unless three prices make twelve.
printf '3\\n4\\n5\\n' > three.txt
[ "$(sh total.sh three.txt)" = "total: 12" ] && echo ok
"""
WATCH = """#!/bin/sh
# Adds what is typed, until `done`.
sum=0
echo "prices, one a line; 'done' ends"
while read -r price && [ "$price" != done ]; do
    sum=$((sum + price))
    echo "so far: $sum"
done
"""
FILES = {"total.sh": TOTAL, "test.sh": TEST, "watch.sh": WATCH, "prices.txt": "3\n4\n5\n"}


class _Model:
    """Gives the host its scripted model."""

    def __init__(self, turns: list[Any]) -> None:
        self._model = FakeModel(turns, id="scripted")

    @hook
    def models(self) -> list[Any]:
        """The scripted one."""
        return [self._model]


class Stage:
    """A home with a project `prices` in it. `open` starts a shell there; all end with the stage."""

    def __init__(self, folder: Path) -> None:
        self.home, self.work = folder, folder / "prices"
        self._stack = contextlib.ExitStack()
        (folder / ".codex").mkdir(parents=True)
        self.work.mkdir()
        for name, text in FILES.items():
            (self.work / name).write_text(text)
        self._git()

    def __enter__(self) -> Stage:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def open(
        self, *turns: Any, columns: int = 80, rows: int = 24, inline: bool = False, ago: int = 0, **options: Any
    ) -> ScreenDriver:
        """A shell on these turns of the model, `ago` hours before the rest. `options` are settings, `__` for a dot."""
        env = {"HOME": str(self.home), "CODEX_HOME": str(self.home / ".codex"), "LANG": "C.UTF-8", "TZ": "UTC"}
        env["PATH"] = os.environ.get("PATH", os.defpath)
        overrides = {
            "model": "gpt-5.5",
            "projects": {str(self.work): {"trust_level": "trusted"}},
            "sandbox_mode": "workspace-write",
        }
        overrides |= {key.replace("__", "."): value for key, value in options.items()}
        found = opening.with_model(settings.load(cwd=self.work, env=env, overrides=overrides), "scripted")
        host = Host.open(found, env, init=False)
        self._stack.callback(host.close)
        host.hooks.register(_Model(list(turns)), "scripted")
        moment = staging.MOMENT - ago * 3_600_000
        port = LocalPort(host, staging.StillClock(moment))
        self._stack.callback(port.close)
        start = Start(cwd=str(self.work), overrides=found.overrides)
        driver = ScreenDriver(host, port, start, columns=columns, rows=rows, inline=inline, wall=moment / 1000)
        self._stack.callback(driver.close)
        driver.wait(lambda: driver.shell.session.thread_id)
        return driver

    def keep(self, driver: ScreenDriver, ago: int) -> None:
        """Close a shell, and have its session be from `ago` hours before."""
        driver.close()
        driver.shell.port.close()
        when = staging.MOMENT / 1000 - ago * 3_600
        for path in (self.home / ".codex" / "sessions").rglob(f"*{driver.shell.session.thread_id}*"):
            os.utime(path, (when, when))

    def _git(self) -> None:
        git = shutil.which("git") or "git"
        env = {
            "PATH": os.environ.get("PATH", os.defpath),
            "HOME": str(self.home),
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_AUTHOR_DATE": "2026-01-02T12:00:00Z",
            "GIT_COMMITTER_DATE": "2026-01-02T12:00:00Z",
        }
        who = ["-c", "user.name=Someone", "-c", "user.email=someone@example.org"]
        for words in (["init", "-q", "-b", "main"], ["add", "-A"], [*who, "commit", "-q", "-m", "Begin"]):
            subprocess.run([git, *words], cwd=self.work, env=env, check=True)
