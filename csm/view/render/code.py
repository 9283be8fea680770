"""Source code to styled lines: Pygments tokens become `code.*` roles.

Code is coloured a chunk of lines at a time, so that a long listing costs only what is looked at.

Does not: wrap, number or frame the lines.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from csm.view.lines import StyledLine, clean, merge

if TYPE_CHECKING:
    from csm.view.render.kit import Kit

#: Longer lines are data rather than code, and lexers are slow on them.
LONGEST = 2000

#: Token types by their dotted name below `Token`; the longest that fits wins.
TOKEN_ROLES = {
    "Comment": "code.comment",
    "Comment.Hashbang": "code.comment",
    "Comment.Preproc": "code.decorator",
    "Keyword": "code.keyword",
    "Keyword.Constant": "code.constant",
    "Keyword.Type": "code.type",
    "Keyword.Namespace": "code.keyword",
    "Literal": "code.string",
    "Literal.Date": "code.number",
    "Literal.Number": "code.number",
    "Literal.String": "code.string",
    "Literal.String.Doc": "code.comment",
    "Literal.String.Escape": "code.string.escape",
    "Literal.String.Interpol": "code.string.escape",
    "Name": "code.name",
    "Name.Attribute": "code.attribute",
    "Name.Builtin": "code.builtin",
    "Name.Class": "code.class",
    "Name.Constant": "code.constant",
    "Name.Decorator": "code.decorator",
    "Name.Entity": "code.string.escape",
    "Name.Exception": "code.class",
    "Name.Function": "code.function",
    "Name.Label": "code.attribute",
    "Name.Namespace": "code.namespace",
    "Name.Property": "code.attribute",
    "Name.Tag": "code.tag",
    "Name.Variable": "code.variable",
    "Operator": "code.operator",
    "Operator.Word": "code.keyword",
    "Punctuation": "code.punctuation",
    "Generic.Deleted": "code.removed",
    "Generic.Inserted": "code.added",
    "Generic.Heading": "code.heading",
    "Generic.Subheading": "code.heading",
    "Generic.Prompt": "code.prompt",
    "Generic.Output": "code",
    "Generic.Error": "code.error",
    "Generic.Traceback": "code.error",
    "Generic.Emph": "emphasis",
    "Generic.Strong": "strong",
}


def token_role(token: Sequence[str]) -> str:
    """The role of a Pygments token type (a tuple of names)."""
    for size in range(len(token), 0, -1):
        role = TOKEN_ROLES.get(".".join(token[:size]))
        if role is not None:
            return role
    return "code"


def highlight(kit: Kit, lines: Sequence[str], language: str) -> list[StyledLine]:
    """One styled line for each of `lines` (which hold no newline). Unknown languages come out plain."""
    shown = [clean(line, 4) for line in lines]
    lexer = kit.lexer(language) if language and max(map(len, shown), default=0) <= LONGEST else None
    if lexer is None:
        return [[("code", line)] if line else [] for line in shown]
    out: list[StyledLine] = [[]]
    for _, token, text in lexer.get_tokens_unprocessed("\n".join(shown) + "\n"):
        role = token_role(token)
        first, *rest = text.split("\n")
        out[-1].append((role, first))
        out += [[(role, piece)] for piece in rest]
    out = out[: len(shown)] + [[] for _ in range(len(shown) - len(out))]
    return [_sound(merge(line), text) for line, text in zip(out, shown, strict=True)]


class GrowingCode:
    """Colours a listing that gets longer: only new lines, and all of it again now and then.

    A lexer starts afresh at the new lines, so that colours may be wrong there (within a string of several lines) until
    the whole is coloured again.
    """

    def __init__(self) -> None:
        self._language = ""
        self._lines: list[str] = []
        self._rows: list[StyledLine] = []

    def lines(self, kit: Kit, lines: Sequence[str], language: str) -> list[StyledLine]:
        """As `highlight`."""
        known = len(self._lines)
        if language != self._language or not known or list(lines[:known]) != self._lines or len(lines) > known + 20:
            # The last line is still being written: it is not worth remembering.
            self._language, self._lines = language, list(lines[:-1])
            self._rows = highlight(kit, self._lines, language) if self._lines else []
            known = len(self._lines)
        return [*self._rows, *highlight(kit, lines[known:], language)]


def _sound(line: StyledLine, text: str) -> StyledLine:
    """The line, unless the lexer lost or changed something of `text`."""
    if "".join(piece for _, piece in line) == text:
        return line
    return [("code", text)] if text else []
