"""What a picker shows of the row that is chosen: a keymap's main keys, a model's facts.

Does not: choose, or put anything in force.
"""

from __future__ import annotations

from typing import Any

from csm.api import Context, KeymapError, lines

Line = list[tuple[str, str]]
EFFORTS = {
    "minimal": "hardly any thinking; quickest",
    "low": "little thinking, for plain work",
    "medium": "some thinking; a good balance",
    "high": "much thinking, for what is hard",
    "xhigh": "very much thinking; slow",
    "max": "as much thinking as it takes",
    "ultra": "more still; slowest and dearest",
}
#: What people press most, by the place where they do.
_KEYS = (
    ("composer", "composer.submit", "send"),
    ("composer", "composer.newline", "new line"),
    ("composer", "composer.queue", "queue"),
    ("composer", "turn.interrupt", "stop the turn"),
    ("composer", "composer.history-older", "earlier prompts"),
    ("composer", "composer.history-search", "search them"),
    ("composer", "composer.edit-externally", "write in $EDITOR"),
    ("composer", "edit.undo", "undo"),
    ("composer", "move.line-start", "start of the line"),
    ("composer", "kill.line-end", "delete to its end"),
    ("composer", "focus.transcript", "read"),
    ("composer", "search.transcript", "find"),
    ("composer", "palette.open", "every command"),
    ("composer", "window.split-right", "split"),
    ("composer", "window.next", "next window"),
    ("composer", "buffer.choose", "buffers"),
    ("composer", "model.choose", "model"),
    ("composer", "help.open", "help"),
    ("composer", "shell.quit", "quit"),
)


def keymap(cx: Context, name: str, columns: int, rows: int) -> list[Line]:
    """The main keys of a keymap."""
    from csm.api import keymaps

    try:
        found = keymaps.load_for(cx.host, name)
    except KeymapError as error:
        return lines.wrap([("notice.error", error.message)], columns)
    pairs: list[tuple[str, str]] = []
    for place, command, word in _KEYS:
        bound = [one.keys for one in found.where_is(command, [place]) if one.mode in (None, "insert", "normal")]
        if bound:
            pairs.append((bound[0], word))
    size = max((lines.width(keys) for keys, _ in pairs), default=0)
    manner = {"vi": "as in Vim: with modes", "emacs": "as in Emacs"}.get(found.editing, "as in most programs")
    head: list[Line] = [[("help.text", f"Editing {manner}.")], []]
    return [*head, *([*lines.pad([("help.key", keys)], size), ("help.text", f"  {word}")] for keys, word in pairs)][
        :rows
    ]


def info(cx: Context, name: str) -> Any:
    """A model's facts."""
    from csm.api import SettingError, catalog, models

    try:
        return models.info(name, catalog.catalog(cx.host.settings))
    except SettingError:
        return models.info(name)


def window(tokens: int) -> str:
    """A context window in short."""
    return f"{tokens / 1_000_000:g}M" if tokens >= 1_000_000 else f"{tokens // 1_000}k"


def model(cx: Context, name: str, columns: int, rows: int) -> list[Line]:
    """What is known of a model."""
    found = info(cx, name)
    facts = [
        ("Context", f"{found.context_window:,} tokens"),
        ("Efforts", ", ".join(found.efforts) or "not known"),
        ("Usual", found.effort or "its own choice"),
        ("Writes", found.verbosity or ""),
        ("Output read", f"{found.truncation:,} tokens of each command"),
        ("Patches", "a tool of its own" if found.apply_patch else "through the shell"),
    ]
    made: list[Line] = [[("help.title", lines.clean(name))], []]
    made += [[("help.key", f"{label:<13}"), ("help.text", text)] for label, text in facts if text]
    if not found.known:
        made += [[], *lines.wrap([("notice.warning", "csm does not know this model and guesses its limits.")], columns)]
    return made[:rows]
