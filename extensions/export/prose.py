"""Messages, code and output as HTML: Markdown with its markup shown, code coloured, what programs coloured likewise.

Texts that would take long to read (endless lines, floods of brackets) stand as they are.

Does not: fetch anything, or pass on a link that does not go to the web or to mail.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cached_property
from html import escape
from typing import TYPE_CHECKING, Any

from csm.api import Kit, ansi, highlight

from .plain import words

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

#: Characters of a message, and of a line in it, that are read as Markdown; and of code that is coloured.
_MOST, _LONGEST_LINE, _MOST_CODE = 400_000, 20_000, 200_000
#: Brackets, stars and the like beyond which a message is looked at too long.
_MOST_MARKS = 5_000
_MARK = re.compile(r"[\[\]*_`<>!&~|]")
#: Nesting that is read as such.
_DEEPEST = 40
_WEB = re.compile(r"(?:https?://|mailto:)[^\s\"'<>\\]+", re.IGNORECASE)
_COLOUR = re.compile(r"(fg|bg):(#[0-9a-f]{6})")


class Prose:
    """Makes HTML of texts. Keeps parser and lexers."""

    def __init__(self) -> None:
        self._kit = Kit()

    def markdown(self, text: str) -> str:
        """A message."""
        text = words(text)
        if (
            len(text) > _MOST
            or max(map(len, text.split("\n"))) > _LONGEST_LINE
            or sum(1 for _ in _MARK.finditer(text)) > _MOST_MARKS
        ):
            return f'<div class="typed">{escape(text)}</div>\n'
        env: dict[str, Any] = {}
        tokens = self._parser.parse(text, env)
        if any(token.level >= _DEEPEST - 2 for token in tokens):  # what is nested deeper, the parser leaves out
            return f'<div class="typed">{escape(text)}</div>\n'
        return f'<div class="prose">{self._parser.renderer.render(tokens, self._parser.options, env)}</div>\n'

    def code(self, text: str, language: str) -> str:
        """Code, coloured where its language is known."""
        text = words(text).rstrip("\n")
        if len(text) > _MOST_CODE:
            return f"<pre><code>{escape(text)}</code></pre>\n"
        rows = highlight(self._kit, text.split("\n"), language)
        return f"<pre><code>{_rows(rows)}</code></pre>\n"

    def output(self, text: str) -> str:
        """What a program printed."""
        return f'<pre class="output">{_rows(ansi.parse(text.rstrip(chr(10))))}</pre>\n'

    def diff(self, text: str) -> str:
        """A change."""
        return f"<pre>{_rows([(_diff_role(row), row)] for row in words(text).rstrip(chr(10)).split(chr(10)))}</pre>\n"

    @cached_property
    def _parser(self) -> MarkdownIt:
        from markdown_it import MarkdownIt

        parser = MarkdownIt("commonmark", {"html": False, "maxNesting": _DEEPEST})
        # Definitions of references would not be seen on the page.
        parser.enable(["table", "strikethrough"]).disable("reference")
        linking: Any = parser
        linking.validateLink = bool  # each is looked at where it is written
        renderer: Any = parser.renderer
        rules = renderer.rules
        rules["fence"] = rules["code_block"] = self._listing
        rules["link_open"], rules["link_close"] = _link_open, _link_close
        rules["image"] = _image
        return parser

    def _listing(self, tokens: Any, at: int, options: Any, env: Any) -> str:
        """A block of code; only fences say of which language."""
        return self.code(tokens[at].content, tokens[at].info.strip().partition(" ")[0])


def _link_open(tokens: Any, at: int, options: Any, env: dict[str, Any]) -> str:
    url = str(tokens[at].attrs.get("href", ""))
    good = _WEB.fullmatch(url) is not None
    env.setdefault("links", []).append(good)
    if good:
        return f'<a href="{escape(url)}" rel="noopener noreferrer nofollow">'
    return f'<span class="r-link" title="{escape(url)}">'


def _link_close(tokens: Any, at: int, options: Any, env: dict[str, Any]) -> str:
    links = env.get("links") or [False]
    return "</a>" if links.pop() else "</span>"


def _image(tokens: Any, at: int, options: Any, env: Any) -> str:
    """An image in a message is named, not fetched: fetching would tell its owner who reads."""
    url = str(tokens[at].attrs.get("src", ""))
    name = escape(f"image: {tokens[at].content or url}")
    if _WEB.fullmatch(url):
        return f'<a href="{escape(url)}" rel="noopener noreferrer nofollow">{name}</a>'
    return f'<span class="r-dim" title="{escape(url[:200])}">{name}</span>'


def _diff_role(row: str) -> str:
    if row.startswith(("+++ ", "--- ")):
        return "diff.file"
    return {"+": "diff.added", "-": "diff.removed", "@": "diff.hunk"}.get(row[:1], "diff.context")


def _rows(rows: Iterable[Iterable[tuple[str, str]]]) -> str:
    return "\n".join("".join(_span(role, text) for role, text in row) for row in rows)


def _span(role: str, text: str) -> str:
    if not text:
        return ""
    names, styles = list[str](), list[str]()
    for one in role.split():
        colour = _COLOUR.fullmatch(one)
        if colour is not None:
            styles.append(f"{'color' if colour[1] == 'fg' else 'background'}:{colour[2]}")
        elif one not in ("code", "text", "command.output"):
            names.append(f"r-{one.replace('.', '-')}")
    attributes = (f' class="{escape(" ".join(names))}"' if names else "") + (
        f' style="{";".join(styles)}"' if styles else ""
    )
    return f"<span{attributes}>{escape(text)}</span>" if attributes else escape(text)
