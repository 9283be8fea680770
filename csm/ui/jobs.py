"""Runs what `init.py` and extensions have standing: handlers of what happens, timers, tasks, segments asked for.

Everything runs on the shell's loop, one call at a time and guarded: what fails is told, at the third time left out;
what blocks is interrupted as a key's command is. Only what is polled runs in threads.

Does not: hold what there is (`csm.host.standing`), or know who put it up.
"""

from __future__ import annotations

import inspect
import threading
import time
from collections.abc import Awaitable, Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from csm.host import happenings
from csm.host.context import Context
from csm.ui.watchdog import HeldError, stepwise

if TYPE_CHECKING:
    from csm.host.polling import Polled
    from csm.host.standing import Stand
    from csm.protocol.events import Event
    from csm.ui.shell import Shell

_HOOK = "happening"


class Jobs:
    """Of one shell. Implements `csm.host.standing.Runner`."""

    def __init__(self, shell: Shell) -> None:
        self._shell = shell
        self._pressed = shell.clock.now()
        self._told: list[Stand] = []
        self._running = False

    def start(self) -> None:
        """Begin what waits for a shell."""
        if not self._running:
            self._running = True
            self._shell.host.standing.run(self)

    # What happens

    def happened(self, event: Event) -> None:
        """Tell of an event of the thread."""
        for name in happenings.names(event):
            self.tell(name, event=event, item=getattr(event.body, "item", None))

    def tell(self, name: str, **given: Any) -> None:
        """Tell all who want to know that something happens."""
        shell = self._shell
        for stand in shell.host.standing.of("on", name):
            self._call(stand, name=name, **given)
        for impl in shell.host.hooks.implementations.all(_HOOK):
            self._hook(impl, name=name, **given)

    def pressed(self) -> None:
        """A key was pressed: what waits for quiet waits anew."""
        self._pressed = self._shell.clock.now()
        told, self._told = self._told, []
        for stand in told:
            self._wait(stand, stand.options["seconds"])

    # Runner

    def begin(self, stand: Stand) -> Callable[[], None]:
        """Begin a job; what is returned stops it."""
        if stand.kind == "spawn":
            self._call(stand)
            return _nothing
        if stand.kind == "poll":
            return _Poll(self._shell, stand, self._shell.segments).stop
        if stand.kind == "quiet":
            self._wait(stand, stand.options["seconds"])
        else:
            self._later(stand, stand.options["seconds"], partial(self._tick, stand))
        return partial(self._stop, stand)

    def _later(self, stand: Stand, seconds: float, call: Callable[[], None]) -> None:
        self._stop(stand)
        stand.options["timer"] = self._shell.clock.later(seconds, call)

    def _stop(self, stand: Stand) -> None:
        timer = stand.options.pop("timer", None)
        if timer is not None:
            timer.cancel()
        if stand in self._told:
            self._told.remove(stand)

    def _tick(self, stand: Stand) -> None:
        if stand.kind == "every":
            self._later(stand, stand.options["seconds"], partial(self._tick, stand))
        self._call(stand)

    def _wait(self, stand: Stand, seconds: float) -> None:
        self._later(stand, max(0.01, seconds), partial(self._quiet, stand))

    def _quiet(self, stand: Stand) -> None:
        """Nobody pressed a key for a while, as far as was known when this was planned."""
        shell, wanted = self._shell, stand.options["seconds"]
        left = wanted - (shell.clock.now() - self._pressed)
        if left > 0 or shell.session.thread.running:
            self._wait(stand, left if left > 0 else wanted)
            return
        self._told.append(stand)
        self._call(stand, name="idle")

    # Calling

    def _call(self, stand: Stand, **given: Any) -> None:
        """Call what stands with those of the arguments that it takes."""
        shell = self._shell
        failed = partial(self._failed, stand)
        try:
            with shell.scripts.watch(f"{stand.kind} {stand.name} of {stand.owner}"):
                result = stand.value(*_arguments(stand, {**given, **self._given()}))
        except Exception as error:
            failed(error)
            return
        if isinstance(result, Awaitable):
            self._follow(stand, result, failed)

    def _hook(self, impl: Any, **given: Any) -> None:
        shell, owner = self._shell, impl.plugin_name
        offered = {**given, **self._given()}

        def failed(error: BaseException) -> None:
            shell.host.hooks.implementations.failed(_HOOK, owner, error)

        try:
            with shell.scripts.watch(f"{_HOOK} of {owner}"):
                result = impl.function(*(offered.get(name) for name in impl.argnames))
        except Exception as error:
            failed(error)
            return
        if isinstance(result, Awaitable):
            work = self._watched(result, f"{_HOOK} of {owner}")
            shell.clock.spawn(work, lambda _, error: None if error is None else failed(error))

    def _watched(self, work: Awaitable[Any], what: str) -> Awaitable[Any]:
        """The same work, interrupted where it blocks."""
        if not inspect.iscoroutine(work):
            return work

        async def run() -> Any:
            return await stepwise(work, lambda: self._shell.scripts.watch(what))

        return run()

    def _follow(self, stand: Stand, work: Awaitable[Any], failed: Callable[[BaseException], None]) -> None:
        """Run to its end what was begun, unless its owner takes it back."""
        tasks: list[Any] = []

        def ended(_: Any, error: BaseException | None) -> None:
            if tasks and tasks[0] in stand.tasks:
                stand.tasks.remove(tasks[0])
            if error is not None:
                failed(error)

        watched = self._watched(work, f"{stand.kind} {stand.name} of {stand.owner}")
        tasks.append(self._shell.clock.spawn(watched, ended))
        stand.tasks.append(tasks[0])

    def _failed(self, stand: Stand, error: BaseException) -> None:
        self._shell.host.stumbled(stand, error, final=isinstance(error, HeldError))

    def _given(self) -> dict[str, Any]:
        shell = self._shell
        return {"host": shell.host, "cx": Context(shell.host, shell.screen, shell.port, state=shell.state)}


class _Poll:
    """Asks for a value now and then, in a thread for each time; the next time comes after the answer."""

    def __init__(self, shell: Shell, stand: Stand, segments: Any) -> None:
        self._shell, self._stand, self._segments = shell, stand, segments
        self._polled: Polled = stand.value
        self._stopped = self._late = False
        self._timer: Any = None
        self._asked = 0.0
        self._ask()

    def stop(self) -> None:
        """Ask no more, and end what is being asked."""
        self._stopped = True
        if self._timer is not None:
            self._timer.cancel()
        self._polled.stop()

    def _ask(self) -> None:
        if self._stopped:
            return
        self._late, self._asked = False, time.monotonic()
        timeout = self._stand.options["timeout"]
        threading.Thread(target=self._work, args=(timeout,), name=f"csm-{self._stand.name}", daemon=True).start()
        self._timer = self._shell.clock.later(timeout + 1.0, self._overdue)

    def _work(self, timeout: float) -> None:
        shell = self._shell
        try:
            answer, error = self._polled.ask(shell.session.cwd, shell.host.env, timeout), None
        except Exception as fault:
            answer, error = None, fault
        shell.clock.soon(lambda: self._answered(answer, error))

    def _overdue(self) -> None:
        """A function that takes too long cannot be stopped; it is asked again only after it has answered."""
        self._late = True
        self._shell.host.stumbled(self._stand, TimeoutError("it has not answered in time"))

    def _answered(self, answer: Any, error: Exception | None) -> None:
        if self._stopped:
            return
        self._timer.cancel()
        if error is not None:
            self._shell.host.stumbled(self._stand, error)
        elif not self._late:
            self._stand.failures = 0
        if self._stopped:  # that was once too often
            answer = ""
        if answer != self._polled.last:
            self._polled.last = "" if answer is None else answer
            self._segments.update(self._shell.session.thread)
            self._shell.refresh()
        if not self._stopped:
            self._timer = self._shell.clock.later(self._stand.options["every"], self._ask)


def _arguments(stand: Stand, given: dict[str, Any]) -> list[Any]:
    """What a function takes, by name; the first argument that it calls otherwise is the context."""
    names = stand.options.get("names")
    if names is None:
        names = stand.options["names"] = _names(stand.value)
    return [given.get(name) for name in names]


def _names(call: Callable[..., Any]) -> list[str]:
    known = {"cx", "event", "item", "host", "name"}
    try:
        parameters = inspect.signature(call).parameters.values()
    except (TypeError, ValueError):
        return []
    plain = [one for one in parameters if one.kind in (one.POSITIONAL_ONLY, one.POSITIONAL_OR_KEYWORD)]
    wanted = [one.name for one in plain if one.name in known or one.default is one.empty]
    if wanted and wanted[0] not in known:
        wanted[0] = "cx"
    return wanted


def _nothing() -> None:
    """There is no more to stop: tasks are cancelled with what began them."""
