"""`help.describe-…`: a mode, hook, setting, buffer, theme, role.

Does not: know them; `csm.api.describing` does.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from csm.api import CommandError, Context, command, describing, lines

from .pages import Line, Row, about, fact, heading, part, screen, show

_CAN = ("editor", "cursor", "fold", "turn_line", "spans", "happened", "fit", "closed", "takes_keys", "follow")


def _hooks(_cx: Context) -> Iterable[str]:
    return describing.hook_names()


def _settings(cx: Context) -> Iterable[str]:
    return describing.setting_names(cx.host)


def _roles(cx: Context) -> Iterable[str]:
    return describing.role_names()


def _buffers(cx: Context) -> Iterable[str]:
    return screen(cx).buffers.names()


@command("help.describe-hook", title="What is a hook for, and who has it?", complete={"name": _hooks})
def hook(cx: Context, name: str | None = None) -> None:
    """Show a hook's arguments and meaning, and which extensions have it, with file and line."""
    if name is None:
        rows = [Row(one, one, describing.hook(cx.host, one).text.partition("\n")[0]) for one in describing.hook_names()]
        screen(cx).pick("Hook", rows, lambda chosen: hook(cx, chosen))
        return
    about(cx, describing.hook(cx.host, name))


@command("help.describe-setting", title="What is a setting, and who set it?", complete={"name": _settings})
def setting(cx: Context, name: str | None = None) -> None:
    """Show what a setting holds, what it is now, and the file and line that says so."""
    if name is None:
        rows = [Row(one, one, _now(cx, one)) for one in describing.setting_names(cx.host)]
        screen(cx).pick("Setting", rows, lambda chosen: setting(cx, chosen))
        return
    about(cx, describing.setting(cx.host, name))


def _now(cx: Context, name: str) -> str:
    facts = dict(describing.setting(cx.host, name).facts)
    return facts["Holds"] if facts["Now"] == "not set" else facts["Now"]


@command("help.describe-role", title="Where does a colour come from?", complete={"name": _roles})
def role(cx: Context, name: str | None = None) -> None:
    """Show where a role shows, its look, and the line of the theme that gives it."""
    if name is None:
        rows = [Row(one, one, describing.role_text(one)) for one in describing.role_names()]
        screen(cx).pick("Role", rows, lambda chosen: role(cx, chosen))
        return
    sample: Line = [*lines.pad([("help.key", "Sample")], 14), (name, "The quick brown fox 0123")]
    about(cx, describing.role(cx.host, name), [sample])


@command("help.describe-theme", title="What is the theme made of?")
def theme(cx: Context) -> None:
    """Show the files of the theme in force, its palette, and a sample of every role."""
    samples: list[Line] = [*part("Roles")]
    samples += [[*lines.pad([("help.key", f"  {one}")], 26), (one, "sample")] for one in describing.role_names()]
    about(cx, describing.theme(cx.host), samples)


@command("help.describe-buffer", title="What is this buffer?", complete={"name": _buffers})
def buffer(cx: Context, name: str | None = None) -> None:
    """Show a buffer's place, its keys, and the line of code that makes it; the one in sight without a name."""
    shown = screen(cx)
    found: Any = shown.buffer if name is None else shown.buffers.find(name)
    if found is None:
        found = shown.buffer
    place = str(found.place)
    content = [heading(str(found.name), f"  {found.title}"), []]
    content += [
        fact("Place", place),
        fact("Lines", str(found.line_count(max(1, shown.columns)))),
        fact("Made of", f"{type(found).__name__}, {describing.source(found)}"),
        fact("Has", ", ".join(name for name in _CAN if getattr(found, name, None)) or "lines alone"),
    ]
    content += [*part(f"Keys of {place}"), *_keys(cx, [place], None)]
    show(cx, "buffer", f"Buffer {found.name}", content)


@command("help.describe-mode", title="Which keys apply here?")
def mode(cx: Context) -> None:
    """Show the place and mode that the keys are in, and every binding that applies, in the order they are looked up."""
    shown, keymap = screen(cx), cx.host.keymap
    place, modes = shown.place, shown.modes
    content = [heading(f"{place}", f"  {' '.join(modes)} in the keymap {keymap.name}"), []]
    content += [
        fact("Editing", "modes, as in Vim" if keymap.editing == "vi" else "no modes, as in Emacs"),
        fact("Looked up in", ", then ".join(keymap.places(shown.places))),
    ]
    for one in keymap.places(shown.places):
        for mode in (*modes, None):
            rows = _keys(cx, [one], mode, only=True)
            if rows:
                content += [*part(f"{one} ({mode})" if mode else one), *rows]
    show(cx, "mode", f"Keys of {place}", content)


def _keys(cx: Context, places: list[str], mode: str | None, *, only: bool = False) -> list[Line]:
    rows: list[Line] = []
    for one in cx.host.keymap.bindings(places):
        if not only or one.mode == mode:
            label = f"  {one.keys}" if only or not one.mode else f"  {one.keys} ({one.mode})"
            line = lines.pad([*lines.pad([("help.key", label)], 24), ("help.command", one.command)], 58)
            rows.append([*line, ("dim", f"  {describing.binding(one, short=True)}")])
    return rows


@command("help.apropos", title="Find anything by a word")
def apropos(cx: Context, *words: str) -> None:
    """Show every command, setting, hook and role whose name or text has all the words; choosing one describes it."""
    if not words:
        screen(cx).ask_line("About:", lambda typed: apropos(cx, *typed.split()) if typed.split() else None)
        return
    found = [row for row in _everything(cx) if all(word.lower() in row.detail.lower() for word in words)]
    if not found:
        raise CommandError(f"nothing is about {' '.join(words)}")
    rows = [Row(one.value, one.label, one.detail.partition(chr(10))[0]) for one in found]
    screen(cx).pick(f"About {' '.join(words)}", rows, lambda line: cx.host.commands.run(line, cx))


def _everything(cx: Context) -> Iterable[Row]:
    """What can be described: the command line that does, and its whole text as the detail."""
    for one in cx.host.commands.all():
        yield Row(f"help.describe-command {one.name}", one.name, f"{one.title}\n{one.name} {one.doc}")
    for kind, names, tell in (
        ("setting", describing.setting_names(cx.host), describing.setting),
        ("hook", describing.hook_names(), describing.hook),
        ("role", describing.role_names(), describing.role),
    ):
        for name in names:
            yield Row(f"help.describe-{kind} {name}", f"{name} ({kind})", f"{tell(cx.host, name).text}\n{name}")


@command("help.search-bindings", title="Find a key binding")
def search(cx: Context) -> None:
    """Find a binding by its keys, its command, its place or its file; choosing one describes its command."""
    rows = [
        Row(
            one.command,
            f"{one.keys}  {one.command}",
            f"{one.place} {one.mode or ''} {describing.binding(one, short=True)}".replace("  ", " "),
        )
        for one in cx.host.keymap.bindings()
    ]

    def chosen(line: str) -> Any:
        name = line.split()[0]
        if name not in cx.host.commands:
            raise CommandError(f"there is no command {name}")
        return cx.host.commands.run(f"help.describe-command {name}", cx)

    screen(cx).pick("Bindings", rows, chosen)
