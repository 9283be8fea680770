"""Markdown within a paragraph: emphasis, code, links and line breaks as styled segments.

Links keep their address in sight: the text, then the address where it says more. Both lead there in terminals that
can follow (`csm.view.links`). Addresses with a scheme that could run something stay text, as markdown-it leaves them.

Does not: know blocks or wrap. A newline in a segment is a hard line break.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from csm.view import links
from csm.view.lines import StyledLine, expand, merge, visible

if TYPE_CHECKING:
    from markdown_it.token import Token

    from csm.view.render.kit import Kit

#: Marks that begin something in a paragraph; text without any is not parsed.
_MARKS = re.compile(r"[\\`*_~\[\]!<&\n:]")
#: Looking for links takes the square of the brackets.
_MOST_BRACKETS = 64
_OPENERS = {"em_open": "emphasis", "strong_open": "strong", "s_open": "strike"}
_CLOSERS = {"em_close", "strong_close", "s_close"}
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)


def inline(kit: Kit, text: str, role: str = "text") -> StyledLine:
    """The segments of a paragraph's source. Plain text in it gets `role`."""
    if _MARKS.search(text) is None:
        return [(role, expand(visible(text), 4))]
    parser = kit.markdown if text.count("[") <= _MOST_BRACKETS else kit.markdown_without_links
    children = parser.parseInline(text)[0].children or []
    return merge((name, expand(visible(piece), 4)) for name, piece in _Walk(role).run(children))


def close_open_marks(text: str) -> str:
    """The text of a paragraph that still grows, with the code or strong span it ends in closed for show."""
    ticks = text.count("`")
    if ticks % 2 and "``" not in text:
        return text + "`" if not text.endswith("`") else text[:-1]
    if ticks or text.count("**") % 2 == 0:
        return text
    at = text.rfind("**")
    after = text[at + 2 :]
    if not after:
        return text[:at]
    if after[0].isspace():
        return text
    return text + "*" if after.endswith("*") else text.rstrip() + "**"


class _Walk:
    """Turns inline tokens into segments. `names` are the roles in force, outermost first."""

    def __init__(self, role: str) -> None:
        self.names = [role]
        self.out: StyledLine = []
        self.link: tuple[int, str] | None = None

    def run(self, tokens: list[Token]) -> StyledLine:
        for token in tokens:
            self.token(token)
        return self.out

    def role(self, extra: str = "") -> str:
        names = [*self.names, extra] if extra else self.names
        return " ".join(names[1:] if len(names) > 1 and names[0] == "text" else names)

    def token(self, token: Token) -> None:
        kind = token.type
        if kind == "text":
            self.text(token.content)
        elif kind == "softbreak":
            self.out.append((self.role(), " "))
        elif kind == "hardbreak":
            self.out.append((self.role(), "\n"))
        elif kind == "code_inline":
            self.out.append((self.role("code.inline"), token.content))
        elif kind in _OPENERS:
            self.names.append(_OPENERS[kind])
        elif kind in _CLOSERS:
            self.names.pop()
        elif kind == "link_open":
            self.names.append("link")
            self.link = (len(self.out), str(token.attrs.get("href", "")))
        elif kind == "link_close":
            self.close_link()
        elif kind == "image":
            self.image(token)
        elif kind == "html_inline" and _BREAK.fullmatch(token.content):
            self.out.append((self.role(), "\n"))
        else:
            self.out.append((self.role("html") if kind == "html_inline" else self.role(), token.content))

    def text(self, text: str) -> None:
        if self.link is not None or "://" not in text:
            self.out.append((self.role(), text))
            return
        at = 0
        for match in links.URL.finditer(text):
            self.out.append((self.role(), text[at : match.start()]))
            self.out.append((links.joined(self.role("link"), match.group()), match.group()))
            at = match.end()
        self.out.append((self.role(), text[at:]))

    def close_link(self) -> None:
        start, href = self.link or (0, "")
        self.link = None
        self.names.pop()
        shown = "".join(text for _, text in self.out[start:])
        if href and not _says(shown, href):
            self.out.append((self.role("link.url"), f" ({_readable(href)})"))
        self.out[start:] = [(links.joined(roles, href), text) for roles, text in self.out[start:]]

    def image(self, token: Token) -> None:
        shown = token.content or "image"
        source = str(token.attrs.get("src", ""))
        self.out.append((links.joined(self.role("link"), source), f"[{shown}]"))
        if source and not _says(shown, source):
            short = source if len(source) <= 200 else source[:60] + "…"
            self.out.append((self.role("link.url"), f" ({_readable(short)})"))


def _says(shown: str, href: str) -> bool:
    """Whether the text of a link already tells its address."""
    plain = _readable(href)
    return shown in (href, plain) or plain in (f"mailto:{shown}", f"http://{shown}", f"https://{shown}")


def _readable(href: str) -> str:
    """An address without the percent signs that only spell letters; the rest stays encoded."""
    if "%" not in href:
        return href
    from urllib.parse import unquote

    plain = unquote(href, errors="strict") if _is_utf8(href) else href
    return plain if plain.isprintable() and " " not in plain else href


def _is_utf8(href: str) -> bool:
    from urllib.parse import unquote_to_bytes

    try:
        unquote_to_bytes(href).decode()
    except UnicodeDecodeError:
        return False
    return True
