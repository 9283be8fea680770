"""Shell scripts taken apart into the commands in them.

Does not: judge them, or expand anything.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tree_sitter import Node

#: What a script may consist of and still be plain words: anything else expands, redirects, loops or hides.
_PLAIN = frozenset(
    "program list pipeline command command_name word string string_content raw_string number concatenation"
    " && || ; | \" '".split()
)


def commands(script: str) -> Iterator[list[str]]:
    """The words of every command, those in substitutions and loops too. What expands stays as written."""
    root = _parse(script)
    stack = [root]
    while stack:
        node = stack.pop()
        if node.type == "command":
            yield [_word(child) for child in _words(node)]
        stack += reversed(node.children)


def plain(script: str) -> list[list[str]] | None:
    """The commands of a script that is nothing but plain words joined by `&& || ; |`; None for any other."""
    root = _parse(script)
    if root.has_error:
        return None
    found: list[list[str]] = []
    stack = [root]
    while stack:
        node = stack.pop()
        if node.type not in _PLAIN or (node.type == "word" and _expands(_text(node))):
            return None
        if node.type == "command":
            found.append([_word(child) for child in _words(node)])
        stack += reversed(node.children)
    return found


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
        return _text(node)[1:-1].replace('\\"', '"').replace("\\\\", "\\")
    if node.type in ("command_name", "concatenation"):
        return "".join(_word(child) for child in node.children)
    return _text(node).replace("\\", "") if node.type == "word" else _text(node)


def _expands(word: str) -> bool:
    return any(char in word for char in "*?[]{}~$`\\")


def _text(node: Node) -> str:
    return (node.text or b"").decode("utf-8", "replace")
