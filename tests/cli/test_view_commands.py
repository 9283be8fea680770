"""`csm view`: steps played on the shell, its screen printed, compared and resized, without a terminal."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from csm.cli import view
from csm.cli.arguments import parse
from csm.cli.table import ROOT
from csm.protocol.errors import CsmError
from csm.ui import staging
from csm.ui.staging import Step

READ = {
    "key C-x w v": Step("key", "C-x w v"),
    "type a\\nb": Step("type", "a\nb"),
    "paste a\\\\n\\tb": Step("paste", "a\\n\tb"),
    "run theme.use light": Step("run", "theme.use light"),
    "size 40x12": Step("size", "40x12", (40, 12)),
    "wait done: ok": Step("wait", "done: ok"),
    "gone Working": Step("gone", "Working"),
}


@pytest.mark.parametrize("line", READ)
def test_steps_are_read(line: str) -> None:
    assert staging.read(["", "# why", f"  {line} "]) == [READ[line]]


@pytest.mark.parametrize("line", ["key", "jump high", "size big", "size 0x4", "size 80x9999", "wait"])
def test_bad_steps_are_refused(line: str) -> None:
    with pytest.raises(CsmError):
        staging.read([line])


class Bench:
    """Calls `csm view` in this process, in a home and a folder of its own."""

    def __init__(self, path: Path, env: dict[str, str], capfdbinary: Any) -> None:
        self.path, self.env, self._out = path, env, capfdbinary
        self.answers = path / "answers.json"
        self.answers.write_text(json.dumps([{"text": "The **answer** is 42."}, {"text": "Again."}]))

    def __call__(self, *words: str) -> tuple[int, str]:
        """The exit status and what was printed."""
        parsed = parse(ROOT, ["view", *words])
        status = {"snapshot": view.snapshot, "diff": view.diff, "resize-flow": view.resize_flow}[words[0]](parsed)
        return status, self._out.readouterr().out.decode()

    def snapshot(self, *words: str) -> str:
        """What is printed for the screen with an answer on it."""
        status, out = self(
            "snapshot", "--answers", str(self.answers), "--step", "type what\\n", "--step", "wait 42", *words
        )
        assert status == 0
        return out


@pytest.fixture
def bench(tmp_path: Path, env: dict[str, str], monkeypatch: pytest.MonkeyPatch, capfdbinary: Any) -> Bench:
    work = tmp_path / "home" / "work"
    work.mkdir()
    monkeypatch.chdir(work)
    for name in ("CODEX_HOME", "HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME"):
        monkeypatch.setenv(name, env[name])
    return Bench(work, env, capfdbinary)


def test_a_screen_as_text(bench: Bench) -> None:
    rows = bench.snapshot("--size", "50x12").splitlines()
    assert len(rows) == 12
    assert rows[:3] == ["› what", "", "  The answer is 42."]
    assert rows[-3] == "› What shall be done?"


def test_the_same_words_give_the_same_bytes(bench: Bench) -> None:
    for kind in ("json", "svg", "ansi"):
        assert bench.snapshot("--format", kind) == bench.snapshot("--format", kind)


def test_the_ending_of_the_file_says_as_what(bench: Bench) -> None:
    for name, begin in (("a.svg", "<svg "), ("a.json", "{"), ("a.txt", "› what")):
        assert bench.snapshot("-o", f"made/{name}") == ""
        assert Path("made", name).read_text("utf-8").startswith(begin)


def test_nothing_is_kept(bench: Bench) -> None:
    bench.snapshot()
    assert list((bench.path.parent / ".codex").rglob("*.jsonl")) == []


def test_what_is_compared_is_told(bench: Bench) -> None:
    bench.snapshot("-o", "one.json")
    bench.snapshot("--step", "type hello", "-o", "two.json")
    assert bench("diff", "one.json", "one.json") == (0, "")
    status, out = bench("diff", "one.json", "two.json")
    assert status == 1
    assert 'text     row 22 columns 3-7 (composer): "What shall be done?" → "hello"' in out
    status, out = bench("diff", "--json", "one.json", "two.json")
    assert {"kind": "cursor", "old": "row 22 column 3", "new": "row 22 column 8"} in json.loads(out)


def test_text_is_compared_with_a_screen(bench: Bench) -> None:
    bench.snapshot("-o", "one.json")
    bench.snapshot("-o", "one.txt")
    assert bench("diff", "one.json", "one.txt") == (0, "")
    Path("two.txt").write_text(Path("one.txt").read_text().replace("42", "43"))
    assert bench("diff", "one.json", "two.txt") == (1, 'text     row 3 column 18: "2" → "3"\n')


def test_many_sizes(bench: Bench) -> None:
    words = ("--answers", str(bench.answers), "--step", "type what\\n", "--step", "wait 42")
    status, out = bench("resize-flow", *words, "-o", "flow")
    assert status == 0, out
    assert [line.split()[0] for line in out.splitlines()] == "80x24 120x40 200x50 40x12 20x5 1x1 80x24".split()
    assert "the same again" in out.splitlines()[-1]
    assert json.loads(Path("flow/04-40x12.json").read_text())["columns"] == 40
    status, out = bench("resize-flow", *words, "--sizes", "3x3,9x2", "--json")
    assert [(one["size"], one["faults"]) for one in json.loads(out)] == [("3x3", []), ("9x2", [])]


def test_a_screen_of_ones_own_that_is_not_the_same_again_is_found(bench: Bench) -> None:
    folder = bench.path.parent / ".config/csm"
    folder.mkdir(parents=True)
    folder.joinpath("init.py").write_text(
        "from itertools import count\nfrom csm.api import command\n\n\nclass Fickle:\n"
        "    name = place = title = 'fickle'\n    editor = None\n    numbers = count()\n\n"
        "    def line_count(self, width):\n        return 1\n\n"
        "    def lines(self, start, stop, width):\n        return [[('', f'frame {next(self.numbers)}')]]\n\n\n"
        "@command('fickle.open')\ndef fickle(cx):\n    '''Open it.'''\n    cx.screen.show(Fickle())\n"
    )
    status, out = bench("resize-flow", "--step", "run fickle.open", "--sizes", "80x24,80x24")
    assert status == 1
    assert [line.split()[1] for line in out.splitlines() if line.startswith("80x24")] == ["right", "WRONG"]
    assert "text     row" in out


REFUSED: dict[str, tuple[list[str], str]] = {
    "a step that never comes": (["snapshot", "--step", "wait never", "--timeout", "0.2"], "did not happen"),
    "a model that hangs": (
        ["snapshot", "--answers", "hang.json", "--step", "type a\\n", "--timeout", "0.5"],
        "still running",
    ),
    "no size": (["snapshot", "--size", "big"], "no size"),
    "no step": (["snapshot", "--step", "jump"], "no step"),
    "no answers": (["snapshot", "--answers", "none.json"], "cannot be read"),
    "answers that are no list": (["snapshot", "--answers", "table.json"], "no list"),
    "no session": (["snapshot", "no-such-session"], "no-such-session"),
    "no screen": (["diff", "table.json", "table.json"], "no screen"),
    "no seconds": (["snapshot", "--timeout", "soon"], "no number"),
    "a place that cannot be written": (["snapshot", "-o", "table.json/x"], "cannot be written"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refusals_say_why(name: str, bench: Bench) -> None:
    Path("hang.json").write_text('[{"hang": true}]')
    Path("table.json").write_text("{}")
    words, why = REFUSED[name]
    with pytest.raises(CsmError) as error:
        bench(*words)
    assert why in str(error.value)


def test_a_stored_session_is_shown_and_left_as_it_is(bench: Bench) -> None:
    made = [sys.executable, "-m", "csm", "fixture", "log", "--events", "200", "-o", "log", "--json"]
    done = subprocess.run(made, env=bench.env, capture_output=True, text=True, check=True, timeout=60)
    told = json.loads(done.stdout)
    path = bench.path.parent / ".codex/sessions/2026/01/02" / told["name"]
    path.parent.mkdir(parents=True)
    Path("log").rename(path)
    before = path.read_bytes()
    status, out = bench("snapshot", told["thread_id"], "--size", "60x20")
    assert status == 0
    assert out.count("\n") == 20
    assert "What shall be done?" in out
    assert len({*out.splitlines()}) > 6
    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]
