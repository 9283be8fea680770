"""`csm model`: one response or one turn of a model, measured, for scripts and for trying providers.

`stream-summary` and `stream-to-log` send a bare request: no session, no instructions, no tools. `run-turn` and
`run-tool-turn` do a turn that leaves no session file, without tools and with a bounded number of rounds of them.

Does not: stream, or run turns itself.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

from csm.cli import opening
from csm.cli.arguments import Parsed
from csm.headless.streams import Standard, prompt
from csm.headless.visible import visible
from csm.protocol import codec
from csm.protocol.errors import CsmError

if TYPE_CHECKING:
    from csm.cli.measured import Measured
    from csm.host.settings import Settings

_ROUNDS = 8


def stream_summary(parsed: Parsed) -> int:
    """`csm model stream-summary [PROMPT]`"""
    measured = _measured(parsed, None)
    if parsed.on("json"):
        return _json(measured.told(), measured.error is None)
    rows = [f"{name.replace('_', ' ')}: {_plain(value)}" for name, value in measured.told().items() if name != "text"]
    sys.stdout.write("\n".join(rows) + "\n")
    if measured.text:
        sys.stdout.write(f"\n{visible(measured.text)}\n")
    return 0 if measured.error is None else 1


def stream_to_log(parsed: Parsed) -> int:
    """`csm model stream-to-log --log FILE [PROMPT]`"""
    path = parsed.get("log")
    if not path:
        raise CsmError("Error: Name a file for the events: --log FILE.")
    try:
        with open(path, "wb", buffering=0) as log:  # noqa: PTH123
            measured = _measured(parsed, lambda line: log.write(codec.encode(line) + b"\n"))
    except OSError as error:
        raise CsmError(f"Error: {path} cannot be written: {error.strerror}") from error
    if measured.error is not None:
        raise CsmError(f"Error: {measured.error}")
    text = {"log": path, "events": measured.events} if parsed.on("json") else None
    sys.stdout.write((codec.encode(text).decode() if text else f"{measured.events} events in {path}") + "\n")
    return 0


def run_turn(parsed: Parsed) -> int:
    """`csm model run-turn [PROMPT]`"""
    return _turn(parsed, rounds=0)


def run_tool_turn(parsed: Parsed) -> int:
    """`csm model run-tool-turn [PROMPT]`: at most so many rounds of tools, and the answer to them if it is wanted."""
    rounds = _count(parsed.get("max_tool_rounds"))
    return _turn(parsed, rounds=rounds if parsed.on("continue_after_tools") else 1)


def _count(text: str | None) -> int:
    if text is None:
        return _ROUNDS
    if not (text.isascii() and text.isdigit() and 0 < int(text) <= 1000):
        raise CsmError(f"Error: --max-tool-rounds is a number from 1 to 1000, not {text}.")
    return int(text)


def _measured(parsed: Parsed, log: Any) -> Measured:
    from csm.cli.measured import measure

    settings, words = _asked(parsed)
    host = opening.host(settings, os.environ, init=False)
    try:
        return measure(host, settings, words, log)
    finally:
        host.close()


def _asked(parsed: Parsed) -> tuple[Settings, str]:
    settings = opening.settings(parsed, dict(os.environ), headless=True)
    return settings, prompt(parsed.get("prompt"), Standard(), add_stdin=True)


def _turn(parsed: Parsed, rounds: int) -> int:
    from csm.api.embedding import Session
    from csm.cli.rounds import Rounds, follow

    settings, words = _asked(parsed)
    limit = Rounds(rounds, go_on=rounds > 0 and parsed.on("continue_after_tools"))
    with Session(loaded=settings, ephemeral=True, plugins=[limit], originator="csm_model") as session:
        done = follow(session.turn(words), limit)
    if parsed.on("json"):
        return _json(done, done["status"] == "completed")
    err = Standard().err
    for call in done["tools"]:
        err(f"{call['name']} {call['status']}: {visible(call['output'])}".rstrip("\n") + "\n")
    err(f"{done['status']}: {done['requests']} requests, {done['duration_ms']} ms\n")
    if done["error"]:
        err(f"ERROR: {visible(done['error'])}\n")
    if done["text"]:
        sys.stdout.write(f"{visible(done['text'])}\n")
    return 0 if done["status"] == "completed" else 1


def _json(value: dict[str, Any], well: bool) -> int:
    sys.stdout.write(codec.encode(value).decode() + "\n")
    return 0 if well else 1


def _plain(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name.replace('_', ' ')} {_plain(one)}" for name, one in value.items()) or "none"
    return "none" if value is None else visible(str(value))
