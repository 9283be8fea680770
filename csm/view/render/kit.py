"""What renderers share and is costly to make: the Markdown parser and the lexers. One per screen, made on first use.

Does not: render. Nothing is imported before it is needed.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from csm.view.render.code import GrowingCode

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from pygments.lexer import Lexer

#: Deeper nesting than this is shown as its source.
MOST_NESTING = 60


class Kit:
    """The parser and the lexers."""

    def __init__(self) -> None:
        self.growing_code = GrowingCode()
        self._lexers: dict[str, Lexer | None] = {}

    @cached_property
    def markdown(self) -> MarkdownIt:
        """A parser of CommonMark with tables and strikethrough.

        Reference definitions are text: they would let a late line change what is already on the screen.
        """
        from markdown_it import MarkdownIt

        parser = MarkdownIt("commonmark", {"html": True, "maxNesting": MOST_NESTING})
        usual = parser.validateLink
        linking: Any = parser
        linking.validateLink = lambda url: url.lower().startswith("file:///") or usual(url)
        return parser.enable(["table", "strikethrough"]).disable("reference")

    @cached_property
    def markdown_without_links(self) -> MarkdownIt:
        """The same for what has so many brackets that looking for links takes long."""
        from markdown_it import MarkdownIt

        parser = MarkdownIt("commonmark", {"html": True, "maxNesting": MOST_NESTING})
        return parser.enable(["strikethrough"]).disable(["link", "image"])

    def lexer(self, language: str) -> Lexer | None:
        """The lexer for a language's name or alias, a file name such as `x.py`, or None."""
        name = language.strip().lower()[:40]
        if name not in self._lexers:
            self._lexers[name] = _find_lexer(name)
        return self._lexers[name]


def _find_lexer(name: str) -> Lexer | None:
    if not name or name in ("text", "plain", "plaintext", "txt", "none"):
        return None
    from pygments.lexers import find_lexer_class_for_filename, get_lexer_by_name
    from pygments.util import ClassNotFound

    try:
        return get_lexer_by_name(name, stripnl=False, ensurenl=True)
    except ClassNotFound:
        pass
    if "." not in name:
        return None
    try:
        found = find_lexer_class_for_filename(name)
    except ClassNotFound:
        return None
    return found(stripnl=False, ensurenl=True) if found else None
