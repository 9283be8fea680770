"""Every setting in a list: its value, the file that says so, what it means; changed here, written with comments kept.

Does not: say what may stand in a setting (`csm.host.setting_keys`).
"""

from __future__ import annotations

import os
from typing import Any

from csm.api import CommandError, Context, SettingError, codec, command, setting_keys, setting_stack

from .place import Line, Row, page, screen

_OWN = "csm."
#: Settings that the theme in force depends on.
_LOOKS = [("tui", "theme"), *(("csm", name) for name in ("theme", "theme_dark", "theme_light", "code_theme"))]


def _names(cx: Context) -> list[str]:
    return [key.name for key in _keys()]


@command("settings.choose", title="Settings", slash="config", complete={"name": _names})
def choose(cx: Context, name: str | None = None, *, at: str = "") -> None:
    """Look through all settings and change one: it is checked, and written where it belongs, comments kept. With a name
    that one is changed at once. `--at` is the one to begin with.
    """
    if name is not None:
        edit(cx, _key(name))
        return
    found = {key.name: _value(cx, key.name) for key in _keys()}
    origins = _origins(cx)
    rows = [Row(key, key.name, _short(found[key.name], key), _section(key.name)) for key in _keys()]
    screen(cx).pick(
        "Settings",
        rows,
        lambda key: edit(cx, key),
        preview=lambda key, columns, rows: _look(cx, key, found[key.name], origins.get(key.name, ""), columns),
        actions={"reset": ("take away", lambda key: _put(cx, key, None))},
        current=next((key for key in _keys() if key.name == at), None),
    )


def edit(cx: Context, key: Any) -> None:
    """Ask for another value of a setting."""
    value = _value(cx, key.name)
    words = {"boolean": ["true", "false"]}.get(key.kind, key.kind.split("|") if "|" in key.kind else [])
    if words:
        rows = [Row(word, word, "as it is" if word == _toml(value) or word == value else "") for word in words]
        now = next((word for word in words if word in (value, _toml(value))), None)
        back = lambda: choose(cx, at=key.name)  # noqa: E731
        screen(cx).pick(key.name, rows, lambda word: _put(cx, key, _read(key, word)), back, current=now)
        return
    text = value if isinstance(value, str) else "" if value is None else _toml(value)
    screen(cx).ask_line(f"{key.name} =", lambda text: _typed(cx, key, text), text)


def _typed(cx: Context, key: Any, text: str) -> None:
    _put(cx, key, _read(key, text) if text.strip() else None)


def _read(key: Any, text: str) -> Any:
    """What was typed as a value: TOML, or a bare word where a text is wanted. Raises CommandError."""
    import tomli

    if key.kind == "string" or "|" in key.kind:
        return text
    try:
        return tomli.loads(f"x = {text}")["x"]
    except ValueError:
        if key.kind == "any":
            return text
        raise CommandError(f"{key.name}: {text} is no value", f"write it as in TOML: {_example(key.kind)}") from None


def _example(kind: str) -> str:
    return {"integer": "1000", "strings": '["a", "b"]', "string-map": '{ A = "b" }', "table": "{ }"}.get(kind, '"text"')


def _put(cx: Context, key: Any, value: Any) -> None:
    """Write a setting, checked. Raises CommandError for what it cannot hold."""
    names = tuple(key.name.split("."))
    if value is not None:
        nest: Any = value
        for name in reversed(names):
            nest = {name: nest}
        for path, fault in setting_keys.problems(nest):
            raise CommandError(f"{'.'.join(path)}: {fault}")
    from csm.api import saving

    settings = cx.host.settings
    if names[0] == "csm":
        file = saving.put(settings.config_dir / "settings.toml", names[1:], value)
    else:
        file = saving.put(settings.codex_home / "config.toml", names, value)
    try:
        cx.host.reload_settings()
    except SettingError as error:
        raise CommandError(error.message, error.hint) from error
    said = (
        f"{key.name} = {_toml(value)}, kept in {file}" if value is not None else f"{key.name} is as it was, in {file}"
    )
    now = _value(cx, key.name)
    if value is not None and now != value:
        said = f"{said}; but {_origins(cx).get(key.name, 'something else')} stands above it"
    screen(cx).message(said, "message" if now == value or value is None else "message.warning")
    if names in _LOOKS:
        cx.host.reload_theme()
    elif names == ("csm", "keymap"):
        cx.host.reload_keymap()
    choose(cx, at=key.name)


def _keys() -> list[Any]:
    return [key for key in setting_keys.KEYS if "*" not in key.name and key.kind != "table"]


def _key(name: str) -> Any:
    for key in _keys():
        if key.name == name:
            return key
    raise CommandError(f"there is no setting {name}", "/config lists them all")


def _section(name: str) -> str:
    head, dot, _ = name.partition(".")
    return {"csm": "csm's own", "tui": "The terminal"}.get(head, head) if dot else "Codex's, and csm's"


def _value(cx: Context, name: str) -> Any:
    return _at(cx.host.settings.raw, name)


def _at(values: Any, name: str) -> Any:
    found: Any = values
    for part in name.split("."):
        if not isinstance(found, dict) or part not in found:
            return None
        found = found[part]  # pyright: ignore[reportUnknownVariableType]
    return found  # pyright: ignore[reportUnknownVariableType]


def _origins(cx: Context) -> dict[str, str]:
    """The file that each setting has its value from."""
    home = cx.host.env.get("HOME", "")
    found: dict[str, str] = {}
    try:
        stack = setting_stack(cx.host.settings, cx.host.env)
    except SettingError:
        return found
    for layer in stack:
        where = "the command line" if layer.path is None else str(layer.path)
        where = f"~{where[len(home) :]}" if home and where.startswith(f"{home}{os.sep}") else where
        found.update({key.name: where for key in _keys() if _at(layer.values, key.name) is not None})
    return found


def _look(cx: Context, key: Any, value: Any, origin: str, columns: int) -> list[Line]:
    facts = [
        ("Value", _toml(value) if value is not None else "not set"),
        ("From", origin),
        ("Usually", key.default),
        ("Takes", key.kind.replace("|", ", ")),
    ]
    return page(key.name, facts, key.help, columns)


def _short(value: Any, key: Any) -> str:
    if value is not None:
        return _toml(value)
    return f"({key.default})" if key.default else ""


def _toml(value: Any) -> str:
    return codec.encode(value).decode("utf-8", "replace")
