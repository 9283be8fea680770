"""Settings that say how much a terminal is given: links, movement, plain lines. Rows of `csm.host.setting_keys`.

Does not: read them, but for the two that ask more than one setting.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from csm.host.host import Host

KEYS = (
    ("tui.animations", "boolean", "true", "Whether anything moves by itself, where `csm.animations` does not say."),
    (
        "csm.animations",
        "boolean",
        "true",
        "Whether anything moves by itself. Without, nothing is written while a model is waited for.",
    ),
    ("csm.hyperlinks", "boolean", "where the terminal can take them", "Have the terminal follow links (OSC 8)."),
    (
        "csm.plain",
        "boolean",
        "where `TERM` is `dumb`",
        "Plain lines, one after the other and never changed, for screen readers and terminals that know no more.",
    ),
)


def animated(host: Host) -> bool:
    """Whether anything may move by itself."""
    own = host.option("animations")
    return (host.setting("tui.animations") if own is None else own) is not False


def plain(host: Host) -> bool:
    """Whether all is to be said in plain lines."""
    own = host.option("plain")
    return host.env.get("TERM", "dumb") in ("", "dumb", "unknown") or own is True
