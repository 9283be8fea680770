"""Taking what changed on the disk without starting anew.

Does not: watch files.
"""

from __future__ import annotations

from collections.abc import Iterable

from csm.api import CommandError, Context, command

from .place import say


def _extensions(cx: Context) -> Iterable[str]:
    return cx.host.extensions.known


@command("config.reload", title="Reload keys, theme and init.py", slash="reload")
def config(cx: Context) -> None:
    """Read init.py, the keymap and the theme anew. What cannot be read leaves what was in force."""
    host = cx.host
    before = len(host.messages)
    host.reload_init()
    host.reload_keymap()
    host.reload_theme()
    if cx.screen is not None:
        cx.screen.refresh()
    faults = sum(message.level == "error" for message in host.messages[before:])
    if faults:
        raise CommandError(f"{faults} could not be taken" if faults > 1 else host.messages[-1].text.splitlines()[0])
    say(cx, f"keymap {host.keymap.name}, theme {host.theme.name}")


@command("extension.reload", title="Reload an extension", complete={"name": _extensions})
def extension(cx: Context, name: str) -> None:
    """Load an extension's source as it now is. Running turns keep the tools they have."""
    if not cx.host.reload(name):
        raise CommandError(f"{name} could not be loaded", "the messages buffer has more")
    say(cx, f"{name} is loaded anew")


@command("extension.unload", title="Unload an extension", complete={"name": _extensions})
def unload(cx: Context, name: str) -> None:
    """Take back all that an extension gave, until csm starts again."""
    cx.host.unload(name)
    say(cx, f"{name} is unloaded")
