"""The tutor: a lesson in csm that needs no key and no network.

`csm tutor` opens the shell in a scratch repository with a model made of rules; `model_provider = "tutor"` uses that
model anywhere. Only the model is scripted: commands, sandbox, questions and edits are real.

Does not: import the lessons before they are wanted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from csm.api import CommandError, Context, Host, command, hook

if TYPE_CHECKING:
    from csm.api import ModelProvider


@hook
def models(host: Host) -> list[ModelProvider]:
    """The provider `tutor`."""
    from .provider import Tutor
    from .world import Watcher

    return [Tutor(Watcher(host).look)]


@command("tutor.start", title="Learn csm in eight short lessons", cli="tutor", hidden=True)
def start(cx: Context) -> int:
    """Learn the keys of the first hour, offline, with a real sandbox in a scratch repository."""
    from . import folder

    scratch = folder.create(cx.host.settings.state_dir)
    try:
        return int(cx.state["launch"](_words(str(scratch))) or 0)
    except OSError as error:
        raise CommandError(f"the tutor has no place for its scratch repository: {error}") from error
    finally:
        folder.remove(scratch)


def _words(scratch: str) -> list[str]:
    """The command line: a sandbox that holds only the scratch repository, and questions asked."""
    only_here = ("exclude_slash_tmp=true", "exclude_tmpdir_env_var=true")
    options = ["-c", "model_provider=tutor", "-c", f"projects={{{_quoted(scratch)}={{trust_level='trusted'}}}}"]
    for setting in only_here:
        options += ["-c", f"sandbox_workspace_write.{setting}"]
    return [*options, "-C", scratch, "-s", "workspace-write", "-a", "on-request", "-m", "tutor", "Hello"]


def _quoted(text: str) -> str:
    """A TOML string."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
