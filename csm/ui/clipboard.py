"""The system's clipboard: through the terminal (OSC 52), and the tools that a desktop has for it.

Over ssh only the terminal can reach the desktop's clipboard; here a tool can too, takes texts of any size, and can give
back what is there. `csm.clipboard` says which to use: `auto`, `osc52`, `command`, `off`.

Does not: keep texts (`csm.edit.registers`), or wait long for a tool that hangs.
"""

from __future__ import annotations

import base64
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from typing import NamedTuple

from csm.protocol.errors import CommandError

WAYS = ("auto", "osc52", "command", "off")
#: Terminals take no more than this in one OSC 52, in bytes of base64.
_MOST_SENT = 74_000
#: Seconds for a tool; some stay in the background with the text, which is no reason to wait.
_PATIENCE = 2.0
#: Bytes of an image or text that is taken from a clipboard.
_MOST_TAKEN = 64 << 20


class Tool(NamedTuple):
    """A program for the clipboard, where the variable `needs` is set (or the system is that): how it copies a text,
    tells one, and tells a PNG image.
    """

    needs: str
    name: str
    copy: tuple[str, ...]
    paste: tuple[str, ...] = ()
    image: tuple[str, ...] = ()


TOOLS = (
    Tool(
        "WAYLAND_DISPLAY", "wl-copy", ("wl-copy",), ("wl-paste", "-n", "-t", "text"), ("wl-paste", "-t", "image/png")
    ),
    Tool(
        "DISPLAY", "xclip", ("xclip", "-selection", "clipboard", "-in"), ("xclip", "-selection", "clipboard", "-out"),
        ("xclip", "-selection", "clipboard", "-t", "image/png", "-out"),
    ),
    Tool("DISPLAY", "xsel", ("xsel", "-b", "-i"), ("xsel", "-b", "-o")),
    Tool("darwin", "pbcopy", ("pbcopy",), ("pbpaste",), ("pngpaste", "-")),
    Tool("TMUX", "tmux", ("tmux", "load-buffer", "-w", "-")),
)  # fmt: skip


class Clipboard:
    """`send` writes an escape sequence to the terminal; `way` is asked each time which of `WAYS` is wanted."""

    def __init__(self, env: Mapping[str, str], send: Callable[[str], None], way: Callable[[], object]) -> None:
        self._env, self._send, self._way = env, send, way

    def copy(self, text: str) -> None:
        """Put a text on the clipboard, by every way that there is. Raises CommandError where there is none for it."""
        way = self._wanted()
        if way == "off":
            return
        done = way != "osc52" and self._copied(text)
        if way == "command" and not done:
            raise CommandError("no program for the clipboard works here", "csm.clipboard = auto uses the terminal's")
        data = base64.b64encode(text.encode("utf-8", "replace"))
        if way != "command" and len(data) <= _MOST_SENT:
            self._send(f"\x1b]52;c;{data.decode()}\x07")
        elif not done:
            raise CommandError(
                "this is more than a terminal's clipboard takes", "wl-copy, xclip, xsel, pbcopy or tmux take any size"
            )

    def paste(self) -> str:
        """The text on the clipboard. Raises CommandError where no tool can tell it."""
        if self._wanted() not in ("off", "osc52"):
            for tool in self._tools():
                data = self._run(tool.paste) if tool.paste else None
                if data is not None:
                    return data.decode("utf-8", "replace").replace("\r\n", "\n")
        raise CommandError("the clipboard cannot be read here", "paste with the terminal's own key")

    def image(self) -> bytes:
        """A PNG image on the clipboard. Raises CommandError where there is none, or no tool to tell it."""
        tools = [tool for tool in self._tools() if tool.image and self._found(tool.image[0])]
        if not tools:
            raise CommandError(
                "images cannot be read from the clipboard here", "wl-paste, xclip or pngpaste can; or paste a path"
            )
        for tool in tools:
            data = self._run(tool.image)
            if data and data.startswith(b"\x89PNG\r\n\x1a\n"):
                return data
        raise CommandError("there is no image on the clipboard")

    def _wanted(self) -> str:
        way = str(self._way())
        if way not in WAYS:
            raise CommandError(f"csm.clipboard is {', '.join(WAYS)}, not {way}")
        return way

    def _copied(self, text: str) -> bool:
        data = text.encode("utf-8", "replace")
        return any(self._run(tool.copy, data) is not None for tool in self._tools())

    def _tools(self) -> list[Tool]:
        """Those that reach this desktop, the first that is there of each kind."""
        remote = self._env.get("SSH_CONNECTION") or self._env.get("SSH_TTY")
        found: dict[str, Tool] = {}
        for tool in TOOLS:
            here = sys.platform == tool.needs if tool.needs == "darwin" else bool(self._env.get(tool.needs))
            if here and not (remote and tool.name != "tmux") and self._found(tool.copy[0]):
                found.setdefault(tool.needs, tool)
        return list(found.values())

    def _found(self, program: str) -> bool:
        return shutil.which(program, path=self._env.get("PATH")) is not None

    def _run(self, argv: tuple[str, ...], given: bytes | None = None) -> bytes | None:
        """What a tool says; None where it fails. One that copies writes to nowhere, since it may keep that open."""
        wanted = given is None
        try:
            done = subprocess.run(
                argv,
                input=given,
                stdin=subprocess.DEVNULL if wanted else None,
                stdout=subprocess.PIPE if wanted else subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env=dict(self._env),
                timeout=_PATIENCE,
                check=False,
                start_new_session=True,
            )
        except (OSError, subprocess.TimeoutExpired):
            return None
        return (done.stdout or b"")[:_MOST_TAKEN] if done.returncode == 0 else None
