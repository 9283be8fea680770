"""Naming a file from a command.

Does not: find files (`completing.py`).
"""

from __future__ import annotations

from csm.api import CommandError, Context, command


@command("file.mention", title="Name a file in the draft", slash="mention")
def mention(cx: Context) -> None:
    """Begin the name of a file at the cursor: what is typed then narrows the list."""
    if cx.screen is None:
        raise CommandError("this needs the shell's screen")
    editor = cx.screen.composer
    before = editor.text[editor.cursor - 1 : editor.cursor]
    editor.insert(f"{' ' if before and not before.isspace() else ''}@", "")
    cx.screen.focus("composer")
