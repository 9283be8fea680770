"""The host as others use it: providers, messages, and what opening it costs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from csm.protocol.errors import ModelError, SandboxError, StoreError

PROVIDERS = """
    from csm.api import hook

    class Model:
        def __init__(self, id, name): self.id, self.name = id, name

    class Box:
        def __init__(self, name, rank, why=None):
            self.name, self.rank, self.why, self.tried = name, rank, why, 0
        def unavailable(self):
            self.tried += 1
            return self.why

    @hook
    def models(host): return [Model("one", "first"), Model("two", "second"), Model("one", "third")]
    @hook
    def sandboxes(host): return [Box("late", 30), Box("good", 20), Box("broken", 10, "no kernel")]
    @hook
    def stores(host): return ["store"]
"""


def test_providers_are_chosen(write, open_host) -> None:
    write("extensions/all_of_it/__init__.py", PROVIDERS)
    host = open_host()
    assert host.model_provider("one").name == "third"
    assert host.store() == "store"
    box = host.sandbox()
    assert (box.name, box.tried) == ("good", 1)
    assert host.sandbox() is box
    assert (host.sandbox().tried, host.provide("models")) == (1, host.provide("models"))
    assert {found.owner for found in host.provided("models")} == {"all_of_it"}
    with pytest.raises(ModelError, match="`twoo` not found") as caught:
        host.model_provider("twoo")
    assert caught.value.hint == "did you mean two?"


def test_what_is_missing_is_said(write, open_host) -> None:
    host = open_host()
    with pytest.raises(StoreError, match="no extension keeps sessions"):
        host.store()
    with pytest.raises(SandboxError, match="no extension has one"):
        host.sandbox()
    write("extensions/poor/__init__.py", PROVIDERS.replace('Box("late", 30), Box("good", 20), ', ""))
    with pytest.raises(SandboxError, match=r"commands are refused \(broken: no kernel\)"):
        open_host().sandbox()


def test_messages_reach_listeners(open_host) -> None:
    host = open_host()
    heard: list[str] = []
    host.listen(lambda message: heard.append(message.text))
    host.report("warning", "mind the gap", "here:1")
    assert heard == ["mind the gap"]
    assert host.messages[-1].where == "here:1"


def test_everything_that_csm_brings_loads_without_a_word(open_host) -> None:
    host = open_host(bundled=True)
    for name in list(host.extensions.known):
        assert host.extensions.load(name), name
    assert [message.text for message in host.messages if message.level == "error"] == []
    assert all(command.function and command.usage for command in host.commands.all())


def test_every_command_of_csms_own_is_documented(open_host) -> None:
    host = open_host(bundled=True)
    assert [one.name for one in host.commands.all() if not one.doc or not one.title] == []


def test_slash_words_have_one_meaning(open_host) -> None:
    host = open_host(bundled=True)
    words = [word for one in host.commands.all() for word in one.slash]
    assert len(words) == len(set(words))


OPENING = """
import os, sys
from pathlib import Path
from csm.host import settings
from csm.host.host import Host
host = Host.open(settings.load(cwd=Path.cwd(), env=os.environ), os.environ)
host.commands.cli()
print(*sorted(sys.modules))
"""


def test_opening_a_host_imports_nothing_heavy(env: dict[str, str], tmp_path: Path) -> None:
    def opened() -> set[str]:
        done = subprocess.run(
            [sys.executable, "-c", OPENING], cwd=tmp_path, env=env, capture_output=True, text=True, check=True
        )
        return set(done.stdout.split())

    opened()
    modules = opened()
    heavy = {"asyncio", "httpx", "prompt_toolkit", "pygments", "markdown_it", "importlib.metadata", "mcp"}
    assert heavy & modules == set()
    assert [name for name in modules if name.startswith("csm_extensions.basics")] == []
    assert not [name for name in modules if name.startswith(("csm.edit", "csm.view", "csm.host.keymaps"))]


def test_the_state_folder_need_not_be_writable(env: dict[str, str], open_host, tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    env["XDG_STATE_HOME"] = str(blocked / "below")
    assert "basics" in open_host(bundled=True).extensions.known
