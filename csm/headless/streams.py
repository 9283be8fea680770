"""The three standard streams of a run: where the prompt is read and what is said is written.

Does not: shape any text.
"""

from __future__ import annotations

import errno
import os
import sys
from typing import Protocol

from csm.protocol.errors import CsmError


class Streams(Protocol):
    """What a run reads and writes."""

    def read(self) -> bytes:
        """All of stdin. Raises CsmError."""
        ...

    def out(self, data: bytes) -> None:
        """To stdout, at once. Raises BrokenPipeError when nobody reads, CsmError where there is no room."""
        ...

    def err(self, text: str) -> None:
        """To stderr, at once. Never fails: nobody may be there."""
        ...

    def is_terminal(self, fd: int) -> bool:
        """Whether stream 0, 1 or 2 is a terminal."""
        ...


class Standard:
    """The process's own streams, written through their file descriptors so that no buffer outlives a signal."""

    def read(self) -> bytes:
        """All of stdin; nothing if it is closed, or open for writing alone. Raises CsmError where it cannot be read."""
        try:
            return sys.stdin.buffer.read() if sys.stdin is not None else b""
        except OSError as error:
            if error.errno in (None, errno.EBADF):
                return b""
            raise CsmError(f"Failed to read prompt from stdin: {error.strerror} (os error {error.errno})") from error

    def out(self, data: bytes) -> None:
        """Every byte to stdout."""
        try:
            _write(1, data)
        except BrokenPipeError:
            raise
        except OSError as error:
            raise CsmError(f"Error: stdout cannot be written: {error.strerror}") from error

    def err(self, text: str) -> None:
        """Every byte to stderr, if it can be."""
        try:
            _write(2, text.encode("utf-8", "replace"))
        except OSError:
            pass

    def is_terminal(self, fd: int) -> bool:
        """Whether stream 0, 1 or 2 is a terminal."""
        try:
            return os.isatty(fd)
        except OSError:
            return False


def _write(fd: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        try:
            view = view[os.write(fd, view) :]
        except BlockingIOError:
            _wait_writable(fd)


def _wait_writable(fd: int) -> None:
    """A terminal or pipe that another process set to non-blocking may be full for a while."""
    import select

    select.select([], [fd], [], 1.0)


def prompt(words: str | None, streams: Streams, *, add_stdin: bool) -> str:
    """The prompt of words, stdin or both. Raises CsmError where there is none.

    Without words, or for `-`, it is stdin. With words, and `add_stdin`, piped text follows in a `<stdin>` block.
    """
    if words is None or words == "-":
        if words is None:
            if streams.is_terminal(0):
                raise CsmError("No prompt provided. Either specify one as an argument or pipe the prompt into stdin.")
            streams.err("Reading prompt from stdin...\n")
        text = _decode(streams.read())
        if not text.strip():
            raise CsmError("No prompt provided via stdin.")
        return text
    words = words.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    if not add_stdin or streams.is_terminal(0):
        return words
    streams.err("Reading additional input from stdin...\n")
    text = _decode(streams.read())
    if not text.strip():
        return words
    return f"{words}\n\n<stdin>\n{text}{'' if text.endswith(chr(10)) else chr(10)}</stdin>"


def _decode(data: bytes) -> str:
    try:
        if data.startswith((b"\xff\xfe\0\0", b"\0\0\xfe\xff")):
            return data.decode("utf-32")
        if data.startswith((b"\xff\xfe", b"\xfe\xff")):
            return data.decode("utf-16")
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise CsmError(f"The text on stdin is not UTF-8: byte {error.start + 1}.") from error
