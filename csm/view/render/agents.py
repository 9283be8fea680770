"""Calls that begin, tell, await or close agents: a line that says what, to whom, and how they stand.

Does not: show what agents do. Their threads can be opened for that.
"""

from __future__ import annotations

from csm.protocol.items import AgentState, CollabToolCall
from csm.view.lines import StyledLine, clean, clip, segments, wrap
from csm.view.render.leaves import PROSE_WIDTH
from csm.view.render.look import MARKS, Look, Rows, View, text_rows

#: What is said while it goes on, when it is over, and where it came to nothing.
_TITLES = {
    "spawn_agent": ("Beginning an agent", "Began the agent", "Could not begin an agent"),
    "send_input": ("Telling", "Told", "Could not tell"),
    "wait_agent": ("Waiting for", "Waited for", "Stopped waiting for"),
    "close_agent": ("Closing", "Closed", "Could not close"),
    "resume_agent": ("Reopening", "Reopened", "Could not reopen"),
}
_STATES = {
    "pending_init": "about to start",
    "running": "at work",
    "interrupted": "interrupted",
    "completed": "done",
    "errored": "failed",
    "shutdown": "closed",
    "not_found": "not open",
}
#: Letters of an id that tell an agent without a name.
_ID = 8


def render_agents(item: CollabToolCall, view: View) -> Look:
    """What was done with which agents; unfolded, the whole task and their whole answers."""
    status = "declined" if view.done and item.status == "in_progress" else item.status
    title = _title(item)
    who = ", ".join(_name(item, agent_id) for agent_id in item.receivers)
    words = " ".join((item.prompt or "").split())

    def make(width: int) -> list[StyledLine]:
        content: StyledLine = [("tool.title", title)]
        content += [("tool.title", " "), *segments(clean(who), "tool.title")] if who else []
        content += (
            [("tool.arguments", "  "), *segments(clean(words), "tool.arguments")] if words and view.folded else []
        )
        return [clip(content, width)] if view.folded else wrap(content, width, None, [("", "  ")])

    leaves = [Rows(make, f"{title} {who}".strip(), "tool")]
    if item.prompt and not view.folded:
        leaves.append(_words(item.prompt, "tool.arguments"))
    leaves += [_stand(item, agent_id, state, view) for agent_id, state in item.agents.items() if _telling(item, state)]
    long = len(words) > 60 or any(len(state.message or "") > 60 for state in item.agents.values())
    return Look([*leaves], MARKS[status], long)


def _title(item: CollabToolCall) -> str:
    going, over, failed = _TITLES.get(item.tool, (item.tool,) * 3)
    if item.status == "in_progress":
        return going
    if item.tool == "wait_agent":  # an agent that failed was waited for as well
        return over if item.agents else failed if item.status == "failed" else "Waited in vain"
    return over if item.status == "completed" else failed


def _telling(item: CollabToolCall, state: AgentState) -> bool:
    """Whether it is news how an agent stands."""
    return item.tool in ("wait_agent", "resume_agent") or state.status in ("errored", "not_found")


def _name(item: CollabToolCall, agent_id: str) -> str:
    return item.names.get(agent_id) or agent_id[-_ID:]


def _stand(item: CollabToolCall, agent_id: str, state: AgentState, view: View) -> Rows:
    told = f"{_name(item, agent_id)}: {_STATES[state.status]}"
    first = " ".join((state.message or "").split())

    def make(width: int) -> list[StyledLine]:
        room = max(1, width - 2)
        head: StyledLine = segments(clean(told), "tool.output")
        if view.folded:
            head += [("dim", "  "), *segments(clean(first), "dim")] if first else []
            return [[("", "  "), *clip(head, room)]]
        rows = (
            [head, *text_rows(state.message or "", "tool.output", min(room, PROSE_WIDTH))] if state.message else [head]
        )
        return [[("", "  "), *row] for row in rows]

    return Rows(make, f"{told}\n{state.message or ''}".strip(), "output")


def _words(text: str, role: str) -> Rows:
    def make(width: int) -> list[StyledLine]:
        return [[("", "  "), *row] for row in text_rows(text, role, min(max(1, width - 2), PROSE_WIDTH))]

    return Rows(make, text, "output")
