"""Named layouts: the arrangement of windows, kept as plain tables in `layouts.toml` in csm's folder of settings.

Does not: know how windows are arranged; the screen does.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from csm.api import CommandError, Context, command

from .buffers import Row
from .windows import screen

#: Layouts that are there from the start; a saved one of the same name stands above.
BUILT_IN: dict[str, Any] = {
    "single": {"show": "transcript"},
    "pair": {"split": "columns", "parts": [{"show": "transcript"}, {"show": "transcript"}]},
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
        screen(cx).pick("Layouts", [Row(one, one) for one in _names(cx)], lambda chosen: open_layout(cx, chosen))
        return
    found = {**BUILT_IN, **saved(cx)}
    if name not in found:
        raise CommandError(f"there is no layout {name}", "layout.save keeps the one on the screen")
    screen(cx).windows.arrange(found[name])


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
