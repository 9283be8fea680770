"""The macros there are: those of this run, and the file `macros.toml` with the saved ones.

    # ~/.config/csm/macros.toml
    sign = "M-> enter - - space M e"

The file is read whenever a macro is asked for, so that what is written into it counts at once.

Does not: play.
"""

from __future__ import annotations

from pathlib import Path

from csm.api import CommandError, Context, SettingError, chords, macros, saving

#: The macro that was recorded last, whatever else it is called.
LAST = "last"


def path(cx: Context) -> Path:
    """The file of saved macros."""
    return cx.host.settings.config_dir / "macros.toml"


def put(cx: Context, name: str, keys: str) -> None:
    """Have a macro called `name` until csm ends."""
    _run(cx)[name] = keys


def played(cx: Context) -> str:
    """The name of the macro that was played or recorded last."""
    return cx.host.state.setdefault("macros", {}).get("played", "")


def note(cx: Context, name: str) -> None:
    """Say which macro was played or recorded last."""
    cx.host.state.setdefault("macros", {})["played"] = name


def every(cx: Context) -> dict[str, str]:
    """All macros by name: those of this run first."""
    return {**_run(cx), **{name: keys for name, keys in saved(cx).items() if name not in _run(cx)}}


def saved(cx: Context) -> dict[str, str]:
    """The macros of the file. Raises CommandError where it cannot be read."""
    import tomllib

    file = path(cx)
    try:
        values = tomllib.loads(file.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise CommandError(f"{file}: {error}", "mend it first") from None
    return {name: keys for name, keys in values.items() if isinstance(keys, str)}


def save(cx: Context, name: str, keys: str | None) -> Path:
    """Keep a macro in the file, or with None take it out. Raises CommandError."""
    try:
        return saving.put(path(cx), (name,), keys)
    except SettingError as error:
        raise CommandError(error.message, error.hint) from None


def steps(cx: Context, name: str) -> tuple[macros.Step, ...]:
    """The steps of a macro. Raises CommandError for one that there is not, or that cannot be read."""
    keys = every(cx).get(name)
    if keys is None:
        raise CommandError(f"there is no macro {name}", "macro.list shows all" if every(cx) else "record one first")
    return parsed(name, keys)


def parsed(name: str, keys: str) -> tuple[macros.Step, ...]:
    """Steps from text. Raises CommandError."""
    try:
        return macros.read(keys)
    except chords.ChordError as error:
        raise CommandError(f"macro {name}: {error.message}") from None


def named(text: str) -> str:
    """A name that a macro can have. Raises CommandError."""
    name = text.strip()
    if not name or any(char.isspace() for char in name) or name == LAST:
        raise CommandError("a macro's name is one word")
    return name


def _run(cx: Context) -> dict[str, str]:
    return cx.host.state.setdefault("macros", {}).setdefault("run", {})
