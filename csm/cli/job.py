"""From the options of `exec` to a job: files read and checked before anything is asked of a model.

Does not: open sessions.
"""

from __future__ import annotations

import os
from pathlib import Path

from csm.cli.arguments import Parsed
from csm.headless.run import Job
from csm.headless.streams import Streams, prompt
from csm.host.settings import Settings
from csm.protocol import ops
from csm.protocol.errors import CsmError


def job(parsed: Parsed, words: str | None, settings: Settings, op: ops.Op | None) -> Job:
    """The job. Raises CsmError for a schema or an output file that cannot be used."""
    schema = parsed.get("output_schema")
    out = parsed.get("output_last_message")
    images = parsed.all("image")
    color = {"always": True, "never": False}.get(parsed.get("color") or "auto")
    if color is None and os.environ.get("NO_COLOR"):
        color = False
    data = read_schema(schema) if schema else None
    if op is None and words is not None:
        # With -C the thread's folder is not the one in which the names were typed.
        names = tuple(map(os.path.abspath, images) if parsed.get("cd") or parsed.on("worktree") else images)
        op = ops.Submit(words, images=names, schema=data, busy="reject")
    return Job(
        prompt=words or "",
        op=op,
        notices=_notices(settings),
        json=parsed.on("json"),
        color=color,
        last_message=_writable(out) if out else None,
    )


def target(parsed: Parsed, streams: Streams) -> ops.Review:
    """What to review. Raises CsmError where nothing was named."""
    if parsed.on("uncommitted"):
        return ops.Review("uncommitted")
    for kind in ("base", "commit"):
        text = parsed.get(kind)
        if text is not None:
            return ops.Review(kind, text, parsed.get("title") or "")
    words = parsed.get("prompt")
    if words is None:
        raise CsmError("Error: Specify --uncommitted, --base, --commit, or provide custom review instructions")
    if not words.strip():
        raise CsmError("Error: Review prompt cannot be empty")
    return ops.Review("custom", prompt(words, streams, add_stdin=False))


def _notices(settings: Settings) -> tuple[str, ...]:
    """What is said of the settings before the turn."""
    # Scripts name profiles that need not exist: only people are told.
    told = tuple(text for text in settings.warnings if not text.startswith("config profile"))
    names = settings.unknown
    if not names:
        return told
    listed = ", ".join(f"`{name}`" for name in names)
    what = "1 setting" if len(names) == 1 else f"{len(names)} settings"
    ignored = f"csm ignores {what} that nobody knows: {listed}. Look for misspelt or outdated names."
    return (*told, ignored)


def read_schema(name: str) -> bytes:
    """The JSON in a file, as UTF-8 without a mark. Raises CsmError."""
    import json

    try:
        data = Path(name).read_bytes()
    except OSError as error:
        why = f"{error.strerror} (os error {error.errno})"
        raise CsmError(f"Failed to read output schema file {name}: {why}") from error
    try:
        text = data.decode(json.detect_encoding(data)).removeprefix("\ufeff")
        json.loads(text, parse_constant=_refuse)
    except UnicodeDecodeError as error:
        raise CsmError(f"Failed to read output schema file {name}: not UTF-8 at byte {error.start + 1}") from error
    except (ValueError, RecursionError) as error:
        raise CsmError(f"Output schema file {name} is not valid JSON: {_fault(error)}") from error
    return text.encode()


def _fault(error: ValueError | RecursionError) -> str:
    from json import JSONDecodeError

    if not isinstance(error, JSONDecodeError):
        return str(error)
    from csm.core import json_faults

    return json_faults.told(error.doc, *json_faults.syntax(error.doc, error))


def _refuse(name: str) -> None:
    """What Python reads and JSON does not know."""
    raise ValueError(f"{name} is no JSON value")


def _writable(name: str) -> Path:
    """The file for the last message, made if need be: better to fail before the turn than after it."""
    path = Path(name).absolute()
    try:
        path.open("ab").close()
    except OSError as error:
        why = f"{error.strerror} (os error {error.errno})"
        raise CsmError(f'Error: Failed to open last message file "{name}": {why}') from error
    return path
