"""Shell commands in the sandbox: `exec_command` and `write_stdin`, or `shell_command` in their place.

Does not: hold commands back (the sandboxes do) or judge them (the core does).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from csm.api import hook

if TYPE_CHECKING:
    from collections.abc import Sequence

    from csm.api import Host, Tool


@hook
def tools(host: Host) -> Sequence[Tool]:
    """All of them; which are offered is decided for each turn. Names of variables with keys come from the settings."""
    from .exec_command import ExecCommand
    from .shell_command import ShellCommand
    from .write_stdin import LONGEST, WriteStdin

    settings = host.settings
    keys = {provider.env_key for provider in settings.model_providers.values() if provider.env_key}
    found = settings.raw.get("shell_environment_policy")
    setting = found if isinstance(found, dict) else {}
    keys |= {"OPENAI_API_KEY", "CODEX_API_KEY"}
    login = settings.raw.get("allow_login_shell") is not False
    return [
        ExecCommand(setting=setting, keys=keys, login=login),
        WriteStdin(longest=settings.raw.get("background_terminal_max_timeout", LONGEST)),
        ShellCommand(setting=setting, keys=keys, login=login),
    ]
