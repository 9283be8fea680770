"""Where sentences begin, as Vim has it: after `.`, `!` or `?`, with closing marks behind it, and a blank or a line end.
An empty line ends a sentence too and is one.

Does not: know an editor.
"""

from __future__ import annotations

from csm.edit import chars

ENDS = ".!?"
CLOSING = ")]\"'"


def _at(text: str, at: int) -> str:
    """The character at `at`, empty at a line's end."""
    return "" if at >= len(text) or text[at] == "\n" else text[at]


def _empty(text: str, at: int) -> bool:
    return not _at(text, at) and (at == 0 or text[at - 1] == "\n")


def _on(text: str, at: int) -> int | None:
    """The next place that is a character or an empty line."""
    if at >= len(text):
        return None
    at = chars.following(text, at)
    if not _at(text, at) and not _empty(text, at):
        at += 1
    return at if at < len(text) or (at == len(text) and _empty(text, at)) else None


def _back(text: str, at: int) -> int | None:
    if at <= 0:
        return None
    at = chars.preceding(text, at)
    return chars.preceding(text, at) if at > 0 and not _at(text, at) and not _empty(text, at) else at


def forward(text: str, at: int, count: int) -> int | None:
    """Vim's `)`."""
    for left in range(count - 1, -1, -1):
        found = _forward(text, at, last=not left)
        if found == at and (after := _on(text, at)) is not None:  # it did not get on: once more from the next place
            found = _forward(text, after, last=not left)
        if found is None:
            return None
        at = found
    return at


def _forward(text: str, at: int, *, last: bool) -> int | None:
    if _empty(text, at):
        after: int | None = at
        while after is not None and _empty(text, after):
            at, after = after, _on(text, after)
        return _past_blanks(text, at if after is None else after)
    at = _into_sentence(text, at, back=False)
    while True:
        if not _at(text, at):
            return _past_blanks(text, at)
        if (end := _end_of(text, at)) is not None:
            return _past_blanks(text, end)
        after = _on(text, at)
        if after is None:
            return chars.line_end(text, at) if last else None
        at = after


def backward(text: str, at: int, count: int) -> int | None:
    """Vim's `(`."""
    for left in range(count - 1, -1, -1):
        found = _backward(text, at, last=not left)
        if found is None:
            return None
        at = found
    return at


def _backward(text: str, at: int, *, last: bool) -> int | None:
    if _empty(text, at):
        while _empty(text, at) and (before := _back(text, at)) is not None:
            at = before
    elif (before := _back(text, at)) is not None:
        at = before
    at = _into_sentence(text, at, back=True)
    start_line = chars.line_start(text, at)
    while True:
        if not _at(text, at):
            moved = chars.line_start(text, at) != start_line
            return _past_blanks(text, min(at + 1, len(text)) if moved else at)
        if (end := _end_of(text, at)) is not None:
            return _past_blanks(text, end)
        before = _back(text, at)
        if before is None:
            return at if last else None
        at = before


def _into_sentence(text: str, at: int, *, back: bool) -> int:
    """Back over blanks and the end of a sentence, to a character inside it."""
    found_end = False
    while (char := _at(text, at)) and char in chars.BLANKS + ENDS + CLOSING:
        before = _back(text, at)
        if before is None or (_empty(text, before) and not back) or found_end:
            break
        found_end = char in ENDS
        if char in CLOSING and (_at(text, before) or " ") not in ENDS + CLOSING:
            break
        at = before
    return at


def _end_of(text: str, at: int) -> int | None:
    """If a sentence ends at `at`, where what is behind it begins."""
    if _at(text, at) not in tuple(ENDS):
        return None
    at += 1
    while _at(text, at) in tuple(CLOSING):
        at += 1
    if _at(text, at) not in ("", " ", "\t"):
        return None
    return min(at + 1, len(text)) if not _at(text, at) else at


def _past_blanks(text: str, at: int) -> int:
    while _at(text, at) in (" ", "\t"):
        after = _on(text, at)
        if after is None:
            return chars.line_end(text, at)
        at = after
    return at


def parts(text: str, at: int, most: int) -> list[tuple[int, int, bool]]:
    """From the sentence that holds `at` on: sentences and the blanks between them, `(start, end, blank)`, with the two
    before it. At most `most` after it.
    """
    start = text.rfind("\n\n", 0, max(at - 1, 0))
    here = start + 2 if start >= 0 else 0
    found: list[tuple[int, int, bool]] = []
    left = most
    while left > 0 and here < len(text):
        after = forward(text, here, 1)
        after = len(text) if after is None or after <= here else after
        after = len(text) if after == len(text) - 1 and text[after] not in "\n" and _at(text, after - 1) else after
        end = after
        while end > here and text[end - 1] in " \t\n":
            end -= 1
        found += [part for part in ((here, end, False), (end, after, True)) if part[0] < part[1]]
        here = after
        left -= found[-1][1] > at if found else 0
    keep = next((index for index, part in enumerate(found) if part[1] > at), len(found) - 1)
    return found[max(0, keep - 2) :]
