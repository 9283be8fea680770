"""The turn machine on a bench: inputs in, everything that comes out kept and folded."""

import json
from types import SimpleNamespace

import pytest

from csm.core import effects as fx
from csm.core.fold import Thread
from csm.core.response_items import user_message
from csm.core.turn import step
from csm.core.turn_state import State
from csm.protocol import events as ev
from csm.protocol.model import PartCompleted, PartItemDone, Usage
from csm.protocol.tools import SandboxPolicy

CONTEXT = ev.TurnContext("t", "/w", "m", None, None, "on-request", SandboxPolicy())


def said(text, images=()):
    return fx.UserInput(text, user_message(text), images)


def message(text, source="m1", **more):
    return PartItemDone(
        source,
        json.dumps(
            {
                "type": "message",
                "id": source,
                "role": "assistant",
                "status": "completed",
                "content": [{"type": "output_text", "text": text, "annotations": []}],
                **more,
            }
        ).encode(),
    )


def call(call_id="c1", name="ls", source="", **more):
    item = {"type": "function_call", "id": source, "name": name, "arguments": "{}", "call_id": call_id, **more}
    return PartItemDone(source, json.dumps(item).encode())


DONE = PartCompleted("r", Usage(100, 10, 20, 5, 120))


class Machine:
    """Feeds inputs, folds what comes out, and keeps everything."""

    def __init__(self, **state):
        self.state = State(**state)
        self.thread = Thread()
        self.events, self.effects, self.now = [], [], 1000

    def feed(self, *inputs):
        events, effects = [], []
        for given in inputs:
            self.state, more, asked = step(self.state, given)
            for body in more:
                self.thread.take(body)
            events += more
            effects += asked
        self.events += events
        self.effects += effects
        return events, effects

    def begin(self, text="hi", **more):
        return self.feed(fx.Begin("t", self.now, said(text), CONTEXT, window=95, **more))

    def parts(self, *parts):
        return self.feed(*(fx.Part(part, self.now, self.partial()) for part in parts))

    def partial(self):
        return {item.id: self.thread.entries[item.id].text() for item in self.state.opens if item.shown}

    def broke(self, message="gone", **more):
        return self.feed(fx.Broke(message, self.now, partial=self.partial(), **{"retryable": True, **more}))

    def stop(self):
        return self.feed(fx.Stop(self.now, self.partial()))

    def history(self):
        found = []
        for raw in self.thread.history:
            item = json.loads(raw)
            content = item.get("content")
            found.append(content[0]["text"] if content else item.get("output", item["type"]))
        return found

    def items(self):
        return [(type(entry.item).__name__, entry.text()) for entry in self.thread.turn("t").entries]


@pytest.fixture
def kit():
    """The machine, and what is fed to it."""
    return SimpleNamespace(Machine=Machine, message=message, call=call, said=said, DONE=DONE)
