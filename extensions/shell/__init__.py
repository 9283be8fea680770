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
    from . import specs
    from .late import Late, OwnLate

    settings = host.settings
    keys = {provider.env_key for provider in settings.model_providers.values() if provider.env_key}
    found = settings.raw.get("shell_environment_policy")
    setting = found if isinstance(found, dict) else {}
    keys |= {"OPENAI_API_KEY", "CODEX_API_KEY"}
    login = settings.raw.get("allow_login_shell") is not False

    def exec_command() -> Tool:
        from .exec_command import ExecCommand

        return ExecCommand(setting=setting, keys=keys, login=login)

    def write_stdin() -> Tool:
        from .write_stdin import LONGEST, WriteStdin

        return WriteStdin(longest=settings.raw.get("background_terminal_max_timeout", LONGEST))

    def shell_command() -> Tool:
        from .shell_command import ShellCommand

        return ShellCommand(setting=setting, keys=keys, login=login)

    def own() -> Tool:
        from .own import OwnCommand

        return OwnCommand(host.env)

    return [
        Late(specs.exec_command(login=login), lambda offer: bool(specs.sessions(offer)), exec_command),
        Late(specs.write_stdin(), lambda offer: bool(specs.sessions(offer)), write_stdin),
        Late(specs.shell_command(login=login), lambda offer: specs.sessions(offer) is False, shell_command),
        OwnLate(specs.own(), lambda offer: False, own),
    ]
