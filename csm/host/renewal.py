"""Taking up what changed on the disk: settings, extensions, `init.py`, keymap, theme. All of it, or nothing.

What is wrong becomes messages, and everything then is as it was. Changes that could not be taken are tried again
together with the next ones.

Does not: watch files (`csm.host.watching`).
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from csm.host import code_styles, declared, init_script, keymaps, layers, manifest, theming
from csm.protocol.errors import CsmError

if TYPE_CHECKING:
    from csm.host.extensions import Kept
    from csm.host.host import Host

#: Files of csm's own folder that are read whenever they are needed.
_READ_WHEN_NEEDED = ("layouts.toml", "macros.toml")


class Outcome(msgspec.Struct, frozen=True):
    """`parts` are what was taken up, in words; `faults` what was wrong, then nothing was."""

    parts: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()


class Plan(msgspec.Struct):
    """What is to be looked at."""

    settings: bool = False
    init: bool = False
    keymap: bool = False
    theme: bool = False
    extensions: set[str] = msgspec.field(default_factory=set)
    files: list[Path] = msgspec.field(default_factory=list)


def renew(host: Host, changed: Iterable[Path] | None = None) -> Outcome:
    """Take up the changes in files, or in all there are. Call it where commands are called."""
    return _carry_out(host, _plan(host, changed))


def _carry_out(host: Host, plan: Plan) -> Outcome:
    work = _Work(host, plan)
    with host.lock:
        try:
            well = work.run()
        except BaseException:
            work.undo()
            raise
        if well:
            work.commit()
        else:
            work.undo()
    return Outcome(tuple(work.parts) if well else (), tuple(work.faults))


def renew_extension(host: Host, name: str) -> Outcome:
    """Load one extension as it now is, whether it has changed or not. Raises ExtensionError if there is none."""
    if name not in host.extensions.known:
        host.extensions.unload(name)
    return _carry_out(host, Plan(extensions={name}))


def _plan(host: Host, changed: Iterable[Path] | None) -> Plan:
    if changed is None:
        return Plan(True, True, True, True, host.extensions.changed(host.roots))
    plan = Plan()
    for path in changed:
        _sort(host, path, plan)
    return plan


def _sort(host: Host, path: Path, plan: Plan) -> None:
    settings = host.settings
    if path.suffix == code_styles.SUFFIX:
        plan.theme = True
    elif path == settings.config_dir / "init.py":
        plan.init = True
    elif path == settings.config_dir / layers.OWN or path.name.endswith("config.toml"):
        plan.settings = True
    elif path.parent == settings.config_dir and path.name in _READ_WHEN_NEEDED:
        plan.files.append(path)
    else:
        project = settings.project_root / ".csm"
        for folder in (*(root.path for root in host.roots), project):
            kind, *rest = path.relative_to(folder).parts if path.is_relative_to(folder) else ("",)
            if kind == "keymaps":
                plan.keymap = True
            elif kind == "themes":
                plan.theme = True
            elif kind == "extensions" and rest:
                plan.extensions.add(rest[0].removesuffix(".py"))
                plan.settings |= folder == project and all(root.path != project for root in host.roots)


class _Work:
    """One renewal while it is done."""

    def __init__(self, host: Host, plan: Plan) -> None:
        self._host, self._plan = host, plan
        self.parts: list[str] = []
        self.faults: list[str] = []
        self._kept: list[tuple[Kept, Any]] = []
        self._init: init_script.Rerun | None = None
        self._base = host.base
        self._roots = list(host.roots)
        self._wishes = host.wishes.snapshot()
        self._looks = host.looks()
        self._wanted = self._names()

    def run(self) -> bool:
        """Whether all could be taken."""
        host, plan = self._host, self._plan
        before = host.told
        if plan.settings:
            self._settings()
        for name in sorted(plan.extensions):
            self._extension(name)
        if plan.init:
            self._init = init_script.Rerun(host, host.settings.config_dir / "init.py")
            self._init.run()
            self.parts.append("init.py")
        for file in plan.files:
            self._readable(file)
        self._gather(before)
        if not self.faults:
            self._look()
        host.forget_provided()
        if not self.faults:
            declared.check(host)
        return not self.faults

    def commit(self) -> None:
        """Let go of what was before."""
        for kept, _ in self._kept:
            self._host.standing.commit(kept.name)
        if self._init is not None:
            self._init.commit()

    def undo(self) -> None:
        """Have everything be as it was."""
        host = self._host
        if self._init is not None:
            self._init.undo()
        for kept, state in reversed(self._kept):
            host.hooks.tell("deactivate", kept.name, host=host)
            host.extensions.put_back(kept)
            host.standing.rollback(kept.name)
            if state is not None:
                host.state[kept.name] = state
            if kept.extension is not None and kept.extension.state == "loaded":
                host.hooks.tell("activate", kept.name, host=host)
        host.wishes.restore(self._wishes)
        host.roots[:] = self._roots
        host.settle(self._base)
        host.put_looks(self._looks)
        host.forget_provided()

    def _settings(self) -> None:
        host = self._host
        try:
            host.reload_settings()
        except CsmError as error:
            self._fault(error)
            return
        if host.base.raw != self._base.raw:
            self.parts.append("settings")

    def _extension(self, name: str) -> None:
        host = self._host
        kept = host.extensions.keep(name)
        if not kept.extension and not _there(host, name):
            return
        self._kept.append((kept, host.state.get(name)))
        before = host.told
        host.standing.hold(name)
        there = host.renew_extension(name)
        self._gather(before)
        self.parts.append(f"extension {name}" if there else f"extension {name} (gone)")

    def _look(self) -> None:
        """Keymap and theme, where a file of theirs, what is wished or what may be bound has changed."""
        host, plan = self._host, self._plan
        wanted = self._names()
        keymap, theme = self._looks
        bound = plan.init or plan.extensions or host.wishes.bindings != self._wishes[0]
        if keymap is not None and (plan.keymap or bound or wanted[0] != self._wanted[0]):
            name = wanted[0] if wanted[0] != self._wanted[0] else keymap.name
            self._try(lambda: host.take_keymap(keymaps.load_for(host, name)), keymap, "keys", plan.keymap)
        if theme is not None and (plan.theme or wanted[1:] != self._wanted[1:]):
            (name, code), before = wanted[1], self._wanted[1]
            colours = wanted[2] != self._wanted[2] and theme.asked == theming.MONO  # there may be colours now
            name = name if name != before[0] or colours else theme.asked
            code = code if code != before[1] else theme.asked_code
            tuned = plan.theme or wanted[2] != self._wanted[2]
            self._try(lambda: host.take_theme(theming.load(host, name, code)), theme, "theme", tuned)

    def _try(self, take: Any, last: Any, what: str, said: bool) -> None:
        try:
            made = take()
        except CsmError as error:
            self._fault(error)
            return
        fresh = [problem for problem in made.problems if problem not in last.problems]
        for problem in fresh:
            self._host.report("error", problem)
        self.faults += fresh
        if said or made.name != last.name or getattr(made, "code", "") != getattr(last, "code", ""):
            self.parts.append(what)

    def _readable(self, file: Path) -> None:
        from csm.host import tables

        try:
            if file.exists():
                tables.read(file, CsmError)
                self.parts.append(file.name)
        except CsmError as error:
            self._fault(error)

    def _names(self) -> tuple[str, tuple[str, str], str]:
        """Keymap, theme and code colours that are asked for, and what else a theme depends on."""
        host = self._host
        keymap = host.wishes.chosen("keymap") or host.settings.keymap
        return keymap, theming.asked(host), theming.tunings(host)

    def _gather(self, before: int) -> None:
        self.faults += [one.text for one in self._host.since(before) if one.level == "error"]

    def _fault(self, error: CsmError) -> None:
        text = f"{error.message}; {error.hint}" if error.hint else error.message
        self._host.report("error", text)
        if text not in self.faults:
            self.faults.append(text)


def _there(host: Host, name: str) -> bool:
    return any(name in dict(manifest.candidates(root.extensions)) for root in host.roots)
