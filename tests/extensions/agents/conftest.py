"""A model that plays several threads, each by a script of its own."""

import json

import pytest

from csm.api import codec, events, items
from csm.api.testing import Bench, FakeModel, bundled


def said(request):
    """The texts of the user's messages that a request holds."""
    found = [codec.decode(raw) for raw in request.input]
    texts = ["".join(part.get("text", "") for part in one["content"]) for one in found if one.get("role") == "user"]
    return [text for text in texts if not text.startswith("<environment_context>")]


def outputs(request):
    """What the tools answered, read as JSON where it is some."""
    found = [codec.decode(raw) for raw in request.input]
    return [_read(one["output"]) for one in found if one["type"] == "function_call_output"]


def agents(request):
    """The ids of the agents that were begun, in order."""
    return [one["agent_id"] for one in outputs(request) if isinstance(one, dict) and "agent_id" in one]


def _read(text):
    try:
        return json.loads(text)
    except ValueError:
        return text


def calls(*wanted, **more):
    """A turn that makes calls, `(name, arguments)`; `{0}` in the arguments is the id of the first agent."""

    def turn(request):
        known = agents(request)

        def filled(arguments):
            text = json.dumps(arguments)
            for number, agent in enumerate(known):
                text = text.replace(f"{{{number}}}", agent)
            return text

        return {"call": [(name, filled(arguments)) for name, arguments in wanted], **more}

    return turn


class Cast:
    """A model provider: a thread is played by the script whose name its first own prompt begins with."""

    id = "fake"
    name = "a cast"

    def __init__(self, scripts):
        self._scripts = scripts
        self.actors = {}
        self.roles = {}

    def problem(self):
        return None

    def stream(self, request, cx):
        if request.thread_id not in self.actors:
            prompt = codec.decode(request.input[-1])["content"][-1]["text"]
            role = next(name for name in self._scripts if prompt.startswith(name))
            self.actors[request.thread_id] = FakeModel(self._scripts[role])
            self.roles.setdefault(role, []).append(request.thread_id)
        return self.actors[request.thread_id].stream(request, cx)

    def requests(self, role, which=0):
        """The requests of a role's thread."""
        return self.actors[self.roles[role][which]].requests


class Play:
    """`play({"parent": [turns], "kid": [turns]}, ...)` opens a bench with the agents' tools. `cast` is its model.

    It also holds the helpers above, since test modules cannot import them.
    """

    agents, calls, said = staticmethod(agents), staticmethod(calls), staticmethod(said)
    #: Turns that begin an agent of the role `kid`, and that wait for the first agent.
    SPAWN = staticmethod(calls(("spawn_agent", {"message": "kid"})))
    WAIT = staticmethod(calls(("wait_agent", {"targets": ["{0}"]})))

    def __init__(self, folder):
        self._folder = folder
        self.opened = []

    def __call__(self, scripts, **more):
        cast = Cast(scripts)
        plugins = [bundled("agents"), *more.pop("plugins", [])]
        bench = Bench(self._folder, model=cast, plugins=plugins, **more)
        bench.cast = cast
        self.opened.append(bench)
        return bench

    @staticmethod
    def go(bench):
        """Have the parent play its part in a new thread; the events."""
        return bench.turn(bench.start(source="exec"), "parent go")

    @staticmethod
    def after(gate, *wanted):
        """As `calls`, once somebody waits at a gate."""

        def turn(request):
            gate.wait_arrived()
            return calls(*wanted)(request)

        return turn

    @staticmethod
    def told(bench, role="parent", which=0):
        """What the tools answered a role's thread, as its last request says."""
        return outputs(bench.cast.requests(role, which)[-1])

    @staticmethod
    def collab(found):
        """The finished items of calls for agents among events."""
        bodies = [event.body for event in found if isinstance(event.body, events.ItemCompleted)]
        return [body.item for body in bodies if isinstance(body.item, items.CollabToolCall)]


@pytest.fixture
def play(tmp_path):
    stage = Play(tmp_path)
    yield stage
    for bench in stage.opened:
        bench.__exit__()
