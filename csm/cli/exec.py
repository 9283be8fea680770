"""`csm exec` with `resume`, `fork` and `review`: from options to a job for `csm.headless`.

Does not: print what happens in the turn, or read files for it (`csm.cli.job`).
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING

import msgspec

from csm.cli import job, opening
from csm.cli.arguments import Parsed
from csm.headless.run import Job
from csm.headless.run import run as run_job
from csm.headless.streams import Standard, prompt
from csm.headless.visible import one_line, visible
from csm.protocol import ops
from csm.protocol.errors import CsmError, StoreError
from csm.protocol.ids import is_uuid
from csm.runtime.port import Start

if TYPE_CHECKING:
    from csm.host.host import Host, Message
    from csm.host.settings import Settings


def run(parsed: Parsed) -> int:
    """`csm exec [PROMPT]`"""
    asked = _Run(parsed)
    return asked.turn(prompt(parsed.get("prompt"), asked.streams, add_stdin=True))


def resume(parsed: Parsed) -> int:
    """`csm exec resume [SESSION_ID] [PROMPT]`; with --last a lone argument is the prompt."""
    asked = _Run(parsed)
    which, words = parsed.get("session_id"), parsed.get("prompt")
    if parsed.on("last"):
        which, words = None, words if words is not None else which
    elif which is None:
        raise CsmError("Error: Name a session, or use --last for the newest.")
    text = prompt(words, asked.streams, add_stdin=False)
    find = asked.newest if which is None else lambda host: asked.find(host, which)
    return asked.turn(text, lambda host, start: msgspec.structs.replace(start, resume=find(host)))


def fork(parsed: Parsed) -> int:
    """`csm exec fork SESSION_ID [PROMPT]`; without a prompt there is a copy, and no turn."""
    asked = _Run(parsed)
    words = parsed.get("prompt")
    text = None if words is None else prompt(words, asked.streams, add_stdin=False)
    which = parsed.get("session_id") or ""
    return asked.turn(text, lambda host, start: msgspec.structs.replace(start, fork=asked.forked(host, which)))


def review(parsed: Parsed) -> int:
    """`csm review` and `csm exec review`, each with one target."""
    asked = _Run(parsed)
    op = job.target(parsed, asked.streams)
    from csm.core.review import label

    return asked.turn(label(op), op=op)


_Change = Callable[["Host", Start], Start]


class _Run:
    """What all of them share: settings first, since what is wrong there needs no prompt to be told."""

    def __init__(self, parsed: Parsed) -> None:
        self.parsed = parsed
        self.streams = Standard()
        self.env = dict(os.environ)
        self.settings = opening.settings(parsed, self.env, headless=True)
        for warning in opening.warnings(parsed):
            self.streams.err(f"warning: {warning}\n")

    def turn(self, words: str | None, change: _Change | None = None, op: ops.Op | None = None) -> int:
        """Do the turn in a thread that `change` chooses."""
        self._refuse_strange_folder()
        asked = job.job(self.parsed, words, self.settings, op)
        host = opening.host(self.settings, self.env, init=True)
        try:
            _tell_messages(host, self.streams, set(asked.notices))
            _refuse_broken_rules(host, self.settings)
            start = Start(
                cwd=str(self.settings.cwd),
                source="exec",
                originator="csm_exec",
                ephemeral=self.parsed.on("ephemeral"),
                headless=True,
                bounded=True,
                overrides=self.settings.overrides,
                thread_source=self.parsed.get("thread_source") or "",
            )
            return self._with_port(host, change(host, start) if change else start, asked)
        finally:
            host.close()

    def _refuse_strange_folder(self) -> None:
        parsed = self.parsed
        excused = parsed.on("skip_git_repo_check") or parsed.on("dangerously_bypass_approvals_and_sandbox")
        if self.settings.git_root is None and not excused:  # whatever the settings say of it, as in Codex
            raise CsmError("Not inside a trusted directory and --skip-git-repo-check was not specified.")
        if parsed.on("trust"):
            self.settings = opening.trusted(self.settings, self.env)

    def _with_port(self, host: Host, start: Start, asked: Job) -> int:
        from csm.runtime.local import LocalPort

        try:
            return run_job(LocalPort(host), start, self.settings, asked, self.streams)
        except StoreError as error:
            what = "resume" if start.resume is not None else "fork"
            if start.resume is None and start.fork is None:
                raise
            raise CsmError(_refused(what, error), error.hint) from error

    def find(self, host: Host, which: str) -> str:
        """The id of a session by id or name. Raises CsmError: a new one in its place would be no help."""
        if is_uuid(which.lower()):
            return which.lower()
        try:
            return host.store().find(which).thread_id
        except StoreError as error:
            raise CsmError(f"Error: Session not found: {which}", error.hint) from error

    def forked(self, host: Host, which: str) -> str:
        """As `find`, for a session to copy: an archived one is none, as it cannot be resumed either."""
        found = self.find(host, which)
        try:
            host.store().find(found)
        except StoreError as error:
            if "is archived" in error.message:
                raise CsmError(_refused("fork", error), error.hint) from error
        return found

    def newest(self, host: Host) -> str | None:
        """The id of the session to go on with; where there is none, a new one begins, and that is said."""
        everywhere = self.parsed.on("all")
        for head in host.store().list(cwd=None if everywhere else str(self.settings.cwd), non_interactive=True):
            if not head.provider or head.provider == self.settings.model_provider:
                return head.thread_id
        self.streams.err(
            f"warning: There is no session {'yet' if everywhere else 'of this folder'}; a new one begins.\n"
        )
        return None


def _refuse_broken_rules(host: Host, settings: Settings) -> None:
    """Nobody is there to mend them, and nobody knows what they forbid. Raises CsmError."""
    from csm.host import ruling

    faults = ruling.in_force(host, settings).faults
    if faults:
        raise CsmError("\n".join(["Error loading rules:", *map(visible, faults)]))


def _refused(what: str, error: StoreError) -> str:
    return f"Error: thread/{what}: thread/{what} failed: {error.message} (code -32600)"


def _tell_messages(host: Host, streams: Standard, told: set[str]) -> None:
    """What the host has to say, now and later, goes to stderr, but for what is told as notices."""

    def tell(message: Message) -> None:
        if message.level != "info" and message.text not in told:
            told.add(message.text)
            where = f" ({one_line(message.where)})" if message.where else ""
            streams.err(f"{message.level}: {visible(message.text)}{where}\n")

    for message in list(host.messages):
        tell(message)
    host.listen(tell)
