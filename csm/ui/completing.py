"""Completion where the cursor is: a slash word or a command line's last word.

Does not: show a menu. One candidate is taken, several are taken as far as they agree.
"""

from __future__ import annotations

import os.path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from csm.ui.shell import Shell


def complete(shell: Shell) -> None:
    """Complete before the cursor of the focused editor; several candidates are named on the message line."""
    from csm.host.context import Context

    editor = shell.editor
    before = editor.text[: editor.cursor]
    if shell.place == "palette":
        panel = shell.panels[-1]
        rows = getattr(panel, "rows", list)()
        if rows:
            editor.set_text(str(rows[getattr(panel, "selected", 0)].value))
        return
    if shell.place != "composer" or not before.startswith("/") or "\n" in before:
        return
    found = shell.host.commands.complete(before, Context(shell.host, shell.screen, shell.port))
    if not found:
        return
    start = found[0].start
    text = os.path.commonprefix([one.text for one in found])  # noqa: RUF071 (characters are meant)
    if len(found) == 1:
        text += " "
    if len(text) > len(before) - start:
        editor.replace(start, editor.cursor, text)
    elif len(found) > 1:
        shell.message.say("  ".join(one.text for one in found[:12]))
