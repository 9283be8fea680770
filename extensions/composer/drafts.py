"""Drafts put aside for later, with their pastes and images: per folder, kept when csm ends.

Does not: write files (`stash.py`).
"""

from __future__ import annotations

import time
from collections.abc import Sequence

from csm.api import CommandError, Context, Editor, Row, chips, command, lines, screen_of

from .stash import Draft, Stash


@command("draft.stash", title="Put the draft aside", places=("composer",), slash="stash")
def stash(cx: Context) -> None:
    """Put the draft aside and empty the composer. It is kept for this folder until it is taken back."""
    shown = screen_of(cx)
    composer = shown.composer
    if not composer.text.strip():
        raise CommandError("there is no draft to put aside")
    _stash(cx).add(Draft(parts(composer), int(time.time())))
    composer.set_text("")
    found = cx.host.keymap.where_is("draft.pop", ["composer"])
    how = found[0].keys if found else "draft.pop"
    shown.message(f"put aside; {how} takes it back")


@command("draft.pop", title="Take the last draft back", places=("composer",))
def pop(cx: Context) -> None:
    """Take back the draft that was put aside last. One that is being written is put aside in its place."""
    kept = _stash(cx)
    if not kept.all():
        raise CommandError("no draft was put aside in this folder")
    _take(cx, -1)


@command("draft.list", title="Drafts put aside", places=("composer",), slash="drafts")
def choose(cx: Context) -> None:
    """Choose among the drafts of this folder that were put aside, and take one back."""
    found = _stash(cx).all()
    if not found:
        raise CommandError("no draft was put aside in this folder")

    def dropped(chosen: list[int]) -> None:
        _drop(cx, [found[at] for at in chosen])

    rows = [Row(at, one.words, _ago(one.when)) for at, one in reversed(list(enumerate(found)))]
    screen_of(cx).pick(
        "Drafts",
        rows,
        lambda chosen: _take(cx, chosen[0]),
        preview=lambda at, columns, height: _look(found[at], columns, height),
        several=True,
        actions={"delete": ("drop", dropped)},
    )


@command("draft.drop", title="Forget drafts put aside")
def drop(cx: Context, *, all: bool = False) -> None:
    """Forget the draft of this folder that was put aside last, or all of them."""
    found = _stash(cx).all()
    if not found:
        raise CommandError("no draft was put aside in this folder")
    _drop(cx, found if all else found[-1:])


def _drop(cx: Context, gone: Sequence[Draft]) -> None:
    kept = _stash(cx)
    for draft in gone:
        kept.forget(draft)
    screen_of(cx).message("dropped" if len(gone) == 1 else f"dropped {len(gone)} drafts")


def _look(draft: Draft, columns: int, height: int) -> list[list[tuple[str, str]]]:
    """The whole of a draft, pastes by their beginnings."""
    made: list[list[tuple[str, str]]] = []
    for kind, value, *_ in draft.parts:
        role = "text" if kind == "text" else "composer.paste"
        text = value if kind != "image" else f"[image {value}]"
        for line in text[: columns * height].split("\n")[:height]:
            made += lines.wrap([(role, lines.clean(line))], columns) if line else [[]]
    return made


def parts(editor: Editor) -> tuple[tuple[str, ...], ...]:
    """A draft as it is kept."""
    found: list[tuple[str, ...]] = []
    text, at = editor.text, 0
    for spot in editor.chips.spots(text):
        if spot.at > at:
            found.append(("text", text[at : spot.at]))
        chip = spot.chip
        found.append(("image", chip.path, chip.text) if chip.kind == "image" else ("paste", chip.text))
        at = spot.at + 1
    return (*found, ("text", text[at:])) if at < len(text) else tuple(found)


def text(editor: Editor, draft: Draft) -> str:
    """A kept draft as an editor's text."""
    found = ""
    for kind, value, *about in draft.parts:
        if kind == "text":
            found += editor.chips.admit(value)
        elif kind == "paste":
            found += editor.chips.add(chips.Chip("paste", chips.pasted(value), value)) or value
        else:
            found += editor.chips.add(chips.Chip("image", chips.pictured(value), about[0], value))
    return found


def _take(cx: Context, index: int) -> None:
    composer, kept = screen_of(cx).composer, _stash(cx)
    draft = kept.take(index)
    if composer.text.strip():
        kept.add(Draft(parts(composer), int(time.time())))
    composer.set_text(text(composer, draft))
    screen_of(cx).refresh()


def _stash(cx: Context) -> Stash:
    folder = screen_of(cx).session().thread.cwd or str(cx.host.cwd)
    return Stash(cx.host.settings.state_dir, folder)


def _ago(when: int) -> str:
    seconds = max(0, int(time.time()) - when)
    for size, word in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if seconds >= size:
            count = seconds // size
            return f"{count} {word}{'s' * (count > 1)} ago"
    return "just now"
