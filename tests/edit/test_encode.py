"""Keys to bytes: what our own decoder reads from them is the key again."""

from __future__ import annotations

import pytest

from csm.edit import encode
from csm.edit.inputs import Key, Paste
from csm.edit.keys import Decoder

KEYS = [
    "a", "A", "ä", "日", "1", "~", "space", "enter", "tab", "S-tab", "esc", "backspace", "C-a", "C-c", "C-z", "C-space",
    "C-]", "C-_", "up", "down", "left", "right", "home", "end", "page-up", "page-down", "insert", "delete",
    "S-up", "C-left", "C-right", "M-left", "C-S-right", "S-home", "C-delete", "M-page-up",
    "f1", "f2", "f4", "f5", "f10", "f12", "S-f5", "M-a", "M-A", "M-1", "M-backspace", "M-enter", "C-M-a",
]  # fmt: skip


@pytest.mark.parametrize("chord", KEYS)
@pytest.mark.parametrize("application", [False, True])
def test_what_is_sent_is_read_as_the_same_key(chord: str, application: bool) -> None:
    text = chord if len(chord) == 1 else " " if chord == "space" else ""
    data = encode.encode(chord, text, application=application)
    assert data
    decoder = Decoder()
    found = [*decoder.feed(data, 0.0), *decoder.flush(10.0)]
    assert [key.chord for key in found if isinstance(key, Key)] == [chord]


@pytest.mark.parametrize(("chord", "data"), [("up", b"\x1bOA"), ("f1", b"\x1bOP"), ("C-up", b"\x1b[1;5A")])
def test_cursor_keys_in_application_mode(chord: str, data: bytes) -> None:
    assert encode.encode(chord, application=True) == data


@pytest.mark.parametrize("chord", ["media-play", "H-x", "caps-lock"])
def test_what_old_terminals_have_no_bytes_for_sends_none(chord: str) -> None:
    assert encode.encode(chord) in (b"", b"x")


def test_a_bracketed_paste_cannot_end_itself() -> None:
    data = encode.paste("one\n\x1b[201~rm\n", bracketed=True)
    found = Decoder().feed(data, 0.0)
    assert [type(one) for one in found] == [Paste]
    assert encode.paste("a\nb", bracketed=False) == b"a\rb"
