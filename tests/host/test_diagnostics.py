"""csm's own log: what is written, how files turn, what is never written."""

from __future__ import annotations

import multiprocessing
import os
import re
from pathlib import Path

import pytest

from csm.host import diagnostics, secrecy
from csm.host.diagnostics import Diagnostics, opened

LINE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z (\d+) (ERROR|WARNING|INFO|DEBUG) +(.*)")


def test_nothing_is_made_before_there_is_something_to_say(tmp_path: Path) -> None:
    log = Diagnostics(tmp_path / "log")
    log.write("info", "quiet")
    assert not (tmp_path / "log").exists() and log.last(5) == []


def test_a_line_says_when_who_and_what(tmp_path: Path) -> None:
    log = Diagnostics(tmp_path / "log")
    log.write("error", "broke\nTraceback\n  here", "a.py:3")
    first, second, third, fourth = log.last(10)
    head, told = LINE.fullmatch(first), LINE.fullmatch(second)
    assert head is not None and head[2] == "INFO" and head[3].startswith("csm ")
    assert told is not None and told.groups() == (str(os.getpid()), "ERROR", "broke")
    assert (third, fourth) == ("    Traceback", "      here · a.py:3")
    assert log.path.stat().st_mode & 0o777 == 0o600 and log.path.parent.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize(
    ("level", "written"),
    [
        ("off", []),
        ("error", ["error"]),
        ("warning", ["error", "warning"]),
        ("info", ["error", "warning", "info"]),
        ("debug", ["error", "warning", "info", "debug"]),
        ("shout", ["error", "warning"]),
    ],
)
def test_levels(level: str, written: list[str], tmp_path: Path) -> None:
    log = Diagnostics(tmp_path, level)
    for one in ("error", "warning", "info", "debug", "off", "unheard"):
        log.write(one, f"said {one}")
    assert [line.rpartition("said ")[2] for line in log.last(99) if "said" in line] == written


def test_files_turn_and_the_oldest_goes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(diagnostics, "LIMIT", 300)
    log = Diagnostics(tmp_path)
    for number in range(40):
        log.write("error", f"number {number:02} {'x' * 40}")
    assert [path.name for path in log.files()] == ["csm.2.log", "csm.1.log", "csm.log"]
    assert all(path.stat().st_size < 500 for path in log.files())
    kept = [int(found) for found in re.findall(r"number (\d+)", "\n".join(log.last(999)))]
    assert kept == list(range(kept[0], 40)) and kept[0] > 0


def _shout(folder: Path, name: int) -> None:
    diagnostics.LIMIT = 4000
    log = Diagnostics(folder)
    for number in range(60):
        log.write("error", f"<{name} {number}>")


def test_processes_write_beside_each_other(tmp_path: Path) -> None:
    context = multiprocessing.get_context("fork")
    several = [context.Process(target=_shout, args=(tmp_path, name)) for name in range(3)]
    for one in several:
        one.start()
    for one in several:
        one.join(30)
    lines = Diagnostics(tmp_path).last(9999)
    assert all(LINE.fullmatch(line) for line in lines)
    told = [tuple(map(int, found)) for found in re.findall(r"<(\d) (\d+)>", "\n".join(lines))]
    assert len(told) == len(set(told)) and told
    for name in range(3):
        own = [number for one, number in told if one == name]
        assert own == sorted(own)


def test_a_place_that_cannot_be_written_is_no_matter(tmp_path: Path) -> None:
    (tmp_path / "log").write_text("a file")
    Diagnostics(tmp_path / "log").write("error", "lost")
    (tmp_path / "aim").write_text("untouched\n")
    (tmp_path / "linked").mkdir()
    (tmp_path / "linked/csm.log").symlink_to(tmp_path / "aim")
    Diagnostics(tmp_path / "linked").write("error", "lost")
    assert (tmp_path / "aim").read_text() == "untouched\n"


def test_secrets_and_escapes_stay_out(tmp_path: Path) -> None:
    env = {"MY_API_KEY": "hunter2hunter2", "PATH": "/usr/bin:/bin"}
    raw = {"model_providers": {"x": {"env_key": "NAMED_VARIABLE", "http_headers": {"Authorization": "swordfish-1"}}}}
    log = opened(tmp_path, raw, env)
    log.write(
        "error", "hunter2hunter2 swordfish-1 sk-abcdefghijklmnop1234 NAMED_VARIABLE /usr/bin:/bin \x1b[31mred\x07"
    )
    (told,) = [line for line in log.last(9) if "ERROR" in line]
    assert told.endswith("[secret] [secret] [secret] NAMED_VARIABLE /usr/bin:/bin \\x1b[31mred\\x07")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Authorization: Bearer abc.def", "Authorization: Bearer [secret]"),
        ("https://me:pass@host/x", "https://[secret]@host/x"),
        ("ghp_abcdefghijklmnopqrstu", "[secret]"),
        ("skip the sky", "skip the sky"),
        ("http://host:80/a@b", "http://host:80/a@b"),
    ],
)
def test_shapes_of_secrets(text: str, told: str) -> None:
    assert secrecy.hidden(text) == told


def test_a_long_message_keeps_its_ends(tmp_path: Path) -> None:
    log = Diagnostics(tmp_path)
    log.write("error", "begin" + "x" * 100_000 + "end")
    text = log.path.read_text()
    assert len(text) < diagnostics.LONGEST + 500 and "begin" in text and text.rstrip().endswith("end")


def test_settings_choose_folder_and_level(tmp_path: Path) -> None:
    assert opened(tmp_path, {}, {}).path == tmp_path / "log/csm.log"
    chosen = opened(tmp_path, {"log_dir": str(tmp_path / "mine"), "csm": {"log": "debug"}}, {})
    assert (chosen.path, chosen.level) == (tmp_path / "mine/csm.log", "debug")
