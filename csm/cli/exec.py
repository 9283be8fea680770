"""`csm exec` and `csm exec resume`: from options to a job for `csm.headless`.

Does not: print what happens in the turn.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from csm.cli import opening
from csm.cli.arguments import Parsed
from csm.headless.run import Job
from csm.headless.run import run as run_job
from csm.headless.streams import Standard, prompt
from csm.headless.visible import one_line, visible
from csm.host.settings import Settings
from csm.protocol.errors import CsmError, StoreError
from csm.protocol.ids import is_uuid
from csm.runtime.port import Start

if TYPE_CHECKING:
    from csm.host.host import Host, Message


def run(parsed: Parsed) -> int:
    """`csm exec [PROMPT]`"""
    streams = Standard()
    words = prompt(parsed.get("prompt"), streams, add_stdin=True)
    return _run(parsed, words, streams, None)


def resume(parsed: Parsed) -> int:
    """`csm exec resume [SESSION_ID] [PROMPT]`; with --last a lone argument is the prompt."""
    streams = Standard()
    which, words = parsed.get("session_id"), parsed.get("prompt")
    if parsed.on("last"):
        which, words = None, words if words is not None else which
    elif which is None:
        raise CsmError("Error: Name a session, or use --last for the newest.")
    return _run(parsed, prompt(words, streams, add_stdin=False), streams, which or "")


def _run(parsed: Parsed, words: str, streams: Standard, which: str | None) -> int:
    env = dict(os.environ)
    settings = opening.settings(parsed, env, headless=True)
    _refuse_strange_folder(parsed, settings)
    job = _job(parsed, words)
    host = opening.host(settings, env, init=True)
    try:
        _tell_messages(host, streams)
        start = Start(
            cwd=str(settings.cwd),
            source="exec",
            originator="csm_exec",
            ephemeral=parsed.on("ephemeral"),
            headless=True,
            resume=None if which is None else _find(host, settings, which, parsed, streams),
            overrides=settings.overrides,
        )
        return _with_port(host, start, settings, job, streams)
    finally:
        host.close()


def _tell_messages(host: Host, streams: Standard) -> None:
    """What the host has to say, now and later, goes to stderr."""

    def tell(message: Message) -> None:
        if message.level != "info":
            where = f" ({one_line(message.where)})" if message.where else ""
            streams.err(f"{message.level}: {visible(message.text)}{where}\n")

    for message in list(host.messages):
        tell(message)
    host.listen(tell)


def _with_port(host: Host, start: Start, settings: Settings, job: Job, streams: Standard) -> int:
    from csm.runtime.local import LocalPort

    try:
        return run_job(LocalPort(host), start, settings, job, streams)
    except StoreError as error:
        if start.resume is None:
            raise
        text = f"Error: thread/resume: thread/resume failed: {error.message} (code -32600)"
        raise CsmError(text, error.hint) from error


def _refuse_strange_folder(parsed: Parsed, settings: Settings) -> None:
    excused = parsed.on("skip_git_repo_check") or parsed.on("dangerously_bypass_approvals_and_sandbox")
    if settings.git_root is None and not excused:  # whatever the settings say of it, as in Codex
        raise CsmError("Not inside a trusted directory and --skip-git-repo-check was not specified.")


def _job(parsed: Parsed, words: str) -> Job:
    schema = parsed.get("output_schema")
    out = parsed.get("output_last_message")
    images = parsed.all("image")
    color = {"always": True, "never": False}.get(parsed.get("color") or "auto")
    if color is None and os.environ.get("NO_COLOR"):
        color = False
    return Job(
        prompt=words,
        # With -C the thread's folder is not the one in which the names were typed.
        images=tuple(map(os.path.abspath, images) if parsed.get("cd") else images),
        schema=_schema(schema) if schema else None,
        json=parsed.on("json"),
        color=color,
        last_message=_writable(out) if out else None,
    )


def _schema(name: str) -> bytes:
    import json

    try:
        data = Path(name).read_bytes()
    except OSError as error:
        why = f"{error.strerror} (os error {error.errno})"
        raise CsmError(f"Failed to read output schema file {name}: {why}") from error
    try:
        json.loads(data)
    except (ValueError, RecursionError) as error:
        raise CsmError(f"Output schema file {name} is not valid JSON: {error}") from error
    return data


def _writable(name: str) -> Path:
    """The file for the last message, made if need be: better to fail before the turn than after it."""
    path = Path(name).absolute()
    try:
        path.open("ab").close()
    except OSError as error:
        why = f"{error.strerror} (os error {error.errno})"
        raise CsmError(f'Error: Failed to open last message file "{name}": {why}') from error
    return path


def _find(host: Host, settings: Settings, which: str, parsed: Parsed, streams: Standard) -> str | None:
    """The id of the session to go on with. Where none fits a new one begins, as in Codex, but not silently."""
    if is_uuid(which.lower()):
        return which.lower()
    try:
        found = host.store().find(which).thread_id if which else _newest(host, settings, parsed.on("all"))
    except StoreError:
        found = None
    if found is None:
        what = f"called `{which}`" if which else "yet" if parsed.on("all") else "of this folder"
        streams.err(f"warning: There is no session {what}; a new one begins.\n")
    return found


def _newest(host: Host, settings: Settings, everywhere: bool) -> str | None:
    cwd = None if everywhere else str(settings.cwd)
    for head in host.store().list(cwd=cwd, non_interactive=True):
        if not head.provider or head.provider == settings.model_provider:
            return head.thread_id
    return None
