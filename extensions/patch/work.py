"""One patch: verify the whole of it, ask where that is needed, then write.

Does not: know the format (`parse`, `edit`) or how to write safely (`write`).
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Sequence

import msgspec

from csm.api import ToolContext, ToolError, arguments, items, patches, tools

from . import apply, grammar, roots, write
from .changes import Change, part, verify
from .parse import PatchError, Section, parse

_FIELDS = {"input": arguments.Field(required=True, nullable=False)}
_LETTERS = {"add": "A", "update": "M", "delete": "D"}
#: Characters of declined parts that the model is told.
_TOLD = 4_000
_OUTSIDE = "writing outside of the project"
_READ_ONLY = "writing is blocked by read-only sandbox"


class Patch:
    """One patch on its way."""

    def __init__(self, sections: Sequence[Section], call: tools.ToolCall, cx: ToolContext) -> None:
        self._sections = sections
        self._cx = cx
        self._call = call
        self._roots = roots.writable(cx.sandbox_policy, cx.cwd, cx.env)
        self._changes: list[Change] = []
        #: What the user did not allow.
        self._left: list[items.PatchChange] = []

    async def run(self) -> tools.ToolResult:
        """Apply it. Raises ToolError for one that does not fit or may not be applied."""
        cx = self._cx
        try:
            self._changes = await asyncio.to_thread(verify, self._sections, cx.workdir)
        except PatchError as error:
            raise _unfit(error) from error
        outside = self._outside()
        if outside and cx.approval == "never":
            raise ToolError(f"patch rejected: {outside}; rejected by user approval settings")
        cx.started(self._item("in_progress"))
        allowed: tuple[str, ...] = ()
        if self._must_ask(outside):
            shown = tuple(apply.landing(change) for change in self._changes)
            answer = await cx.ask(self._ask(outside, shown))
            if answer.decision in ("decline", "cancel"):
                return self._declined(answer.text)
            await self._same()
            if answer.pieces is not None:
                self._changes, self._left = part(self._changes, answer.pieces)
            allowed = tuple(path for item in shown for path in (item.path, item.move_path) if path is not None)
        return await self._write(allowed)

    async def _same(self) -> None:
        """Raises ToolError where files have changed while the user was asked: what they saw is not what would be."""
        try:
            now = await asyncio.to_thread(verify, self._sections, self._cx.workdir)
        except PatchError as error:
            raise _unfit(error) from error
        if [(one.item, one.content) for one in now] != [(one.item, one.content) for one in self._changes]:
            raise ToolError("patch rejected: the files changed while the user was asked; read them again")

    def _outside(self) -> str:
        """Why the patch is not simply allowed, by its paths as written; empty where it is."""
        if self._roots is None:
            return ""
        if not self._roots.writable:
            return _READ_ONLY
        allowed = all(self._roots.allow(path) for change in self._changes for path in change.written)
        return "" if allowed else _OUTSIDE

    def _must_ask(self, outside: str) -> bool:
        if self._cx.approval == "never":
            return False
        return bool(outside) or self._cx.approval == "untrusted" or self._leads_out()

    def _leads_out(self) -> bool:
        """Whether a symlink leads out of the roots."""
        if self._roots is None:
            return False
        return isinstance(apply.check_all(self._changes, self._roots.real().allow)[1], write.Refused)

    def _ask(self, outside: str, shown: tuple[items.PatchChange, ...]) -> tools.Ask:
        names = ", ".join(change.shown for change in self._changes)
        why = outside or (_OUTSIDE if self._leads_out() else "")
        return tools.Ask(
            id=f"{self._cx.turn_id}:{self._call.call_id}",
            call_id=self._call.call_id,
            kind="patch",
            title=f"Change {names}",
            cwd=str(self._cx.workdir),
            why=why,
            risk=why,
            sandbox=self._cx.sandbox_policy.mode,
            changes=shown,
            takes=("pieces",) if len(patches.pieces(shown)) > 1 else (),
        )

    async def _write(self, allowed: tuple[str, ...]) -> tools.ToolResult:
        judge = apply.anything if self._roots is None else apply.Judge(self._roots.real(), allowed)
        stop, started = threading.Event(), time.monotonic()
        try:
            done, failed = await asyncio.to_thread(apply.apply, self._changes, judge, stop)
        finally:
            stop.set()
        return self._result(done, failed, time.monotonic() - started)

    def _result(self, done: Sequence[Change], failed: str, seconds: float) -> tools.ToolResult:
        said = failed or f"Success. Updated the following files:\n{_listed(done)}"
        if failed and done:
            said += f"Changed before that:\n{_listed(done)}"
        head = f"Exit code: {1 if failed else 0}\nWall time: {round(seconds, 1):g} seconds\nOutput:\n"
        item = self._item("failed" if failed else "completed", "" if failed else said, said if failed else "")
        return tools.ToolResult(head + said + self._told_left(), success=not failed, item=item)

    def _told_left(self) -> str:
        """What the model reads of the pieces that the user did not allow. They stay to be seen, as declined."""
        if not self._left:
            return ""
        item = items.FileChange(f"{self._call.call_id}-declined", tuple(self._left), "declined")
        self._cx.started(msgspec.structs.replace(item, status="in_progress"))
        self._cx.completed(item)
        told = "".join(f"{_LETTERS[one.kind]} {one.path}\n{one.diff.rstrip(chr(10))}\n" for one in self._left)
        told = told if len(told) <= _TOLD else f"{told[:_TOLD]}…\n"
        return f"The user allowed only what is listed above. These parts were declined and not applied:\n{told}"

    def _declined(self, text: str) -> tools.ToolResult:
        said = "patch rejected by user" + (f": {text}" if text else "")
        return tools.ToolResult(said, success=False, item=self._item("declined"))

    def _item(self, status: items.Status, stdout: str = "", stderr: str = "") -> items.FileChange:
        changes = sorted((change.item for change in self._changes), key=lambda item: item.path)
        return items.FileChange(self._call.call_id, tuple(changes), status, stdout, stderr)


def read(call: tools.ToolCall) -> tuple[Section, ...]:
    """What a call asks for. Raises ToolError for a patch that is malformed or empty."""
    return _sections(_text(call))


def _text(call: tools.ToolCall) -> str:
    """The patch. Models that know only JSON calls send it as `input`."""
    if call.custom:
        return call.arguments
    return arguments.read(call.arguments, _FIELDS, name="an object with the patch as `input`")["input"]


def _sections(text: str) -> tuple[Section, ...]:
    try:
        sections = parse(text)
    except PatchError as error:
        raise _unfit(error) from error
    if not sections:
        raise ToolError("patch rejected: empty patch")
    return sections


def _unfit(error: PatchError) -> ToolError:
    told = str(error)
    return ToolError(told if told.startswith(grammar.NAME) else f"apply_patch verification failed: {told}")


def _listed(changes: Sequence[Change]) -> str:
    """Added, changed and deleted files, in this order."""
    ordered = sorted(changes, key=lambda change: list(_LETTERS).index(change.section.kind))
    return "".join(f"{_LETTERS[change.section.kind]} {change.shown}\n" for change in ordered)
