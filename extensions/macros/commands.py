"""Recording, playing, naming and saving macros.

Does not: press keys (the shell does).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from csm.api import CommandError, Context, Row, command, macros, screen_of

from . import kept

_AGAIN, _LINE = "@", ":"


def _names(cx: Context) -> Iterable[str]:
    return [name for name in kept.every(cx) if name != kept.LAST]


@command("macro.record", title="Record a macro")
def record(cx: Context, name: str = kept.LAST) -> None:
    """Remember every key from now on, in any place, until `macro.stop`. A capital goes on with its small letter."""
    shown = screen_of(cx)
    shown.macros.record(name)
    shown.message(f"recording{'' if name == kept.LAST else f' {name}'}")


@command("macro.stop", title="End the recording")
def stop(cx: Context) -> None:
    """Remember no more keys; what was recorded can be played at once."""
    shown = screen_of(cx)
    name = shown.macros.recording or ""
    keys = macros.written(shown.macros.stop())
    if len(name) == 1 and name.isupper():
        name = name.lower()
        keys = " ".join(filter(None, (kept.every(cx).get(name, ""), keys)))
    if not keys:
        raise CommandError("no keys were recorded")
    kept.put(cx, kept.LAST, keys)
    if name != kept.LAST:
        kept.put(cx, name, keys)
    kept.note(cx, name)
    shown.message(f"recorded {len(keys.split())} keys")


@command("macro.toggle", title="Record a macro by a letter, or end it")
def toggle(cx: Context) -> None:
    """Record under the letter typed next; while recording, end it (Vim's `q`)."""
    if screen_of(cx).macros.recording is not None:
        stop(cx)
    else:
        screen_of(cx).read_char("record as", lambda char: record(cx, _letter(char)), lambda: _letters(cx))


@command("macro.stop-or-close", title="End the recording, or close", hidden=True)
def stop_or_close(cx: Context) -> None:
    """While recording, end it; else close what is read."""
    if screen_of(cx).macros.recording is not None:
        stop(cx)
    else:
        screen_of(cx).close()


@command("macro.play", title="Play a macro", complete={"name": _names})
def play(cx: Context, name: str | None = None, count: int | None = None) -> None:
    """Press the keys of a macro again, `count` times or until something fails; without a name, of the last one.

    What runs is stopped by C-c, C-g or Esc. A macro that plays itself is refused.
    """
    count = screen_of(cx).editor.pending.take_count(count)
    name = name or kept.played(cx)
    if not name:
        raise CommandError("no macro was recorded yet")
    steps = kept.steps(cx, name)
    kept.note(cx, name)
    screen_of(cx).macros.play(name, steps, 1 if count is None else count)


@command("macro.play-letter", title="Play the macro of a letter")
def play_letter(cx: Context, count: int | None = None) -> None:
    """Play the macro of the letter typed next (Vim's `@`); `@` is the last one, `:` the last command line.

    Where no macro has the letter, the text of the register is typed.
    """
    shown = screen_of(cx)
    count = shown.editor.pending.take_count(count)
    shown.read_char("play", lambda char: _play_letter(cx, char, count), lambda: [*_letters(cx), *_others(cx)])


def _play_letter(cx: Context, char: str, count: int | None) -> Any:
    shown = screen_of(cx)
    if char == _LINE:
        if not shown.recent:
            raise CommandError("no command line was typed yet")
        return cx.host.commands.run(shown.recent[0], cx)
    if char == _AGAIN:
        return play(cx, None, count)
    name = _letter(char).lower()
    if name in kept.every(cx):
        return play(cx, name, count)
    text = shown.editor.registers.get(name).text
    if not text:
        raise CommandError(f"there is no macro {name}, and register {name} is empty")
    return shown.macros.play(f"register {name}", macros.typed(text), 1 if count is None else count)


@command("macro.name", title="Name the last macro", complete={"name": _names})
def name(cx: Context, name: str) -> None:
    """Give the macro recorded last a name, until csm ends; `macro.save NAME` keeps it."""
    keys = kept.every(cx).get(kept.LAST)
    if keys is None:
        raise CommandError("no macro was recorded yet")
    kept.put(cx, kept.named(name), keys)
    kept.note(cx, name)
    screen_of(cx).message(f"macro {name}")


@command("macro.save", title="Save a macro", complete={"name": _names})
def save(cx: Context, name: str) -> None:
    """Keep a macro in `macros.toml`: the one of that name, else the last one under that name.

    A key can then be bound to `macro.play NAME`.
    """
    name = kept.named(name)
    every = kept.every(cx)
    keys = every.get(name, every.get(kept.LAST))
    if keys is None:
        raise CommandError("no macro was recorded yet")
    kept.put(cx, name, keys)
    screen_of(cx).message(f"macro {name}, kept in {kept.save(cx, name, keys)}")


@command("macro.edit", title="Edit a macro", complete={"name": _names})
def edit(cx: Context, name: str | None = None) -> None:
    """Change the keys of a macro on a line. What was saved is saved anew."""
    name = name or kept.played(cx) or kept.LAST
    keys = kept.every(cx).get(name, "")
    screen_of(cx).ask_line(f"{name}:", lambda text: _edited(cx, name, text), keys)


def _edited(cx: Context, name: str, text: str) -> None:
    steps = kept.parsed(name, text)
    if not steps:
        raise CommandError("a macro needs keys", "macro.delete takes it away")
    keys = macros.written(steps)
    if name in kept.saved(cx):
        kept.save(cx, name, keys)
    kept.put(cx, name, keys)
    screen_of(cx).message(f"macro {name}: {len(steps)} keys")


@command("macro.delete", title="Delete a macro", complete={"name": _names})
def delete(cx: Context, name: str) -> None:
    """Forget a macro; a saved one is taken out of `macros.toml`."""
    if name not in kept.every(cx):
        raise CommandError(f"there is no macro {name}")
    if name in kept.saved(cx):
        kept.save(cx, name, None)
    cx.host.state["macros"]["run"].pop(name, None)
    screen_of(cx).message(f"macro {name} is gone")


@command("macro.list", title="Macros", slash="macros")
def listed(cx: Context) -> None:
    """Choose a macro to play; its keys are shown."""
    saved = kept.saved(cx)
    rows = [
        Row(name, name, f"{'saved · ' if name in saved else ''}{keys}")
        for name, keys in kept.every(cx).items()
        if name != kept.LAST or keys not in [other for one, other in kept.every(cx).items() if one != kept.LAST]
    ]
    if not rows:
        raise CommandError("there are no macros yet")
    screen_of(cx).pick("Macros", rows, lambda chosen: play(cx, chosen))


def _letters(cx: Context) -> list[tuple[str, str]]:
    """The macros that have a letter for a name."""
    return [(name, keys) for name, keys in kept.every(cx).items() if len(name) == 1 and name != kept.LAST]


def _others(cx: Context) -> list[tuple[str, str]]:
    """What else `macro.play-letter` plays."""
    last = kept.played(cx)
    return [(_AGAIN, f"macro {last} again"), (_LINE, "the last command line")] if last else []


def _letter(char: str) -> str:
    if len(char) != 1 or not (char.isalnum() or char == '"') or not char.isascii():
        raise CommandError(f"{char!r} is no register")
    return char
