"""Logs by chance: what both Codexes and csm write, in orders that nobody would write, and garbage between.

Does not: hold to any format for long.
"""

import json
import random

import msgspec

from csm.protocol import events as ev
from csm.protocol import items, rollout
from csm.protocol.model import Usage

THREAD = "019b7ca9-8c88-7000-8000-0000000000aa"
STAMP = "2026-01-02T03:04:05.000Z"


def line(kind, payload, **more):
    return json.dumps({"timestamp": STAMP, **more, "type": kind, "payload": payload}, separators=(",", ":")).encode()


def message(role, text):
    part = "output_text" if role == "assistant" else "input_text"
    return {"type": "message", "role": role, "content": [{"type": part, "text": text}]}


def body(one):
    return b"\n".join(rollout.encode(STAMP, one, thread_id=THREAD))


class Odd:
    """Lines by chance. `turns` are ids to choose from, so that they come back."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.turn = ""
        self.count = 0

    def beginning(self, **more):
        meta = {"id": THREAD, "timestamp": STAMP, "cwd": "/w", "originator": "x", "cli_version": "0", "source": "cli"}
        return line("session_meta", {**meta, "base_instructions": {"text": "be good"}, **more})

    def word(self):
        return self.random.choice(["one", "two", "three\n\n- a", "vier ä", "\U0001f600", "x" * 300, "", "\\u00e9"])

    def some_turn(self):
        return self.random.choice([self.turn, self.turn, self.turn, "t1", "t2", "nobody", ""])

    def item(self):
        self.count += 1
        name = self.random.choice([f"i{self.count}", f"i{self.count}", "i1", "again", ""])
        return self.random.choice(
            [
                items.UserMessage(name, self.word()),
                items.AgentMessage(name, self.word()),
                items.Reasoning(name, self.word()),
                items.Notice(name, self.word()),
                items.CommandExecution(name, "ls", status="completed", output=self.word()),
            ]
        )

    def lines(self, count):
        return [self.one() for _ in range(count)]

    def one(self):
        chance = self.random.random()
        for limit, make in (
            (0.30, self.history),
            (0.52, self.shown),
            (0.76, self.turning),
            (0.88, self.state),
            (0.94, self.codex),
            (1.00, self.garbage),
        ):
            if chance < limit:
                return make()
        return b""

    def history(self):
        if self.random.random() < 0.08:
            kept = [message("user", self.word()) for _ in range(self.random.randrange(4))]
            return line("compacted", {"message": "sum", "replacement_history": kept})
        if self.random.random() < 0.03:
            return line("compacted", {"message": "old"})
        role = self.random.choice(["user", "assistant", "developer"])
        if self.random.random() < 0.1:
            return line("response_item", message(role, self.word()), ordinal=self.count)[:-1] + b',"metadata":{}}'
        return line("response_item", message(role, self.word()))

    def shown(self):
        place = self.random.choice([None, 0, 1, self.count])
        return body(ev.ItemCompleted(self.some_turn(), self.item(), place))

    def turning(self):
        chance = self.random.random()
        if chance < 0.45:
            self.count += 1
            own = f"019b7ca9-8c88-7000-8000-{self.count:012}"
            self.turn = self.random.choice([f"t{self.count}", own, own, "t1", ""])
            return body(ev.TurnStarted(self.turn, self.count, self.random.choice([None, 9])))
        turn = self.some_turn()
        if chance < 0.85:
            return body(ev.TurnCompleted(turn, self.word(), self.count, 5))
        if chance < 0.90:
            return body(ev.TurnFailed(turn, "no"))
        if chance < 0.95:
            return body(ev.TurnInterrupted(turn))
        turn = self.random.choice([turn, "", self.turn])
        return body(ev.RolledBack(self.random.randrange(3), turn))

    def state(self):
        number = self.random.randrange(99)
        return body(
            self.random.choice(
                [
                    ev.ThreadNamed(self.word()),
                    ev.Kept("a", self.random.choice("xy"), msgspec.Raw(b'{"n": %d}' % number)),
                    ev.Configured(model=f"m{number}"),
                    ev.UsageReported(Usage(number), Usage(number, total=number), self.random.choice([None, 7])),
                    ev.TurnContext("t", f"/{number}", "m", None, None, "never", items_sandbox()),
                    ev.ThreadSpawned(f"kid{number}", THREAD),
                    ev.Answered(f"q{number}", "accept"),
                    ev.ThreadStarted("other", "/else"),
                ]
            )
        )

    def codex(self):
        turn, text = self.some_turn(), self.word()
        content = [{"type": "text", "text": text}]
        item = {"type": self.random.choice(["UserMessage", "AgentMessage", "New"]), "id": "z", "content": content}
        return self.random.choice(
            [
                line("event_msg", {"type": "user_message", "message": text}),
                line("event_msg", {"type": "user_message", "message": text}),
                line("event_msg", {"type": "agent_message", "message": text}),
                line("event_msg", {"type": "item_completed", "thread_id": "x", "turn_id": turn, "item": item}),
                line("event_msg", {"type": "token_count", "info": None}),
                line("event_msg", {"type": "turn_aborted", "reason": "interrupted"}),
                line("world_state", {"full": True}, ordinal=7),
            ]
        )

    def garbage(self):
        good = line("response_item", message("user", "good"))
        return self.random.choice(
            [
                b"",
                b"   ",
                b"\0" * 30,
                b"{broken",
                b"null",
                b"[1,2]",
                b"\xff\xfe\xfd",
                good[:40],
                good[:30] + good,
                b"\0\0" + good,
                good + b"\r",
                good.replace(b"good", b"b\xc3d"),
                good.replace(b"good", b"\\ud800"),
                b'{"type":"response_item"}',
                b'{"type": "response_item", "payload": {"a" : 1}}',
                b'{"timestamp":"t","type":"response_item","payload":{"x":NaN}}',
                b'{"timestamp":"t","type":"event_msg","payload":{"type":"agent_message"},"type":"turn_context"}',
                b'{"timestamp":"t","type":"event_msg","payload":{"type":"agent_message","message":5}}',
                b'{"timestamp":"t","type":"csm_event","payload":{"type":"item_started","turn_id":"t1","item":{}}}',
                body(ev.ItemCompleted("t1", items.Notice("n", "x"))).replace(b"item_completed", b"item_started"),
                line("csm_event", {"type": "queued", "texts": ["x"]}),
                line("session_meta", {"id": 5}),
                line("response_item", ["user", "x_call", "_output"]),
                line("response_item", '"user" "developer" _call'),
                line("response_item", {"type": "function_call_output", "call_id": ["user"], "role": "user"}),
                line("event_msg", {"type": "task_started", "turn_id": 7}),
            ]
        )


def items_sandbox():
    from csm.protocol.tools import SandboxPolicy

    return SandboxPolicy()
