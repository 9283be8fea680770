"""A session in plain lines: what comes is written once, below what was, and a line that is typed is the answer.

The shell behind it is the one of the screen: the same commands, lists, questions and pages. Lists and questions are
told with numbers; a number chooses. Other lines are prompts, `/` and `!` words, or commands after a `:`.

Does not: read or write the terminal (`csm.ui.plain_app`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from csm.protocol.errors import CommandError
from csm.ui import plain_asks, plain_lists
from csm.ui.screen import ShellScreen
from csm.view import words
from csm.view.telling import Teller

if TYPE_CHECKING:
    from csm.ui.shell import Shell

#: The width that pages are laid out for, and how many of their lines are told.
_COLUMNS, _MOST = 100, 1_000
_YOU = "You: "
_HELP = (
    "Type a prompt and Enter. While a turn runs, a line joins it. A line that ends in a backslash goes on in the next.",
    "A ! before a line runs it in your shell, a : runs a command of csm by its name, a / one of these words:",
)
#: Seconds after which something is asked again of which nothing has come.
_PATIENCE = 1.0


class PlainScreen(ShellScreen):
    """The screen of commands where there is none: what would move or mark something is told."""

    def __init__(self, shell: Shell, plain: Plain) -> None:
        super().__init__(shell)
        self._plain = plain

    def fold(self, what: str) -> None:
        self._plain.unfold(everything=what == "all")

    def search(self, direction: str) -> bool:
        if direction not in ("forward", "backward"):
            return False
        self.ask_line("Search for:", self._plain.find)
        return True

    def copy(self, text: str) -> None:
        from csm.ui.clipboard import Clipboard

        Clipboard(self._plain.shell.host.env, lambda data: None, lambda: "command").copy(text)


class Plain:
    """The conversation. `write(text)` gets whole lines and prompts; `news` is to be called when something changed.

    `new`: it begins with a new session.
    """

    def __init__(self, shell: Shell, write: Callable[[str], None], *, new: bool = True) -> None:
        self.shell, self._write = shell, write
        self.shell.screen = PlainScreen(shell, self)
        self._teller = Teller(new=new)
        self._asked: Any = None
        self._prompting = False
        self._held = ""
        self._waiting: Any = None
        #: A prompt was given with the command line, and nothing has come of it yet.
        self.prompted = False

    @property
    def masked(self) -> bool:
        """Whether what is typed next is a secret."""
        return bool(self.shell.panels) and getattr(self.shell.panels[-1], "masked", False)

    # What is told

    def news(self) -> None:
        """Write what is new, and what is asked for now."""
        shell = self.shell
        self.tell(self._teller.news(shell.session.thread))
        self._message()
        self._page()
        asked, lines, prompt = self._wanted()
        if self._waiting is not None and self._waiting == (asked, shell.session.thread.seq):
            return
        self._waiting = None
        if self.prompted and asked == "you" and not shell.session.thread.turns:
            return
        self.prompted = False
        if asked != self._asked:
            self._asked = asked
            self._end_prompt()
            self.tell(lines)
        if prompt and not self._prompting:
            self._write(prompt)
            self._prompting = True

    def tell(self, lines: list[str]) -> None:
        """Write lines, below a prompt that nobody has answered yet."""
        if lines:
            self._end_prompt()
            self._write("".join(f"{line}\n" for line in lines))

    def _end_prompt(self) -> None:
        if self._prompting:
            self._write("\n")
        self._prompting = False

    def _message(self) -> None:
        text, role = self.shell.message.text, self.shell.message.role
        if text:
            self.shell.message.clear()
            self.prompted = False
            level = role.rpartition(".")[2]
            word = {"error": "Error", "warning": "Warning"}.get(level, "Note")
            self.tell([f"{word}: {words.worded(text)}"])

    def _page(self) -> None:
        """Tell what a command shows over the transcript, and close it."""
        for _ in range(8):
            shown = self.shell.windows.current.top
            if shown.thread:
                return
            buffer = shown.buffer
            count = buffer.line_count(_COLUMNS)
            rows = [words.worded(row) for row in buffer.lines(0, min(count, _MOST), _COLUMNS)]
            more = [f"... {count - _MOST} more lines"] if count > _MOST else []
            self.tell([f"{words.worded(str(buffer.title))}:", *rows, *more])
            self.shell.windows.pop()
            self.shell.focus("composer")

    def _wanted(self) -> tuple[Any, list[str], str]:
        """What is asked for now: something that tells it from other questions, its lines, the prompt."""
        shell = self.shell
        if shell.panels:
            return plain_lists.wanted(shell.panels[-1])
        if shell.ask is not None:
            return plain_asks.wanted(shell, shell.ask)
        if shell.session.opening or shell.session.thread.running:
            return "working", [], ""
        return "you", [], _YOU

    # What is typed

    def take(self, lines: list[str]) -> None:
        """Take lines as they were typed or pasted together. One that ends in a backslash goes on in the next."""
        self._prompting = False
        if self._free:
            text = "\n".join([*([self._held] if self._held else []), *lines])
            self._held = ""
            if text.endswith("\\"):
                self._held = text[:-1]
                return
            self._say(text)
        else:
            for line in lines:
                self._answer(line)
        self.news()

    def sent(self) -> None:
        """What was typed is under way: nothing is asked again before something comes of it, or after a while."""
        self._waiting = waiting = (self._wanted()[0], self.shell.session.thread.seq)

        def over() -> None:
            if self._waiting is waiting:
                self._waiting = None
                self.news()

        self.shell.clock.later(_PATIENCE, over)

    def interrupt(self) -> bool:
        """C-c: leave what is asked, else stop the turn; False where there is nothing to stop."""
        shell, self._held = self.shell, ""
        if shell.panels:
            self._prompting = False
            shell.screen.close()
        elif shell.session.thread.running or shell.session.own:
            shell.interrupt()
        else:
            return False
        self.tell(["Interrupted by you."])
        self.news()
        return True

    @property
    def _free(self) -> bool:
        return not self.shell.panels and self.shell.ask is None

    def _answer(self, line: str) -> None:
        shell = self.shell
        if shell.panels:
            self._asked = plain_lists.take(shell, line, self._asked)
        elif shell.ask is not None:
            self._asked = None
            self._guarded(lambda: plain_asks.take(shell, shell.ask, line))
        else:
            self._say(line)

    def _say(self, text: str) -> None:
        """A prompt, a slash word, a shell line, or a command line after a colon."""
        shell = self.shell
        if not text.strip():
            return
        shell.focus("composer")
        if text.strip() in ("?", "/help"):
            self.tell([*_HELP, *(f"  /{word}: {one.title}" for word, one in shell.host.commands.slashes().items())])
            return
        if text.startswith(":"):
            shell.run(text[1:].strip())
            return
        prompt = not text.startswith(("/", "!"))
        if prompt:
            self._teller.typed.append(text)
        shell.composer.editor.set_text(text)
        shell.run("composer.submit")
        if prompt and not shell.panels and not shell.message.text:
            self.sent()

    def _guarded(self, call: Callable[[], None]) -> None:
        try:
            call()
        except CommandError as error:
            self.shell.teller.refused(error)
        else:
            if not self.shell.panels:
                self.sent()

    # Commands of the screen

    def unfold(self, *, everything: bool) -> None:
        """Tell the whole of what was shortened."""
        lines = self._teller.unfolded(self.shell.session.thread, everything=everything)
        self.tell(lines or ["Nothing was left out."])

    def find(self, text: str) -> None:
        """Tell the lines of the session in which a text stands, with who said them."""
        from csm.view import finding

        if not text:
            return
        pattern = finding.compiled(text)

        def told() -> None:
            self.tell(plain_lists.found(self.shell.session.thread, pattern, text))
            self._asked = None
            self.news()

        if not self.shell.session.recall(everything=True, then=told):
            told()
