"""Finding characters: in a line (`f`, `t`), the partner of a bracket (`%`), a pattern in the text.

Does not: know an editor, or remember what was searched.
"""

from __future__ import annotations

import re

from csm.edit import chars, expressions

PAIRS = {"(": ")", "[": "]", "{": "}"}
CLOSERS = {closer: opener for opener, closer in PAIRS.items()}


def in_line(text: str, at: int, char: str, count: int, *, back: bool, till: bool, again: bool = False) -> int | None:
    """The `count`th `char` in the line after (before) `at`, or its neighbour on this side. `again`: not the next one
    if it touches the cursor, so that repeating `t` gets on.
    """
    low, high = chars.line_start(text, at), chars.line_end(text, at)
    found = at
    if back:
        if again and till and found > low and text.startswith(char, found - len(char)):
            found -= len(char)
        for _ in range(count):
            found = text.rfind(char, low, found)
            if found < 0:
                return None
        return chars.following(text, found) if till else found
    found = chars.following(text, at)
    if again and till and text.startswith(char, found):
        found += len(char)
    found -= 1
    for _ in range(count):
        found = text.find(char, found + 1, high)
        if found < 0:
            return None
    return chars.preceding(text, found) if till else found


def partner(text: str, at: int) -> int | None:
    """The bracket that belongs to the first bracket at or after `at` in its line."""
    end = chars.line_end(text, at)
    while at < end and text[at] not in PAIRS and text[at] not in CLOSERS:
        at += 1
    if at >= end:
        return None
    if text[at] in PAIRS:
        return closing(text, at + 1, text[at], PAIRS[text[at]])
    return opening(text, at, CLOSERS[text[at]], text[at])


def closing(text: str, at: int, opener: str, closer: str) -> int | None:
    """The `closer` that ends what is open at `at`."""
    depth = 1
    for match in re.compile(f"[{re.escape(opener + closer)}]").finditer(text, at):
        depth += 1 if match.group() == opener else -1
        if not depth:
            return match.start()
    return None


def opening(text: str, at: int, opener: str, closer: str) -> int | None:
    """The `opener` that is open at `at`."""
    depth = 1
    while True:
        one, other = text.rfind(opener, 0, at), text.rfind(closer, 0, at)
        at = max(one, other)
        if at < 0:
            return None
        depth += 1 if other == at else -1
        if not depth:
            return at


def pattern(text: str, at: int, wanted: str, count: int, *, back: bool) -> int | None:
    """The `count`th place of a regular expression (plain text if it is none), around the ends. Small letters match
    capitals too unless the pattern has a capital.
    """
    flags = re.MULTILINE | (0 if any(char.isupper() for char in wanted) else re.IGNORECASE)
    places = [match.start() for match in expressions.lenient(wanted, flags).finditer(text) if match.start() < len(text)]
    if not places:
        return None
    if back:
        before = [place for place in places if place < at]
        return places[(len(before) - count) % len(places)]
    after = next((index for index, place in enumerate(places) if place > at), len(places))
    return places[(after + count - 1) % len(places)]
