"""What the watcher of files takes for a change."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from csm.host.watching import Watcher


@pytest.mark.parametrize(("seconds", "told"), [(-60, False), (+0.0, True), (3600, False)])
def test_what_was_saved_while_the_host_was_made_is_looked_at_again(
    seconds: float, told: bool, open_host, tmp_path: Path
) -> None:
    host = open_host()
    script = host.settings.config_dir / "init.py"
    script.parent.mkdir(parents=True, exist_ok=True)
    script.write_text("x = 1\n")
    if seconds:
        when = host.begun + int(seconds * 1e9)
        os.utime(script, ns=(when, when))
    heard: list[Path] = []
    watcher = Watcher(host, heard.extend)
    watcher.start()
    try:
        assert watcher.ready.wait(20)
        assert (script in heard) == told
    finally:
        watcher.stop()
