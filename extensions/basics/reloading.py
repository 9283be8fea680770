"""Taking what changed on the disk without starting anew.

Does not: watch files; the shell does.
"""

from __future__ import annotations

from collections.abc import Iterable

from csm.api import CommandError, Context, command, renewal

from .place import say


def _extensions(cx: Context) -> Iterable[str]:
    return cx.host.extensions.known


@command("config.reload", title="Reload keys, theme, settings, extensions and init.py", slash="reload")
def config(cx: Context) -> None:
    """Read anew all that changed. Where anything of it cannot be taken, all that was in force stays."""
    host = cx.host
    outcome = renewal.renew(host) if cx.screen is None else cx.screen.reload()
    if outcome.faults:
        first = outcome.faults[0].partition("\n")[0]
        count = len(outcome.faults)
        raise CommandError(f"nothing was reloaded: {first}" + (f" (and {count - 1} more)" if count > 1 else ""))
    say(cx, f"keymap {host.keymap.name}, theme {host.theme.name}")


@command("extension.reload", title="Reload an extension", complete={"name": _extensions})
def extension(cx: Context, name: str) -> None:
    """Load an extension's source as it now is; where it fails, it stays as it was. Running turns keep their tools."""
    faults = renewal.renew_extension(cx.host, name).faults
    if faults:
        raise CommandError(f"{name} stays as it was: {faults[0].partition(chr(10))[0]}", "the messages buffer has more")
    if cx.screen is not None:
        cx.screen.refresh()
    say(cx, f"{name} is loaded anew")


@command("extension.unload", title="Unload an extension", complete={"name": _extensions})
def unload(cx: Context, name: str) -> None:
    """Take back all that an extension gave, until csm starts again."""
    cx.host.unload(name)
    cx.host.reload_keymap(cx.host.keymap.name)
    say(cx, f"{name} is unloaded")
