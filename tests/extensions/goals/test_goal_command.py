"""`/goal` in the shell: set, seen, paused, gone on with, changed, given a budget, dropped."""

import pytest

from csm.api import codec
from csm.api.testing import Gate, ResponsesServer, ScreenDriver
from csm.host import settings as layers
from csm.host.host import Host
from csm.runtime.local import LocalPort
from csm.runtime.port import Start


@pytest.fixture
def shell(tmp_path):
    """`shell(turns)` is a shell with a session open."""
    opened = []

    def made(*script):
        home, work = tmp_path / "home", tmp_path / "work"
        (home / ".codex").mkdir(parents=True)
        work.mkdir()
        env = {"HOME": str(home), "PATH": "/usr/bin:/bin", "TZ": "UTC"}
        server = ResponsesServer(list(script)).__enter__()
        config = f'model_provider = "scripted"\n[model_providers.scripted]\nbase_url = "{server.url}"\n'
        (home / ".codex" / "config.toml").write_text(f'{config}[projects."{work}"]\ntrust_level = "trusted"\n')
        host = Host.open(layers.load(cwd=work, env=env), env, init=False)
        port = LocalPort(host)
        driver = ScreenDriver(host, port, Start(cwd=str(work)), columns=240, rows=24).__enter__()
        driver.server = server
        opened.append((driver, port, host, server))
        driver.wait(lambda: driver.shell.session.thread_id)
        return driver

    yield made
    for driver, port, host, server in opened:
        driver.__exit__(None, None, None)
        port.close()
        host.close()
        server.__exit__(None, None, None)


def goal(driver):
    kept = driver.shell.session.thread.kept.get("goals", {}).get("goal")
    return codec.decode(kept) if kept else None


def slash(driver, line):
    driver.type(line)
    driver.keys("enter")


def stands(driver, status):
    driver.wait(lambda: goal(driver) and goal(driver)["status"] == status)


def idle(driver):
    driver.wait(lambda: not driver.shell.session.thread.running)


def test_a_goal_from_its_first_word_to_its_end(shell):
    work = {"call": ("get_goal", {})}
    gate = Gate()
    driver = shell({"text": ["hm", gate]}, {"text": "ok"}, work, {"text": "second"}, *[{"text": "third"}] * 9)
    slash(driver, "/goal don't break the tests")
    driver.wait_for("goal: don't break the tests")
    stands(driver, "active")
    gate.wait_arrived()
    slash(driver, "/goal pause")
    stands(driver, "paused")
    gate.open()
    idle(driver)
    driver.wait_for("(paused)")
    slash(driver, "/goal")
    driver.wait_for("The goal is paused (")
    assert "tokens, 0 s): don't break the tests" in driver.screen()
    slash(driver, "/goal budget 1.5k")
    driver.wait_for("the goal may use 1,500 tokens")
    slash(driver, "/goal budget none")
    driver.wait(lambda: goal(driver)["budget"] is None)
    slash(driver, "/goal resume")
    driver.wait(lambda: len(driver.server.requests) > 2)
    stands(driver, "paused")  # after three turns of talk
    driver.wait_for("3 turns in a row did nothing but talk")
    slash(driver, "/goal clear")
    driver.wait(lambda: goal(driver) is None)
    driver.wait_for("there is no goal any more")
    slash(driver, "/goal")
    driver.wait_for("there is no goal: /goal WHAT sets one")


def test_a_goal_is_changed_and_replaced_only_when_asked(shell):
    gate = Gate()
    driver = shell({"text": ["hm", gate]}, *[{"text": "x"}] * 9)
    slash(driver, "/goal first")
    gate.wait_arrived()
    slash(driver, "/goal edit")
    driver.wait_for("Goal:")
    driver.type(" and foremost")
    driver.keys("enter")
    driver.wait(lambda: goal(driver)["objective"] == "first and foremost")
    slash(driver, "/goal second")
    driver.wait_for("There is a goal already.")
    driver.keys("esc")
    assert goal(driver)["objective"] == "first and foremost"
    slash(driver, "/goal second")
    driver.wait_for("Replace the goal")
    driver.keys("enter")
    driver.wait(lambda: goal(driver)["objective"] == "second")
    gate.open()
    driver.wait(lambda: len(driver.server.requests) > 1)
    assert "It is now:\n\n<objective>\nfirst and foremost" in driver.server.requests[1].texts()[-1]


def test_escape_pauses_what_goes_on_by_itself(shell):
    gate = Gate()
    driver = shell({"text": ["hm", gate]})
    slash(driver, "/goal ship it")
    gate.wait_arrived()
    driver.wait_for("hm")
    driver.keys("esc")
    stands(driver, "paused")
    driver.wait_for("goal: ship it (paused)")
    assert len(driver.server.requests) == 1


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("/goal pause", "there is no goal"),
        ("/goal budget", "there is no goal"),
        (f"/goal {'x' * 4001}", "at most 4000 characters"),
    ],
)
def test_what_cannot_be_done_is_told(shell, line, told):
    driver = shell()
    driver.shell.run(line.replace("/goal", "goal.set"))
    driver.wait_for(told)
    assert goal(driver) is None
