"""What `init.py` and extensions are to a shell: jobs, popups, and that they are taken up anew when they change.

Does not: run jobs (`csm.ui.jobs`), draw popups (`csm.ui.popups`), or exchange anything (`csm.host.renewal`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

from csm.protocol.errors import CommandError
from csm.ui.jobs import Jobs
from csm.ui.popups import Popups

if TYPE_CHECKING:
    from csm.host.watching import Watcher
    from csm.protocol.events import Event
    from csm.ui.shell import Shell

#: Guards a step: what it is, and how many seconds it may take, if not as many as a command.
Watch = Callable[..., AbstractContextManager[None]]
#: Seconds after the session was opened until files are watched: importing what does so should hold up nobody.
_PAUSE = 1.0


class Scripts:
    """Of one shell. `watch(what, limit)` guards a step on the shell's loop."""

    def __init__(self, shell: Shell) -> None:
        self._shell = shell
        self.jobs = Jobs(shell)
        self.popups = Popups(shell.clock, shell.refresh)
        self.watch: Watch = _unwatched
        self._watcher: Watcher | None = None
        self._untaken: set[Path] = set()
        self._reloading = False

    def begin(self) -> None:
        """The session is being opened: begin what waited for it."""
        self.jobs.start()
        self._shell.clock.later(_PAUSE, self.follow)

    def end(self) -> None:
        """The shell is left."""
        if self._watcher is not None:
            self._watcher.stop()
            self._watcher = None
        self._shell.host.standing.run(None)

    def happened(self, event: Event) -> None:
        """An event of the thread was folded."""
        self.jobs.happened(event)

    def tell(self, name: str) -> None:
        """Something happens in the shell."""
        self.jobs.tell(name)

    def pressed(self) -> None:
        """A key was pressed."""
        self.jobs.pressed()

    def expand(self, typed: str) -> None:
        """A character is about to be typed: put what the word before it stands for, if that is an abbreviation."""
        shell = self._shell
        if typed.isalnum() or shell.place != "composer":
            return
        editor = shell.editor
        before = editor.text[: editor.cursor]
        start = len(before)
        while start and not before[start - 1].isspace():
            start -= 1
        found = shell.host.standing.of("abbreviation", before[start:]) if start < len(before) else []
        if found:
            editor.replace(start, editor.cursor, found[-1].value)

    def follow(self) -> None:
        """Take up from now on what changes on the disk; say what is wrong in what extensions are set to."""
        from csm.host import declared
        from csm.host.watching import Watcher

        shell = self._shell
        declared.check(shell.host)
        if self._watcher is None and shell.host.option("watch_files", True) is not False:
            self._watcher = Watcher(shell.host, lambda paths: shell.clock.soon(lambda: self._changed(paths)))
            self._watcher.start()

    def reload(self, changed: Iterable[Path] | None = None) -> Any:
        """Take up what changed, or all; the `csm.host.renewal.Outcome`."""
        from csm.host import renewal

        shell = self._shell
        if self._reloading:
            raise CommandError("a reload is under way")
        paths = None if changed is None else {*changed, *self._untaken}
        self._reloading = True
        try:
            with self.watch("reloading"):
                outcome = renewal.renew(shell.host, paths)
            return self._reloaded(outcome, paths)
        finally:
            self._reloading = False

    def _reloaded(self, outcome: Any, paths: set[Path] | None) -> Any:
        shell = self._shell
        if outcome.faults:
            self._untaken |= paths or set()
        else:
            self._untaken.clear()
        if outcome.parts:
            for seat in shell.seats.all:
                seat.session.renew()
            shell.pointer.follow()
            shell.segments.forgive()
            shell.segments.update(shell.session.thread)
            self.tell("reload")
        shell.refresh()
        return outcome

    def _changed(self, paths: list[Path]) -> None:
        if self._watcher is None:
            return
        shell = self._shell
        outcome = self.reload(paths)
        if outcome.faults:
            first = outcome.faults[0].partition("\n")[0]
            more = f" (and {len(outcome.faults) - 1} more)" if len(outcome.faults) > 1 else ""
            shell.message.say(f"Nothing was reloaded: {first}{more}", "message.warning", kept=True)
        elif outcome.parts:
            shell.message.say(f"reloaded {', '.join(outcome.parts)}", "message.info")
        shell.refresh()


def _unwatched(_what: str, _limit: float | None = None) -> AbstractContextManager[None]:
    return nullcontext()
