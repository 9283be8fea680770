"""The host: settings, hooks, commands, keymap, theme and messages of one process working on one folder.

Opening never fails for what a user wrote: a broken extension, keymap, theme or `init.py` becomes a message.

Does not: run sessions (`csm.runtime`) or draw.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from csm.host import diagnostics, extensions, init_script, roots
from csm.host.commands import Commands, did_you_mean, nearest
from csm.host.configurator import Configurator
from csm.host.hooks import Contribution, Hooks
from csm.host.looks import Looks
from csm.host.standing import PATIENCE, Stand, Standing
from csm.host.tuned import Tuned
from csm.host.wishes import Wishes
from csm.protocol.errors import ModelError, SandboxError, StoreError

if TYPE_CHECKING:
    from csm.host.contracts import ModelProvider, Sandbox
    from csm.host.keymaps import Keymap
    from csm.host.settings import Settings
    from csm.host.storage import Store
    from csm.host.themes import Theme


#: Extensions that may accept in the user's place unless the setting says otherwise: what they ask, the user trusted.
APPROVING = ("hooks",)
#: The extension that answers approvals where the setting `approvals_reviewer` says so.
REVIEWER = "auto_review"
#: How many messages are kept, and how many are forgotten at once.
_MESSAGES, _SPARE = 2_000, 500


class Message(msgspec.Struct, frozen=True):
    """A line for the messages buffer. `level` is `info`, `warning` or `error`; `where` a `file:line` or empty."""

    level: str
    text: str
    where: str = ""


class Host(Looks, Tuned):
    """See `Host.open`.

    `options` are csm's own settings (`settings.toml`, above it `init.py`); `state` is a dictionary for each
    extension, living as long as the host.
    """

    def __init__(self, settings: Settings, env: Mapping[str, str], found_roots: Sequence[roots.Root]) -> None:
        #: When this was, in ns since the epoch.
        self.begun = time.time_ns()
        self.settings = settings
        #: The settings without what `init.py` and extensions set.
        self.base = settings
        self.env = env
        self.cwd = settings.cwd
        self.roots = list(found_roots)
        self.options: dict[str, Any] = dict(settings.raw.get("csm", {}))
        self.state: dict[str, dict[str, Any]] = {}
        #: What was told, the newest last; only so much of it is kept.
        self.messages: list[Message] = []
        #: How much was told so far.
        self.told = 0
        #: csm's own log. What is reported is written there too.
        self.diagnostics = diagnostics.opened(settings.state_dir, settings.raw, env)
        self.commands = Commands()
        #: Held while anything of the host is exchanged.
        self.lock = self._lock = threading.RLock()
        self.extensions = extensions.Extensions(self.commands, self.report, self._activated, self._lock)
        self.hooks = Hooks(self.report, self.extensions.need, loosen=_approving(self.options))
        self.extensions.hooks = self.hooks
        #: Settings that the command line fixed; `init.py` cannot change them.
        self.fixed = frozenset(settings.overrides)
        self.wishes = Wishes()
        self.standing = Standing()
        #: Whether the terminal tells all chords apart; None until it has answered.
        self.enhanced_keys: bool | None = None
        #: Whether the terminal's background is dark; None until it has answered.
        self.background_dark: bool | None = None
        self._listeners: list[Callable[[Message], None]] = []
        self._provided: dict[str, list[Contribution]] = {}
        self._keymap: Keymap | None = None
        self._theme: Theme | None = None
        self._sandbox: tuple[Sandbox | None, str] | None = None

    @classmethod
    def open(
        cls,
        settings: Settings,
        env: Mapping[str, str],
        *,
        bundled: bool = True,
        init: bool = True,
        extra_roots: Sequence[Path] = (),
    ) -> Host:
        """A host with every extension known. `init=False` leaves out `init.py`, `bundled=False` csm's own parts."""
        project = settings.project_root if settings.trusted and not settings.skipped.own else None
        found = roots.find(config_dir=settings.config_dir, project=project, with_bundled=bundled, extra=extra_roots)
        host = cls(settings, env, found)
        host.extensions.packages = not settings.skipped.own
        for warning in settings.warnings:
            host.report("warning", warning)
        host.extensions.discover(found, settings.state_dir / "manifest.json")
        host.want(settings)
        with init_script.quietly(host, "an extension prints"):
            host.extensions.start()
        if init:
            init_script.run(host, settings.config_dir / "init.py")
        return host

    def want(self, settings: Settings) -> None:
        """Have those extensions take part from now on that these settings, or files beside them, are for."""
        self.extensions.want(lambda names: any(map(settings.holds, names)))

    def report(self, level: str, text: str, where: str = "") -> None:
        """Add to the messages and tell whoever listens. From any thread."""
        message = Message(level, text, where)
        with self._lock:
            self.messages.append(message)
            self.told += 1
            if len(self.messages) > _MESSAGES + _SPARE:
                del self.messages[:_SPARE]
            listeners = list(self._listeners)
        self.diagnostics.write(level, text, where)
        for listener in listeners:
            listener(message)

    def since(self, told: int) -> list[Message]:
        """What was told since so much was (`told`), as far as it is kept."""
        with self._lock:
            return self.messages[max(0, len(self.messages) - (self.told - told)) :]

    def listen(self, listener: Callable[[Message], None]) -> None:
        """Have `listener` called with every further message, from the thread that reports it."""
        self._listeners.append(listener)

    def provide(self, kind: str) -> list[Any]:
        """What extensions contribute of a kind (`tools`, `models`, `sandboxes`, `stores`, ...), collected once."""
        return [found.value for found in self.provided(kind)]

    def provided(self, kind: str) -> list[Contribution]:
        """As `provide`, each with the name of its extension."""
        with self._lock:
            if kind not in self._provided:
                self._provided[kind] = self.hooks.contributions(kind, host=self)
            found, standing = self._provided[kind], self.standing.of(kind)
            return [*found, *(Contribution(one.owner, one.value) for one in standing)] if standing else found

    def stumbled(self, stand: Stand, error: BaseException, *, final: bool = False) -> None:
        """Something that `init.py` or an extension put up failed: say so; at the third time it is asked no more, or at
        once if that is `final`.
        """
        from csm.host.implementations import place

        stand.failures += 1
        tail = "; it is not called again" if final or stand.failures >= PATIENCE else ""
        what = f"{stand.kind} {stand.name}" if stand.name else stand.kind
        where = place(error) or stand.where
        self.report("error", f"{stand.owner}: {what} failed: {type(error).__name__}: {error}{tail}", where)
        if tail:
            self.standing.drop(stand)

    def renew(self, kind: str) -> None:
        """Have extensions be asked anew for what they contribute of a kind, when it is next needed. From any thread."""
        with self._lock:
            self._provided.pop(kind, None)

    def model_provider(self, id: str) -> ModelProvider:
        """The provider of an id. Raises ModelError."""
        found: dict[str, ModelProvider] = {one.id: one for one in self.provide("models")}
        if id not in found:
            names = nearest(id, found)
            raise ModelError(f"Model provider `{id}` not found", did_you_mean(names), code="unknown_provider")
        return found[id]

    def store(self) -> Store:
        """The store of the last extension that has one. Raises StoreError."""
        found = self.provide("stores")
        if not found:
            raise StoreError("no extension keeps sessions", "the bundled extension `sessions` is missing or broken")
        return found[-1]

    def sandbox(self) -> Sandbox:
        """The preferred sandbox that works here, tried once. Raises SandboxError that says why none does."""
        with self._lock:
            if self._sandbox is None:
                self._sandbox = _choose(sorted(self.provide("sandboxes"), key=lambda one: one.rank))
        chosen, why = self._sandbox
        if chosen is None:
            raise SandboxError(f"no sandbox works here, so commands are refused ({why})")
        return chosen

    def save(self, name: str, value: Any) -> Path:
        """Keep one of csm's own settings in `settings.toml`; the file. Raises SettingError."""
        from csm.host import saving

        return saving.save(self.settings.config_dir, name, value)

    def forget_provided(self) -> None:
        """Have extensions be asked anew for all that they contribute."""
        self._provided.clear()

    def unload(self, name: str) -> None:
        """Take back all that an extension gave. Raises ExtensionError if there is none of this name."""
        with self._lock:
            self.hooks.tell("deactivate", name, host=self)
            self._forget(name)
            self.extensions.unload(name)

    def reload(self, name: str) -> bool:
        """Load an extension's source as it now is; whether it works."""
        with self._lock:
            self.hooks.tell("deactivate", name, host=self)
            self._forget(name)
            return self.extensions.reload(name, self.roots, self.settings.state_dir / "manifest.json")

    def renew_extension(self, name: str) -> bool:
        """As `reload`, but what the extension has standing stays until it is committed or rolled back."""
        with self._lock:
            if name in self.extensions.known:
                self.hooks.tell("deactivate", name, host=self)
            self._provided.clear()
            self._sandbox = None
            self.state.pop(name, None)
            self.wishes.forget(name)
            there = self.extensions.reload(name, self.roots, self.settings.state_dir / "manifest.json")
            self.settle()
            return there

    def join_project(self) -> None:
        """Take up the root of the project, if it is trusted now and was not before."""
        folder = self.settings.project_root / ".csm"
        if not self.settings.trusted or self.settings.skipped.own or not folder.is_dir():
            return
        if any(root.kind == "project" for root in self.roots):
            return
        root = roots.Root("project", folder, len(self.roots))
        self.roots.append(root)
        self.extensions.join(root, self.roots, self.settings.state_dir / "manifest.json")
        self._keymap = self._theme = None

    def reload_init(self) -> bool:
        """Run `init.py` anew; whether it works. Where it fails, what it did before stays."""
        with self._lock:
            self._provided.clear()
            rerun = init_script.Rerun(self, self.settings.config_dir / "init.py")
            well = rerun.run()
            rerun.commit() if well else rerun.undo()
            self._provided.clear()
            return well

    def close(self) -> None:
        """Have every extension give back what it took."""
        self.standing.run(None)
        for name in [init_script.OWNER, *reversed(self.extensions.known)]:
            self.hooks.tell("deactivate", name, host=self)
            self._forget(name)
            self.hooks.unregister(name)

    def _activated(self, extension: extensions.Extension) -> None:
        """A module was registered: let it begin."""
        self._provided.clear()
        self.state.setdefault(extension.name, {})
        self.hooks.tell("activate", extension.name, host=self)
        self.hooks.tell("configure", extension.name, csm=Configurator(self, extension.name, extension.rank))

    def _forget(self, owner: str) -> None:
        self._provided.clear()
        self._sandbox = None
        self.state.pop(owner, None)
        self.standing.forget(owner)
        if owner in self.wishes.owners:
            self.wishes.forget(owner)
            self.settle()


def _approving(options: Mapping[str, Any]) -> bool | frozenset[str]:
    """Who may accept in the user's place. The reviewer always may: it is there only where a setting wants it."""
    named = options.get("extensions_may_approve", APPROVING)
    return True if named is True else frozenset((*(named or ()), REVIEWER))


def _choose(ranked: list[Sandbox]) -> tuple[Sandbox | None, str]:
    """The first that works, or why none does."""
    reasons: list[str] = []
    for sandbox in ranked:
        reason = sandbox.unavailable()
        if reason is None:
            return sandbox, ""
        reasons.append(f"{sandbox.name}: {reason}")
    return None, "; ".join(reasons) or "no extension has one"
