"""A thread told in plain lines, each once and none ever again: what came since the last look.

Messages are told by their lines as these become complete, one message at a time; what runs beside it is told when
it is over.

Does not: find words (`csm.view.words`) or write.
"""

from __future__ import annotations

from csm.core.fold import Entry, Thread, Turn
from csm.protocol.items import (
    OWN_COMMAND,
    AgentMessage,
    CommandExecution,
    FileChange,
    McpToolCall,
    ToolUse,
    UserMessage,
)
from csm.view import words

#: Turns of a thread gone on with that are told.
EARLIER = 3
_LONG = (CommandExecution, McpToolCall, ToolUse, FileChange)


class _Told:
    """How far an entry was told: whether it began and is over, and how many characters of its text."""

    __slots__ = ("begun", "characters", "entry", "over")

    def __init__(self, entry: Entry) -> None:
        self.entry = entry
        self.begun = self.over = False
        self.characters = 0


class Teller:
    """Tells one thread after another. `typed` are prompts that stand on the terminal already.

    `new`: the first thread is a new one, of which nothing is to be told before it does something.
    """

    def __init__(self, *, new: bool = False) -> None:
        self._new = new
        self.typed: list[str] = []
        self._thread: Thread | None = None
        self._told: dict[int, _Told] = {}
        self._turns: dict[int, Turn] = {}
        self._first = 0
        self._last: Entry | None = None

    def news(self, thread: Thread) -> list[str]:
        """What is to be told of a thread since the last call; of another one how it stands."""
        lines: list[str] = []
        if thread is not self._thread:
            lines += self._begin(thread)
        if self._first > len(thread.turns):
            lines.append(f"Went back: {len(thread.turns)} turns are left.")
            self._first = len(thread.turns)
        for index in range(self._first, len(thread.turns)):
            turn = thread.turns[index]
            lines += self._turn(turn, thread.cwd)
            if index == self._first and index < len(thread.turns) - 1 and self._settled(turn):
                self._first += 1
        return lines

    def unfolded(self, thread: Thread, *, everything: bool) -> list[str]:
        """The whole of the last thing of which lines were left out, or of all things in the last turn."""
        lines: list[str] = []
        for turn in reversed(thread.turns):
            for entry in reversed(turn.entries):
                if isinstance(entry.item, _LONG) and entry.done:
                    told = [*words.begun(entry.item), *words.ended(entry, thread.cwd, last=True, whole=True)]
                    lines = [*told, *lines]
                    if not everything:
                        return lines
            if lines:
                break
        return lines

    def _begin(self, thread: Thread) -> list[str]:
        another, new = self._thread is not None, self._new
        self._new = new and not thread.thread_id  # the one there is before any is open comes first
        self._thread, self._last = thread, None
        self._told.clear()
        self._turns.clear()
        count = thread.begun if thread.past is None else thread.begun + thread.past.turns
        self._first = max(0, len(thread.turns) - EARLIER)
        if new:
            self._first = 0
            return []
        if not count:
            return ["A new session."] if another else []
        name = f' "{words.worded(thread.name)}"' if thread.name else ""
        told = f"Session{name}: {count} turn{'s' * (count != 1)} so far"
        hidden = count - (len(thread.turns) - self._first)
        return [f"{told}; the last {EARLIER}:" if hidden > 0 else f"{told}."]

    def _turn(self, turn: Turn, cwd: str) -> list[str]:
        lines: list[str] = []
        over = turn.status != "running"
        told = id(turn) in self._turns
        for entry in turn.entries:  # what a log of Codex tells of late, in a turn that was told: not out of its place
            own = entry.item.id.startswith(OWN_COMMAND)
            if told and not own and entry.done and id(entry) not in self._told and isinstance(entry.item, _LONG):
                self._known(entry).over = True
        waiting = [self._known(entry) for entry in turn.entries]
        while waiting:
            lines += [line for told in waiting if not told.over for line in self._entry(told, cwd, over=over)]
            left = [told for told in waiting if not told.over and (over or told.entry.done)]
            if len(left) == len(waiting):
                break
            waiting = left  # what waited for a message that has ended by now
        if turn.id and over and id(turn) not in self._turns:
            self._turns[id(turn)] = turn
            lines += words.turn_ended(turn) if turn.begun else []
        return lines

    def _known(self, entry: Entry) -> _Told:
        return self._told.setdefault(id(entry), _Told(entry))

    def _entry(self, told: _Told, cwd: str, *, over: bool) -> list[str]:
        entry = told.entry
        # The user's own commands belong to no turn, whose end would be theirs.
        done = entry.done or (over and not entry.item.id.startswith(OWN_COMMAND))
        if isinstance(entry.item, AgentMessage):
            return self._message(told, done=done)
        if isinstance(entry.item, UserMessage) and entry.item.text in self.typed:
            self.typed.remove(entry.item.text)
            told.over = True
            return []
        lines: list[str] = []
        if not told.begun:
            told.begun = True
            lines += words.begun(entry.item)
            self._last = entry if lines else self._last
        if done:
            told.over = True
            lines += words.ended(entry, cwd, last=self._last is entry)
            self._last = None
        return lines

    def _message(self, told: _Told, *, done: bool) -> list[str]:
        """The lines of a message that became complete. While it is told, no other is: it waits until this is over."""
        if self._last is not None and self._last is not told.entry and isinstance(self._last.item, AgentMessage):
            return []
        text = told.entry.text()
        fresh = text[told.characters :]
        if not done:
            fresh = fresh[: fresh.rfind("\n") + 1]
        lines = words.source(fresh.removesuffix("\n")) if fresh.strip("\n") or (fresh and told.begun) else []
        if lines and not told.begun:
            told.begun = True
            lines = words.labelled("Assistant", fresh)
        told.characters = len(text) if done else told.characters + len(fresh)
        self._last = None if done else told.entry if told.begun else self._last
        told.over = done
        return lines

    def _settled(self, turn: Turn) -> bool:
        return turn.status != "running" and all(
            (told := self._told.get(id(entry))) is not None and told.over for entry in turn.entries
        )
