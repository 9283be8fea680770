"""Calling hooks, implementation by implementation: one that fails is named, the others still run.

Does not: use pluggy's own call, which knows no async and stops at the first error.
"""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Iterable
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from csm.host.implementations import Implementations, Report
from csm.host.marks import hook as hook
from csm.protocol.errors import CsmError

if TYPE_CHECKING:
    import pluggy

T = TypeVar("T")

#: The argument through which a pipeline hands its value on. The other pipelines take the last answer given.
PIPED = {"before_request": "request", "before_call": "call", "after_tool": "result"}
#: Answers of each guard, from loose to strict.
STRICTNESS = {
    "before_tool": ("allow", "ask", "deny"),
    "decide_approval": ("accept_session", "accept", "ask", "decline", "cancel"),
}
#: What a guard that fails has said.
ON_FAILURE = {"before_tool": "deny", "decide_approval": "decline"}


class Contribution(msgspec.Struct, frozen=True):
    """A value that the extension `owner` returned from a hook."""

    owner: str
    value: Any


class Verdict(msgspec.Struct, frozen=True):
    """What the guards say together: the strictest answer, or None where none had an opinion."""

    decision: str | None = None
    reason: str = ""
    owner: str = ""


class Hooks:
    """The hooks of one host.

    `loosen`: whether `decide_approval` may accept in the user's place, or the names of the extensions that may.
    """

    def __init__(
        self, report: Report, need: Callable[[str], None] | None = None, *, loosen: bool | Iterable[str] = False
    ) -> None:
        self.implementations = Implementations(report, need)
        self.register = self.implementations.register
        self._loosen = loosen if isinstance(loosen, bool) else frozenset(loosen)
        self._tails: dict[str, Any] = {}

    def unregister(self, owner: str) -> None:
        """Forget an extension's implementations and their failures; what its observers still do is cancelled."""
        self.implementations.unregister(owner)
        tail = self._tails.pop(owner, None)
        if tail is not None and not tail.done():
            try:
                tail.get_loop().call_soon_threadsafe(tail.cancel)
            except RuntimeError:  # the loop is closed: nothing runs there any more
                pass

    def any(self, name: str) -> bool:
        """Whether anybody implements the hook."""
        return bool(self.implementations.all(name))

    def collect(self, name: str, **arguments: Any) -> list[Any]:
        """All contributions, flattened, in order. Broken ones are reported and left out."""
        return [found.value for found in self.contributions(name, **arguments)]

    def contributions(self, name: str, **arguments: Any) -> list[Contribution]:
        """As `collect`, each with the extension it came from."""
        found: list[Contribution] = []
        for impl in self.implementations.all(name):
            try:
                found += [Contribution(impl.plugin_name, value) for value in _flat(_plain(_call(impl, arguments)))]
            except Exception as error:
                self.implementations.failed(name, impl.plugin_name, error)
        return found

    def tell(self, name: str, owner: str, **arguments: Any) -> bool:
        """Call a lifecycle hook of one extension; whether all went well."""
        well = True
        for impl in self.implementations.of(name, owner):
            try:
                _plain(_call(impl, arguments))
            except Exception as error:
                well = False
                self.implementations.failed(name, owner, error)
        return well

    async def prepare(self, name: str, **arguments: Any) -> None:
        """Call a lifecycle hook of all who have it, together, and wait. What they refuse (CsmError) is raised."""
        import asyncio

        implementations = self.implementations.all(name)
        ended = await asyncio.gather(
            *(_call_async(impl, arguments) for impl in implementations), return_exceptions=True
        )
        for impl, end in zip(implementations, ended, strict=True):
            if isinstance(end, Exception) and not isinstance(end, CsmError):
                self.implementations.failed(name, impl.plugin_name, end)
            elif isinstance(end, BaseException):
                raise end

    def latest(self, name: str, read: Callable[[Any], T], **arguments: Any) -> T | None:
        """The answer of the last implementation that has one (`render_item`); None where none has. Not async.

        `read` makes of an answer what is wanted, and raises for nonsense, which counts as a failure.
        """
        for impl in reversed(self.implementations.all(name)):
            try:
                answer = _plain(_call(impl, arguments))
                if answer is not None:
                    return read(answer)
            except Exception as error:
                self.implementations.failed(name, impl.plugin_name, error)
        return None

    async def pipeline(
        self, name: str, value: Any, *, ends: Callable[[Any], bool] = lambda value: False, **arguments: Any
    ) -> Any:
        """Hand a value through every implementation; each may return a new one. A failing one changes nothing.

        One for which `ends` holds is handed on to nobody; `ends` may raise for nonsense, which counts as a failure.
        """
        piped = PIPED.get(name)
        for impl in self.implementations.all(name):
            given = {**arguments, piped: value} if piped else arguments
            try:
                answer = await _call_async(impl, given)
                last = answer is not None and ends(answer)
            except Exception as error:
                self.implementations.failed(name, impl.plugin_name, error)
                continue
            value = value if answer is None else answer
            if last:
                break
        return value

    async def answers(
        self, name: str, *, ends: Callable[[Any], bool] = lambda value: False, **arguments: Any
    ) -> list[Any]:
        """What every implementation says that has an answer, in order, up to the first for which `ends` holds."""
        found: list[Any] = []
        for impl in self.implementations.all(name):
            try:
                answer = await _call_async(impl, arguments)
            except Exception as error:
                self.implementations.failed(name, impl.plugin_name, error)
                continue
            if answer is not None:
                found.append(answer)
                if ends(answer):
                    break
        return found

    async def guard(self, name: str, **arguments: Any) -> Verdict:
        """The strictest answer of all guards. One that fails, or answers nonsense, counts as a refusal."""
        order = STRICTNESS[name]
        verdict = Verdict()
        for impl in self.implementations.all(name):
            answer = await self._judge(name, impl, arguments)
            if answer.decision is None or not self._may(name, answer.decision, impl.plugin_name):
                continue
            if verdict.decision is None or order.index(answer.decision) > order.index(verdict.decision):
                verdict = answer
            if verdict.decision == order[-1]:
                break
        return verdict

    def observe(self, event: Any, **arguments: Any) -> None:
        """Show an event to every observer. Synchronous ones run here; async ones on the caller's loop, in order."""
        for impl in self.implementations.all("on_event"):
            try:
                result = _call(impl, {**arguments, "event": event})
                if isinstance(result, Awaitable):
                    self._follow(impl.plugin_name, result)
            except Exception as error:
                self.implementations.failed("on_event", impl.plugin_name, error)

    async def _judge(self, name: str, impl: pluggy.HookImpl, arguments: dict[str, Any]) -> Verdict:
        owner = impl.plugin_name
        try:
            answer = await _call_async(impl, arguments)
            decision, reason = answer if isinstance(answer, tuple) else (answer, "")
            if decision is not None and decision not in STRICTNESS[name]:
                raise ValueError(f"{decision!r} is none of {', '.join(STRICTNESS[name])}")
            return Verdict(decision, str(reason), owner)
        except Exception as error:
            self.implementations.failed(name, owner, error)
            return Verdict(ON_FAILURE[name], f"the extension {owner} failed: {error}", owner)

    def _may(self, name: str, decision: str, owner: str) -> bool:
        if name != "decide_approval" or not decision.startswith("accept"):
            return True
        return self._loosen if isinstance(self._loosen, bool) else owner in self._loosen

    def _follow(self, owner: str, pending: Awaitable[Any]) -> None:
        """Run an async observer after what it still has to do. Where no loop runs, it runs to its end at once."""
        import asyncio

        async def run(earlier: asyncio.Task[None] | None) -> None:
            if earlier is not None and not earlier.done():
                await asyncio.wait([earlier])
            try:
                await pending
            except Exception as error:
                self.implementations.failed("on_event", owner, error)

        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            asyncio.run(run(None))
        else:
            self._tails[owner] = loop.create_task(run(self._tails.get(owner)))


def _call(impl: pluggy.HookImpl, arguments: dict[str, Any]) -> Any:
    return impl.function(*(_argument(impl.plugin_name, name, arguments.get(name)) for name in impl.argnames))


def _argument(owner: str, name: str, value: Any) -> Any:
    """`cx` is given as a function that makes each extension its own."""
    return value(owner) if name == "cx" and value is not None else value


async def _call_async(impl: pluggy.HookImpl, arguments: dict[str, Any]) -> Any:
    """Async implementations run on the loop, others in a worker so that they cannot hold it."""
    if inspect.iscoroutinefunction(impl.function):
        return await _call(impl, arguments)
    import asyncio

    answer = await asyncio.to_thread(_call, impl, arguments)
    return await answer if inspect.isawaitable(answer) else answer


def _plain(value: Any) -> Any:
    """The value, unless it would have to be awaited where nothing can wait."""
    if inspect.isawaitable(value):
        if inspect.iscoroutine(value):
            value.close()
        raise TypeError("this hook cannot be async")
    return value


def _flat(value: Any) -> list[Any]:
    if value is None:
        return []
    if isinstance(value, Iterable) and not isinstance(value, (str, bytes, dict)):
        return list(value)
    return [value]
