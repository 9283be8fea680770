"""Settings that say how much a terminal is given (links, movement, plain lines), and how much csm's own log.

They are rows of `csm.host.setting_keys`.

Does not: read them, but for those that ask more than a value.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from csm.host.host import Host

KEYS = (
    (
        "tui.alternate_screen",
        "auto|always|never",
        '"auto"',
        "`never` stays in the terminal's own screen, as `--no-alt-screen` does.",
    ),
    ("tui.animations", "boolean", "true", "Whether anything moves by itself, where `csm.animations` does not say."),
    (
        "csm.animations",
        "boolean",
        "true",
        "Whether anything moves by itself. Without, nothing is written while a model is waited for.",
    ),
    (
        "csm.escape_delay",
        "integer",
        "50",
        "Milliseconds until an Esc that nothing follows is the key, and no Alt. Slow lines want more.",
    ),
    ("csm.composer", "one|each", '"one"', "One composer for all sessions that are open, or one in the window of each."),
    (
        "csm.terminal_programs",
        "strings",
        "editors, pagers and the like",
        "More programs that are run in a terminal window where they follow `!`.",
    ),
    ("csm.hyperlinks", "boolean", "where the terminal can take them", "Have the terminal follow links (OSC 8)."),
    (
        "csm.plain",
        "boolean",
        "where `TERM` is `dumb`",
        "Plain lines, one after the other and never changed, for screen readers and terminals that know no more.",
    ),
    ("csm.log", "off|error|warning|info|debug", '"warning"', "What csm's own log holds; `CSM_LOG` goes before it."),
    ("log_dir", "string", "`log` below csm's state folder", "Where csm's own log is written."),
)


def animated(host: Host) -> bool:
    """Whether anything may move by itself."""
    own = host.option("animations")
    return (host.setting("tui.animations") if own is None else own) is not False


def inline(host: Host) -> bool:
    """Whether the terminal's own screen is to be kept."""
    return host.setting("tui.alternate_screen") == "never"


def escape_delay(host: Host) -> float:
    """Seconds until a lone Esc is the key; from 1 ms to 2 s."""
    given = host.option("escape_delay", 50)
    return min(max(given, 1), 2000) / 1000 if isinstance(given, int) and not isinstance(given, bool) else 0.05


def plain(host: Host) -> bool:
    """Whether all is to be said in plain lines."""
    own = host.option("plain")
    return host.env.get("TERM", "dumb") in ("", "dumb", "unknown") or own is True
