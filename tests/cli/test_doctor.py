"""`csm doctor`: what it finds, how it says so, and that it works where little else does."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from csm.api.testing import ResponsesServer
from csm.host import crashes
from csm.host.diagnostics import Diagnostics

ROWS = {
    "system.environment", "system.disk", "runtime.provenance", "installation", "git.environment", "runtime.search",
    "terminal.env", "config.load", "auth.credentials", "sandbox.helpers", "rules.files", "mcp.config",
    "keymap.bindings", "theme.styles", "extensions.load", "state.paths", "csm.log", "csm.crashes", "network.env",
    "network.provider_reachability",
}  # fmt: skip


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "codex").mkdir()
    return tmp_path


def doctor(home: Path, *words: str, **env: str) -> subprocess.CompletedProcess[str]:
    names = ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "CODEX_API_KEY", "OPENAI_API_KEY", "NO_COLOR", "SSL_CERT_FILE")
    own = {"HOME": str(home), "CODEX_HOME": str(home / "codex"), "LANG": "C.UTF-8", "PYTHONUTF8": "1", **env}
    return subprocess.run(
        [sys.executable, "-m", "csm", "doctor", *words],
        env={**{name: value for name, value in os.environ.items() if name not in names}, **own},
        cwd=home, capture_output=True, text=True, timeout=60,
    )  # fmt: skip


def configure(home: Path, server: ResponsesServer, *lines: str) -> None:
    told = [f"{name} = {json.dumps(value)}" for name, value in server.overrides().items()]
    (home / "codex/config.toml").write_text("\n".join([*told, *lines]) + "\n")


def rows(done: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    report = json.loads(done.stdout)
    assert report["schemaVersion"] == 1 and report["csmVersion"] == report["codexVersion"] == "0.1.0"
    return report["checks"]


def test_a_good_home_passes(home: Path) -> None:
    with ResponsesServer([]) as server:
        configure(home, server)
        done = doctor(home, "--json")
    found = rows(done)
    assert set(found) == ROWS and done.stderr == ""
    failed = {id for id, row in found.items() if row["status"] == "fail"}
    assert done.returncode == (1 if failed else 0) and failed <= {"system.disk", "sandbox.helpers"}
    row = found["network.provider_reachability"]
    assert row["status"] == "ok" and list(row) == [
        "id", "category", "status", "summary", "details", "remediation", "durationMs",
    ]  # fmt: skip


def test_a_new_home_lacks_a_key(home: Path) -> None:
    done = doctor(home, "--json", "-c", 'openai_base_url="http://127.0.0.1:9/v1"')
    found = rows(done)
    assert done.returncode == 1 and json.loads(done.stdout)["overallStatus"] == "fail"
    assert found["auth.credentials"]["status"] == "fail" and found["network.provider_reachability"]["status"] == "fail"


def test_broken_settings_are_a_finding(home: Path) -> None:
    (home / "codex/config.toml").write_text("model = \n")
    done = doctor(home, "--json", "-c", 'openai_base_url="http://127.0.0.1:9/v1"')
    row = rows(done)["config.load"]
    assert done.returncode == 1 and row["status"] == "fail" and "config.toml:1" in "".join(row["details"]["because"])


def test_what_went_wrong_of_late_is_told(home: Path) -> None:
    state = home / ".local/state/csm"
    Diagnostics(state / "log").write("error", "a wheel came off")
    report = crashes.record(state, RuntimeError("x"), env={})
    with ResponsesServer([]) as server:
        configure(home, server, "[mcp_servers.lost]", 'command = "no-such-program"', "[csm]", 'keymap = "nowhere"')
        (home / ".config/csm/extensions").mkdir(parents=True)
        (home / ".config/csm/extensions/bad.py").write_text(
            "from csm.api import hook\n@hook\ndef activate(host): 1 / 0\n"
        )
        found = rows(doctor(home, "--json"))
    assert (
        found["csm.log"]["status"] == "warning" and "a wheel came off" in found["csm.log"]["details"]["last errors"][0]
    )
    assert found["csm.crashes"]["details"]["of late"] == [str(report)]
    assert found["mcp.config"]["status"] == "warning" and "lost" in found["mcp.config"]["summary"]
    assert found["extensions.load"]["status"] == "warning"


def test_extensions_add_checks_and_broken_ones_fail(home: Path) -> None:
    own = home / ".config/csm/extensions"
    own.mkdir(parents=True)
    (own / "mine.py").write_text(
        "from csm.api import checkup, hook\n"
        "def good(host): return checkup.Check('mine.good', 'mine', 'ok', 'all is well', (('one', ('a', 'b')),))\n"
        "def bad(host): raise ValueError('no')\n"
        "@hook\n"
        "def checks(): return [checkup.Probe('mine.good', good), checkup.Probe('mine.bad', bad)]\n"
    )
    with ResponsesServer([]) as server:
        configure(home, server)
        done = doctor(home, "--json")
        told = doctor(home)
    assert rows(done)["mine.bad"]["summary"] == "the check itself failed: ValueError: no" and done.returncode == 1
    assert "Extensions\n  ✓ mine         all is well\n    one  a\n         b\n" in told.stdout


def test_how_it_is_printed(home: Path) -> None:
    with ResponsesServer([]) as server:
        configure(home, server)
        whole, brief, plain = doctor(home), doctor(home, "--summary"), doctor(home, "--ascii")
        network = doctor(home, "--network-only", "--json")
    assert whole.stdout.isprintable() is False and "\x1b" not in whole.stdout
    assert "  ✓ runtime      csm 0.1.0\n" in whole.stdout and "    Python " in whole.stdout
    assert "    Python " not in brief.stdout and len(brief.stdout.splitlines()) < 40
    assert plain.stdout.isascii() and "  [ok] runtime      csm 0.1.0\n" in plain.stdout
    assert set(rows(network)) == {"network.env", "network.provider_reachability"}


def test_secrets_stay_out(home: Path) -> None:
    done = doctor(
        home, "--json", "-c", 'openai_base_url="http://me:hunter2@127.0.0.1:9/v1"',
        OPENAI_API_KEY="sk-secretsecretsecret", HTTPS_PROXY="http://you:swordfish@127.0.0.1:9",
    )  # fmt: skip
    assert rows(done)["auth.credentials"]["status"] == "ok"
    assert "hunter2" not in done.stdout and "swordfish" not in done.stdout and "secretsecret" not in done.stdout
