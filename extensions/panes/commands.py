"""Commands on running commands: look at one, type into it, signal it, have the model go on.

Does not: draw, or reach a process by itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from csm.api import CommandError, Context, Row, command, items, ops, screen_of, script_of

from .pane import Pane


def _entries(cx: Context, *, ended: bool = False) -> list[Any]:
    """Commands of the thread, newest first: those that run, and if wanted those that have ended."""
    found = [
        entry
        for turn in reversed(screen_of(cx).session().thread.turns)
        for entry in reversed(turn.entries)
        if isinstance(entry.item, items.CommandExecution) and (ended or not entry.done)
    ]
    return sorted(found, key=lambda entry: entry.done)


def _running(cx: Context) -> Iterable[str]:
    return [_label(entry) for entry in _entries(cx)]


def _label(entry: Any) -> str:
    return str(entry.item.process or entry.item.id)


@command("pane.open", title="Show a running command", slash="ps", complete={"which": _running})
def open_pane(cx: Context, which: str | None = None, *, all: bool = False) -> None:
    """Show a command of this session in a window, live: one that runs, or with `--all` one that has ended too."""
    found = _entries(cx, ended=all)
    if which is not None:
        chosen = next((entry for entry in found if _label(entry) == which), None)
        if chosen is None:
            raise CommandError(f"no command {which} runs here")
        _show(cx, chosen)
    elif not found:
        raise CommandError("no command runs", "pane.open --all shows those that have ended")
    elif len(found) == 1:
        _show(cx, found[0])
    else:
        rows = [Row(entry, _name(entry), _detail(entry)) for entry in found]
        screen_of(cx).pick("Commands", rows, lambda entry: _show(cx, entry))


@command("pane.run", title="Run in a terminal window", slash="terminal")
def run(cx: Context, *line: str) -> None:
    """Run a command line of one's own in a window with a terminal; without one, one's shell. The keys go to it."""
    from .joining import joined

    text = joined(line) or cx.host.env.get("SHELL") or "/bin/sh"
    screen_of(cx).session().submit(ops.Shell(text, tty=True))


@command("pane.foreground", title="Type into a running command")
def foreground(cx: Context, which: str | None = None) -> None:
    """Show the newest running command, and give it the keys."""
    found = _entries(cx)
    chosen = next((entry for entry in found if which in (None, _label(entry))), None)
    if chosen is None:
        raise CommandError("no command runs" if which is None else f"no command {which} runs here")
    _show(cx, chosen).attach()
    screen_of(cx).refresh()


@command("pane.attach", title="Give the command the keys", places=("pane",))
def attach(cx: Context) -> None:
    """Have every key go to the command in this window, but the one that takes them back."""
    pane = _pane(cx)
    if not pane.running:
        raise CommandError("this command has ended")
    pane.attach()
    screen_of(cx).refresh()


@command("pane.detach", title="Take the keys back", places=("pane",))
def detach(cx: Context) -> None:
    """Have the keys be the shell's again; the command goes on."""
    _pane(cx).detach()
    screen_of(cx).refresh()


@command("pane.send", title="Send text to a command")
def send(cx: Context, *text: str) -> None:
    """Type words and Enter into the command in this window, else into the newest that runs."""
    _reach(cx, "input", " ".join(text) + "\r")


@command("pane.close-input", title="End a command's input")
def close_input(cx: Context) -> None:
    """Tell the command that nothing more will be typed (end of file)."""
    _reach(cx, "close-input")


@command("pane.interrupt", title="Interrupt a command")
def interrupt(cx: Context) -> None:
    """Send SIGINT to the command in this window, else to the newest that runs. The turn goes on."""
    _reach(cx, "signal", "SIGINT")


@command("pane.terminate", title="Ask a command to end")
def terminate(cx: Context) -> None:
    """Send SIGTERM to the command in this window, else to the newest that runs."""
    _reach(cx, "signal", "SIGTERM")


@command("pane.kill", title="Kill a command")
def kill(cx: Context) -> None:
    """End the command in this window at once, else the newest that runs."""
    _reach(cx, "signal", "SIGKILL")


@command("pane.stop-all", title="End all running commands", slash="stop")
def stop_all(cx: Context) -> None:
    """Ask every running command of this session to end."""
    found = _entries(cx)
    if not found:
        raise CommandError("no command runs")
    for entry in found:
        _submit(cx, ops.Reach(entry.item.id, "signal", "SIGTERM"))
    screen_of(cx).message(f"asked {len(found)} command{'s' if len(found) > 1 else ''} to end")


@command("pane.background", title="Have the model go on while it runs")
def background(cx: Context) -> None:
    """Answer the model's call now, and let the command run on."""
    _reach(cx, "background")


@command("pane.next", title="Next running command")
def go_next(cx: Context, count: int = 1) -> None:
    """Show the next running command in this window."""
    found = sorted(_entries(cx), key=lambda entry: str(entry.item.id))
    if not found:
        raise CommandError("no command runs")
    shown = screen_of(cx).buffer
    ids = [entry.item.id for entry in found]
    at = ids.index(shown.item_id) + count if isinstance(shown, Pane) and shown.item_id in ids else 0
    pane = _made(cx, found[at % len(found)])
    if isinstance(shown, Pane):
        shown.detach()
        screen_of(cx).show(pane)
    else:
        screen_of(cx).show(pane, "below")


@command("pane.previous", title="Previous running command")
def go_previous(cx: Context, count: int = 1) -> None:
    """Show the running command before in this window."""
    go_next(cx, -count)


def begun(cx: Context, item_id: str) -> None:
    """A command of the user's began that has a terminal: show it, and give it the keys.

    Where another session was gone to meanwhile, that one keeps them: a window would show it the wrong thread's.
    """
    shown = screen_of(cx)
    session = next((one for one in shown.seats.all() if item_id in one.thread.entries), None)
    if session is None:
        return
    if session != shown.session():
        shown.message(f"{session.title} has a terminal open: pane.foreground there goes to it")
        return
    pane: Any = Pane(session.thread.entries[item_id], session.submit, ended=lambda pane: _over(cx, pane))
    shown.show(pane)
    pane.attach()


def _over(cx: Context, pane: Pane) -> None:
    """It ended. Where it had a screen of its own nothing is left to see; else its last lines stay."""
    shown = screen_of(cx)
    if pane.drew and pane.exit_code == 0:
        held = shown.buffer.name == pane.name
        shown.buffers.kill(pane.name)
        if held:
            shown.focus("composer")


def _name(entry: Any) -> str:
    return next(iter(script_of(entry.item.command, entry.item.argv).splitlines()), "command")


def _detail(entry: Any) -> str:
    item = entry.item
    return "running" if not entry.done else f"exit {item.exit_code}"


def _show(cx: Context, entry: Any) -> Pane:
    pane = _made(cx, entry)
    screen_of(cx).show(pane, "below")
    return pane


def _made(cx: Context, entry: Any) -> Pane:
    """The pane of a command: the one that is open, or a new one."""
    for buffer in screen_of(cx).buffers.all():
        if isinstance(buffer, Pane) and buffer.item_id == entry.item.id:
            return buffer
    return Pane(entry, screen_of(cx).session().submit)


def _pane(cx: Context) -> Pane:
    buffer = screen_of(cx).buffer
    if not isinstance(buffer, Pane):
        raise CommandError("no command is shown in this window", "pane.open shows one")
    return buffer


def _reach(cx: Context, action: Any, text: str = "") -> None:
    buffer = screen_of(cx).buffer
    if isinstance(buffer, Pane):
        buffer.reach(ops.Reach(buffer.item_id, action, text))
        return
    found = _entries(cx)
    if not found:
        raise CommandError("no command runs")
    _submit(cx, ops.Reach(found[0].item.id, action, text))


def _submit(cx: Context, op: ops.Reach) -> None:
    screen_of(cx).session().submit(op)
