"""Help: what keys and commands do, who defined them, what is bound, what csm has to tell.

Does not: keep any text of its own on a command; docstrings and the keymap in force say it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from csm.api import CommandError, Context, TextBuffer, chords, command, describing, edits, lines

from .pages import Line, heading, show, two
from .place import Choice, say, screen

#: What the first page lists, by what one wants to do.
_TOPICS = {
    "Write": (
        "composer.submit", "composer.newline", "composer.queue", "composer.line-up", "composer.history-search",
        "composer.edit-externally", "edit.undo",
    ),
    "Answer": (
        "approval.accept", "approval.accept-session", "approval.accept-rule", "approval.decline",
        "approval.decline-and-say", "approval.cancel", "approval.take", "approval.select",
    ),
    "Work": (
        "turn.interrupt", "composer.take-back", "model.choose", "session.new", "session.resume", "session.fork",
    ),
    "Read": (
        "focus.transcript", "view.scroll", "view.previous-turn", "tool.toggle", "tool.toggle-all", "copy.answer",
    ),
    "Find out": (
        "palette.open", "help.describe-key", "help.describe-command", "help.bindings", "message.show",
    ),
    "Leave": ("shell.quit", "shell.break", "shell.suspend"),
}  # fmt: skip


def _names(cx: Context) -> Iterable[str]:
    return [one.name for one in cx.host.commands.all()]


@command("help.open", title="Help", slash="help")
def open_help(cx: Context) -> None:
    """Show the keys for what is done most, as the keymap in force has them."""
    screen(cx).show(page(cx))


def page(cx: Context) -> TextBuffer:
    """The page of `help.open`."""
    told = f"Keymap {cx.host.keymap.name}. Every command can be found and run in the palette."
    content: list[Line] = [[("help.text", told)]]
    for topic, names in _TOPICS.items():
        content += [[], [("help.heading", topic)]]
        content += [_row(cx, name) for name in names if name in cx.host.commands]
    words = " ".join(f"/{word}" for word in cx.host.commands.slashes())
    content += [[], [("help.heading", "Slash words")], [("help.command", words)]]
    return TextBuffer("help", "Help", content, "help")


@command("help.open-or-insert", title="Help, or a character", hidden=True)
def open_or_insert(cx: Context, text: str) -> None:
    """Show help where the composer is empty, else type the character."""
    if screen(cx).composer.text:
        edits.insert(screen(cx).composer, text)
    else:
        open_help(cx)


@command("help.bindings", title="All key bindings", slash="keys")
def bindings(cx: Context, place: str | None = None, *, filter: str = "") -> None:
    """List every binding of the keymap with its file, or those that apply at a place, or that hold a word."""
    keymap = cx.host.keymap
    wanted = keymap.places([place]) if place else None
    content = heading(f"Bindings of {keymap.name}")[:1]
    last = None
    found = keymap.bindings(wanted)
    for one in sorted(found, key=lambda one: wanted.index(one.place)) if wanted else found:
        if filter not in f"{one.keys} {one.command} {one.origin}":
            continue
        if (one.place, one.mode) != last:
            last = (one.place, one.mode)
            content += [[], [("help.heading", f"{one.place} ({one.mode})" if one.mode else one.place)]]
        layer = describing.binding(one, short=True)
        content.append([*lines.pad(two(f"  {one.keys}", one.command, 22, "help.command"), 58), ("dim", f"  {layer}")])
    if last is None:
        raise CommandError(f"nothing is bound{f' at {place}' if place else ''}{f' with {filter}' if filter else ''}")
    show(cx, "bindings", "Bindings", content)


@command("help.describe-key", title="What does a key do?")
def describe_key(cx: Context) -> None:
    """Press keys, and read what they would do here, and which file says so."""
    shown = screen(cx)
    places, modes = list(shown.places), shown.modes
    shown.read_keys("Press the keys to describe", lambda pressed: _describe_chords(cx, places, modes, pressed))


@command("help.describe-command", title="What does a command do?", complete={"name": _names})
def describe_command(cx: Context, name: str | None = None) -> None:
    """Show a command's arguments, help, keys, and the line of code that defines it."""
    if name is None:
        rows = [Choice(one.name, one.name, one.title) for one in cx.host.commands.all()]
        screen(cx).pick("Describe", rows, lambda chosen: describe_command(cx, chosen))
        return
    show(cx, "command", name, _about(cx, cx.host.commands.get(name)))


@command("help.where-is", title="Which keys run a command?", complete={"name": _names})
def where_is(cx: Context, name: str | None = None) -> None:
    """Tell the keys that run a command."""
    if name is None:
        rows = [Choice(one.name, one.name, one.title) for one in cx.host.commands.all()]
        screen(cx).pick("Where is", rows, lambda chosen: where_is(cx, chosen))
        return
    found = cx.host.keymap.where_is(cx.host.commands.get(name).name)
    keys = ", ".join(f"{one.keys} ({one.place})" for one in found)
    say(cx, f"{name}: {keys or 'no key'}")


@command("message.show", title="Messages", slash="warnings")
def messages(cx: Context) -> None:
    """Show everything csm has told since it started, newest last."""
    content: list[Line] = []
    for message in cx.host.messages:
        content += [[]] if content else []
        first, *rest = message.text.splitlines() or [""]
        content.append([(f"message.{message.level}", lines.clean(first))])
        content += [[("help.text", lines.clean(line))] for line in rest]
        if message.where and message.where not in first:
            content.append([("dim", lines.clean(message.where))])
    if not cx.host.messages:
        content.append([("help.text", "There are none.")])
    show(cx, "messages", "Messages", content, "messages")


def _describe_chords(cx: Context, places: list[str], modes: tuple[str, ...], pressed: tuple[str, ...]) -> None:
    keys, keymap = " ".join(pressed), cx.host.keymap
    match = keymap.lookup(places, modes, pressed)
    if match.command is None:
        say(cx, f"{keys} is {'a prefix' if match.prefix else 'unbound'} in {places[-1]}")
        return
    content: list[Line] = [[("help.key", keys), ("help.text", " runs "), ("help.command", match.command)]]
    for at, one in enumerate(describing.meanings(cx.host, places, modes, pressed)):
        where = f"{one.place} ({one.mode})" if one.mode else one.place
        by = lines.clean(describing.binding(one, host=cx.host))
        said = f"bound for {where} by {by}" if not at else f"hides {one.command} of {where}, {by}"
        content.append([("dim", said)])
    if match.prefix:
        content.append([("help.text", "More keys may follow, so it waits a moment.")])
    command = cx.host.commands.get(match.command.split()[0])
    show(cx, "key", keys, [*content, [], *_about(cx, command)])


def _about(cx: Context, found: Any) -> list[Line]:
    keys = ", ".join(f"{one.keys} ({one.place})" for one in cx.host.keymap.where_is(found.name))
    content: list[Line] = [[("help.title", found.name), ("help.text", f"  {found.title}")], []]
    content.append([("help.command", found.usage)])
    content += [[("help.text", lines.clean(line))] for line in found.doc.splitlines()]
    rows = {
        "Keys": keys or "none",
        "Slash": " ".join(f"/{word}" for word in found.slash),
        "Places": ", ".join(found.places) or "everywhere",
        "Subcommand": f"csm {found.cli}" if found.cli else "",
        "Extension": found.owner,
        "Defined in": found.origin,
    }
    content.append([])
    content += [
        [*lines.pad([("help.key", label)], 12), ("help.text", lines.clean(text))]
        for label, text in rows.items()
        if text
    ]
    return content


def _row(cx: Context, name: str) -> Line:
    """A command's title with two keys at the most, those first that every terminal sends."""
    found = [one for one in cx.host.keymap.where_is(name) if one.mode in (None, "normal")]
    found.sort(key=lambda one: any(chords.ambiguous(chord) for chord in one.chords))
    keys = list(dict.fromkeys(one.keys for one in found))[:2]
    return two(f"  {', '.join(keys) or '-'}", cx.host.commands.get(name).title, 18)
