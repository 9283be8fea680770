"""Having AGENTS.md written: what a project's agents shall always know.

Does not: write it (the model does), or read it (`csm.runtime.briefing`).
"""

from __future__ import annotations

from pathlib import Path

from csm.api import CommandError, Context, command, ops

from .place import screen

NAME = "AGENTS.md"
_ASKED = """\
Write an AGENTS.md for this folder: what somebody who is new to it has to know before changing anything. Look first: \
what is here, how it is built, run and tested, which manners the code and the history keep to. Then name the commands \
that matter, where things stand, and the rules that the files show, each in a line or two, with nothing that you have \
not seen. Less than a hundred lines. Change no other file.\
"""


@command("guide.write", title="Have AGENTS.md written", slash="init")
def write(cx: Context, *words: str) -> None:
    """Ask the model for an AGENTS.md in the session's folder; `words` say what shall be in it besides."""
    session = screen(cx).session()
    if (Path(session.thread.cwd) / NAME).exists():
        raise CommandError(f"there is an {NAME} already", "say what shall be changed in it")
    session.submit(ops.Submit(" ".join([_ASKED, *words])))
