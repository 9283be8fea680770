"""What an empty transcript shows: the name, and where to begin.

Does not: stay. The first item takes its place.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from csm import __version__
from csm.ui.frame import Line
from csm.view.lines import clip, width

if TYPE_CHECKING:
    from csm.ui.shell import Shell

_FIRST = (
    ("help.open", "what the keys do here"),
    ("palette.open ex.open", "every command by name"),
    ("session.resume", "go on with an earlier session"),
    ("model.choose", "choose the model"),
)


def lines(shell: Shell, columns: int, rows: int) -> list[Line]:
    """At most `rows` lines; nothing where there is no room to say it well."""
    if rows < 8 or columns < 40:
        return []
    found = [(keys, words) for name, words in _FIRST if (keys := _keys(shell, name))]
    size = max((width(keys) for keys, _ in found), default=0)
    made: list[Line] = [
        [],
        [("welcome.title", "  csm"), ("dim", f"  {__version__}")],
        [],
        [("welcome.text", "  Say what shall be done in this folder.")],
        [],
    ]
    for keys, words in found:
        made.append([("help.key", f"  {keys:<{size}}"), ("welcome.text", f"  {words}")])
    return [clip(line, columns) for line in made[:rows]]


def _keys(shell: Shell, commands: str) -> str:
    """The shortest keys of a command, or one of several, in the composer as it is now, or nothing."""
    bound = [one for name in commands.split() for one in shell.host.keymap.where_is(name, ["composer"])]
    return min((one.keys for one in bound if one.mode in (None, *shell.modes())), key=len, default="")
