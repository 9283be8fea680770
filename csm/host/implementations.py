"""The hook implementations of one host: who gave them, in which order they are called, which have failed too often.

Order: extensions as their roots rank (bundled first, `init.py` last); `tryfirst` and `trylast` move one to an end.

Does not: call anything (`csm.host.hooks`), nor load extensions: `need` does.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from csm.host import hookspecs
from csm.protocol.errors import ExtensionError

if TYPE_CHECKING:
    import pluggy

#: After so many failures an implementation is not called again, except a guard, whose failures refuse.
MUTE_AFTER = 3
GUARDS = ("before_tool", "decide_approval")

Report = Callable[[str, str, str], None]


class Implementations:
    """Registered implementations. `report(level, text, where)` hears of failures; `need(hook)` loads their modules."""

    def __init__(self, report: Report, need: Callable[[str], None] | None = None) -> None:
        self._report = report
        self._need = need or (lambda hook: None)
        #: Made with the first that is registered.
        self._pluggy: pluggy.PluginManager | None = None
        self._ranks: dict[str, tuple[int, int]] = {}
        self._failures: dict[tuple[str, str], int] = {}
        self._lock = threading.RLock()

    def register(self, plugin: Any, owner: str, rank: int = 0) -> None:
        """Take the implementations in a module. Raises ExtensionError where one does not fit its specification."""
        import pluggy

        with self._lock:
            if self._pluggy is None:
                self._pluggy = pluggy.PluginManager("csm")
                self._pluggy.add_hookspecs(hookspecs)
            try:
                self._pluggy.register(plugin, owner)
                self._check(self._pluggy, plugin)
            except (pluggy.PluginValidationError, ValueError) as error:
                self.unregister(owner)
                raise ExtensionError(f"{owner}: {str(error).splitlines()[-1]}") from error
            self._ranks[owner] = (rank, len(self._ranks))

    def unregister(self, owner: str) -> None:
        """Forget an extension's implementations and their failures."""
        with self._lock:
            if self._pluggy is not None and self._pluggy.get_plugin(owner) is not None:
                self._pluggy.unregister(name=owner)
            self._ranks.pop(owner, None)
            for key in [key for key in self._failures if key[0] == owner]:
                del self._failures[key]

    def all(self, hook: str) -> list[pluggy.HookImpl]:
        """Implementations of a hook in calling order, muted ones left out; what is known to have it is loaded first."""
        self._need(hook)
        with self._lock:
            found = [impl for impl in self._registered(hook) if not self.muted(hook, impl.plugin_name)]
            return sorted(found, key=lambda impl: (_end(impl), self._ranks.get(impl.plugin_name, (0, 0))))

    def of(self, hook: str, owner: str) -> list[pluggy.HookImpl]:
        """Those of one extension."""
        with self._lock:
            return [impl for impl in self._registered(hook) if impl.plugin_name == owner]

    def of_all(self, hook: str) -> dict[str, Callable[..., object]]:
        """The functions that are registered for a hook, by owner, in calling order; nothing is loaded, muted stay."""
        with self._lock:
            found = sorted(
                self._registered(hook), key=lambda impl: (_end(impl), self._ranks.get(impl.plugin_name, (0, 0)))
            )
            return {impl.plugin_name: impl.function for impl in found}

    def failed(self, hook: str, owner: str, error: BaseException) -> None:
        """Report a failure, and mute the implementation at its third, unless it is a guard."""
        with self._lock:
            count = self._failures[owner, hook] = self._failures.get((owner, hook), 0) + 1
        tail = "; it is not called again" if self.muted(hook, owner) and count == MUTE_AFTER else ""
        self._report("error", f"{owner}: {hook} failed: {type(error).__name__}: {error}{tail}", place(error))

    def muted(self, hook: str, owner: str) -> bool:
        """Whether it failed too often to be called."""
        return hook not in GUARDS and self._failures.get((owner, hook), 0) >= MUTE_AFTER

    def _registered(self, hook: str) -> list[pluggy.HookImpl]:
        return [] if self._pluggy is None else getattr(self._pluggy.hook, hook).get_hookimpls()

    @staticmethod
    def _check(registered: pluggy.PluginManager, plugin: Any) -> None:
        for caller in registered.get_hookcallers(plugin) or []:
            if caller.spec is None:
                raise ValueError(f"there is no hook named {caller.name}")
            if any(impl.plugin is plugin and (impl.wrapper or impl.hookwrapper) for impl in caller.get_hookimpls()):
                raise ValueError(f"{caller.name}: hook wrappers are not supported")


def _end(impl: pluggy.HookImpl) -> int:
    return -1 if impl.tryfirst else 1 if impl.trylast else 0


def place(error: BaseException) -> str:
    """`file:line` where an error was raised, or an empty string."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace is not None else ""
