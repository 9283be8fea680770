"""The questions before the first session: may this folder be worked in, and where does the model come from.

Asked after the first frame, only where the settings leave them open, and never in the way: Esc goes on without.

Does not: write files (`csm.host.config_file`, `csm.host.credentials`).
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from csm.protocol.errors import CsmError

if TYPE_CHECKING:
    from csm.ui.shell import Shell


class Answer(NamedTuple):
    """A row to choose."""

    value: str
    label: str
    detail: str


_TRUST = (
    Answer("trust", "Trust this folder", "the agent may edit files here; its own settings count"),
    Answer("look", "Look only, for now", "nothing is written, and nothing is remembered"),
)
_SOURCES = (
    Answer("key", "Enter an OpenAI API key", "kept in auth.json, readable by you alone"),
    Answer("ollama", "Use a local model with Ollama", "on localhost:11434"),
    Answer("lmstudio", "Use a local model with LM Studio", "on localhost:1234"),
    Answer("tutor", "Learn csm with the tutor", "without a key or a network"),
    Answer("none", "Go on without", "a turn will fail until there is a model"),
)


class Questions:
    """Asks what is open, one after the other, then calls `done` with settings to put above the others."""

    def __init__(self, shell: Shell, done: Callable[[dict[str, Any]], None]) -> None:
        self._shell, self._done = shell, done
        self._overrides: dict[str, Any] = {}

    def begin(self) -> None:
        """Ask for trust if that is open, then go on."""
        settings = self._shell.host.settings
        if settings.trusted is None and settings.git_root is not None and "sandbox_mode" not in settings.raw:
            title = f"Work in {settings.git_root}?"
            typing = "look" if self._shell.composer.editor.text else None  # the Enter of a prompt trusts nobody
            self._shell.screen.pick(title, _TRUST, self._trusted, self._model, current=typing)
        else:
            self._model()

    def _trusted(self, value: str) -> None:
        settings = self._shell.host.settings
        if value == "trust":
            from csm.host import config_file, trust

            folder = trust.main_root(settings.git_root or settings.cwd)
            if self._try(lambda: config_file.trust(settings.codex_home, folder)):
                self._try(self._shell.host.reload_settings)
            else:  # it cannot be remembered, but holds for this time
                self._overrides["sandbox_mode"] = "workspace-write"
        self._model()

    def _model(self) -> None:
        problem = self.problem()
        if problem is None:
            self._done(self._overrides)
            return
        title = f"{problem.partition('. ')[0].rstrip('.')}. Where does the model come from?"
        self._shell.screen.pick(title, self._sources(), self._chosen, self._finish)

    def problem(self) -> str | None:
        """What is missing for the model in force; None if a turn can be tried."""
        host = self._shell.host
        try:
            return host.model_provider(host.settings.model_provider).problem()
        except CsmError as error:
            return error.message

    def _sources(self) -> list[Answer]:
        known = {getattr(one, "id", "") for one in self._shell.host.provide("models")}
        return [one for one in _SOURCES if one.value in ("key", "none") or one.value in known]

    def _chosen(self, value: str) -> None:
        if value == "key":
            self._shell.screen.ask_line("API key:", self._key, masked=True, cancel=self._finish)
        elif value == "none":
            self._finish()
        elif value == "tutor":
            self._shell.screen.outside(self._tutor)
            self._model()
        else:
            self._overrides["model_provider"] = value
            self._shell.screen.ask_line("Model:", self._local, "gpt-oss:20b", cancel=self._finish)

    def _tutor(self) -> None:
        """The tutor is a csm of its own, in a scratch folder; this one waits for it to end."""
        env = {**os.environ, **self._shell.host.env}
        self._try(lambda: subprocess.run([sys.executable, "-P", "-m", "csm", "tutor"], env=env, check=False))

    def _key(self, text: str) -> None:
        from csm.host import credentials

        if not text.strip():
            self._model()
        elif self._try(lambda: credentials.save(self._shell.host.settings.codex_home, text.strip())):
            self._shell.teller.say("The key is saved.", "message.info")
            self._finish()
        else:
            self._finish()

    def _local(self, text: str) -> None:
        if text.strip():
            self._overrides["model"] = text.strip()
        self._finish()

    def _finish(self) -> None:
        self._done(self._overrides)

    def _try(self, call: Callable[[], Any]) -> bool:
        try:
            call()
        except (CsmError, OSError) as error:
            self._shell.teller.failed(str(error))
            return False
        return True
