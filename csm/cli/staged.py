"""From the options of `csm view` to a shell without a terminal, with the user's own settings, keys, theme and scripts.

Nothing is kept: the thread is ephemeral, and prompts do not go to the history. The model is scripted; what it calls is
done as anywhere else.

Does not: print.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
from collections.abc import Generator
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import msgspec

from csm.cli.arguments import Parsed
from csm.host.hooks import hook
from csm.protocol.errors import CsmError
from csm.ui import staging

if TYPE_CHECKING:
    from csm.host.contracts import ModelProvider
    from csm.ui.driver import ScreenDriver
    from csm.ui.staging import Step

_ID = "scripted"


class _Scripted:
    """Gives the host its model."""

    def __init__(self, model: ModelProvider) -> None:
        self._model = model

    @hook
    def models(self) -> list[ModelProvider]:
        """The scripted one."""
        return [self._model]


@contextlib.contextmanager
def staged(parsed: Parsed) -> Generator[ScreenDriver]:
    """A shell of the size asked for, before any step. Raises CsmError."""
    from csm.api.testing.model import FakeModel
    from csm.cli import opening
    from csm.host.host import Host
    from csm.runtime.local import LocalPort
    from csm.runtime.port import Start
    from csm.ui.driver import ScreenDriver

    env = dict(os.environ)
    columns, rows = staging.size(parsed.get("size") or "80x24")
    model = FakeModel(_answers(parsed.get("answers")), id=_ID)
    found = opening.with_model(opening.settings(parsed, env, headless=False), _ID)
    found = msgspec.structs.replace(found, history_persistence="none")
    host = Host.open(found, env, init=not parsed.on("no_init"))
    with contextlib.ExitStack() as stack:
        stack.callback(host.close)
        host.hooks.register(_Scripted(model), _ID)
        session = _session(host, parsed.get("session"))
        start = Start(cwd=str(found.cwd), overrides=found.overrides, ephemeral=True, fork=session)
        port = LocalPort(host, staging.StillClock())
        stack.callback(port.close)
        driver = ScreenDriver(host, port, start, columns=columns, rows=rows, wall=staging.MOMENT / 1000)
        stack.callback(driver.close)
        if not driver.shell.panels:
            driver.wait(lambda: driver.shell.session.thread_id or not driver.shell.session.opening)
        yield driver


def steps(parsed: Parsed) -> list[Step]:
    """The steps of a file and of the words. Raises CsmError."""
    lines = read(parsed.get("script") or "").splitlines() if parsed.get("script") else []
    return staging.read([*lines, *parsed.all("step")])


def seconds(parsed: Parsed) -> float:
    """How long a step may take. Raises CsmError."""
    text = parsed.get("timeout") or "10"
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value <= 3_600:
        raise CsmError(f"Error: {text} is no number of seconds.")
    return value


def read(name: str) -> str:
    """A file as text, `-` for stdin. Raises CsmError."""
    try:
        return sys.stdin.read() if name == "-" else Path(name).read_text("utf-8")
    except OSError as error:
        raise CsmError(f"Error: {name} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise CsmError(f"Error: {name} is not UTF-8.") from error


def _answers(name: str | None) -> Any:
    if name is None:
        return []
    try:
        found = json.loads(read(name))
    except ValueError as error:
        raise CsmError(f"Error: {name} is not JSON: {error}") from error
    if not isinstance(found, list):
        raise CsmError(f"Error: {name} holds no list of turns.")
    return cast("list[Any]", found)


def _session(host: Any, name: str | None) -> str | None:
    return None if name is None else str(host.store().find(name).thread_id)
