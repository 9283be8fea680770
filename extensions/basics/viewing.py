"""Looking around: scrolling, folding, focus, lists, the palette, the messages.

Does not: draw.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from csm.api import CommandError, Context, Transcript, command, items

from .place import say, screen, times

#: How often a page is turned at the most, whatever the count.
_MOST = 1_000
_WORDS = ("top", "bottom", "page-up", "page-down", "half-up", "half-down", "previous-turn", "next-turn")


def _where(cx: Context) -> Iterable[str]:
    return _WORDS


@command("view.scroll", title="Scroll", complete={"where": _where})
def scroll(cx: Context, where: str, count: int | None = None) -> None:
    """Scroll by lines (`view.scroll -3`) or to a place: `top`, `bottom`, `page-up`, `half-down`, `next-turn`, ..."""
    shown, repeat = screen(cx), min(times(cx, count), _MOST)
    if where in _WORDS:
        for _ in range(max(1, repeat) if where not in ("top", "bottom") else 1):
            shown.scroll_to(where)
        return
    try:
        lines = int(where)
    except ValueError:
        raise CommandError(f"{where} is neither a number of lines nor one of {', '.join(_WORDS)}") from None
    shown.scroll(lines * repeat)


@command("view.next-turn", title="Next turn")
def next_turn(cx: Context, count: int | None = None) -> None:
    """Scroll to the next thing the user said."""
    scroll(cx, "next-turn", count)


@command("view.previous-turn", title="Previous turn")
def previous_turn(cx: Context, count: int | None = None) -> None:
    """Scroll to the last thing the user said before."""
    scroll(cx, "previous-turn", count)


@command("tool.toggle", title="Fold or unfold", slash="unfold")
def toggle(cx: Context) -> None:
    """Show or hide the whole output of the block at the cursor, else of the last one."""
    screen(cx).fold("block")


@command("view.raw", title="Show the text as it was written", slash="raw")
def raw(cx: Context, on: Literal["on", "off"] | None = None) -> None:
    """Show the window's transcript as its source, so that the terminal selects just what was written; or do not."""
    shown = screen(cx)
    if not isinstance(shown.buffer, Transcript):
        shown.focus("transcript")
    if not isinstance(shown.buffer, Transcript):
        raise CommandError("the transcript is not shown here")
    shown.buffer.show_raw(not shown.buffer.raw if on is None else on == "on")
    say(cx, "text as it was written" if shown.buffer.raw else "text as it is meant to look")


@command("tool.toggle-all", title="Fold or unfold everything")
def toggle_all(cx: Context) -> None:
    """Show or hide the whole output of every tool."""
    screen(cx).fold("all")


@command("focus.composer", title="Go to the composer")
def focus_composer(cx: Context) -> None:
    """Have the keys write."""
    screen(cx).focus("composer")


@command("focus.transcript", title="Go to the transcript")
def focus_transcript(cx: Context) -> None:
    """Have the keys move through the transcript."""
    screen(cx).focus("transcript")


@command("view.cursor", title="Cursor in the text")
def cursor(cx: Context) -> None:
    """Have a cursor in what is read, to move, select, search and copy with; once more, and the keys scroll again."""
    shown = screen(cx)
    if shown.cursor():
        say(cx, "")
    else:
        shown.focus("composer")


@command("buffer.close", title="Close")
def close(cx: Context) -> None:
    """Close what lies over the transcript, or leave the transcript."""
    screen(cx).close()


@command("list.next", title="Next row", hidden=True)
def next_row(cx: Context, count: int = 1) -> None:
    """Choose the next row."""
    screen(cx).select(count)


@command("list.previous", title="Previous row", hidden=True)
def previous_row(cx: Context, count: int = 1) -> None:
    """Choose the row before."""
    screen(cx).select(-count)


@command("list.accept", title="Take the row", hidden=True)
def accept(cx: Context) -> None:
    """Take the chosen row, or the typed line."""
    screen(cx).accept()


@command("list.cancel", title="Close the list", hidden=True)
def cancel(cx: Context) -> None:
    """Close without choosing."""
    screen(cx).close()


@command("list.tick", title="Tick, or do not", hidden=True)
def tick(cx: Context) -> None:
    """Tick the chosen row of a list with boxes, or clear its box."""
    panel = screen(cx).panel
    if hasattr(panel, "tick"):
        panel.tick()
    screen(cx).refresh()


@command("list.shift", title="Move the row", hidden=True)
def shift(cx: Context, step: int) -> None:
    """Move the chosen row up (negative) or down, where the list has an order."""
    panel = screen(cx).panel
    if hasattr(panel, "shift"):
        panel.shift(step)
    screen(cx).refresh()


@command("list.look", title="Look at the row, or do not", hidden=True)
def look(cx: Context) -> None:
    """Show what there is to see of the chosen row, or more of the list."""
    panel = screen(cx).panel
    if hasattr(panel, "looking"):
        panel.looking = not panel.looking
    screen(cx).refresh()


@command("list.mark", title="Mark the row, or do not", hidden=True)
def mark(cx: Context) -> None:
    """Mark the chosen row of a list that takes several, and go on to the next."""
    panel = screen(cx).panel
    if hasattr(panel, "mark"):
        panel.mark()
    screen(cx).refresh()


@command("list.sort", title="Sort by something else", hidden=True)
def sort(cx: Context) -> None:
    """Put the rows in another order, where the list has one."""
    panel = screen(cx).panel
    if hasattr(panel, "sort"):
        panel.sort()
    screen(cx).refresh()


@command("list.scroll-look", title="Move through the look at the row", hidden=True)
def scroll_look(cx: Context, rows: int) -> None:
    """Move through what there is to see of the chosen row; negative is up."""
    panel = screen(cx).panel
    if hasattr(panel, "scroll_look"):
        panel.scroll_look(rows)
    screen(cx).refresh()


@command("list.act", title="Do something else with the row", hidden=True)
def act(cx: Context, name: str) -> None:
    """Do something else with the chosen row than taking it: what the list offers by this name."""
    screen(cx).act(name)


@command("list.newline", title="New line", hidden=True)
def newline(cx: Context, count: int | None = None) -> None:
    """Break the line that is typed, where it may have several."""
    from csm.api import edits

    edits.newline(screen(cx).editor, count)
    screen(cx).refresh()


@command("list.complete", title="Complete", hidden=True)
def complete(cx: Context) -> None:
    """Complete the typed line."""
    screen(cx).complete()


@command("palette.open", title="Commands")
def palette(cx: Context, *line: str) -> None:
    """Find any command by name; the draft stays. Words given stand on its line already."""
    screen(cx).palette(" ".join(line))


@command("copy.answer", title="Copy the last answer", slash="copy")
def copy_answer(cx: Context) -> None:
    """Copy the agent's last message as it was written, without wrapped lines."""
    for turn in reversed(screen(cx).session().thread.turns):
        for entry in reversed(turn.entries):
            if isinstance(entry.item, items.AgentMessage) and entry.text():
                screen(cx).copy(entry.text())
                say(cx, "copied")
                return
    raise CommandError("there is no answer to copy yet")
