"""The questions that wait, one below the other, each told whole: what, why, where, what could go wrong, how to answer.

The hunks of a patch have boxes where some of them can be allowed without the others.

Does not: answer (`basics`), or ask.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from csm.api import CommandError, diffs, lines, patches, rules, script_of, tools

if TYPE_CHECKING:
    from csm.api import Editor

Line = list[tuple[str, str]]
#: Seconds within which a second answer is a key that was pressed twice.
SETTLE = 0.15
_WORDS: dict[tools.Decision, str] = {
    "accept": "once",
    "accept_session": "for this session",
    "accept_rule": "always",
    "decline": "no",
    "cancel": "no, and stop",
}


class Spot(NamedTuple):
    """What a row belongs to: a question by its id, a piece of its patch or -1."""

    ask: str
    piece: int = -1


class Queue:
    """See `csm.api.Buffer`. `asks()` are the questions by id, `keys()` the key of each answer and of `edit`, `say`."""

    name = "approvals"
    place = "approvals"
    editor: Editor | None = None
    #: Commands act on the question that the cursor is on; their keys come before those that move.
    pointed = True

    def __init__(
        self,
        asks: Callable[[], Mapping[str, tools.Ask]],
        keys: Callable[[], Mapping[str, str]],
        home: str = "",
        origin: Callable[[str], str] = lambda ask_id: "",
    ) -> None:
        """`origin` tells which other session a question is of."""
        self._asks, self._keys, self._home, self._origin = asks, keys, home, origin
        self._off: dict[str, set[int]] = {}
        self._answered: dict[str, float] = {}
        self._known: tuple[Any, ...] = ()
        self._version = 0
        self._laid: tuple[Any, list[Line], list[Spot]] = (None, [], [])

    @property
    def title(self) -> str:
        """How many wait."""
        count = len(self._asks())
        return f"Questions · {count} to answer" if count else "Questions"

    @property
    def version(self) -> int:
        """Grows when the lines have changed."""
        asks = self._asks()
        known = (*asks, *map(self._origin, asks), *sorted(self._keys().items()))
        if known != self._known:
            self._known = known
            self._version += 1
        return self._version

    # What the window asks

    def line_count(self, width: int) -> int:
        """How many lines there are."""
        return len(self._rows(width)[0])

    def lines(self, start: int, stop: int, width: int) -> Sequence[Line]:
        """The lines from `start` up to `stop`."""
        return self._rows(width)[0][max(0, start) : stop]

    def spot(self, line: int, width: int) -> Spot | None:
        """What stands on a line."""
        spots = self._rows(width)[1]
        return spots[min(max(0, line), len(spots) - 1)] if spots else None

    def line_of(self, ask_id: str, width: int) -> int | None:
        """The line where a question begins."""
        return next((at for at, one in enumerate(self._rows(width)[1]) if one.ask == ask_id), None)

    def next(self, line: int, width: int, step: int) -> int | None:
        """The line of the question after the one on a line (`step` 1), or of the one before (-1); round and round."""
        order = list(self._asks())
        spot = self.spot(line, width)
        if spot is None or not order:
            return None
        at = order.index(spot.ask) if spot.ask in order else 0
        return self.line_of(order[(at + step) % len(order)], width)

    # What commands ask

    def ask_at(self, line: int, width: int) -> tools.Ask | None:
        """The question on a line. Raises CommandError for one that has its answer already."""
        spot = self.spot(line, width)
        found = None if spot is None else self._asks().get(spot.ask)
        if found is not None and found.id in self._answered:
            raise CommandError("this is answered already")
        return found

    def answering(self, ask: tools.Ask, decision: tools.Decision) -> tuple[int, ...] | None:
        """A question gets its answer: the pieces of its patch that are meant, None for all.

        Raises CommandError: it cannot be answered so, or a key was pressed twice.
        """
        pieces = self.ticked(ask)
        if decision.startswith("accept") and pieces is not None:
            if not pieces:
                raise CommandError("nothing is ticked", "decline it, or tick what is to be done")
            if decision != "accept":
                raise CommandError("a part can be allowed once, and nothing else")
        now = time.monotonic()
        if any(now - then < SETTLE for then in self._answered.values()):
            raise CommandError("another question was answered just now; this one still waits")
        self._answered = {known: then for known, then in self._answered.items() if known in self._asks()}
        self._answered[ask.id] = now
        return pieces if decision == "accept" else None

    def left(self, ask: tools.Ask | None = None) -> bool:
        """Whether questions other than this one wait."""
        return any(one not in self._answered and (ask is None or one != ask.id) for one in self._asks())

    def waiting(self) -> list[tools.Ask]:
        """Those without an answer."""
        return [ask for ask in self._asks().values() if ask.id not in self._answered]

    def ticked(self, ask: tools.Ask) -> tuple[int, ...] | None:
        """The pieces of a patch that are ticked; None where all are, or there are no boxes."""
        off = self._off.get(ask.id)
        if not off:
            return None
        return tuple(at for at in range(len(patches.pieces(ask.changes))) if at not in off)

    def tick(self, line: int, width: int) -> None:
        """Tick the piece on a line, or clear its box; on a question's other lines all of its pieces."""
        spot = self.spot(line, width)
        ask = None if spot is None else self._asks().get(spot.ask)
        if spot is None or ask is None or "pieces" not in ask.takes:
            raise CommandError("there is nothing to tick here")
        off = self._off.setdefault(ask.id, set())
        if spot.piece >= 0:
            off ^= {spot.piece}
        elif off:
            off.clear()
        else:
            off |= set(range(len(patches.pieces(ask.changes))))
        self._version += 1

    # Lines

    def _rows(self, width: int) -> tuple[list[Line], list[Spot]]:
        key = (width, self.version)
        if self._laid[0] != key:
            made = list(self._lay(max(8, width)))
            self._laid = (key, [line for line, _ in made], [spot for _, spot in made])
        return self._laid[1], self._laid[2]

    def _lay(self, width: int) -> Iterator[tuple[Line, Spot]]:
        asks = self._asks()
        if not asks:
            yield [("help.text", "Nothing waits for an answer.")], Spot("")
        for number, ask in enumerate(asks.values(), 1):
            if number > 1:
                yield [("approval.border", "─" * width)], Spot(ask.id)
            for line, piece in self._ask(ask, number, len(asks), width):
                yield line, Spot(ask.id, piece)

    def _ask(self, ask: tools.Ask, number: int, count: int, width: int) -> Iterator[tuple[Line, int]]:
        head: Line = [("approval.label", f"{number}/{count}  ")] if count > 1 else []
        title = lines.clean(ask.title or "Go on?").replace("\n", " ")
        for row in lines.wrap([("approval.title", title)], width, head, [("", " " * lines.line_width(head))]):
            yield row, -1
        for row in (*_command(ask, width), [], *_facts(ask, width, self._home, self._origin(ask.id))):
            yield row, -1
        for row in _questions(ask, width):
            yield row, -1
        yield from self._changes(ask, width)
        yield [], -1
        for row in self._answers(ask, width):
            yield row, -1
        yield [], -1

    def _changes(self, ask: tools.Ask, width: int) -> Iterator[tuple[Line, int]]:
        numbers = {piece: at for at, piece in enumerate(patches.pieces(ask.changes))}
        boxes = "pieces" in ask.takes
        for index, change in enumerate(ask.changes):
            update = change.kind == "update"
            hunks = patches.parse(change.diff) if update else patches.whole(change.diff, added=change.kind == "add")
            yield [], -1
            alone = numbers.get(patches.Piece(index, -1), -1)
            yield self._file(ask, change, hunks, width, alone if boxes else -1), alone
            digits = max([2, *(len(str(max(one.old_start, one.new_start) + len(one.lines))) for one in hunks)])
            for at, hunk in enumerate(hunks):
                piece = alone if alone >= 0 else numbers.get(patches.Piece(index, at), -1)
                if update:
                    places = f"@@ {hunk.old_start},{hunk.old_count} → {hunk.new_start},{hunk.new_count}"
                    box = self._box(ask, piece) if boxes else []
                    yield (
                        lines.clip([*box, ("diff.hunk", f"{places}  {lines.clean(hunk.head)}".rstrip())], width),
                        piece,
                    )
                for row in diffs.diff_rows(diffs.hunk_lines(hunk), width, digits):
                    yield row, piece

    def _file(self, ask: tools.Ask, change: Any, hunks: Sequence[patches.Hunk], width: int, piece: int) -> Line:
        signs = [line[:1] for hunk in hunks for line in hunk.lines]
        name = change.path.removeprefix(f"{ask.cwd}/") if ask.cwd else change.path
        name += f" → {change.move_path.removeprefix(f'{ask.cwd}/')}" if change.move_path else ""
        note = {"add": "  new", "delete": "  deleted"}.get(change.kind, "")
        box = self._box(ask, piece) if piece >= 0 else []
        line: Line = [*box, ("diff.file", lines.clean(name)), ("dim", note), ("", "  ")]
        line += [("diff.count.added", f"+{signs.count('+')}"), ("", " ")]
        return lines.clip([*line, ("diff.count.removed", f"-{signs.count('-')}")], width)

    def _box(self, ask: tools.Ask, piece: int) -> Line:
        on = piece not in self._off.get(ask.id, ())
        return [("approval.key", "[x] ")] if on else [("dim", "[ ] ")]

    def _answers(self, ask: tools.Ask, width: int) -> Iterator[Line]:
        if ask.id in self._answered:
            yield [("dim", "answered")]
            return
        keys, line = self._keys(), list[tuple[str, str]]()
        words: list[tuple[str, str]] = [(one, _WORDS[one]) for one in ask.decisions]
        words += [("say", "no, do this instead")] if "decline" in ask.decisions else []
        words += [("edit", "change it")] if "edited" in ask.takes else []
        words += [("tick", "tick")] if "pieces" in ask.takes else []
        whose = self._origin(ask.id) or ask.agent
        words += [("agent", f"look at {lines.clean(whose)}")] if whose else []
        if ask.kind == "questions":
            words = [("close", "answer it above the composer")]
        for name, word in words:
            if keys.get(name):
                part: Line = [("approval.key", keys[name]), ("approval.choice", f" {word}")]
                if line and lines.line_width([*line, *part]) + 3 > width:
                    yield lines.clip(line, width)
                    line = []
                line += [("dim", " · "), *part] if line else part
        yield lines.clip(line, width)


def _command(ask: tools.Ask, width: int) -> Iterator[Line]:
    script = script_of(ask.command, ask.argv).strip("\n") if ask.command else ""
    for number, text in enumerate(script.split("\n") if script else ()):
        mark: Line = [("command.mark", "  $ " if not number else "    ")]
        yield from lines.wrap([("approval.command", lines.clean(text, 4))], width, mark, [("", "      ")])


def _facts(ask: tools.Ask, width: int, home: str, origin: str) -> Iterator[Line]:
    cwd = f"~{ask.cwd[len(home) :]}" if home and f"{ask.cwd}/".startswith(f"{home}/") else ask.cwd
    facts = [
        ("Why", ask.why, "approval.text"),
        ("Risk", ask.risk if ask.risk != ask.why else "", "approval.risk"),
        ("Where", cwd, "approval.text"),
        ("Sandbox", {"none": "none: it runs outside"}.get(ask.sandbox, ask.sandbox), "approval.text"),
        ("Session", origin, "approval.text"),
        ("Agent", ask.agent, "approval.text"),
        ("Always", rules.text(ask.prefix) if "accept_rule" in ask.decisions and ask.prefix else "", "approval.command"),
    ]
    facts = [fact for fact in facts if fact[1].strip()]
    size = max((len(name) for name, _, _ in facts), default=0) + 2
    for name, text, role in facts:
        first: Line = [("approval.label", f"{name:<{size}}")]
        for part in text.strip().split("\n"):
            yield from lines.wrap([(role, lines.clean(part, 4))], width, first, [("", " " * size)])
            first = [("", " " * size)]


def _questions(ask: tools.Ask, width: int) -> Iterator[Line]:
    for question in ask.questions:
        yield []
        yield from lines.wrap([("approval.text", lines.clean(question.question))], width)
        for choice in question.choices:
            text = f"{choice.label}  {choice.description}".rstrip()
            yield from lines.wrap([("approval.choice", lines.clean(text))], width, [("dim", "  • ")], [("", "    ")])
