"""The menu over the composer: what the word before the cursor may become, slash commands and what extensions complete.

A word begins with a trigger (`@`, `$`, `/`), and the longest trigger that it begins with counts. Slash commands are
looked up at once; extensions' completers run in a thread of their own, the last question first, and the rows of the one
before stay until the answer is there. A key that takes a row meanwhile waits for it.

Does not: know what there is to complete, or keys.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from csm.host import codex_words
from csm.host.context import Context
from csm.ui import matching
from csm.ui.frame import Line
from csm.view.lines import clip, merge, pad, single, width

if TYPE_CHECKING:
    from csm.ui.shell import Shell

SLASH, FILE = "/", "@"
#: How far back a word may begin, and how many rows are kept.
_LONGEST, _MOST = 512, 200
#: So many letters of a slash command find it by what stands in its name or title too.
_TELLING = 3
Rows = Sequence[Any]


class Row(NamedTuple):
    """`text` takes the place of the word; `label` is shown for it, `detail` after it."""

    text: str
    detail: str = ""
    label: str = ""


class Word(NamedTuple):
    """What is completed: the text from offset `start` to the cursor, without its trigger."""

    trigger: str
    start: int
    typed: str


class Menu:
    """Follows the composer. `rows` is empty where there is nothing to show; `selected` is the chosen one."""

    def __init__(self, shell: Shell) -> None:
        self._shell = shell
        self._worker = Worker()
        self._seen: tuple[int, int] = (-1, -1)
        self._asked: Word | None = None
        self._answered: Word | None = None
        self._closed: tuple[str, int] | None = None
        self._then: Callable[[], None] | None = None
        self.word: Word | None = None
        self.rows: list[Row] = []
        self.selected = 0
        self._first = 0
        self._moved = False

    @property
    def open(self) -> bool:
        """Whether its keys apply."""
        return bool(self.word and (self.rows or self.waiting) and self._shell.place == "composer")

    @property
    def waiting(self) -> bool:
        """Whether an answer is still to come."""
        return self._asked is not None and self._asked != self._answered

    def follow(self) -> None:
        """The draft may have changed: see what there is to complete now."""
        editor = self._shell.composer.editor
        now = (editor.version, editor.cursor)
        if now == self._seen:
            return
        self._seen, self._then = now, None
        word = self._find() if editor.mode in ("insert", "replace") else None
        if word is None or (word.trigger, word.start) != self._closed:
            self._closed = None
        if word is None or self._closed:
            self.clear()
            return
        if self.word is None or (word.trigger, word.start) != (self.word.trigger, self.word.start):
            self.rows = []
        self.word = word
        self._ask(word)

    def clear(self) -> None:
        """Show nothing."""
        self.word = self._asked = self._answered = self._then = None
        self.rows, self.selected, self._first, self._moved = [], 0, 0, False

    def close(self) -> None:
        """Show nothing until another word is begun."""
        word = self.word
        self.clear()
        self._closed = (word.trigger, word.start) if word is not None else None

    def move(self, rows: int) -> None:
        """Choose another row, round and round."""
        if self.rows:
            self.selected = (self.selected + rows) % len(self.rows)
            self._moved = True

    def click(self, row: int) -> None:
        """Take the row at a row of the menu."""
        if self._first + row < len(self.rows):
            self.selected, self._moved = self._first + row, True
            self.accept(go=self.word is not None and self.word.trigger == SLASH)

    def accept(self, *, go: bool = False) -> None:
        """Put the chosen row in the place of the word. `go`: then run a slash command, or send what fits nothing."""
        if self.waiting:
            self._then = lambda: self.accept(go=go)
            return
        word, editor = self.word, self._shell.composer.editor
        if word is None or not self.rows:
            self.clear()
            if go:
                self._shell.run("composer.submit")
            return
        row = self.rows[self.selected]
        if go and word.trigger == SLASH and not self._moved and self._whole(word, row):
            self.clear()
            self._shell.run("composer.submit")
            return
        end = editor.cursor
        while end < len(editor.text) and word.trigger != SLASH and not editor.text[end].isspace():
            end += 1
        blank = "" if row.text.endswith("/") or editor.text[end : end + 1].isspace() else " "
        editor.replace(word.start, end, row.text + blank)
        if not blank and not row.text.endswith("/"):
            editor.cursor += 1
        self._seen = (-1, -1)
        ready = go and word.trigger == SLASH and not self._needs_more(editor.text)
        if ready:
            self.clear()
            self._shell.run("composer.submit")
        self.follow()

    def render(self, columns: int, height: int) -> list[Line]:
        """The rows around the chosen one, in at most `height` lines."""
        if not self.open or height < 1:
            return []
        room = len(self.rows) if len(self.rows) <= height else max(1, height - 1)
        self._first = min(max(self._first, self.selected - room + 1), self.selected)
        shown = self.rows[self._first : self._first + room]
        labels = min(max((width(single(row.label)) for row in shown), default=0), max(8, columns * 2 // 3))
        lines = [self._line(row, at == self.selected, labels, columns) for at, row in enumerate(shown, self._first)]
        if room < len(self.rows) and height > 1:
            left = len(self.rows) - self._first - room
            told = f"… {left} more" if left else f"{len(self.rows)} in all"
            lines.append([("palette.detail", f"  {told}")])
        return lines

    def _line(self, row: Row, chosen: bool, labels: int, columns: int) -> Line:
        base = "palette.selected" if chosen else "palette"
        label = single(row.label)
        hits = matching.marked(self.word.typed, label) if self.word else set[int]()
        line: Line = [(base, "  ")]
        line += [(f"{base} palette.match" if at in hits else base, char) for at, char in enumerate(label)]
        line = pad(clip(merge(line), labels + 2), labels + 2, base)
        if row.detail:
            role = "palette.selected palette.detail" if chosen else "palette.detail"
            line = [*line, (role, f"  {single(row.detail)}")]
        line = clip(line, columns)
        return pad(line, columns, base) if chosen else line

    # What there is

    def _find(self) -> Word | None:
        editor = self._shell.composer.editor
        at = editor.cursor
        before = editor.text[max(0, at - _LONGEST) : at]
        offset = at - len(before)
        if self._shell.place != "composer" or not before:
            return None
        if not offset and before.startswith(SLASH) and "\n" not in before:
            head, blank, _ = before.partition(" ")
            return None if SLASH in head[1:] else Word(SLASH, 0, before[1:]) if not blank else self._argument(before)
        start = max(before.rfind(blank) for blank in " \t\n") + 1
        text = before[start:]
        if not text or text[0].isalnum():
            return None
        found = [trigger for trigger in self._completers() if text.startswith(trigger)]
        if self._shell.composer.shell:  # where `$` is a variable, and much else means something of its own
            found = [trigger for trigger in found if trigger.startswith(FILE)]
        if not found or (start == 0 and offset):
            return None
        trigger = max(found, key=len)
        return Word(trigger, offset + start, text[len(trigger) :])

    def _argument(self, before: str) -> Word | None:
        found = self._shell.host.commands.complete(before, self._context())
        if not found:
            return None
        return Word(SLASH, found[0].start, before[found[0].start :])

    def _completers(self) -> dict[str, list[Callable[..., Rows]]]:
        found: dict[str, list[Callable[..., Rows]]] = {}
        for trigger, call in self._shell.host.provide("completers"):
            found.setdefault(str(trigger), []).append(call)
        return found

    def _ask(self, word: Word) -> None:
        if word.trigger == SLASH:
            self._asked = word
            self._show(word, self._names(word.typed) if word.start == 0 else self._candidates())
            return
        if word == self._asked:
            return
        self._asked, shell = word, self._shell
        host, folder, calls = shell.host, shell.session.cwd, self._completers().get(word.trigger, [])

        def work() -> None:
            rows: list[Row] = []
            problem = ""
            for call in calls:
                try:
                    rows += [_row(one) for one in call(host, word.typed, folder) or ()]
                except Exception as error:
                    problem = f"completing {word.trigger} failed: {type(error).__name__}: {error}"
            shell.clock.soon(lambda: self._came(word, rows, problem))

        self._worker.ask(work)

    def _names(self, typed: str) -> list[Row]:
        if typed in codex_words.INSTEAD and self._shell.host.commands.slash(typed) is None:
            return [Row(f"/{typed}", codex_words.INSTEAD[typed], f"/{typed}")]  # and nothing that only sounds like it
        all_ = [Row(f"/{word}", one.title, f"/{word}") for word, one in self._shell.host.commands.slashes().items()]
        begin = [row for row in all_ if row.label.startswith(f"/{typed}")]
        if len(typed) < _TELLING:
            return begin
        others = matching.ranked([row for row in all_ if row not in begin], typed, lambda row: (row.label, row.detail))
        return [*begin, *others]

    def _candidates(self) -> list[Row]:
        editor = self._shell.composer.editor
        found = self._shell.host.commands.complete(editor.text[: editor.cursor], self._context())
        return [Row(one.text, one.detail, one.text) for one in found]

    def _came(self, word: Word, rows: list[Row], problem: str) -> None:
        if word != self._asked:
            return
        if problem:
            self._shell.host.report("error", problem)
            self._shell.message.say(problem, "message.error")
        self._show(word, rows)
        then, self._then = self._then, None
        if then is not None:
            then()
        self._shell.refresh()

    def _show(self, word: Word, rows: list[Row]) -> None:
        chosen = self.rows[self.selected].text if self._moved and self.rows else None
        self._answered, self.rows = word, rows[:_MOST]
        texts = [row.text for row in self.rows]
        self._moved = chosen in texts
        self.selected, self._first = (texts.index(chosen) if chosen in texts else 0), 0
        if word.trigger == SLASH and word.start and len(rows) == 1 and rows[0].text == word.typed:
            self.rows = []

    def _whole(self, word: Word, row: Row) -> bool:
        """Whether what is typed can run as it stands: a whole name, or no argument yet."""
        return word.typed == row.text[1:] if word.start == 0 else word.typed in ("", row.text)

    def _needs_more(self, line: str) -> bool:
        try:
            parameters = self._shell.host.commands.get(line.split(maxsplit=1)[0]).parameters
        except Exception:  # running the line tells why
            return False
        given = len(line.split()) - 1
        return sum(one.required for one in parameters) > given

    def _context(self) -> Context:
        return Context(self._shell.host, self._shell.screen, self._shell.port)


def _row(given: Any) -> Row:
    if isinstance(given, str):
        return Row(given, "", given)
    text, detail, *label = given
    return Row(str(text), str(detail), str(label[0]) if label else str(text))


class Worker:
    """A thread that does the last thing asked for; what was asked before and has not begun is forgotten."""

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._job: Callable[[], None] | None = None
        self._alive = False

    def ask(self, job: Callable[[], None]) -> None:
        """Have something done, soon."""
        with self._condition:
            self._job = job
            if not self._alive:
                self._alive = True
                threading.Thread(target=self._run, name="csm-completing", daemon=True).start()
            self._condition.notify()

    def _run(self) -> None:
        while True:
            with self._condition:
                while self._job is None:
                    if not self._condition.wait(10.0):
                        self._alive = False
                        return
                job, self._job = self._job, None
            job()
