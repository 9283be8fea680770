"""Agents in the shell: listed, opened, followed, left again."""

import json
import threading
from pathlib import Path

import pytest

from csm.api import Context, Thread, events
from csm.api.testing import ResponsesServer, ScreenDriver, bundled
from csm.host import settings as layers
from csm.host.host import Host
from csm.runtime.local import LocalPort
from csm.runtime.port import Start


class Roles:
    """Answers by whose thread asks: that of an agent begins with its task."""

    def __init__(self, **turns):
        self.turns = turns
        self.held = {name: threading.Event() for name in turns}

    def __call__(self, request):
        name = next(name for text in request.texts() for name in self.turns if text.startswith(name))
        turn = self.turns[name][len(request.outputs())]
        if turn.get("held"):
            self.held[name].wait(20)
        agents = [json.loads(text)["agent_id"] for text in request.outputs().values() if "agent_id" in text]
        called, arguments = turn.get("call", ("", {}))
        told = {key: value for key, value in turn.items() if key not in ("call", "held")}
        filled = json.dumps(arguments).replace("{0}", agents[0] if agents else "")
        return {**told, "call": (called, filled)} if called else told


@pytest.fixture
def shell(tmp_path):
    """`shell(parent=[...], kid=[...])` is a shell whose model plays these roles."""
    opened = []

    def made(settings="", **turns):
        home, work = tmp_path / "home", tmp_path / "work"
        (home / ".codex").mkdir(parents=True)
        work.mkdir()
        env = {"HOME": str(home), "PATH": "/usr/bin:/bin", "TZ": "UTC"}
        roles = Roles(**turns)
        server = ResponsesServer([roles], repeat=True).__enter__()
        config = f'model_provider = "scripted"\n[model_providers.scripted]\nbase_url = "{server.url}"\n{settings}'
        (home / ".codex" / "config.toml").write_text(f'{config}[projects."{work}"]\ntrust_level = "trusted"\n')
        host = Host.open(layers.load(cwd=work, env=env), env, init=False)
        port = LocalPort(host)
        driver = ScreenDriver(host, port, Start(cwd=str(work)), columns=100, rows=30).__enter__()
        opened.append((driver, port, host, server, roles))
        driver.roles, driver.home = roles, home
        driver.wait(lambda: driver.shell.session.thread_id)
        return driver

    yield made
    for driver, port, host, server, roles in opened:
        for event in roles.held.values():
            event.set()
        driver.__exit__(None, None, None)
        port.close()
        host.close()
        server.__exit__(None, None, None)


def say(driver, text):
    driver.type(text)
    driver.keys("enter")


def name(driver):
    (born,) = driver.shell.session.thread.spawned.values()
    return born.nickname


SPAWN = {"call": ("spawn_agent", {"message": "kid, count the files"})}
ROLE = {"call": ("spawn_agent", {"message": "kid, count the files", "agent_type": "explorer"})}
WAIT = {"call": ("wait_agent", {"targets": ["{0}"]})}


def test_an_agent_is_opened_followed_and_left(shell):
    kid = [
        {"call": ("update_plan", {"plan": []}), "text": "I look around."},
        {"text": "There are three.", "held": True},
    ]
    driver = shell(parent=[SPAWN, {"text": "Begun."}], kid=kid)
    say(driver, "parent go")
    driver.wait_for("Begun.")
    say(driver, f"/agent {name(driver).lower()}")
    driver.wait_for("I look around.")
    assert f"Agent {name(driver)} · at work" in driver.screen() and "kid, count the files" in driver.screen()
    assert "Begun." not in driver.screen()
    driver.roles.held["kid"].set()
    driver.wait_for("There are three.")
    driver.wait_for("· done")
    driver.keys("esc")
    driver.wait_for("Begun.")
    assert "I look around." not in driver.screen()
    driver.type("still mine")
    assert driver.text == "still mine"


def test_something_is_said_to_the_agent_that_is_shown(shell):
    kid = [{"text": "There are three."}]
    driver = shell(parent=[SPAWN, WAIT, {"text": "Heard."}], kid=kid)
    say(driver, "parent go")
    driver.wait_for("Heard.")
    driver.shell.run("agent.say")
    assert "no agent is shown here" in driver.wait_for("no agent is shown")
    driver.shell.run(f"agent.open {name(driver)}")
    driver.wait_for("· done")
    driver.shell.run("agent.say")
    driver.wait_for(f"To {name(driver)}:")
    say(driver, "kid, and the folders?")
    driver.wait_for("told ")
    screen = driver.wait_for("› kid, and the folders?")
    assert screen.index("There are three.") < screen.index("› kid, and the folders?")
    driver.wait(lambda: driver.screen().count("There are three.") == 2)
    driver.shell.run(f"agent.say {name(driver)} kid, and more")
    driver.wait_for("› kid, and more")
    driver.shell.run("agent.say Nobody hello")
    driver.wait_for("there is no agent Nobody")


def test_agents_are_listed_and_chosen(shell):
    driver = shell(parent=[ROLE, WAIT, {"text": "Heard."}], kid=[{"text": "There are three."}])
    say(driver, "parent go")
    driver.wait_for("Heard.")
    say(driver, "/agents")
    driver.wait_for("done · kid, count the files")
    assert f"{name(driver)} (explorer)" in driver.screen()
    driver.keys("enter")
    driver.wait_for(f"Agent {name(driver)} (explorer) · done")
    assert "There are three." in driver.screen() and "Heard." not in driver.screen()


def test_a_closed_agent_is_read_from_its_log(shell):
    close = {"call": ("close_agent", {"target": "{0}"})}
    driver = shell(parent=[SPAWN, WAIT, close, {"text": "Closed."}], kid=[{"text": "There are three."}])
    say(driver, "parent go")
    driver.wait_for("Closed.")
    driver.shell.run(f"agent.open {name(driver)}")
    driver.wait_for(f"Agent {name(driver)} · closed")
    assert "kid, count the files" in driver.screen() and "There are three." in driver.screen()
    for line in ("agent.say", f"agent.say {name(driver)}", f"agent.say {name(driver)} go on"):
        driver.shell.run(line)
        driver.wait_for("is closed: what it did can be read, and nothing can be said to it")
        driver.shell.message.clear()
    assert not driver.shell.panels
    driver.keys("q")
    (log,) = [
        path for path in Path(driver.home).rglob("rollout-*.jsonl") if driver.shell.session.thread_id not in path.name
    ]
    log.unlink()
    driver.shell.run(f"agent.open {name(driver)}")
    driver.wait_for(f"the log of {name(driver)} cannot be read")


def test_agents_of_agents_stand_below_theirs(shell):
    grandkid = {"call": ("spawn_agent", {"message": "grandkid, look"})}
    driver = shell(
        "[agents]\nmax_depth = 2\n",
        parent=[SPAWN, WAIT, {"text": "Heard."}],
        grandkid=[{"text": "Seen."}],
        kid=[grandkid, WAIT, {"text": "There are three."}],
    )
    say(driver, "parent go")
    driver.wait_for("Heard.")
    driver.shell.run("agent.list")
    driver.wait_for("done · grandkid, look")
    own, below = [row for row in driver.screen().split("\n") if " · count" in row or "done · " in row]
    assert "kid, count" in own and "grandkid, look" in below
    names = [next(part for part in row.split() if part.istitle()) for row in (own, below)]
    assert below.index(names[1]) == own.index(names[0]) + 2


def test_what_there_is_not(shell):
    driver = shell(parent=[{"text": "Alone."}])
    driver.shell.run("agent.list")
    driver.wait_for("this session has begun no agent")
    driver.shell.run("agent.open wren")
    driver.wait_for("there is no agent wren")


def test_names_are_completed(shell):
    driver = shell(parent=[SPAWN, WAIT, {"text": "Heard."}], kid=[{"text": "x"}])
    say(driver, "parent go")
    driver.wait_for("Heard.")
    driver.type(f"/agent {name(driver)[:2]}")
    driver.keys("tab")
    assert driver.text == f"/agent {name(driver)} "
    driver.keys("tab")
    driver.wait_for(f"Agent {name(driver)} · done")
    shell = driver.shell
    context = Context(shell.host, shell.screen, shell.port)
    for line in ("agent.open ", f"/agent {name(driver)[:2]}"):
        (found,) = shell.host.commands.complete(line, context)
        assert (found.text, found.start) == (name(driver), line.index(" ") + 1)


def test_names_and_ids_find_agents():
    kin = bundled("agents", "kin")
    ids = ["01a1f98a-0000-7000-8000-00000000aaaa", "01a1f98a-0000-7000-8000-00000000bbbb"]
    found = [kin.Kin(ids[n], one, None, "", 1, "done") for n, one in enumerate(("Wren", "wren 2"))]
    assert kin.named(found, "WREN") is found[0] and kin.named(found, "bbbb") is found[1]
    assert kin.named(found, "01a1f98a") is found[1]
    assert kin.named(found, "aa") is None and kin.named(found, "") is None


def test_a_thread_that_claims_to_be_its_own_agent_ends_the_list():
    kin = bundled("agents", "kin")

    class Port:
        def attach(self, thread_id):
            return self

        def detach(self):
            pass

    port = Port()
    port.snapshot = Thread()
    for one in ("a", "b", "a"):
        port.snapshot.take(events.ThreadSpawned(one, "t", one))
    thread = Thread()
    thread.take(events.ThreadSpawned("a", "t", "a"))
    assert [(one.id, one.depth, one.state) for one in kin.below(thread, port)] == [
        ("a", 1, "about to start"),
        ("b", 2, "about to start"),
    ]
