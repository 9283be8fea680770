"""The command palette: every command that makes sense, found by name or title, with its keys; arguments completed.

Does not: run anything by itself; the line goes to the shell.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from csm.protocol.errors import CommandError
from csm.ui import matching
from csm.ui.frame import Line
from csm.ui.panels import ListPanel, Row
from csm.view.lines import clip, pad

if TYPE_CHECKING:
    from csm.host.host import Host

#: Below the first, the name goes; below the second, all keys but one.
_NARROW, _ROOMY = 60, 100
#: Lines typed before that are offered again.
_BEFORE = 5


class Entry(NamedTuple):
    """A command (`value` is its line) or an argument's candidate."""

    value: str
    label: str
    detail: str
    keys: str = ""


class Palette(ListPanel):
    """Typing narrows the commands; a space after a whole name goes on to its arguments."""

    place = "palette"
    prompt = "  M-x "

    def __init__(self, host: Host, context: Any, run: Callable[[str], None], recent: list[str]) -> None:
        self._host, self._context, self._run, self._recent = host, context, run, recent
        super().__init__("Commands", _entries(host, recent), run)

    def filter(self, typed: str) -> list[Row]:
        """Commands by name and title, or completions of the argument being typed."""
        name, space, _ = typed.partition(" ")
        if space and name in self._host.commands:
            before = [line for line in self._recent if line.startswith(typed) and line.strip() != name]
            rows: list[Row] = [Entry(line, line[len(name) :].strip(), "typed before") for line in before[:_BEFORE]]
            found = self._host.commands.complete(typed, self._context)
            made = [Entry(typed[: one.start] + one.text, one.text, one.detail) for one in found]
            return [*rows, *(one for one in made if one.value not in before)]
        return matching.ranked(self._rows, typed, lambda row: (row.label, row.detail))

    def _tail(self, count: int) -> str:
        """How many fit; of how many says nothing to anyone."""
        return f"{count}"

    def accept(self) -> Callable[[], None] | None:
        """Run the chosen command; one that needs more is put on the line to be gone on with."""
        typed = self.editor.text.strip()
        rows = self.rows()
        name = typed.partition(" ")[0]
        if name in self._host.commands and (" " in typed or not rows):
            line = rows[self.selected].value if rows and " " in self.editor.text else typed
            return lambda: self._run(line)
        if not rows:
            return (lambda: self._run(typed)) if typed else None
        line = str(rows[self.selected].value)
        if self._needs_more(line):
            self.editor.set_text(line + " ")
            return None
        return lambda: self._run(line)

    def _needs_more(self, line: str) -> bool:
        try:
            command = self._host.commands.get(line)
            return any(one.required for one in command.parameters)
        except CommandError:  # running the line tells why
            return False

    def _row(self, row: Row, chosen: bool, labels: int, columns: int) -> Line:
        narrow = row._replace(detail="") if isinstance(row, Entry) and columns < _NARROW else row
        line = super()._row(narrow, False, labels, columns)
        base = "palette.selected" if chosen else "palette"
        keys = getattr(row, "keys", "")
        keys = keys if columns >= _ROOMY else keys.partition(", ")[0]
        if chosen:
            line = [(_over(role), text) for role, text in line]
        room = columns - len(keys) - 2
        if keys and room > labels:
            line = [*pad(clip(line, room - 2), room, base), (f"{base} palette.key", f"{keys}  ")]
        return pad(line, columns, base) if chosen else line


def _over(role: str) -> str:
    rest = role.removeprefix("palette").strip()
    return f"palette.selected palette{rest}" if rest.startswith(".") else f"palette.selected {rest}".strip()


def _entries(host: Host, recent: list[str]) -> list[Entry]:
    keys = keys_of(host)
    found = [
        Entry(one.name, one.title, one.name, ", ".join(keys.get(one.name, [])[:2]))
        for one in host.commands.all()
        if not one.hidden
    ]
    order: dict[str, int] = {}
    for index, line in enumerate(recent):
        order.setdefault(line.partition(" ")[0], index)
    # What has a slash word is what people look for; moving and editing is done by keys.
    slashes = {one.name for one in host.commands.slashes().values()}
    return sorted(
        found, key=lambda entry: (order.get(entry.value, len(order)), entry.value not in slashes, entry.label)
    )


def keys_of(host: Host) -> dict[str, list[str]]:
    """The keys of each command, by its name, as the keymap in force binds them."""
    found: dict[str, list[str]] = {}
    for binding in host.keymap.bindings():
        found.setdefault(binding.command.split()[0], []).append(binding.keys)
    return {name: sorted(set(keys), key=len) for name, keys in found.items()}
