"""Named layouts: the arrangement of windows, kept as plain tables in `layouts.toml` in csm's folder of settings.

Does not: know how windows are arranged; the screen does.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, cast

from csm.api import CommandError, Context, command, lines

from .choosing import Row
from .windows import screen

#: Layouts that are there from the start; a saved one of the same name stands above.
BUILT_IN: dict[str, Any] = {
    "single": {"show": "transcript"},
    "pair": {"split": "columns", "parts": [{"show": "transcript"}, {"show": "transcript"}]},
    "review": {"split": "columns", "shares": [1, 1], "parts": [{"show": "transcript"}, {"show": "diff"}]},
    "desk": {
        "split": "columns",
        "shares": [2, 1],
        "parts": [
            {"show": "transcript"},
            {"split": "rows", "parts": [{"show": "plan"}, {"show": "sessions"}, {"show": "scratch"}]},
        ],
    },
}


def _file(cx: Context) -> Path:
    return Path(cx.host.settings.config_dir) / "layouts.toml"


def saved(cx: Context) -> dict[str, Any]:
    """The layouts of the file by name. Raises CommandError for a file that is none."""
    import tomli

    try:
        return tomli.loads(_file(cx).read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise CommandError(f"{_file(cx)} cannot be read: {error}") from error


def _names(cx: Context) -> Iterable[str]:
    return list(dict.fromkeys([*saved(cx), *BUILT_IN]))


@command("layout.open", title="Open a layout", slash="layout", complete={"name": _names})
def open_layout(cx: Context, name: str | None = None) -> None:
    """Arrange the windows as they were saved under a name."""
    if name is None:
        known = {**BUILT_IN, **saved(cx)}
        screen(cx).pick(
            "Layouts",
            [Row(one, one, "" if one in BUILT_IN else "saved") for one in _names(cx)],
            lambda chosen: open_layout(cx, chosen),
            preview=lambda chosen, columns, rows: list(_outline(known[chosen], 0)),
            actions={"delete": ("delete", lambda chosen: delete(cx, chosen))},
        )
        return
    screen(cx).windows.arrange(layout_of(cx, name))


def layout_of(cx: Context, name: str) -> Any:
    """The layout of a name. Raises CommandError for one that there is not."""
    found = {**BUILT_IN, **saved(cx)}
    if name not in found:
        raise CommandError(f"there is no layout {name}", "layout.save keeps the one on the screen")
    return found[name]


def _outline(layout: Any, depth: int) -> Iterator[list[tuple[str, str]]]:
    """What stands where, by indentation."""
    indent, table = "  " * depth, cast("dict[str, Any]", layout if isinstance(layout, dict) else {})
    parts = table.get("parts")
    if not isinstance(parts, list):
        yield [("dim", indent), ("help.text", lines.clean(str(table.get("show", "?"))))]
        return
    how = {"columns": "side by side", "rows": "one below the other"}.get(str(table.get("split")), "?")
    yield [("dim", f"{indent}{how}")]
    for part in cast("list[Any]", parts):
        yield from _outline(part, depth + 1)


@command("layout.save", title="Save the layout")
def save(cx: Context, name: str | None = None) -> None:
    """Keep the arrangement of the windows under a name, in `layouts.toml`."""
    if name is None:
        screen(cx).ask_line("Save the layout as:", lambda text: save(cx, text) if text.strip() else None)
        return
    _write(cx, {**saved(cx), name.strip(): screen(cx).windows.layout()})
    screen(cx).message(f"saved as {name.strip()}")


@command("layout.delete", title="Delete a layout", complete={"name": lambda cx: list(saved(cx))})
def delete(cx: Context, name: str) -> None:
    """Forget a saved layout."""
    kept = saved(cx)
    if kept.pop(name, None) is None:
        raise CommandError(f"no layout {name} was saved")
    _write(cx, kept)


def _write(cx: Context, layouts: dict[str, Any]) -> None:
    import tomlkit

    file = _file(cx)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        fresh = file.with_name(file.name + ".new")
        fresh.write_text(tomlkit.dumps(layouts), "utf-8")
        fresh.replace(file)
    except OSError as error:
        raise CommandError(f"{file} cannot be written: {error.strerror}") from error
