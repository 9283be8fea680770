"""Bounded capture and the text the model reads; no process."""

from __future__ import annotations

import random
import tracemalloc
from typing import Any

import pytest


@pytest.fixture
def output() -> Any:
    """The module under test."""
    from csm_extensions.shell import output

    return output


@pytest.mark.parametrize("sizes", [[1], [7, 3], [100], [3] * 50, [1000], [9, 1, 30, 2]])
def test_the_first_and_last_bytes_are_kept_however_they_come(output: Any, sizes: list[int]) -> None:
    stream = bytes(random.Random(5).randrange(97, 122) for _ in range(sum(sizes)))
    capture = output.Capture(20)
    at = 0
    for size in sizes:
        capture.feed(stream[at : at + size])
        at += size
    if len(stream) <= 20:
        assert capture.joined() == stream
    else:
        note = f"\n... {len(stream) - 20} bytes omitted ...\n".encode()
        assert capture.joined() == stream[:10] + note + stream[-10:]
    assert (capture.total, capture.omitted) == (len(stream), max(0, len(stream) - 20))


def test_taking_empties_it_but_for_the_start_of_a_character(output: Any) -> None:
    capture = output.Capture(100)
    capture.feed("a€".encode()[:3])
    assert capture.take(final=False) == ("a", 1, 0)
    capture.feed("€".encode()[2:] + b"b")
    assert capture.take(final=False) == ("€b", 4, 0)
    capture.feed(b"c\xe2")
    assert capture.take(final=True) == ("c�", 2, 0)
    assert capture.take(final=True) == ("", 0, 0)


@pytest.mark.parametrize(
    ("data", "rest"),
    [
        (b"", b""),
        (b"a", b""),
        (b"\xc3", b"\xc3"),
        (b"\xc3\xa4", b""),
        (b"\xe2\x82", b"\xe2\x82"),
        (b"\xf0\x9f\x98", b"\xf0\x9f\x98"),
        (b"\xf0\x9f\x98\x80", b""),
        (b"\x80\x80\x80\x80", b""),
        (b"a\xff", b"\xff"),
    ],
)
def test_unfinished_characters(output: Any, data: bytes, rest: bytes) -> None:
    assert output.unfinished(data) == rest


def test_a_flood_takes_little_memory(output: Any) -> None:
    chunk = b"x" * 65_536
    tracemalloc.start()
    capture = output.Capture(output.UNREAD_BYTES)
    for _ in range(1600):
        capture.feed(chunk)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 4 << 20
    assert capture.omitted == 1600 * 65_536 - output.UNREAD_BYTES


def test_truncation_as_models_know_it(output: Any) -> None:
    lines = "".join(f"{number}\n" for number in range(1, 101))
    assert output.truncated(lines, 10, 73) == (
        "Warning: truncated output (original token count: 73)\nTotal output lines: 100\n\n"
        "1\n2\n3\n4\n5\n6\n7\n8\n9\n10…63 tokens truncated…\n95\n96\n97\n98\n99\n100\n"
    )
    assert output.truncated("äöü" * 8, 5, 12).endswith("\n\näöüäö…7 tokens truncated…öüäöü")
    assert output.truncated("😀" * 8, 3, 8).endswith("\n\n😀…5 tokens truncated…😀")
    assert output.truncated("1\n2", 0, 1).endswith("Total output lines: 2\n\n…1 tokens truncated…")
    assert output.truncated("four", 1, 1) == "four"
    assert "\n... 7 bytes omitted ...\n" in output.truncated("x" * 99, 1, 99, omitted=7)


def test_the_lines_above_the_output(output: Any) -> None:
    facts = {"chunk": "0a1b2c", "seconds": 0.02411, "total": 5, "omitted": 0, "limit": 10}
    ended = output.answer("text\n", exit_code=3, session=1234, **facts)
    assert ended == (
        "Chunk ID: 0a1b2c\nWall time: 0.0241 seconds\n"
        "Process exited with code 3\nOriginal token count: 2\nOutput:\ntext\n"
    )
    assert "\nProcess running with session ID 1234\n" in output.answer("", session=1234, **facts)


@pytest.mark.parametrize(
    ("most", "limit", "gone"), [(50, 50, 2218), (50, 10, 2218), (200, 200, 2038), (1000, 1000, 1224), (1000, 100, 2124)]
)
def test_the_whole_answer_is_kept_small_too(most: int, limit: int, gone: int) -> None:
    """As Codex 0.169 does it, measured."""
    from csm_extensions.shell import output

    text = "".join(f"{number}\n" for number in range(1, 2001))
    told = output.answer(
        text, chunk="ffc1ed", seconds=0.0, total=len(text), omitted=0, limit=limit, most=most, exit_code=0
    )
    assert f"…{gone} tokens truncated…" in told
    assert len(told.encode()) <= most * 4 * 6 // 5
