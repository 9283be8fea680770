"""`csm`, `csm resume` and `csm fork`: the shell, opened on a new thread, an earlier one or a copy of one.

Where there is no terminal, `resume --all` lists what could be resumed; with `--json` no shell is opened anywhere.

Does not: draw. `csm.ui` does.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

from csm.cli.arguments import Parsed, UsageError
from csm.protocol.errors import CsmError, StoreError
from csm.ui.prelude import Prelude

if TYPE_CHECKING:
    from csm.host.host import Host
    from csm.host.settings import Settings
    from csm.host.storage import SessionHead
    from csm.runtime.port import Start


def run(parsed: Parsed) -> int:
    """`csm [PROMPT]`"""
    return _Opening(parsed).shell()


def resume(parsed: Parsed) -> int:
    """`csm resume [SESSION_ID] [PROMPT]`; with --last a lone argument is the prompt, without either one chooses."""
    asked = _Opening(parsed, "resume")
    if parsed.on("json"):
        return asked.listed() if asked.which is None and not asked.last else asked.told()
    if parsed.on("all") and asked.which is None and not asked.last and not terminal():
        return asked.listed()
    return asked.shell()


def fork(parsed: Parsed) -> int:
    """`csm fork [SESSION_ID] [PROMPT]`, as `resume`; with --json the copy is made, told of, and not opened."""
    asked = _Opening(parsed, "fork")
    if not parsed.on("json"):
        return asked.shell()
    return asked.listed() if asked.which is None and not asked.last else asked.forked()


def terminal() -> bool:
    """Whether a shell could be opened here."""
    return bool(sys.stdin and sys.stdin.isatty() and sys.stdout and sys.stdout.isatty())


class _Opening:
    """What the words ask for: `which` session (an id, a name, None to choose), the newest (`last`), and a prompt."""

    def __init__(self, parsed: Parsed, what: str = "") -> None:
        self.parsed, self.what = parsed, what
        self.which = parsed.get("session_id") if what else None
        self.prompt = parsed.get("prompt")
        self.last = parsed.on("last")
        if self.last and self.which is not None:
            if self.prompt is not None:
                raise UsageError("the argument '--last' cannot be used with '[PROMPT]'", parsed.command)
            self.which, self.prompt = None, self.which
        if parsed.get("at") is not None and self.which is None and not self.last:
            raise UsageError("the argument '--at <TURN>' needs a session, or '--last'", parsed.command)

    def shell(self) -> int:
        """Open the shell. What all of it needs is imported once something is on the screen."""
        if not terminal():
            self._refuse()
        wanted = not (self.parsed.on("no_alt_screen") or self._plain() or self._stays())
        with Prelude(self.parsed.get("cd") or ".", os.environ, wanted=wanted) as prelude:
            return self._shell(prelude)

    def _plain(self) -> bool:
        """Whether plain lines may be wanted, as far as can be told before the settings are read."""
        if self.parsed.on("plain") or any(text.startswith("csm.plain") for text in self.parsed.all("config")):
            return True
        home = os.environ.get("XDG_CONFIG_HOME") or os.path.expanduser("~/.config")  # noqa: PTH111
        try:
            with open(f"{home}/csm/settings.toml", "rb") as file:  # noqa: PTH123
                return any(line.replace(b" ", b"").startswith(b"plain=true") for line in file)
        except OSError:
            return False

    def _stays(self) -> bool:
        """The same for the terminal's own screen, by Codex's setting; where that is missed, it is left again."""
        home = os.environ.get("CODEX_HOME") or os.path.expanduser("~/.codex")  # noqa: PTH111
        ways = tuple(f"{name}alternate_screen={mark}never" for name in ("", "tui.") for mark in ("'", '"'))
        if any(text.replace(" ", "").startswith("tui.alternate_screen=") for text in self.parsed.all("config")):
            return any("never" in text for text in self.parsed.all("config"))
        try:
            with open(f"{home}/config.toml", "rb") as file:  # noqa: PTH123
                return any(line.decode("utf-8", "replace").replace(" ", "").startswith(ways) for line in file)
        except OSError:
            return False

    def _refuse(self) -> None:
        from csm.cli import opening

        opening.overrides(self.parsed)  # what is wrong in the words is told before what is wrong with the terminal
        if not (sys.stdin and sys.stdin.isatty()):
            raise CsmError("Error: stdin is not a terminal")
        raise CsmError("Error: stdout is not a terminal")

    def _shell(self, prelude: Prelude) -> int:
        from csm.cli import opening

        host = self._host(headless=False)
        from csm.host import manner_keys
        from csm.runtime.local import LocalPort
        from csm.ui import entry

        for warning in opening.warnings(self.parsed):
            host.report("warning", warning)
        try:
            start = self._start(host)
            first = self._chooser() if self.what and start.resume is None and start.fork is None else ""
            port = LocalPort(host)
            try:
                inline = self.parsed.on("no_alt_screen") or manner_keys.inline(host)
                if inline:
                    prelude.leave()
                return entry.run(host, port, start, prompt=self.prompt, inline=inline, first=first, prelude=prelude)
            finally:
                port.close()
        finally:
            host.close()

    def listed(self) -> int:
        """Print the sessions there are."""
        from csm.cli import listed

        host = self._host(headless=True)
        try:
            store = host.store()
            heads = self._heads(host)
            listed.as_json(heads) if self.parsed.on("json") else listed.table(heads)
            unreadable = getattr(store, "unreadable", ())
        finally:
            host.close()
        listed.unreadable(unreadable)
        return 0

    def told(self) -> int:
        """Print what is known of the session that is meant."""
        from csm.cli import listed

        host = self._host(headless=True)
        try:
            listed.one(self._found(host))
        finally:
            host.close()
        return 0

    def forked(self) -> int:
        """Make the copy, and print what is known of it."""
        from csm.cli import listed
        from csm.runtime.local import LocalPort

        host = self._host(headless=True)
        try:
            port = LocalPort(host)
            try:
                made = port.start(self._start(host)).result()
            finally:
                port.close()
            listed.one(host.store().find(made))
        finally:
            host.close()
        return 0

    def _host(self, *, headless: bool) -> Host:
        from csm.cli import opening
        from csm.host.host import Host

        if headless:  # the shell begins with it when it has come to rest
            gc.enable()
        env = dict(os.environ)
        self.settings: Settings = opening.settings(self.parsed, env, headless=headless)
        return Host.open(self.settings, env, init=not headless and not self.parsed.on("no_init"))

    def _start(self, host: Host) -> Start:
        from csm.runtime.port import Start

        chosen = self.which is not None or self.last
        found = self._found(host).thread_id if chosen and self.what else None
        return Start(
            cwd=str(self.settings.cwd),
            originator="csm_cli",
            ephemeral=self.parsed.on("ephemeral"),
            resume=found if self.what == "resume" else None,
            fork=found if self.what == "fork" else None,
            fork_at=self.parsed.get("at") or "",
            overrides=self.settings.overrides,
        )

    def _found(self, host: Host) -> SessionHead:
        """The session that is meant. Raises StoreError."""
        if self.which is not None:
            return host.store().find(self.which)
        head = next(self._heads(host), None)
        if head is None:
            where = "yet" if self.parsed.on("all") else "of this folder; --all looks everywhere"
            raise StoreError(f"There is no session to {self.what} {where}.")
        return head

    def _heads(self, host: Host) -> Iterator[SessionHead]:
        cwd = None if self.parsed.on("all") else str(self.settings.cwd)
        return host.store().list(cwd=cwd, non_interactive=self.parsed.on("include_non_interactive"))

    def _chooser(self) -> str:
        """The command that lets one choose."""
        words = ["session.choose", self.what]
        words += ["--all"] if self.parsed.on("all") else []
        words += ["--non-interactive"] if self.parsed.on("include_non_interactive") else []
        return " ".join(words)
