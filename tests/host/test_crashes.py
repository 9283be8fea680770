"""Reports of crashes: what they hold, what they leave out, how many stay."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from csm.host import crashes


def _error(text: str) -> Exception:
    password = "a value of a variable"
    try:
        raise ValueError(text, len(password))
    except ValueError as error:
        return error


def test_a_report_says_where_and_keeps_secrets_out(tmp_path: Path) -> None:
    env = {"TOKEN": "opensesame", "TERM": "xterm", "LANG": "C.UTF-8"}
    path = crashes.record(tmp_path, _error("bad opensesame"), doing="csm exec", env=env, log=["one", "two"])
    assert path is not None and path.stat().st_mode & 0o777 == 0o600
    text = path.read_text()
    assert text.startswith("csm 0.1.0, csm exec\nPython ") and "TERM=xterm LANG=C.UTF-8\n" in text
    assert "test_crashes.py" in text and "ValueError: ('bad [secret]', 21)" in text and "a value of" not in text
    assert text.endswith("The log's end\none\ntwo\n")
    assert crashes.reports(tmp_path) == [path]


def test_the_newest_stay(tmp_path: Path) -> None:
    for number in range(crashes.KEPT + 3):
        crashes.record(tmp_path, _error(str(number)), env={})
    kept = crashes.reports(tmp_path)
    assert len(kept) == crashes.KEPT and "('3', 21)" in kept[0].read_text()


def test_where_nothing_can_be_written_the_traceback_is_told(tmp_path: Path) -> None:
    (tmp_path / "crashes").write_text("")
    error = _error("x")
    path = crashes.record(tmp_path, error, env={})
    assert path is None and "Traceback" in crashes.told(error, path)


def test_a_fatal_error_leaves_the_stacks(tmp_path: Path) -> None:
    code = "import sys, os, signal; from pathlib import Path; from csm.host.crashes import Faults\n"
    code += "faults = Faults(Path(sys.argv[1])); faults.open(); os.kill(os.getpid(), signal.SIGSEGV)"
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path)], capture_output=True, timeout=30)
    assert done.returncode < 0
    (report,) = crashes.reports(tmp_path)
    assert "Segmentation fault" in report.read_text()


def test_without_a_fault_nothing_stays(tmp_path: Path) -> None:
    gone = subprocess.Popen(["true"])
    gone.wait()
    left = tmp_path / f"crashes/20260101T000000.000000Z-{gone.pid}.txt"
    left.parent.mkdir()
    left.touch()
    faults = crashes.Faults(tmp_path)
    faults.open()
    assert not left.exists() and [path.stem.rpartition("-")[2] for path in left.parent.iterdir()] == [str(os.getpid())]
    assert crashes.reports(tmp_path) == []
    faults.close()
    faults.close()
    assert list(left.parent.iterdir()) == []


@pytest.mark.parametrize("words", [["features", "list"], ["doctor"]])
def test_the_program_tells_where_its_report_is(words: list[str], tmp_path: Path) -> None:
    broken = tmp_path / "broken/msgspec.py"
    broken.parent.mkdir()
    broken.write_text("raise RuntimeError('no such luck')\n")
    env = {**os.environ, "HOME": str(tmp_path), "XDG_STATE_HOME": "", "PYTHONPATH": str(broken.parent)}
    done = subprocess.run([sys.executable, "-m", "csm", *words], env=env, capture_output=True, text=True, timeout=30)
    assert done.returncode == 1 and done.stdout == ""
    first, second = done.stderr.splitlines()
    assert first == "csm broke: RuntimeError: no such luck"
    (report,) = crashes.reports(tmp_path / ".local/state/csm")
    assert str(report) in second and f"csm 0.1.0, csm {words[0]}\n" in report.read_text()
