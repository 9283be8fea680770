"""What Vim tells: registers, marks, the jump list, states of the text, bindings, help; and jumping itself.

Does not: change the text.
"""

from __future__ import annotations

from typing import Any

from csm.api import CommandError, Context, command

from .place import page, screen, shown


@command("jump.older", title="Back to where the keys were")
def older(cx: Context, count: int | None = None) -> None:
    """Go to the place before the last jump, in whatever buffer it was (Vim's C-o)."""
    for _ in range(_times(cx, count)):
        screen(cx).jumps.go(-1)


@command("jump.newer", title="Forward again")
def newer(cx: Context, count: int | None = None) -> None:
    """Go to the place that `jump.older` came from."""
    for _ in range(_times(cx, count)):
        screen(cx).jumps.go(1)


def _times(cx: Context, count: int | None) -> int:
    return min(screen(cx).editor.pending.take_count(count) or 1, 100)


@command("ex.registers", title="Registers")
def registers(cx: Context, names: str | None = None) -> None:
    """Show what the registers hold, or those of the given names."""
    held = screen(cx).composer.registers.all()
    rows = [(f'"{name}', shown(slot.text)) for name, slot in held.items() if not names or name in names]
    if not rows:
        raise CommandError("the registers are empty")
    page(cx, "registers", "Registers", rows, 6)


@command("ex.marks", title="Marks")
def marks(cx: Context) -> None:
    """Show the marks of this text, and those with a capital, which are in any buffer."""
    editor = screen(cx).editor
    rows = [(name, _line(editor.text, at)) for name, at in sorted(editor.marks.items()) if name.islower()]
    rows += [(name, _place(place)) for name, place in sorted(screen(cx).jumps.marks.items())]
    rows += [(name, _line(editor.text, at)) for name, at in sorted(editor.marks.items()) if not name.isalpha()]
    if not rows:
        raise CommandError("no marks are set")
    page(cx, "marks", "Marks", rows, 6)


@command("ex.jumps", title="Jump list")
def jumps(cx: Context) -> None:
    """Show the places that `jump.older` and `jump.newer` go to."""
    rows = [(str(abs(away)) if away else ">", _place(place)) for away, place in screen(cx).jumps.all()]
    if not rows:
        raise CommandError("there were no jumps yet")
    page(cx, "jumps", "Jumps", rows, 6)


@command("ex.undo-list", title="States of the text")
def undo_list(cx: Context) -> None:
    """Show every state the text was in, on all branches; `:undo NUMBER` goes to one."""
    tree = screen(cx).editor.undo_tree
    rows = [(f"{'>' if step is tree.current else ' '}{step.number}", shown(_made(step.edits))) for step in tree.steps]
    page(cx, "states", "States of the text", rows, 8)


@command("ex.history", title="Lines typed before")
def history(cx: Context) -> None:
    """Show the command lines that were typed, the last one first."""
    rows = [(str(number), shown(line)) for number, line in enumerate(screen(cx).recent, 1)]
    if not rows:
        raise CommandError("no command line was typed yet")
    page(cx, "lines", "Lines typed before", rows, 6)


@command("ex.map", title="Bindings by their keys", hidden=True)
def listed(cx: Context, keys: str | None = None) -> None:
    """List the bindings that apply here, or those whose keys begin so."""
    keymap = cx.host.keymap
    found = [
        (one.keys, f"{one.command}   {one.place}{f' ({one.mode})' if one.mode else ''}")
        for one in keymap.bindings(keymap.places([screen(cx).place]))
        if not keys or one.keys.startswith(keys)
    ]
    if not found:
        raise CommandError(f"nothing is bound to {keys}")
    page(cx, "map", "Bindings", found, 20)


@command("ex.help", title="Help on a word", hidden=True)
def help_on(cx: Context, *words: str) -> Any:
    """Show help: on a command, on a `:` word, or on keys; without a word the first page."""
    from csm.api import ex

    from .words import WORDS

    if not words:
        return cx.host.commands.run("help.open", cx)
    topic = " ".join(words)
    commands, name = cx.host.commands, topic.removeprefix(":").removeprefix("/")
    if name in commands:
        return commands.run(f"help.describe-command {name}", cx)
    known = WORDS.get(name)
    if known is not None and known.line.split()[0] in commands:
        return commands.run(f"help.describe-command {known.line.split()[0]}", cx)
    if (text := ex.named(name)) and name:
        return page(cx, "help", f":{text}", [(f":[range]{text}", ex.TEXT[text][1])], 24)
    if (slash := commands.slash(name)) is not None:
        return commands.run(f"help.describe-command {slash.name}", cx)
    bound = [one for one in cx.host.keymap.bindings() if one.keys == topic]
    if bound:
        rows = [(f"{one.place} {one.mode or ''}".strip(), f"{one.command}   {one.origin}") for one in bound]
        return page(cx, "help", topic, rows, 24)
    hits = [one for one in commands.all() if name.lower() in f"{one.name} {one.title} {one.doc}".lower()]
    if not hits:
        raise CommandError(f"there is no help on {topic}")
    return page(cx, "help", f"Help on {topic}", [(one.name, one.title) for one in hits], 30)


@command("ex.where", title="The folder of the session", slash="pwd")
def where(cx: Context) -> None:
    """Tell the folder the session works in."""
    screen(cx).message(str(cx.host.settings.cwd))


@command("search.clear", title="Mark matches no more")
def clear(cx: Context) -> None:
    """Take the marks of the last search away; the next search sets them again."""
    screen(cx).unmark()


def _line(text: str, at: int) -> str:
    start = text.rfind("\n", 0, at) + 1
    end = text.find("\n", start)
    return f"line {text.count(chr(10), 0, at) + 1}  {shown(text[start : len(text) if end < 0 else end])}"


def _place(place: Any) -> str:
    return f"{place.buffer}  line {place.line + 1}" if place.buffer else "composer"


def _made(edits: list[Any]) -> str:
    """What a step changed."""
    if not edits:
        return "the first state"
    parts = [f"-{edit.removed!r}" if not edit.inserted else f"+{edit.inserted!r}" for edit in edits[:3]]
    return " ".join(parts) + (" …" if len(edits) > 3 else "")
