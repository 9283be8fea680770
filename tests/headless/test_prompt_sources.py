"""The prompt: words, stdin, or both."""

from __future__ import annotations

import pytest

from csm.headless.streams import prompt
from csm.protocol.errors import CsmError


class Given:
    """Streams with this on stdin; what is written is kept."""

    def __init__(self, stdin: bytes, terminal: bool = False) -> None:
        self.stdin = stdin
        self.terminal = terminal
        self.told = ""

    def read(self) -> bytes:
        return self.stdin

    def out(self, data: bytes) -> None:
        raise AssertionError("a prompt writes nothing to stdout")

    def err(self, text: str) -> None:
        self.told += text

    def is_terminal(self, fd: int) -> bool:
        return self.terminal


CASES = {
    ("hi", b"", True): ("hi", "Reading additional input from stdin...\n"),
    ("hi", b" \n", True): ("hi", "Reading additional input from stdin...\n"),
    ("hi", b"more\n", True): ("hi\n\n<stdin>\nmore\n</stdin>", "Reading additional input from stdin...\n"),
    ("hi", b"more", True): ("hi\n\n<stdin>\nmore\n</stdin>", "Reading additional input from stdin...\n"),
    ("hi", b"more", False): ("hi", ""),
    ("", b"", True): ("", "Reading additional input from stdin...\n"),
    (None, b"hello\n", True): ("hello\n", "Reading prompt from stdin...\n"),
    ("-", b"hello\n", True): ("hello\n", ""),
    (None, "\ufeffé".encode(), True): ("é", "Reading prompt from stdin...\n"),
    (None, "é".encode("utf-16"), True): ("é", "Reading prompt from stdin...\n"),
    (None, "é".encode("utf-32"), True): ("é", "Reading prompt from stdin...\n"),
    (None, "\ufeffé".encode("utf-32-be"), True): ("é", "Reading prompt from stdin...\n"),
}


@pytest.mark.parametrize("case", CASES)
def test_prompt(case: tuple[str | None, bytes, bool]) -> None:
    words, stdin, add = case
    streams = Given(stdin)
    assert (prompt(words, streams, add_stdin=add), streams.told) == CASES[case]


def test_a_terminal_is_not_read_beside_words() -> None:
    streams = Given(b"never", terminal=True)
    assert (prompt("hi", streams, add_stdin=True), streams.told) == ("hi", "")


@pytest.mark.parametrize(
    ("words", "stdin", "terminal", "text"),
    [
        (None, b"", False, "No prompt provided via stdin."),
        ("-", b" \n", False, "No prompt provided via stdin."),
        (None, b"", True, "No prompt provided. Either"),
        ("hi", b"\xff", False, "The text on stdin is not UTF-8: byte 1."),
    ],
)
def test_no_prompt(words: str | None, stdin: bytes, terminal: bool, text: str) -> None:
    with pytest.raises(CsmError, match=text):
        prompt(words, Given(stdin, terminal), add_stdin=True)


def test_an_argument_that_is_no_utf8_is_replaced() -> None:
    assert prompt("a\udcff", Given(b"", terminal=True), add_stdin=True) == "a\ufffd"
