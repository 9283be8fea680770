"""Shell scripts taken apart into the commands in them.

Does not: judge them, or expand anything.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from tree_sitter import Node

#: What a script may consist of and still be plain words: anything else expands, redirects, loops or hides.
_PLAIN = frozenset(
    "program list pipeline command command_name word string string_content raw_string number concatenation"
    " && || ; | \" '".split()
)

#: Where `~` stands for a folder.
_HOME = r"(?:^|[:=])~"
#: What a backslash takes its meaning from, between double quotes.
_ESCAPED = r"""\\([$`"\\\n])"""


#: What a backslash means in `$'...'`.
_ANSI = r"(?s)\\(x[0-9a-fA-F]{1,2}|u[0-9a-fA-F]{1,4}|U[0-9a-fA-F]{1,8}|[0-7]{1,3}|.)"
_NAMED = {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "e": "\x1b", "E": "\x1b", "f": "\f", "v": "\v"}


class Fed(NamedTuple):
    """A command whose input is a here-document: the folder it changes to first, its words, and the document."""

    folder: str | None
    words: list[str]
    text: str


def commands(script: str) -> Iterator[list[str]]:
    """The words of every command, those in substitutions and loops too. What expands stays as written."""
    root = _parse(script)
    stack = [root]
    while stack:
        node = stack.pop()
        if node.type == "command":
            yield [_word(child) for child in _words(node)]
        elif node.type == "heredoc_redirect":
            yield from commands(_behind(node))
        stack += reversed(node.children)


def documents(script: str) -> Iterator[str]:
    """The texts of here-documents and here-strings, as written."""
    stack = [_parse(script)]
    while stack:
        node = stack.pop()
        if node.type == "heredoc_body":
            yield _text(node)
        elif node.type == "herestring_redirect":
            yield " ".join(_word(child) for child in node.children[1:])
        stack += reversed(node.children)


def _behind(document: Node) -> str:
    """The rest of the line on which a here-document is announced: the grammar takes a part of it for words."""
    start = next((child for child in document.children if child.type == "heredoc_start"), None)
    text = document.text or b""
    at = 0 if start is None else start.end_byte - document.start_byte
    return text[at:].split(b"\n", 1)[0].decode("utf-8", "replace").strip(" \t;&|")


def plain(script: str, *, bare: bool = False) -> list[list[str]] | None:
    """The commands of a script that is nothing but plain words joined by `&& || ; |`; None for any other.

    `bare`: programs must be named without quotes.
    """
    root = _parse(script)
    if root.has_error:
        return None
    found: list[list[str]] = []
    stack = [root]
    while stack:
        node = stack.pop()
        if node.type not in _PLAIN or (node.type == "word" and _expands(_text(node))):
            return None
        if bare and node.type == "command_name" and [child.type for child in node.children] != ["word"]:
            return None
        if node.type == "command":
            found.append([_word(child) for child in _words(node)])
        stack += reversed(node.children)
    return found


def fed(script: str) -> Fed | None:
    """The one command of a script, if it has a here-document for input, perhaps after `cd FOLDER &&`, and no more.

    The document is as written, whether or not the shell would expand it.
    """
    root = _parse(script)
    if root.has_error or [child.type for child in root.children] != ["redirected_statement"]:
        return None
    body, *redirects = root.children[0].children
    text = _document(redirects[0]) if len(redirects) == 1 else None
    parts = body.children if body.type == "list" else [body]
    listed = [[_word(child) for child in _words(part)] for part in parts if part.type == "command"]
    if text is None or [part.type for part in parts] not in (["command"], ["command", "&&", "command"]):
        return None
    folder = _folder(parts[0], listed[0]) if len(parts) == 3 else None
    return None if len(parts) == 3 and folder is None else Fed(folder, listed[-1], text)


def _folder(command: Node, words: list[str]) -> str | None:
    """Where `cd FOLDER` goes, `~` as written; None for any other command, and where the shell would have to say."""
    known = all(node.type != "word" or not _expands(_past_home(_text(node))) for node in _words(command)[1:])
    plain = all(node.type in _PLAIN for node in _below(command))
    return words[1] if words[0] == "cd" and len(words) == 2 and known and plain else None


def _past_home(word: str) -> str:
    return "" if word == "~" else word.removeprefix("~/")


def _below(node: Node) -> Iterator[Node]:
    yield node
    for child in node.children:
        yield from _below(child)


def _document(redirect: Node) -> str | None:
    """The text of a plain here-document; `<<-` takes the tabs off its lines."""
    kinds = [child.type for child in redirect.children]
    if kinds not in (["<<", "heredoc_start", "heredoc_body", "heredoc_end"],
                     ["<<-", "heredoc_start", "heredoc_body", "heredoc_end"]):  # fmt: skip
        return None
    text = _text(redirect.children[2])
    return "".join(line.lstrip("\t") for line in text.splitlines(keepends=True)) if kinds[0] == "<<-" else text


def _parse(script: str) -> Node:
    import tree_sitter
    import tree_sitter_bash

    language = tree_sitter.Language(tree_sitter_bash.language())
    return tree_sitter.Parser(language).parse(script.encode("utf-8", "replace")).root_node


def _words(command: Node) -> list[Node]:
    """Name and arguments; variable assignments and redirections in front are left out."""
    left_out = ("variable_assignment", "file_redirect", "herestring_redirect", "heredoc_redirect")
    return [child for child in command.children if child.type not in left_out]


def _word(node: Node) -> str:
    if node.type == "raw_string":
        return _text(node)[1:-1]
    if node.type == "string":
        return re.sub(_ESCAPED, lambda found: found[1].strip("\n"), _text(node)[1:-1])
    if node.type == "ansi_c_string":
        return re.sub(_ANSI, _unescaped, _text(node)[2:-1])
    if node.type in ("command_name", "concatenation"):
        return "".join(_word(child) for child in node.children)
    return _text(node).replace("\\", "") if node.type == "word" else _text(node)


def _unescaped(found: re.Match[str]) -> str:
    code = found[1]
    if code[0] in "xuU":
        return chr(min(int(code[1:], 16), 0x10FFFF))
    return chr(int(code, 8)) if code[0] in "01234567" else _NAMED.get(code, code)


def _expands(word: str) -> bool:
    """Whether the shell makes something else of a word; a `~` within one stays, as in `HEAD~1`."""
    return any(char in word for char in "*?[]{}$`\\") or re.search(_HOME, word) is not None


def _text(node: Node) -> str:
    return (node.text or b"").decode("utf-8", "replace")
