"""The tutor: a lesson in csm that needs no key and no network.

`csm tutor` opens the shell in a scratch repository with a model made of rules; `model_provider = "tutor"` uses that
model anywhere. Only the model is scripted: commands, sandbox, questions and edits are real.

Does not: import the lessons before they are wanted.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from csm.api import CommandError, Context, Host, command, hook

if TYPE_CHECKING:
    from csm.api import ModelProvider

_IN_LINES = "In plain lines most keys that lessons name do nothing: send `skip` to pass a lesson that asks for one."


@hook
def models(host: Host) -> list[ModelProvider]:
    """The provider `tutor`."""
    from .late import LateTutor

    return [LateTutor(host)]


@command("tutor.start", title="Learn csm in short lessons", cli="tutor")
def start(cx: Context, *options: str) -> int:
    """Learn csm's keys, offline, with a real sandbox in a scratch repository: a command of your own comes last.

    It goes on where you were in this keymap. A number begins with that lesson: `csm tutor 5`. Options of csm go on to
    it: `csm tutor --keymap vim`.
    """
    if "launch" not in cx.state:
        return _within(cx, options)
    from . import folder

    try:
        scratch = folder.create(cx.host.settings.state_dir)
    except OSError as error:
        raise CommandError(f"the tutor has no place for its scratch repository: {error}") from error
    if _plain(cx.host, options):
        print(_IN_LINES, flush=True)
    try:
        return int(cx.state["launch"](_words(str(scratch), options, _last(cx.host, options))) or 0)
    finally:
        folder.remove(scratch)


def _plain(host: Host, options: Sequence[str]) -> bool:
    """Whether the lessons come in plain lines."""
    dumb = host.env.get("TERM", "dumb") in ("", "dumb", "unknown")
    return dumb or "--plain" in options or host.option("plain") is True


def _within(cx: Context, options: Sequence[str]) -> int:
    """The tutor's own shell in a terminal window of this one."""
    import shlex
    import sys

    if cx.screen is None:
        raise CommandError("the tutor has a shell of its own: run `csm tutor` in a terminal")
    words = [sys.executable, "-m", "csm", "tutor", "--keymap", cx.host.keymap.name, *options]
    cx.host.commands.call("pane.run", [shlex.join(words)], cx)
    return 0


def _last(host: Host, options: Sequence[str]) -> int:
    """The lesson begun last in the keymap asked for; 0 if that was none, or the end."""
    from . import lessons, progress

    keymap = host.settings.keymap
    for at, option in enumerate(options):
        if option == "--keymap" and at + 1 < len(options):
            keymap = options[at + 1]
        elif option.startswith("--keymap="):
            keymap = option.removeprefix("--keymap=")
    last = progress.Progress(host.settings.state_dir, keymap).last
    return last if 1 < last < len(lessons.LESSONS) else 0


def _words(scratch: str, options: Sequence[str], last: int) -> list[str]:
    """The command line: a sandbox that holds only the scratch repository, questions asked, and nothing kept."""
    settings = {
        "model_provider": "tutor",
        "projects": f"{{{_quoted(scratch)}={{trust_level='trusted'}}}}",
        "history.persistence": "none",
        "sandbox_workspace_write.exclude_slash_tmp": "true",
        "sandbox_workspace_write.exclude_tmpdir_env_var": "true",
    }
    words = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
    words += ["-C", scratch, "-s", "workspace-write", "-a", "on-request", "-m", "tutor", "--ephemeral"]
    number = next((option for option in options if option.isdigit()), "")
    begin = number or str(last or "")
    words += [option for option in options if option != number]
    return [*words, "--", f"lesson {begin}" if begin else "Hello"]


def _quoted(text: str) -> str:
    """A TOML string."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
