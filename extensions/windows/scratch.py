"""The scratch buffer: a text beside the sessions, to write in and to send from. It lasts as long as the shell.

Does not: keep it in a file.
"""

from __future__ import annotations

from typing import Any

from csm.api import CommandError, Context, Written, command

from .windows import screen


class Scratch(Written):
    """There is one in a shell."""

    name = "scratch"
    place = "scratch"
    empty = "Nothing is written here yet."

    @property
    def title(self) -> str:
        """How much there is."""
        count = self.editor.text.count("\n") + 1 if self.editor.text else 0
        return f"Scratch · {count} line{'s' * (count != 1)}" if count else "Scratch"


def scratch(cx: Context) -> Any:
    """The one there is."""
    known = cx.state.get("windows.scratch")
    if not isinstance(known, Scratch):
        known = cx.state["windows.scratch"] = Scratch(screen(cx).composer)
    return known


@command("scratch.open", title="Show the scratch text")
def open_scratch(cx: Context) -> None:
    """Show a text to write in beside the sessions, in a window."""
    screen(cx).show(scratch(cx), "below")


@command("scratch.send", title="Put it into the draft", places=("scratch",))
def send(cx: Context) -> None:
    """Put the selection, else all of the scratch text, at the end of the draft of the current session."""
    shown, editor = screen(cx), scratch(cx).editor
    found = editor.selection
    text = editor.text[found.start : found.end] if found is not None else editor.text
    if not text.strip():
        raise CommandError("nothing is written here yet")
    composer = shown.composer
    composer.set_text(f"{composer.text}\n{text}" if composer.text else text)
    shown.focus("composer")


@command("scratch.clear", title="Empty the scratch text", places=("scratch",))
def clear(cx: Context) -> None:
    """Begin anew; undo brings it back."""
    scratch(cx).editor.set_text("")
