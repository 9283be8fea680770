"""The tool: verify the whole patch, ask where that is needed, then write.

Does not: know the format (`parse`, `edit`) or how to write safely (`write`).
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Sequence

from csm.api import ToolContext, ToolError, arguments, items, tools

from . import apply, grammar, roots, write
from .changes import Change, verify
from .parse import PatchError, Section, parse

_FIELDS = {"input": arguments.Field(required=True, nullable=False)}
_LETTERS = {"add": "A", "update": "M", "delete": "D"}
_OUTSIDE = "writing outside of the project"
_READ_ONLY = "writing is blocked by read-only sandbox"


class ApplyPatch:
    """`apply_patch`. Patches of one thread come one after the other."""

    def __init__(self) -> None:
        self.spec = grammar.spec()

    async def run(self, call: tools.ToolCall, cx: ToolContext) -> tools.ToolResult:
        """Apply the patch. Raises ToolError for one that is malformed, does not fit or may not be applied."""
        sections = _sections(_text(call))
        async with cx.state.setdefault("turn", asyncio.Lock()):
            return await _Patch(sections, call, cx).run()


class _Patch:
    """One patch on its way."""

    def __init__(self, sections: Sequence[Section], call: tools.ToolCall, cx: ToolContext) -> None:
        self._sections = sections
        self._cx = cx
        self._call = call
        self._roots = roots.writable(cx.sandbox_policy, cx.cwd, cx.env)
        self._changes: list[Change] = []

    async def run(self) -> tools.ToolResult:
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
            allowed = tuple(path for item in shown for path in (item.path, item.move_path) if path is not None)
        return await self._write(allowed)

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
        return tools.ToolResult(head + said, success=not failed, item=item)

    def _declined(self, text: str) -> tools.ToolResult:
        said = "patch rejected by user" + (f": {text}" if text else "")
        return tools.ToolResult(said, success=False, item=self._item("declined"))

    def _item(self, status: items.Status, stdout: str = "", stderr: str = "") -> items.FileChange:
        changes = sorted((change.item for change in self._changes), key=lambda item: item.path)
        return items.FileChange(self._call.call_id, tuple(changes), status, stdout, stderr)


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
