"""Starts commands for the tools: environment, sandbox, process.

Does not: read calls, decide what is allowed (`approval.py`) or wait.
"""

from __future__ import annotations

import asyncio
import functools
import os
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from csm.api import Launch, SandboxError, ToolContext

from . import environment, refusals
from .session import Command, Session
from .sessions import Sessions
from .spawning import terminal_argv


class Runner:
    """`setting` is the table `shell_environment_policy`; `keys` names variables that hold providers' keys.

    Without `plain`, programs may page, colour and speak the user's language. `failed` words why one did not start.
    """

    def __init__(
        self,
        setting: Mapping[str, Any],
        keys: Iterable[str] = (),
        *,
        plain: bool = True,
        failed: Callable[[Exception], str] = refusals.not_started,
    ) -> None:
        self._setting, self._keys, self._plain, self._failed = setting, frozenset(keys), plain, failed

    async def start(self, command: Command, cx: ToolContext, inside: bool, again: bool = False) -> Session:
        """The session of the started command; its `failure` says why it did not start."""
        session = sessions(cx).new(command, cx)
        if not again:
            cx.started(session.item)
        launch, error = None, None
        try:
            launch = await self._launch(command, cx, inside)
            session.start(launch)
        except (OSError, ValueError, SandboxError) as raised:
            error = raised
        except asyncio.CancelledError:
            session.fail("interrupted")
            raise
        finally:
            _close(launch)
        if error is not None:
            await _give_up(launch)
            session.fail(error.message if isinstance(error, SandboxError) else self._failed(error))
        return session

    async def _launch(self, command: Command, cx: ToolContext, inside: bool) -> Launch:
        network = not inside or cx.sandbox_policy.network_access
        env = environment.for_command(
            cx.env,
            self._setting,
            thread_id=cx.thread_id,
            network=network,
            tty=command.tty,
            keys=self._keys,
            plain=self._plain,
        )
        argv = terminal_argv(command.argv) if command.tty else command.argv
        if not inside:
            return Launch(argv=argv, env=env)
        prepare = functools.partial(
            cx.sandbox().launch, argv, cwd=cx.cwd, env=env, policy=cx.sandbox_policy, workdir=command.cwd
        )
        # A sandbox may copy files first, so a thread prepares; the loop's own starts the process.
        preparing = asyncio.ensure_future(asyncio.to_thread(prepare))
        try:
            return await asyncio.shield(preparing)
        except asyncio.CancelledError:
            launch = await preparing
            _close(launch)
            await _give_up(launch)
            raise


def sessions(cx: ToolContext) -> Sessions:
    """The thread's commands."""
    found = cx.state.get("sessions")
    if not isinstance(found, Sessions):
        found = cx.state["sessions"] = Sessions()
    return found


async def _give_up(launch: Launch | None) -> None:
    """Undo what a sandbox prepared for a command that never ran."""
    if launch is not None and launch.finish is not None:
        await asyncio.to_thread(launch.finish)


def _close(launch: Launch | None) -> None:
    for fd in launch.pass_fds if launch else ():
        os.close(fd)
