"""The host: settings, hooks, commands, keymap, theme and messages of one process working on one folder.

Opening never fails for what a user wrote: a broken extension, keymap, theme or `init.py` becomes a message.

Does not: run sessions (`csm.runtime`) or draw.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from csm.host import extensions, init_script, roots
from csm.host.commands import Commands, did_you_mean, nearest
from csm.host.hooks import Contribution, Hooks
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


class Message(msgspec.Struct, frozen=True):
    """A line for the messages buffer. `level` is `info`, `warning` or `error`; `where` a `file:line` or empty."""

    level: str
    text: str
    where: str = ""


class Host:
    """See `Host.open`.

    `options` are csm's own settings (`settings.toml`, above it `init.py`); `state` is a dictionary for each
    extension, living as long as the host.
    """

    def __init__(self, settings: Settings, env: Mapping[str, str], found_roots: Sequence[roots.Root]) -> None:
        self.settings = settings
        self.env = env
        self.cwd = settings.cwd
        self.roots = list(found_roots)
        self.options: dict[str, Any] = dict(settings.raw.get("csm", {}))
        self.state: dict[str, dict[str, Any]] = {}
        self.messages: list[Message] = []
        self.commands = Commands()
        self._lock = threading.RLock()
        self.extensions = extensions.Extensions(self.commands, self.report, self._activated, self._lock)
        self.hooks = Hooks(self.report, self.extensions.need, loosen=_approving(self.options))
        self.extensions.hooks = self.hooks
        #: Settings that the command line fixed; `init.py` cannot change them.
        self.fixed = frozenset(settings.overrides)
        self.wishes = init_script.Wishes()
        #: Whether the terminal tells all chords apart; None until it has answered.
        self.enhanced_keys: bool | None = None
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
        project = settings.project_root if settings.trusted else None
        found = roots.find(config_dir=settings.config_dir, project=project, with_bundled=bundled, extra=extra_roots)
        host = cls(settings, env, found)
        for warning in settings.warnings:
            host.report("warning", warning)
        host.extensions.discover(found, settings.state_dir / "manifest.json")
        host.want(settings)
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
            listeners = list(self._listeners)
        for listener in listeners:
            listener(message)

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
            return self._provided[kind]

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

    @property
    def keymap(self) -> Keymap:
        """The keymap in force, loaded on first use; what is wrong in it is in the messages."""
        with self._lock:
            return self._keymap or self.reload_keymap()

    def reload_keymap(self, name: str | None = None) -> Keymap:
        """Read the keymap anew, or another one. A file that cannot be read leaves the last good one, else `base`."""
        from csm.host import keymaps

        with self._lock:
            wanted = name or self.wishes.chosen("keymap") or self.settings.keymap
            self._keymap = keymaps.choose(wanted, self, last=self._keymap)
            return self._keymap

    def names(self, kind: str) -> list[str]:
        """Names of the `keymaps` or `themes` that may be chosen."""
        from csm.host import keymaps

        hidden = keymaps.PARTS if kind == "keymaps" else ()
        return [name for name in roots.names(self.roots, kind) if name not in hidden]

    def tell_keys(self, enhanced: bool) -> None:
        """Say whether the terminal tells all chords apart (kitty or CSI-u protocol); what it cannot is refused."""
        if enhanced != self.enhanced_keys:
            self.enhanced_keys = enhanced
            if self._keymap is not None:
                self.reload_keymap(self._keymap.name)

    @property
    def theme(self) -> Theme:
        """The theme in force, loaded on first use."""
        with self._lock:
            return self._theme or self.reload_theme()

    def reload_theme(self, name: str | None = None) -> Theme:
        """Read the theme anew, or another one. One that cannot be read leaves the last good one, else `dark`."""
        from csm.host import themes

        with self._lock:
            wanted = name or self.wishes.chosen("theme") or self.settings.theme
            self._theme = themes.choose(wanted, self, last=self._theme)
            return self._theme

    def save(self, name: str, value: Any) -> Path:
        """Keep one of csm's own settings in `settings.toml`; the file. Raises SettingError."""
        from csm.host import saving

        return saving.save(self.settings.config_dir, name, value)

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

    def reload_settings(self, **more: Any) -> None:
        """Read the settings anew, `more` (dotted keys) above them. Extensions of a project trusted since join in.

        Raises SettingError; then all stays as it was.
        """
        from csm.host import settings

        with self._lock:
            known = self.settings.warnings
            self.settings = settings.reload(self.settings, env=self.env, overrides=more, fresh=True)
            self.options.update(self.settings.raw.get("csm", {}))
            self._provided.clear()
            self.want(self.settings)
            for warning in self.settings.warnings:
                if warning not in known:
                    self.report("warning", warning)
            self._join_project()

    def _join_project(self) -> None:
        """Take up the root of the project, if it is trusted now and was not before."""
        folder = self.settings.project_root / ".csm"
        if not self.settings.trusted or not folder.is_dir() or any(root.kind == "project" for root in self.roots):
            return
        root = roots.Root("project", folder, len(self.roots))
        self.roots.append(root)
        self.extensions.join(root, self.roots, self.settings.state_dir / "manifest.json")
        self._keymap = self._theme = None

    def reload_init(self) -> bool:
        """Run `init.py` anew; whether it works. Where it fails, what it did before stays."""
        with self._lock:
            self._provided.clear()
            well = init_script.rerun(self, self.settings.config_dir / "init.py")
            self._provided.clear()
            return well

    def close(self) -> None:
        """Have every extension give back what it took."""
        for name in [init_script.OWNER, *reversed(self.extensions.known)]:
            self.hooks.tell("deactivate", name, host=self)
            self._forget(name)
            self.hooks.unregister(name)

    def _activated(self, extension: extensions.Extension) -> None:
        """A module was registered: let it begin."""
        self._provided.clear()
        self.state.setdefault(extension.name, {})
        self.hooks.tell("activate", extension.name, host=self)
        self.hooks.tell("configure", extension.name, csm=init_script.Configurator(self, extension.name))

    def _forget(self, owner: str) -> None:
        self._provided.clear()
        self._sandbox = None
        self.state.pop(owner, None)
        self.wishes.forget(owner)


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
