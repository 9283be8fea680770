"""The extensions of one host: found through the manifest, imported when first needed, unloaded and reloaded whole.

At start only those are imported that have `activate` or `configure`, or of which the source does not tell what they
offer. The others are imported when one of their hooks is asked for or one of their commands runs.

Does not: know what the hooks are for.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Sequence
from importlib import import_module, invalidate_caches
from importlib.util import cache_from_source
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from csm.host import commands as commanding
from csm.host import hookspecs, manifest, roots, scan
from csm.host.hooks import Hooks
from csm.host.implementations import place
from csm.host.scan import Found, FoundCommand
from csm.protocol.errors import CommandError, ExtensionError

if TYPE_CHECKING:
    from csm.host.commands import Commands
    from csm.host.roots import Root

HOOKS = frozenset(name for name in vars(hookspecs) if hasattr(vars(hookspecs)[name], "csm_spec"))
_EAGER = {"activate", "configure"}


class Extension(msgspec.Struct):
    """One extension of a host. `state` is `known`, `loaded` or `failed`; `module` the name it is imported by."""

    name: str
    module: str
    kind: str
    rank: int
    found: Found
    state: str = "known"


class Kept(msgspec.Struct):
    """An extension as it was at a moment; `extension` is None where there was none."""

    name: str
    extension: Extension | None = None
    modules: dict[str, Any] = {}
    commands: list[commanding.Command] = []
    waiting: list[str] = []
    unwanted: bool = False


class Extensions:
    """Discovery and loading. `activate(extension)` is called after the hooks of a module are registered.

    `lock` is the host's own: loading calls back into the host, from whichever thread needs a hook first.
    """

    def __init__(
        self,
        commands: Commands,
        report: Callable[[str, str, str], None],
        activate: Callable[[Extension], None],
        lock: threading.RLock,
    ) -> None:
        self.known: dict[str, Extension] = {}
        self.hooks: Hooks | None = None
        self._commands = commands
        self._report = report
        self._activate = activate
        self._waiting: dict[str, list[Extension]] = {}
        #: Those that nobody has a use for yet, by `Found.only_with`.
        self._unwanted: list[Extension] = []
        self._lock = lock
        #: Whether what pip installed takes part.
        self.packages = True

    def discover(self, found_roots: Sequence[Root], cache: Path) -> None:
        """Learn what every root and pip package offers; nothing is imported."""
        for extension in self._survey(found_roots, cache):
            self._know(extension)

    def changed(self, found_roots: Sequence[Root]) -> set[str]:
        """Names of those outside csm whose files are no longer what was read, the new and the gone ones included."""
        found: set[str] = set()
        for root in found_roots:
            if root.kind == "bundled":
                continue
            there = dict(manifest.candidates(root.extensions))
            known = {one.name: one for one in self.known.values() if Path(one.found.path).parent == root.extensions}
            found.update(name for name in known if name not in there)
            for name, path in there.items():
                try:
                    files = scan.stamp(path)
                except OSError:
                    continue
                if "__init__.py" in files and (name not in known or known[name].found.files != files):
                    found.add(name)
        return found

    def keep(self, name: str) -> Kept:
        """All that there is of an extension, to be put back."""
        with self._lock:
            extension = self.known.get(name)
            if extension is None:
                return Kept(name)
            inside = f"{extension.module}."
            return Kept(
                name,
                msgspec.structs.replace(extension),
                {key: module for key, module in sys.modules.items() if f"{key}.".startswith(inside)},
                self._commands.by(name),
                [hook for hook, waiting in self._waiting.items() if extension in waiting],
                extension in self._unwanted,
            )

    def put_back(self, kept: Kept) -> None:
        """Have an extension be as it was kept; whether it is there is up to that."""
        with self._lock:
            if kept.name in self.known:
                self.unload(kept.name)
            extension = kept.extension
            if extension is None:
                return
            sys.modules.update(kept.modules)
            self.known[kept.name] = extension
            for command in kept.commands:
                self._commands.add(command)
            for hook in kept.waiting:
                self._waiting.setdefault(hook, []).append(extension)
            if kept.unwanted:
                self._unwanted.append(extension)
            if extension.state == "loaded" and self.hooks is not None:
                self.hooks.register(sys.modules[extension.module], kept.name, extension.rank)

    def join(self, root: Root, found_roots: Sequence[Root], cache: Path) -> None:
        """Learn what one more root offers, and import what must run at start."""
        for extension in self._survey(found_roots, cache):
            if extension.rank == root.rank:
                self._know(extension)
        self.start()

    def start(self) -> None:
        """Import those that must run at start."""
        for extension in list(self.known.values()):
            if extension.state == "known" and (extension.found.eager or _EAGER & set(extension.found.hooks)):
                self.load(extension.name)

    def need(self, hook: str) -> None:
        """Import what implements a hook and is not imported yet."""
        while self._waiting.get(hook):
            with self._lock:
                waiting = self._waiting.pop(hook, [])
                for extension in waiting:
                    self.load(extension.name)

    def want(self, held: Callable[[tuple[str, ...]], bool]) -> None:
        """Have the hooks of an extension be asked from now on if what it is `only_with` is `held`."""
        with self._lock:
            for extension in [one for one in self._unwanted if held(one.found.only_with)]:
                self._unwanted.remove(extension)
                self._await(extension)

    def load(self, name: str) -> bool:
        """Import one and register its hooks; whether it works. A failure is reported, not raised."""
        with self._lock:
            extension = self.known[name]
            if extension.state != "known":
                return extension.state == "loaded"
            extension.state = "loaded"
            try:
                module = _import(extension.module)
                if self.hooks is not None:
                    self.hooks.register(module, name, extension.rank)
            except ExtensionError as error:
                extension.state = "failed"
                self._report("error", error.message, error.hint or extension.found.path)
                return False
            self._take_commands(extension, module)
            self._activate(extension)
            return True

    def unload(self, name: str) -> None:
        """Forget an extension, its hooks, commands and modules. Raises ExtensionError if unknown."""
        with self._lock:
            extension = self.known.get(name)
            if extension is None:
                near = commanding.did_you_mean(commanding.nearest(name, self.known))
                raise ExtensionError(f"there is no extension {name}", near)
            if self.hooks is not None:
                self.hooks.unregister(name)
            del self.known[name]
            self._commands.remove(name)
            self._unwanted = [one for one in self._unwanted if one.name != name]
            for waiting in self._waiting.values():
                waiting[:] = [one for one in waiting if one.name != name]
            for loaded in [key for key in sys.modules if f"{key}.".startswith(f"{extension.module}.")]:
                del sys.modules[loaded]

    def reload(self, name: str, found_roots: Sequence[Root], cache: Path) -> bool:
        """Unload one and load its source as it now is; whether it is there and works."""
        old = self.known[name].found.path if name in self.known else ""
        if old:
            self.unload(name)
            _forget_bytecode(old)
        else:
            invalidate_caches()
        for extension in self._survey(found_roots, cache):
            if extension.name == name:
                self._know(extension)
        return name in self.known and self.load(name)

    def _survey(self, found_roots: Sequence[Root], cache: Path) -> list[Extension]:
        return _survey(found_roots, cache, with_packages=self.packages)

    def _know(self, extension: Extension) -> None:
        earlier = self.known.pop(extension.name, None)
        if earlier is not None:
            where = extension.found.path
            self._report(
                "warning", f"extension {extension.name}: {where} takes the place of {earlier.found.path}", where
            )
            self._commands.remove(extension.name)
        self.known[extension.name] = extension
        for problem in extension.found.problems:
            where, _, said = problem.partition(": ")
            self._report("error", f"extension {extension.name}: {said}", where)
        for found in extension.found.commands:
            self._add(extension, self._lazy(extension, found))
        self._unwanted = [one for one in self._unwanted if one.name != extension.name]
        if extension.found.only_with:
            self._unwanted.append(extension)
        else:
            self._await(extension)

    def _await(self, extension: Extension) -> None:
        """Have the extension be imported when one of its hooks is needed."""
        for hook in extension.found.hooks:
            waiting = self._waiting.setdefault(hook, [])
            waiting[:] = [one for one in waiting if one.name != extension.name] + [extension]

    def _lazy(self, extension: Extension, found: FoundCommand) -> commanding.Command:
        path = extension.found.path
        file = path if path.endswith(".py") else f"{path}/{found.module or '__init__'}.py"

        def load() -> Any:
            name = f"{extension.module}.{found.module}" if found.module else extension.module
            try:
                return getattr(_import(name), found.attribute)
            except (ExtensionError, AttributeError) as error:
                self._report("error", str(error), getattr(error, "hint", None) or file)
                raise CommandError(f"{found.name}: {error}", "the messages buffer has more") from error

        return commanding.Command(found, extension.name, file=file, rank=extension.rank, load=load)

    def _take_commands(self, extension: Extension, module: Any) -> None:
        """Commands that the source did not show."""
        shown = {found.name for found in extension.found.commands}
        for new in commanding.marked(module, extension.name, extension.rank):
            if new.name not in shown:
                self._add(extension, new)

    def _add(self, extension: Extension, new: commanding.Command) -> None:
        try:
            self._commands.add(new)
        except CommandError as error:
            self._report("error", f"extension {extension.name}: {error.message}", new.origin)


def _survey(found_roots: Sequence[Root], cache: Path, *, with_packages: bool) -> list[Extension]:
    """All extensions of pip packages and roots, lowest rank first; the manifest is brought up to date."""
    bundled = next((root.extensions for root in found_roots if root.kind == "bundled"), None)
    book = manifest.known(cache, bundled)
    if manifest.refresh(book, [root.extensions for root in found_roots], HOOKS):
        manifest.save(cache, book)
        if bundled is not None and not sys.dont_write_bytecode:
            manifest.share(book, bundled)
    packages = roots.mount(found_roots)
    found = [
        Extension(name, module, "pip", -1, book.extensions.get(path) or Found(name, path, eager=True))
        for name, module, path in (book.points if with_packages else ())
    ]
    for root in found_roots:
        own = [one for path, one in book.extensions.items() if manifest.inside(path, root.extensions)]
        found += [Extension(one.name, f"{packages[root.rank]}.{one.name}", root.kind, root.rank, one) for one in own]
    return found


def _forget_bytecode(path: str) -> None:
    """Compiled files know their source by its second and size; an edit may keep both."""
    invalidate_caches()
    for source in [Path(path)] if path.endswith(".py") else Path(path).glob("*.py"):
        Path(cache_from_source(str(source))).unlink(missing_ok=True)


def _import(name: str) -> Any:
    """Import a module. Whatever it raises becomes an ExtensionError whose hint is the place."""
    try:
        return import_module(name)
    except (Exception, SystemExit) as error:
        called = f"extension {name.partition('.')[2]}" if name.startswith(roots.PACKAGE) else name
        raise ExtensionError(f"{called} cannot be imported: {type(error).__name__}: {error}", place(error)) from error
