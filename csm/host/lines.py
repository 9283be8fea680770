"""Command lines: words with quotes, several commands joined by a `;` that stands alone.

    theme.use dark ; message.show "all quiet"

Does not: know any command. No variables, no globbing, no pipes.
"""

from __future__ import annotations

from typing import NamedTuple

from csm.protocol.errors import CommandError

#: What makes words of more than blanks between them.
_QUOTING = frozenset("\"'\\")


class Word(NamedTuple):
    """A word without its quotes; `start` and `end` are offsets in the line, `closed` says no quote is missing."""

    text: str
    start: int
    end: int
    quoted: bool = False
    closed: bool = True


def words(line: str) -> list[Word]:
    """The words of a line. In double quotes and outside, a backslash takes the next character as it is.

    A single quote behind a letter or digit is an apostrophe.
    """
    found: list[Word] = []
    at = 0
    while at < len(line):
        if line[at].isspace():
            at += 1
            continue
        word = _word(line, at)
        found.append(word)
        at = word.end
    return found


def split(line: str) -> list[list[str]]:
    """The commands of a line, each a list of words. Raises CommandError where a quote is not closed."""
    commands: list[list[str]] = [[]]
    if not _QUOTING.intersection(line):  # nearly every one
        for text in line.split():
            commands.append([]) if text == ";" else commands[-1].append(text)
        return [command for command in commands if command]
    for word in words(line):
        if not word.closed:
            raise CommandError(f"a quote is not closed: {line[word.start :]}")
        if word.text == ";" and not word.quoted:
            commands.append([])
        else:
            commands[-1].append(word.text)
    return [command for command in commands if command]


def quote(text: str) -> str:
    """`text` as one word of a command line."""
    if text and text != ";" and not any(char.isspace() or char in "\"'\\" for char in text):
        return text
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _word(line: str, start: int) -> Word:
    text: list[str] = []
    open_quote, quoted, at = "", False, start
    while at < len(line) and (open_quote or not line[at].isspace()):
        char = line[at]
        if char == "\\" and open_quote != "'" and at + 1 < len(line):
            at += 1
            text.append(line[at])
            quoted = True
        elif char == open_quote:
            open_quote = ""
        elif not open_quote and (char == '"' or (char == "'" and not (text and text[-1].isalnum()))):
            open_quote, quoted = char, True
        else:
            text.append(char)
        at += 1
    return Word("".join(text), start, at, quoted, not open_quote)
