"""The composer: sending, queueing, clearing, the external editor.

A draft that begins with `/` and a word is a slash command; `/usr/bin` or a blank before it makes it text. One that
begins with `!` is run in the user's own shell.

Does not: edit (`editing`) or recall (`recalling`).
"""

from __future__ import annotations

import os
import shlex
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from csm.api import CommandError, Context, command, ops

from . import terminals
from .place import say, screen
from .recalling import remember

#: How a draft begins that is a command for the user's shell.
SHELL = "!"


@command("composer.submit", title="Send", places=("composer",))
def submit(cx: Context) -> Any:
    """Send the draft, run its slash command, or answer a waiting question with it ("no, do this instead").

    While a turn runs, it joins that turn.
    """
    return _send(cx, "steer")


@command("composer.queue", title="Queue", places=("composer",))
def queue(cx: Context) -> Any:
    """Send the draft once the running turn has ended; complete it if it is the beginning of a slash command."""
    draft = screen(cx).composer.text
    if not draft:
        return None
    if draft.startswith("/") and (not draft[1:].strip("abcdefghijklmnopqrstuvwxyz-") or _unfinished(cx, draft)):
        return screen(cx).complete()
    return _send(cx, "queue")


def _unfinished(cx: Context, draft: str) -> bool:
    """Whether the last argument of a slash command may become something longer."""
    found = cx.host.commands.complete(draft, cx)
    return bool(found) and all(draft[one.start :] != one.text for one in found)


@command("composer.complete", title="Complete", places=("composer",))
def complete(cx: Context) -> None:
    """Complete what stands before the cursor."""
    screen(cx).complete()


@command("composer.newline", title="New line", places=("composer",))
def newline(cx: Context, count: int | None = None) -> None:
    """Break the line in the draft."""
    from csm.api import edits

    edits.newline(screen(cx).composer, count)


@command("composer.clear", title="Clear the draft", places=("composer",))
def clear(cx: Context) -> None:
    """Empty the composer. The draft is in the history, and undo brings it back."""
    composer = screen(cx).composer
    if composer.text.strip():
        remember(cx, composer.text)
    composer.set_text("")


@command("composer.take-back", title="Edit the queued message", places=("composer",))
def take_back(cx: Context) -> None:
    """Take the last queued message back into the composer."""
    session = screen(cx).session()
    if not session.thread.queued:
        raise CommandError("nothing is queued")
    session.submit(ops.Unqueue())


@command("composer.edit-externally", title="Edit the draft in $EDITOR", places=("composer",))
def edit_externally(cx: Context) -> None:
    """Open the draft in $VISUAL or $EDITOR, and take what was saved."""
    shown = screen(cx)
    argv = _editor(cx.host.env)
    chips = shown.composer.chips
    draft = chips.labelled(shown.composer.text)
    outcome: list[str | CommandError] = []
    shown.outside(lambda: outcome.append(_edited(argv, draft, cx.host.env)))
    for text in outcome:
        if isinstance(text, CommandError):
            raise text
        shown.composer.set_text(chips.unlabelled(text))
        if draft.strip() and not text.strip():
            say(cx, "nothing was left of the draft; undo brings it back")


def _send(cx: Context, busy: Literal["steer", "queue"]) -> Any:
    shown = screen(cx)
    composer, session = shown.composer, shown.session()
    text = composer.text
    if not text.strip():
        return None
    if _is_slash(text):
        return _slash(cx, text)
    if text.startswith(SHELL):
        return _shell(cx, text)
    asks = session.thread.asks
    whole, images = composer.chips.send(text)
    if asks and images:
        raise CommandError("an answer holds no images", "answer first, or take them out")
    remember(cx, text)
    composer.set_text("")
    op = ops.Submit(whole, images, busy=busy)
    if asks:
        op = ops.AnswerAsk(next(iter(asks)), "decline", whole)
    return session.submit(op, lambda ack: _refused(cx, text, ack))


def _shell(cx: Context, text: str) -> Any:
    """Run what follows the mark in the user's own shell."""
    shown = screen(cx)
    line = shown.composer.chips.whole(text)[len(SHELL) :].strip()
    if not line:
        raise CommandError("what follows ! is run in your shell", "a blank before it sends it as text")
    remember(cx, text)
    shown.composer.set_text("")
    tty = terminals.wanted(line, cx.host.option("terminal_programs") or ())
    return shown.session().submit(ops.Shell(line, tty), lambda ack: _refused(cx, text, ack))


def _is_slash(text: str) -> bool:
    word = text[1:].split(maxsplit=1)[0] if len(text) > 1 and not text[1].isspace() else ""
    return text.startswith("/") and bool(word) and "/" not in word and "\n" not in text


def _slash(cx: Context, text: str) -> Any:
    """Run a slash command. An unknown one leaves the draft."""
    commands = cx.host.commands
    word = text.split(maxsplit=1)[0]
    try:
        commands.get(word)
    except CommandError as error:
        hint = error.hint or "a blank before it sends it as text"
        raise CommandError(f"there is no {word}", hint) from None
    remember(cx, text)
    screen(cx).composer.set_text("")
    return commands.run(text, cx)


def _refused(cx: Context, text: str, ack: Any) -> None:
    """Give the draft back where the session does not take it."""
    if ack.accepted:
        return
    shown = screen(cx)
    if not shown.composer.text:
        shown.composer.set_text(text)
    shown.message(ack.reason or "not accepted", "message.error")


def _editor(env: Mapping[str, str]) -> list[str]:
    wanted = env.get("VISUAL") or env.get("EDITOR") or "vi"
    try:
        return shlex.split(wanted)
    except ValueError as error:
        raise CommandError(f"$EDITOR cannot be read: {error}") from None


def _edited(argv: list[str], draft: str, env: Mapping[str, str]) -> str | CommandError:
    """What the editor left, its last line break taken off if the draft had none."""
    handle, name = tempfile.mkstemp(prefix="csm-draft-", suffix=".md")
    path = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", errors="surrogateescape") as file:
            file.write(draft)
        status = subprocess.run([*argv, name], env=dict(env), check=False).returncode
        text = path.read_text("utf-8", errors="replace")
        if status != 0:
            how = f"ended with status {status}" if status > 0 else f"was ended by signal {-status}"
            if text.removesuffix("\n") == draft.removesuffix("\n"):
                return CommandError(f"{argv[0]} {how}; the draft is as it was")
            kept = path.rename(path.with_name(f"kept-{path.name}"))
            return CommandError(f"{argv[0]} {how}; the draft is as it was", f"what was saved stands in {kept}")
        return text if draft.endswith("\n") else text.removesuffix("\n")
    except OSError as error:
        return CommandError(f"{argv[0]}: {error.strerror}", "set $EDITOR")
    finally:
        path.unlink(missing_ok=True)
