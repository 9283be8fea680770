"""What a command gets: the host, the session's port and, where there is one, the screen.

Does not: hold state of its own. `Screen` is implemented by `csm.ui` and by the driver in `csm.api.testing`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import msgspec

from csm.protocol.errors import CommandError

if TYPE_CHECKING:
    from csm.edit.editor import Editor
    from csm.host.host import Host
    from csm.host.keyed import Jumps, Macros
    from csm.host.shown import Buffers, Seats, Session, Windows
    from csm.view.buffers import Buffer


class Choice(Protocol):
    """One row of a picker: `value` is returned, `label` and `detail` are shown and matched."""

    @property
    def value(self) -> Any:
        """What choosing it gives."""
        ...

    @property
    def label(self) -> str:
        """What it is called."""
        ...

    @property
    def detail(self) -> str:
        """What is said about it."""
        ...


class Screen(Protocol):
    """The shell as commands see it. Called on the shell's own loop only."""

    @property
    def buffer(self) -> Buffer:
        """The buffer in the focused window."""
        ...

    @property
    def editor(self) -> Editor:
        """The editor of the focused buffer (composer, palette line, transcript cursor)."""
        ...

    @property
    def place(self) -> str:
        """The focused place: `composer transcript approval palette help messages picker`."""
        ...

    @property
    def places(self) -> Sequence[str]:
        """Where keys are looked up first: the focused place, what is above it with a cursor."""
        ...

    @property
    def modes(self) -> tuple[str, ...]:
        """The modes whose keys apply."""
        ...

    @property
    def composer(self) -> Editor:
        """The composer's editor, wherever the focus is."""
        ...

    def focus(self, place: str) -> None:
        """Move the focus."""
        ...

    def scroll(self, lines: int) -> None:
        """Scroll the focused (else the transcript) window; negative is up."""
        ...

    def scroll_to(self, where: str) -> None:
        """`top`, `bottom`, `page-up`, `page-down`, `half-up`, `half-down`, `previous-turn`, `next-turn`."""
        ...

    @property
    def line(self) -> int:
        """The line of the focused buffer that the cursor is on; the first one in sight where there is no cursor."""
        ...

    @property
    def columns(self) -> int:
        """The width at which the focused buffer is shown, which its line numbers belong to."""
        ...

    def go_to(self, line: int, *, select_to: int | None = None) -> None:
        """Go to a line of the focused buffer; with `select_to` select whole lines up to that one, with a cursor."""
        ...

    def message(self, text: str, role: str = "message") -> None:
        """Show one line until the next key; kept in the messages buffer."""
        ...

    def show(self, buffer: Buffer, where: str = "here") -> None:
        """Show a buffer and give it the keys; `close` returns. `where`: `here`, over what the current window shows, or
        `right`, `below`, `other` for another window. A buffer of the same name that is shown is replaced.
        """
        ...

    @property
    def windows(self) -> Windows:
        """The windows on the screen."""
        ...

    @property
    def buffers(self) -> Buffers:
        """The buffers there are."""
        ...

    def close(self) -> None:
        """Close a picker or the palette, else what is shown over something else, else leave the window."""
        ...

    def pick(
        self,
        title: str,
        choices: Sequence[Choice],
        done: Callable[[Any], None],
        cancel: Callable[[], None] | None = None,
        *,
        preview: Callable[[Any, int, int], Sequence[list[tuple[str, str]]]] | None = None,
        moved: Callable[[Any], None] | None = None,
        ticked: Sequence[Any] | None = None,
        ordered: bool = False,
        actions: Mapping[str, tuple[str, Callable[[Any], None]]] | None = None,
        current: Any = None,
        keys: str = "",
        recent: bool = False,
        typed: str = "",
        several: bool = False,
        find: Callable[[str], Sequence[Choice]] | None = None,
        sorts: Mapping[str, Callable[[Any], Any]] | None = None,
    ) -> None:
        """Let the user choose; `done` gets the value, `cancel` (if any) is called where nothing is.

        `preview(value, columns, rows)` gives lines to show for the chosen row, `moved(value)` is called when another
        one is chosen. With `ticked`, values, rows have boxes, and `done` gets the list of those ticked; `ordered`: they
        can be put in order. `actions` are a word and `callable(value)` by name, for `act`; `current` is the value
        chosen first, `typed` what narrows the list at first. `keys` is a place whose keys come before those of lists;
        `recent` rows keep their order. With `several` rows can be marked, and `done` and actions get a list of values.
        `find(typed)` gives the rows for what is typed, where the list is not to look for it in theirs.
        `sorts` are other orders of the rows by name: what gives a row's key. Rows may have a `section`.
        """
        ...

    def parts(self) -> list[tuple[str, str]]:
        """What the status line and the title can be made of: names, and what each tells now."""
        ...

    def act(self, name: str) -> None:
        """Do one of the open picker's `actions` with the chosen row, and close it."""
        ...

    @property
    def panel(self) -> Any:
        """What is open above the composer: it has a `place`, lists have `chosen()`. None where nothing is."""
        ...

    def sessions(
        self,
        title: str,
        done: Callable[[Any], None],
        *,
        everywhere: bool = False,
        non_interactive: bool = False,
    ) -> None:
        """Let the user choose a stored session, of this folder unless `everywhere`; `done` gets its `SessionHead`."""
        ...

    def ask_line(
        self,
        prompt: str,
        done: Callable[[str], None],
        text: str = "",
        *,
        masked: bool = False,
        cancel: Callable[[], None] | None = None,
        changed: Callable[[str], None] | None = None,
        multiline: bool = False,
    ) -> None:
        """Let the user type one line; `masked` shows dots for it, `cancel` is called where nothing is given, `changed`
        with what is typed so far, after each change. `multiline` takes lines, the last of which Enter ends.
        """
        ...

    def search(self, direction: str) -> bool:
        """Search what is read: `forward`, `backward` ask for a pattern; `next`, `previous` go to another match of it.

        False where nothing is read, or there is no other match.
        """
        ...

    def palette(self, text: str = "", *, offer: Callable[[str], tuple[str, str] | None] | None = None) -> None:
        """Open the command palette with `text` on its line; the draft stays.

        `offer` makes it Vim's `:` line: what it says a typed line means, a command line and its title, comes first.
        """
        ...

    def select(self, rows: int) -> None:
        """Move the chosen row of the open picker or palette; negative is up, far too much is the end."""
        ...

    def accept(self) -> None:
        """Take the chosen row of the picker or palette, or the typed line, and close it."""
        ...

    @property
    def menu(self) -> Any:
        """What the word before the composer's cursor may become: `move(rows)`, `accept(go=)`, `close()`."""
        ...

    def complete(self) -> None:
        """Complete what stands before the cursor (palette line, slash word, file name); nothing if there is nothing."""
        ...

    def fold(self, what: str) -> None:
        """Fold or unfold: `block` the block at the cursor (else the last one that can be), `all` every one."""
        ...

    def cursor(self, on: bool | None = None) -> bool:
        """Have a cursor in the window that is read, or have none; without a word the other way round. Whether there is
        one now: a buffer with a cursor of its own has no other.
        """
        ...

    def read_keys(self, prompt: str, done: Callable[[tuple[str, ...]], None]) -> None:
        """Let the user press keys up to the end of a binding, and give them to `done` instead of running them."""
        ...

    def read_char(
        self,
        prompt: str,
        done: Callable[[str], None],
        choices: Callable[[], Iterable[tuple[str, str]]] | None = None,
    ) -> None:
        """Have the next key given to `done` as the character it types; a key that types none is no answer.

        `choices` are characters with what they stand for, shown after a moment.
        """
        ...

    @property
    def macros(self) -> Macros:
        """Recording keys, and pressing them again."""
        ...

    @property
    def jumps(self) -> Jumps:
        """Where the keys were before, in any buffer."""
        ...

    def unmark(self) -> None:
        """Mark the matches of the last search no more."""
        ...

    @property
    def recent(self) -> Sequence[str]:
        """The command lines that were typed, the last one first."""
        ...

    @property
    def last(self) -> tuple[str, int | None] | None:
        """The line that a key or the palette ran last, with its count; finding and repeating one do not count."""
        ...

    def outside(self, call: Callable[[], None]) -> None:
        """Give the terminal back, call `call` (which may run a program in it), take it again and redraw."""
        ...

    def copy(self, text: str) -> None:
        """Put text on the clipboard. Raises CommandError where that cannot be done."""
        ...

    @property
    def clipboard(self) -> Any:
        """The system's clipboard: `paste()` gives its text, `image()` a PNG on it, both raise CommandError."""
        ...

    def attach(self, path: str) -> str:
        """Put an image file into the draft, at the cursor; its name. Raises CommandError for what is none."""
        ...

    def popup(self, text: str, seconds: float = 5.0, title: str = "") -> None:
        """Show a small box with text for a while; one with the same title gives way to it."""
        ...

    def reload(self) -> Any:
        """Take up what changed on the disk, all or nothing: a `csm.host.renewal.Outcome`."""
        ...

    @property
    def size(self) -> tuple[int, int]:
        """Columns and rows of the screen."""
        ...

    def shot(self) -> Any:
        """The screen as it is, as data: a `csm.view.shot.Shot`."""
        ...

    @property
    def focused(self) -> bool:
        """Whether the terminal's window has the focus, as far as it says."""
        ...

    def mouse(self, on: bool | None = None) -> bool:
        """Take the mouse, or leave it to the terminal; without a word the other way round. Whether it is taken now."""
        ...

    def send(self, sequence: str) -> None:
        """Write an escape sequence that shows nothing, such as a notification, to the terminal."""
        ...

    def refresh(self) -> None:
        """Have the next frame drawn."""
        ...

    def redraw(self) -> None:
        """Draw every cell anew, whatever the terminal shows."""
        ...

    def quit(self) -> None:
        """Leave the shell, terminal restored."""
        ...

    def suspend(self) -> None:
        """Stop the process as C-z does, terminal restored meanwhile."""
        ...

    def session(self) -> Session:
        """The current session: the one in the window that has the keys, or had them last. It stays the same one for
        whoever holds it.
        """
        ...

    @property
    def seats(self) -> Seats:
        """The sessions that are open."""
        ...

    @property
    def ask(self) -> Any:
        """The question to answer next (`csm.protocol.tools.Ask`), if there is one."""
        ...


class Context(msgspec.Struct):
    """What a command may use. `count` is the numeric prefix; `arguments` what followed the name, unparsed."""

    host: Host
    screen: Screen | None = None
    port: Any = None
    count: int | None = None
    arguments: tuple[str, ...] = ()
    state: dict[str, Any] = {}


class Row(NamedTuple):
    """A row of a picker: what is chosen by it, what is shown, and what stands behind that."""

    value: Any
    label: str
    detail: str = ""


def screen_of(cx: Context) -> Screen:
    """The screen that a command works on. Raises CommandError where there is none."""
    if cx.screen is None:
        raise CommandError("this needs the shell's screen")
    return cx.screen
