"""Keys that work where no keymap binds them."""

from __future__ import annotations

import pytest

from csm.edit.editor import Editor
from csm.ui import fallback


@pytest.mark.parametrize(
    ("chords", "text", "cursor", "taken"),
    [
        ("backspace", "ab", 2, True),
        ("left", "abe\u0301", 2, True),
        ("left left right", "abe\u0301", 2, True),
        ("backspace backspace backspace backspace", "", 0, True),
        ("right", "abe\u0301", 4, True),
        ("x", "abe\u0301", 4, False),
    ],
)
def test_whole_characters_are_deleted_and_passed(chords: str, text: str, cursor: int, taken: bool) -> None:
    editor = Editor("abe\u0301")
    for chord in chords.split():
        assert fallback.edit(editor, chord) == taken
    assert (editor.text, editor.cursor) == (text, cursor)
