"""Choosing model, effort and keymap.

Does not: write settings, but where `--save` asks for it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from csm.api import CommandError, Context, command, ops

from . import looking
from .place import Choice, say, screen

_EFFORTS = ("minimal", "low", "medium", "high", "xhigh")


def _keymaps(cx: Context) -> Iterable[str]:
    return cx.host.names("keymaps")


def _efforts(cx: Context) -> Iterable[str]:
    return _EFFORTS


@command("model.choose", title="Choose the model", slash="model", complete={"effort": _efforts})
async def model(cx: Context, name: str | None = None, effort: str | None = None) -> None:
    """Use another model, and effort, from the next request on; without a name, choose."""
    if name is not None:
        _configure(cx, name, effort)
        return
    known = await _models(cx)
    current = screen(cx).session().thread.model or cx.host.settings.model
    rows = [Choice(one, one, _told(cx, one, one == current)) for one in dict.fromkeys([current, *known])]
    screen(cx).pick(
        "Model",
        rows,
        lambda chosen: _choose_effort(cx, chosen),
        preview=lambda chosen, columns, rows: looking.model(cx, chosen, columns, rows),
        actions={"keep": ("keep as the default", lambda chosen: _keep_model(cx, chosen))},
        current=current,
    )


def _told(cx: Context, name: str, used: bool) -> str:
    return f"{looking.window(looking.info(cx, name).context_window)}{' · in use' if used else ''}"


def _keep_model(cx: Context, name: str) -> None:
    from csm.api import config_file

    file = config_file.put(cx.host.settings.codex_home, ("model",), name)
    _configure(cx, name, None)
    say(cx, f"model {name}, kept in {file}")


@command("effort.raise", title="Think harder")
def more(cx: Context) -> None:
    """Raise the reasoning effort by one step."""
    _step(cx, 1)


@command("effort.lower", title="Think less hard")
def less(cx: Context) -> None:
    """Lower the reasoning effort by one step."""
    _step(cx, -1)


@command("keymap.use", title="Use a keymap", slash="keymap", complete={"name": _keymaps})
def keymap(cx: Context, name: str | None = None, *, save: bool = False) -> None:
    """Use another keymap; without a name, choose. Until csm ends, or with `--save` from now on."""
    if name is None:
        rows = [Choice(one, one, "in use" if one == cx.host.keymap.name else "") for one in _keymaps(cx)]
        screen(cx).pick(
            "Keymap",
            rows,
            lambda chosen: _use(cx, chosen, save),
            preview=lambda chosen, columns, rows: looking.keymap(cx, chosen, columns, rows),
            actions={"keep": ("keep", lambda chosen: _use(cx, chosen, True))},
            current=cx.host.keymap.name,
        )
    else:
        _use(cx, name, save)


@command("keymap.toggle-vim", title="Vim keys on or off", slash="vim")
def toggle_vim(cx: Context) -> None:
    """Change between the keymap `vim` and the one used before."""
    host = cx.host
    before = host.state.setdefault("basics", {}).get("keymap") or host.settings.keymap
    if host.keymap.name == "vim":
        _use(cx, before if before != "vim" else "codex", False)
    else:
        host.state["basics"]["keymap"] = host.keymap.name
        _use(cx, "vim", False)


def _use(cx: Context, name: str, save: bool) -> None:
    """Put a keymap in force; what was in force stays where it cannot be read."""
    host = cx.host
    if name not in host.names("keymaps"):
        raise CommandError(f"there is no keymap {name}", f"there are {', '.join(host.names('keymaps'))}")
    found = host.reload_keymap(name)
    if cx.screen is not None:
        cx.screen.refresh()
    if found.name != name:
        raise CommandError(f"keymap {name} cannot be used; {found.name} stays", "the messages buffer has more")
    if save:
        say(cx, f"keymap {name}, kept in {host.save('keymap', name)}")
    else:
        say(cx, f"keymap {name} until csm ends; --save keeps it")


def _configure(cx: Context, name: str | None, effort: str | None) -> None:
    screen(cx).session().submit(ops.Configure(model=name, effort=effort))
    say(cx, " ".join(filter(None, ("model", name, effort))) if name else f"effort {effort}")


def _choose_effort(cx: Context, name: str) -> None:
    current = screen(cx).session().thread.effort or cx.host.settings.effort
    found = looking.info(cx, name)
    rows = [Choice(None, "as it is", "leave the effort to the settings")]
    for one in found.efforts or _EFFORTS:
        more = [word for word, so in (("usual for it", one == found.effort), ("in use", one == current)) if so]
        rows.append(Choice(one, one, " · ".join([looking.EFFORTS.get(one, ""), *more]).strip(" ·")))
    screen(cx).pick(f"Effort of {name}", rows, lambda effort: _configure(cx, name, effort), current=current)


def _step(cx: Context, by: int) -> None:
    current = screen(cx).session().thread.effort or cx.host.settings.effort or "medium"
    at = _EFFORTS.index(current) if current in _EFFORTS else _EFFORTS.index("medium")
    wanted = min(max(at + by, 0), len(_EFFORTS) - 1)
    if _EFFORTS[wanted] == current:
        raise CommandError(f"effort is {current} already")
    _configure(cx, None, _EFFORTS[wanted])


async def _models(cx: Context) -> list[str]:
    if cx.port is None:
        return []
    try:
        found = await asyncio.wrap_future(cx.port.query("models"))
    except Exception as error:
        cx.host.report("warning", f"the models cannot be listed: {type(error).__name__}: {error}")
        return []
    return [getattr(one, "slug", one) for one in found]
