"""Long pastes, which a draft shows as one character: opened in a window, edited, put in as text.

Does not: decide what is long (the shell does, when it is pasted).
"""

from __future__ import annotations

from typing import Any

from csm.api import CommandError, Context, chips, command, screen_of

from .buffer import PasteBuffer


@command("paste.open", title="Open the pasted text", places=("composer",))
def open_paste(cx: Context) -> None:
    """Show the pasted text that is nearest to the cursor in a window, to read or edit it."""
    shown = screen_of(cx)
    spot = _spot(cx)
    if spot.chip.kind == "image":
        raise CommandError(f"{spot.chip.path} is an image")
    shown.show(PasteBuffer(spot.chip.label.strip("[]"), spot.char, spot.chip.text, shown.composer))


@command("paste.keep", title="Take the edited text", places=("paste",))
def keep(cx: Context) -> None:
    """Have the draft hold the text as it now is, and close the window. Undo in the draft brings the old one back."""
    shown, buffer = screen_of(cx), _buffer(cx)
    composer, text = shown.composer, buffer.editor.text
    at = composer.text.find(buffer.char)
    old = composer.chips.get(buffer.char)
    if at < 0 or old is None:
        raise CommandError("the draft does not hold this text any more", "copy what you need of it")
    if text != old.text:
        new = composer.chips.add(chips.Chip("paste", chips.pasted(text), text)) if text else ""
        composer.replace(at, at + 1, new)
    shown.buffers.kill(buffer.name)
    shown.focus("composer")


@command("paste.leave", title="Leave the text as it was", places=("paste",))
def leave(cx: Context) -> None:
    """Close the window; the draft holds the text as it was."""
    shown = screen_of(cx)
    shown.buffers.kill(_buffer(cx).name)
    shown.focus("composer")


@command("paste.expand", title="Put the pasted text in as text", places=("composer",))
def expand(cx: Context) -> None:
    """Have the draft show the whole pasted text that is nearest to the cursor, in the place of its label."""
    spot = _spot(cx)
    if spot.chip.kind == "image":
        raise CommandError("an image is no text")
    screen_of(cx).composer.replace(spot.at, spot.at + 1, spot.chip.text)


def _spot(cx: Context) -> Any:
    composer = screen_of(cx).composer
    spot = composer.chips.near(composer.text, composer.cursor)
    pastes = [one for one in composer.chips.spots(composer.text) if one.chip.kind == "paste"]
    if spot is None and not pastes:
        raise CommandError("there is no pasted text in the draft")
    return spot or min(pastes, key=lambda one: abs(composer.cursor - one.at))


def _buffer(cx: Context) -> PasteBuffer:
    buffer = screen_of(cx).buffer
    if not isinstance(buffer, PasteBuffer):
        raise CommandError("no pasted text is open")
    return buffer
