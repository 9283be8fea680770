"""`csm tool`: the shell tools by hand, as a session would run them, with steps in the model's place.

Does not: run commands itself.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

from csm.cli import opening, steps
from csm.cli.arguments import Parsed
from csm.cli.robot import Robot
from csm.headless.visible import visible
from csm.protocol import codec, events, items
from csm.protocol.errors import CsmError

if TYPE_CHECKING:
    from csm.api.embedding import Session

_SECONDS = 60.0


def shell(parsed: Parsed) -> int:
    """`csm tool shell COMMAND`: without a terminal."""
    return _run(parsed, tty=False, live=False)


def pty(parsed: Parsed) -> int:
    """`csm tool pty COMMAND`: in a terminal."""
    return _run(parsed, tty=True, live=False)


def pty_live(parsed: Parsed) -> int:
    """`csm tool pty-live COMMAND`: in a terminal, shown as it comes."""
    return _run(parsed, tty=True, live=True)


def _run(parsed: Parsed, *, tty: bool, live: bool) -> int:
    from csm.api.embedding import Session

    script = parsed.get("script")
    given = [*(steps.read_file(script) if script else []), *steps.read(parsed.all("step"))]
    robot = Robot(parsed.get("command") or "", given, tty=tty, timeout=_seconds(parsed.get("timeout")))
    settings = opening.settings(parsed, dict(os.environ), headless=True)
    with Session(loaded=opening.with_model(settings, robot.id), ephemeral=True, plugins=[robot]) as session:
        done = _follow(session, robot, live=live and not parsed.on("json"))
    if parsed.on("json"):
        sys.stdout.write(codec.encode(done).decode() + "\n")
    else:
        _tell(done, live=live)
    return int(done["status"])


def _seconds(text: str | None) -> float:
    try:
        seconds = _SECONDS if text is None else float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds <= 86_400:
        raise CsmError(f"Error: --timeout is a number of seconds, not {text}.")
    return seconds


def _follow(session: Session, robot: Robot, *, live: bool) -> dict[str, Any]:
    """Run it; what came of it, by name."""
    item: items.CommandExecution | None = None
    said: list[str] = []
    error: str | None = None
    for event in session.turn("steps"):
        body = event.body
        if isinstance(body, events.OutputDelta):
            _seen(body.text, robot, said, live=live)
        elif isinstance(body, events.ItemCompleted) and isinstance(body.item, items.CommandExecution):
            item = body.item
            before = "".join(said)
            if item.output.startswith(before):  # what is written last comes with the end alone
                _seen(item.output.removeprefix(before), robot, said, live=live)
            robot.end()
        elif isinstance(body, events.TurnFailed):
            error = body.message
    if robot.missed is not None:
        error = f"`{robot.missed}` never came"
    elif robot.late:
        error = "the command ran too long and was ended"
    return _told(item, robot, "".join(said), error)


def _seen(text: str, robot: Robot, said: list[str], *, live: bool) -> None:
    robot.see(text)
    said.append(text)
    if live:
        sys.stdout.write(visible(text) if sys.stdout.isatty() else text)
        sys.stdout.flush()


def _told(item: items.CommandExecution | None, robot: Robot, said: str, error: str | None) -> dict[str, Any]:
    code = None if item is None else item.exit_code
    refused = item is None and error is None
    if refused:
        error = robot.answers[-1] if robot.answers else "nothing was run"
    status = 1 if error is not None else min(code, 255) if code is not None and code >= 0 else 1
    return {
        "command": "" if item is None else item.command,
        "status": status,
        "exit_code": code,
        "error": error,
        "duration_ms": None if item is None else item.duration_ms,
        "output": said if item is None else item.output or said,
        "answers": robot.answers,
    }


def _tell(done: dict[str, Any], *, live: bool) -> None:
    if not live:
        text = "\n".join(done["answers"]) if done["error"] is None or done["answers"] else ""
        text = visible(text) if sys.stdout.isatty() else text
        sys.stdout.write(text if not text or text.endswith("\n") else f"{text}\n")
    sys.stdout.flush()
    if done["error"] is not None and done["error"] not in done["answers"]:
        sys.stderr.write(f"Error: {visible(done['error'])}\n")
