"""`:set` as in Vim: csm's own settings by their names, until csm ends.

Does not: keep them (`settings.choose` writes files), or say what may stand in one (`csm.api.setting_keys`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from csm.api import CommandError, Context, SettingError, codec, command, setting_keys

from .place import page, screen

#: Whose wishes they are; the last word of a name counts.
_OWNER = "set"
#: Options that are changed by commands of their own, and what Vim calls one of them.
_COMMANDS = {"theme": "theme.use", "colorscheme": "theme.use", "keymap": "keymap.use"}
_LOOKS = ("theme_dark", "theme_light", "code_theme", "colors")
_WRITTEN = re.compile(r"(?P<name>[\w.-]+)\s*(?P<sign>[?!&]|[=:])?\s*(?P<value>.*)", re.DOTALL)


def _names(cx: Context) -> Iterable[str]:
    del cx
    names = sorted(_keys())
    return [*names, *(f"no{name}" for name in names if _keys()[name].kind == "boolean")]


@command("ex.set", title="Set an option", hidden=True, complete={"text": _names})
def option(cx: Context, text: str | None = None) -> Any:
    """Set one of csm's settings until csm ends: `name=value`; `name`, `noname` and `name!` where it is on or off.

    `name?` tells how it is, as does `name` where it is no switch; `name&` takes back what was set here.
    """
    if text is None:
        return _all(cx)
    found = _WRITTEN.fullmatch(text.strip())
    if found is None:
        raise CommandError(f"this sets no option: {text[:80]}", "name=value does")
    name, sign, value = found["name"], found["sign"] or "", found["value"].strip()
    if name in ("nohlsearch", "nohls"):
        return screen(cx).unmark()
    if value and sign not in ("=", ":"):
        raise CommandError(f"{name} takes nothing more", "name=value sets it")
    if name in _COMMANDS and sign in ("=", ":"):
        return cx.host.commands.run(f"{_COMMANDS[name]} {value}", cx)
    return _set(cx, name, sign, value)


def _set(cx: Context, name: str, sign: str, value: str) -> None:
    known = _keys()
    off, turned = next(
        ((prefix, name[len(prefix) :]) for prefix in ("no", "inv") if name.startswith(prefix)), ("", name)
    )
    if name not in known and turned in known and known[turned].kind == "boolean" and not sign:
        return _put(cx, turned, off == "inv" and not _value(cx, turned))
    if name not in known:
        raise CommandError(f"there is no option {name}", "set tells those there are")
    switch = known[name].kind == "boolean"
    if sign == "&":
        cx.host.wishes.forget(f"{_OWNER} {name}")
        cx.host.settle()
        return _taken(cx, name)
    if sign in ("=", ":"):
        return _put(cx, name, _read(known[name], value))
    if sign == "?" or not (switch or sign):
        return _tell(cx, name)
    if not switch:
        raise CommandError(f"{name} is neither on nor off", f"{name}=VALUE sets it")
    return _put(cx, name, True if sign != "!" else not _value(cx, name))


def _put(cx: Context, name: str, value: Any) -> None:
    host, key = cx.host, f"csm.{name}"
    if key in host.fixed:
        raise CommandError(f"the command line says what {name} is")
    for path, fault in setting_keys.problems({"csm": {name: value}}):
        raise CommandError(f"{'.'.join(path[1:])}: {fault}")
    before = host.wishes.snapshot()
    try:
        host.wishes.forget(f"{_OWNER} {name}")
        host.wish_setting(f"{_OWNER} {name}", key, value)
    except SettingError as error:
        host.wishes.restore(before)
        host.settle()
        raise CommandError(error.message, error.hint) from error
    _taken(cx, name)


def _taken(cx: Context, name: str) -> None:
    """Have what was set be taken up where it is not asked for each time."""
    if name in _LOOKS:
        cx.host.reload_theme()
    elif name == "mouse":
        screen(cx).mouse(_value(cx, name) is not False)
    _tell(cx, name)


def _tell(cx: Context, name: str) -> None:
    value = _value(cx, name)
    if _keys()[name].kind == "boolean":
        screen(cx).message(name if value else f"no{name}")
    else:
        screen(cx).message(f"{name}={_written(value)}")


def _value(cx: Context, name: str) -> Any:
    if name == "theme":
        return cx.host.theme.name
    if name == "keymap":
        return cx.host.keymap.name
    told = cx.host.setting(f"csm.{name}")
    return _default(_keys()[name]) if told is None else told


def _default(key: Any) -> Any:
    try:
        return codec.decode(key.default.encode())
    except ValueError:
        return None


def _read(key: Any, text: str) -> Any:
    if key.kind == "string" or "|" in key.kind:
        return text
    import tomli

    try:
        return tomli.loads(f"x = {text}")["x"]
    except ValueError:
        raise CommandError(f"{key.name[4:]}: {text[:80]} is no value", "write it as in TOML") from None


def _written(value: Any) -> str:
    return value if isinstance(value, str) else "" if value is None else codec.encode(value).decode()


def _keys() -> dict[str, Any]:
    named = {key.name: key for key in setting_keys.KEYS if key.name.startswith("csm.") and key.kind != "table"}
    return {name[4:]: key for name, key in named.items() if "*" not in name}


def _all(cx: Context) -> Any:
    settings = cx.host.settings
    rows = [("model", settings.model), ("effort", settings.effort or "")]
    rows.append(("approval", str(settings.approval_policy)))
    rows += [(name, _written(_value(cx, name))) for name in sorted(_keys())]
    return page(cx, "options", "Options", rows)
