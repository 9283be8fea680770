"""`csm log` and `csm fixture` as they are called: by id, name and path; text and JSON; little memory; refusals."""

from __future__ import annotations

import io
import json
import resource
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from csm.api.testing import bundled
from csm.cli.log import Progress
from csm.core.fold import fold


@pytest.fixture
def csm(env: dict[str, str], tmp_path: Path) -> Any:
    """Runs csm; its exit status, stdout and stderr."""

    def run(*words: str, **more: Any) -> tuple[int, str, str]:
        command = [sys.executable, "-m", "csm", *words]
        options = {"stdin": subprocess.DEVNULL, "capture_output": True, "text": True, "timeout": 60, **more}
        done = subprocess.run(command, env=env, cwd=tmp_path, **options)
        assert "Traceback" not in (done.stderr or "")
        return done.returncode, done.stdout, done.stderr

    return run


@pytest.fixture
def made(csm: Any, home: Path, tmp_path: Path) -> tuple[str, Path]:
    """A made-up session in the home: its id and its file."""
    status, out, _ = csm("fixture", "log", "--events", "300", "--seed", "4", "-o", "made", "--json")
    assert status == 0
    told = json.loads(out)
    path = home / ".codex/sessions/2026/01/02" / told["name"]
    path.parent.mkdir(parents=True)
    (tmp_path / "made").rename(path)
    return told["thread_id"], path


def test_a_made_up_log_is_the_same_to_the_byte(csm: Any, tmp_path: Path) -> None:
    words = ("fixture", "log", "--events", "2000", "--seed", "9", "--compact-every", "500")
    first, second = csm(*words), csm(*words, "--out", "file")
    assert first[0] == second[0] == 0
    assert (tmp_path / "file").read_text() == first[1] == csm(*words)[1]
    assert first[1].count("\n") == 2000 and first[1].count('"compacted"') == 3
    assert csm("fixture", "log", "--events", "2000", "--seed", "8")[1] != first[1]
    assert '"ordinal"' not in csm("fixture", "log", "--shape", "legacy")[1]


@pytest.mark.parametrize("by", ["id", "name", "path", "archive"])
def test_a_log_is_found_by_id_name_and_path(csm: Any, made: tuple[str, Path], home: Path, by: str) -> None:
    thread_id, path = made
    (home / ".codex/session_index.jsonl").write_text(json.dumps({"id": thread_id, "thread_name": "mine"}) + "\n")
    if by == "archive":
        (home / ".codex/archived_sessions").mkdir()
        path = path.rename(home / ".codex/archived_sessions" / path.name)
    text = {"id": thread_id.upper(), "name": "mine", "path": str(path), "archive": thread_id}[by]
    status, out, err = csm("log", "summarize", text, "--json")
    assert (status, err) == (0, "")
    told = json.loads(out)
    assert (told["thread_id"], told["path"], told["lines"]) == (thread_id, str(path), 300)
    assert told["turns"] == {"completed": 11, "unfinished": 1} and told["tools"] == {"exec_command": 104}
    status, out, _ = csm("log", "summarize", text)
    assert status == 0 and thread_id in out and "exec_command 104" in out


@pytest.mark.parametrize(
    ("command", "text"),
    list(
        zip(
            ["summarize", "verify", "repair"] * 3,
            ["", "nobody", "../../x", "/etc/passwd/x", "*", "a\nb", "x" * 5000, "' OR 1=1"],
            strict=False,
        )
    ),
)
def test_what_is_no_log_is_an_error(csm: Any, command: str, text: str) -> None:
    status, out, err = csm("log", command, text)
    assert (status, out) == (1, "")
    assert err.startswith("Error: ") and len(err) < 1000


def test_a_sound_log_is_said_to_be(csm: Any, made: tuple[str, Path]) -> None:
    status, out, _ = csm("log", "verify", made[0])
    assert status == 0 and out.endswith("sound\n")
    told = json.loads(csm("log", "verify", made[0], "--json")[1])
    assert (told["sound"], told["numbered"], told["faults"], told["refused"]) == (True, True, {}, {})


def test_a_damaged_log_is_told_repaired_and_left_as_it_was(csm: Any, made: tuple[str, Path], tmp_path: Path) -> None:
    thread_id, path = made
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([b'{"torn\n', *lines[1:9], b"\0" * 50 + b"\n", *lines[10:], b'{"also']))
    before = path.read_bytes()
    status, out, _ = csm("log", "verify", thread_id)
    assert status == 1
    for text in ("line 1, at byte 0: cannot be read", "line 10,", "is torn", "Codex 0.169 does not open it", "damaged"):
        assert text in out
    told = json.loads(csm("log", "verify", thread_id, "--json")[1])
    assert told["faults"] == {"broken": 2, "torn": 1} and set(told["refused"]) == {"0.132", "0.169"}
    status, out, _ = csm("log", "repair", thread_id)
    copy = path.with_name(f"{path.name}.repaired")
    assert status == 0 and str(copy) in out and path.read_bytes() == before
    assert csm("log", "verify", str(copy))[0] == 0
    status, _, err = csm("log", "repair", thread_id)
    assert status == 1 and "is there already" in err
    status, out, _ = csm("log", "repair", str(path), "-o", "elsewhere", "--json")
    told = json.loads(out)
    assert status == 0 and told["copy"] == "elsewhere" and told["after"]["faults"] == {}
    assert (tmp_path / "elsewhere").read_bytes() == copy.read_bytes()
    status, _, err = csm("log", "repair", str(path), "-o", "no/such/folder")
    assert status == 1 and "cannot write no/such/folder" in err


def test_words_that_make_no_sense(csm: Any) -> None:
    assert csm("log")[0] == csm("log", "verify")[0] == csm("log", "mend", "x")[0] == csm("fixture")[0] == 2
    for words in (("--events=-1",), ("--events=many",), ("--out=/nowhere/x",)):
        status, _, err = csm("fixture", "log", *words)
        assert status == 1 and err.startswith("Error: ")
    assert csm("fixture", "log", "--shape", "round")[0] == 2


def test_long_logs_take_little_memory(csm: Any, made: tuple[str, Path], tmp_path: Path) -> None:
    path = tmp_path / "long.jsonl"
    data = made[1].read_bytes()
    with path.open("wb") as file:
        for _ in range(20_000_000 // len(data)):
            file.write(data)

    def bounded() -> None:
        resource.setrlimit(resource.RLIMIT_DATA, (30 << 20, 30 << 20))

    for command in ("verify", "summarize"):
        assert csm("log", command, "./long.jsonl", "--json", preexec_fn=bounded)[0] in (0, 1)
    assert csm("log", "repair", "./long.jsonl", "-o", "copy", preexec_fn=bounded)[0] == 0
    (tmp_path / "copy").unlink()
    path.unlink()


class Terminal(io.StringIO):
    """What stderr is when somebody looks."""

    def isatty(self) -> bool:
        return True


def test_progress_is_shown_on_a_terminal_only(monkeypatch: pytest.MonkeyPatch) -> None:
    for stream, shown in ((Terminal(), "\r\x1b[K25 % of 4 MB\r\x1b[K"), (io.StringIO(), "")):
        monkeypatch.setattr(sys, "stderr", stream)
        progress = Progress(patience=0.0)
        told = progress.begin(4_000_000)
        for _ in range(300):
            if told is not None:
                told(1_000_000)
        progress.end()
        assert stream.getvalue() == shown
    monkeypatch.setattr(sys, "stderr", Terminal())
    told = Progress(patience=60.0).begin(4_000_000)
    assert told is not None
    for _ in range(1000):
        told(1)
    assert sys.stderr.getvalue() == "", "short waits show nothing"


def test_a_log_is_indexed_replayed_and_measured(csm: Any, made: tuple[str, Path], home: Path) -> None:
    thread_id, path = made
    told = json.loads(csm("log", "index", thread_id, "--json")[1])
    assert told["index"] == "" and csm("log", "index", thread_id)[1].endswith("there is none\n")
    assert csm("fixture", "log", "--events", "900", "--seed", "4", "-o", f"{path}.new")[0] == 0
    Path(f"{path}.new").rename(path)
    before = path.read_bytes()
    told = json.loads(csm("log", "index", thread_id, "--json")[1])
    assert told["states"] >= 1 and 20 < told["turns"] <= 35
    assert Path(told["index"]).parent == home / ".local/state/csm/index"
    assert Path(told["index"]).stat().st_size == told["index_bytes"]
    status, out, _ = csm("log", "replay-state", thread_id)
    assert status == 0 and out.endswith("the index agrees\n")
    told = json.loads(csm("log", "replay-state", str(path), "--json")[1])
    whole = fold(bundled("sessions", "store").RolloutStore(home / ".codex").read(thread_id))
    assert told["state"]["digest"] == whole.state_hash()
    assert (told["state"]["turns"], told["state"]["running"], told["differs"]) == (whole.begun, whole.running, [])
    assert told["state"]["history_bytes"] == sum(map(len, whole.history))
    status, out, _ = csm("log", "benchmark", thread_id, "--rounds", "2", "--json")
    told = json.loads(out)
    assert (status, told["same"], told["rounds"]) == (0, True, 2)
    assert min(told[name] for name in ("full_ms", "index_ms", "open_ms", "quicker", "append_us", "synced_us")) > 0
    assert "times as quick" in csm("log", "benchmark", thread_id, "--rounds", "1")[1]
    assert csm("log", "benchmark", thread_id, "--rounds", "0")[0] == 1
    assert path.read_bytes() == before


def test_a_file_that_tells_no_session(csm: Any, tmp_path: Path) -> None:
    (tmp_path / "x.jsonl").write_text('{"timestamp":"t","type":"event_msg","payload":{}}\n')
    for command in ("index", "replay-state", "benchmark", "repair"):
        status, _, err = csm("log", command, "x.jsonl")
        assert status == 1 and "tells which session it is" in err


def test_a_log_that_cannot_be_read_is_named(csm: Any, made: tuple[str, Path]) -> None:
    if not Path("/proc/self/mem").exists():
        pytest.skip("this system has no file that refuses to be read")
    for command in ("summarize", "verify", "index", "repair"):
        status, out, err = csm("log", command, "/proc/self/mem")
        assert (status, out) == (1, "")
        assert err.startswith("Error: ") and "/proc/self/mem" in err
