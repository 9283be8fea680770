"""The tools `exec_command` and `write_stdin`: shell commands in the sandbox, in pipes or a terminal.

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
    """Both tools; the names of variables that hold providers' keys come from the settings."""
    from .exec_command import ExecCommand
    from .write_stdin import WriteStdin

    settings = host.settings
    keys = {provider.env_key for provider in settings.model_providers.values() if provider.env_key}
    setting = settings.raw.get("shell_environment_policy")
    return [
        ExecCommand(
            setting=setting if isinstance(setting, dict) else {}, keys=keys | {"OPENAI_API_KEY", "CODEX_API_KEY"}
        ),
        WriteStdin(),
    ]
