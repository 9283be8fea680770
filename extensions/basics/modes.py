"""Vim style editing: modes, operators, text objects, registers, repeating.

Operators and objects are named by their argument, so that a key map reads like Vim's own tables.

Does not: know keys. See `csm.edit.modal` for how an operator waits for its motion.
"""

from __future__ import annotations

from collections.abc import Container, Iterable
from typing import Literal

from csm.api import CommandError, Context, adding, changes, command, modal, motions, objects, operators, vim

from .place import editor, screen


def _operators(cx: Context) -> Iterable[str]:
    return operators.OPERATORS


def _objects(cx: Context) -> Iterable[str]:
    return objects.OBJECTS


@command("mode.normal", title="Normal mode")
def normal(cx: Context) -> None:
    """Leave insert, replace or visual mode, or forget what was typed of a command."""
    modal.escape(editor(cx))


@command("mode.insert", title="Insert mode")
def insert(
    cx: Context,
    at: Literal["before", "after", "line-start", "line-end", "first-nonblank", "last"] = "before",
    count: int | None = None,
) -> None:
    """Begin to insert before or after the cursor, at an end of the line, or where it was done last.

    At `first-nonblank` and `line-end` in a visual mode: before and after what is selected, in each line of a block.
    """
    vim.insert(editor(cx), at, count)


@command("mode.open-below", title="Insert on a new line below")
def open_below(cx: Context, count: int | None = None) -> None:
    """Open a line below and begin to insert."""
    vim.open_below(editor(cx), count)


@command("mode.open-above", title="Insert on a new line above")
def open_above(cx: Context, count: int | None = None) -> None:
    """Open a line above and begin to insert."""
    vim.open_above(editor(cx), count)


@command("mode.replace", title="Replace mode")
def replace(cx: Context, count: int | None = None) -> None:
    """Begin to overwrite."""
    vim.replace_mode(editor(cx), count)


@command("mode.visual", title="Visual mode")
def visual(
    cx: Context, kind: Literal["visual", "visual-line", "visual-block"] = "visual", count: int | None = None
) -> None:
    """Begin to select characters, whole lines or a block; once more ends it."""
    vim.visual(editor(cx), kind, count)


@command("selection.other-end", title="Other end of the selection")
def other_end(cx: Context, *, across: bool = False) -> None:
    """Go to the other end of the selection; with `--across` to the other corner of a block in the same line."""
    vim.other_end(editor(cx), across=across)


@command("selection.again", title="Select again")
def reselect(cx: Context) -> None:
    """Select again what was selected last."""
    if not vim.reselect(editor(cx)):
        raise CommandError("nothing was selected yet")


@command("operator.start", title="Begin an operator", complete={"name": _operators})
def start(cx: Context, name: str, count: int | None = None) -> None:
    """Have an operator wait for a motion or a text object.

    Given twice it takes lines; in a visual mode it takes the selection.
    """
    modal.operator(editor(cx), _known(name, operators.OPERATORS, "operator"), count)


@command("operator.apply", title="Apply an operator", complete={"name": _operators})
def apply(cx: Context, name: str, motion: str, count: int | None = None) -> None:
    """Apply an operator to a motion, a text object or `lines` at once: `operator.apply delete char-right`."""
    known = {*motions.MOTIONS, *objects.OBJECTS, "lines"}
    modal.operate(editor(cx), _known(name, operators.OPERATORS, "operator"), _known(motion, known, "motion"), count)


@command("object.select", title="Select a text object", complete={"name": _objects})
def select(cx: Context, name: str, count: int | None = None) -> None:
    """Give a text object to the operator that waits, or select it: `object.select inner-word`."""
    modal.select(editor(cx), _known(name, objects.OBJECTS, "text object"), count)


@command("register.name", title="Name a register")
def register(cx: Context) -> None:
    """Have the next command use the register named by the character typed next."""
    modal.await_char(editor(cx), "register")


@command("register.insert", title="Insert a register")
def insert_register(cx: Context) -> None:
    """Insert the register named by the character typed next, as if typed."""
    modal.await_char(editor(cx), "insert-register")


@command("register.put", title="Put a register")
def put(
    cx: Context, at: Literal["after", "before"] = "after", count: int | None = None, *, follow: bool = False
) -> None:
    """Put what was cut or copied after or before the cursor; with `--follow` go behind it."""
    vim.put(editor(cx), at, count, follow=follow)


@command("mark.name", title="Set a named mark")
def mark(cx: Context) -> None:
    """Put the mark named by the character typed next here."""
    modal.await_char(editor(cx), "set-mark")


@command("edit.replace-char", title="Replace characters")
def replace_char(cx: Context, count: int | None = None) -> None:
    """Put the character typed next in the place of the one at the cursor."""
    modal.await_char(editor(cx), "replace-char", count)


@command("case.swap-char", title="Swap case")
def swap_case(cx: Context, count: int | None = None) -> None:
    """Swap small letters and capitals and move on."""
    vim.swap_case_char(editor(cx), count)


@command("edit.join-lines", title="Join lines")
def join(cx: Context, count: int | None = None, *, plain: bool = False) -> None:
    """Join this line and the next; with `--plain` without a blank."""
    vim.join_lines(editor(cx), count, blanks=not plain)


@command("edit.increment", title="Add to the number")
def increment(cx: Context, count: int | None = None, *, rising: bool = False) -> None:
    """Add to the number at or after the cursor, or to the first of each selected line; `--rising`: each time more."""
    adding.add(editor(cx), 1, count, rising=rising)


@command("edit.decrement", title="Take from the number")
def decrement(cx: Context, count: int | None = None, *, rising: bool = False) -> None:
    """Take from the number at or after the cursor, or the first of each selected line; `--rising`: each time more."""
    adding.add(editor(cx), -1, count, rising=rising)


@command("move.change-older", title="Where the text was changed before")
def change_older(cx: Context, count: int | None = None) -> None:
    """Move to the place of the change before."""
    if not vim.go_to_change(editor(cx), -1, count):
        raise CommandError("there is no older change")


@command("move.change-newer", title="Where the text was changed after that")
def change_newer(cx: Context, count: int | None = None) -> None:
    """Move to the place of the change after that."""
    if not vim.go_to_change(editor(cx), 1, count):
        raise CommandError("there is no newer change")


@command("edit.repeat", title="Repeat the last change")
def repeat(cx: Context, count: int | None = None) -> None:
    """Make the last change again."""
    changes.repeat(editor(cx), count)


@command("count.digit", title="A digit of a count", hidden=True)
def digit(cx: Context, number: int) -> None:
    """Begin or go on with the count of the next command."""
    modal.digit(editor(cx), number)


@command("palette.colon", title="Command line")
def colon(cx: Context) -> None:
    """Open the command palette, as Vim's `:`."""
    screen(cx).palette()


def _known(name: str, table: Container[str], kind: str) -> str:
    if name not in table:
        raise CommandError(f"there is no {kind} {name}")
    return name
