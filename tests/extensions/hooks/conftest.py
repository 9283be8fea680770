"""Hooks set up in a folder of their own, trusted, and a session that runs them."""

from __future__ import annotations

import json
import os
import shlex
import time

import pytest

from csm.api import StoreError, codec, events, items, ops
from csm.api.testing import Bench, bundled
from csm_extensions.hooks import handlers, sources, trust


class Stage:
    """`stage(hooks, script)` opens a bench whose commands are free to run; `hooks` are as in `hooks.json`.

    `rec(NAME)` is a command that writes what it is told to `out/NAME`, `told(NAME)` what was.
    """

    def __init__(self, folder):
        self.folder = folder
        self.out = folder / "out"
        self.out.mkdir()
        self.file = folder / "home" / ".codex" / "hooks.json"
        self.benches = []

    def __call__(self, hooks, script=(), *, trusted=True, plugins=("shell", "patch"), settings=None, **more):
        self.file.parent.mkdir(parents=True, exist_ok=True)
        self.file.write_text(json.dumps({"hooks": hooks}))
        asked = {"approval_policy": "never", "sandbox_mode": "danger-full-access", **(settings or {})}
        parts = [bundled(name) for name in ("hooks", *plugins)]
        env = {"SHELL": "/bin/sh", **more.pop("env", {})}
        bench = Bench(self.folder, script, plugins=parts, settings=asked, env=env, **more)
        self.benches.append(bench)
        if trusted:
            self.trust(bench)
        return bench

    @staticmethod
    def trust(bench):
        found, _ = handlers.find(sources.read(bench.host.settings, bench.env))
        trust.trust(bench.host.settings, found)

    def rec(self, name, then=""):
        path = shlex.quote(str(self.out / name))
        return f"cat >> {path}; echo >> {path}; {then}"

    def told(self, name):
        path = self.out / name
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []

    def all(self, *names):
        return {name: [group(self.rec(name))] for name in names}

    @staticmethod
    def leave(bench, thread):
        """Close a thread, so that it can be opened again."""
        bench.submit(thread, ops.Shutdown())
        until = time.monotonic() + 10
        while time.monotonic() < until:
            try:
                bench.port.attach(thread).detach()
            except StoreError:
                return
            os.sched_yield()
        raise AssertionError("it never closed")

    def close(self):
        for bench in self.benches:
            bench.__exit__()


def group(*commands, matcher=None, **more):
    """A group of hooks."""
    made = {"hooks": [{"type": "command", "command": command, **more} for command in commands]}
    return made if matcher is None else {"matcher": matcher, **made}


def say(value):
    """A command that answers with a JSON value."""
    return f"cat > /dev/null; printf %s {shlex.quote(json.dumps(value))}"


def block(reason, code=2):
    """A command that says why not."""
    return f"echo {shlex.quote(reason)} >&2; exit {code}"


class Kit:
    """What tests cannot import from here."""

    group, say, block = staticmethod(group), staticmethod(say), staticmethod(block)

    @staticmethod
    def context(event, text, **more):
        return say({"hookSpecificOutput": {"hookEventName": event, "additionalContext": text}, **more})

    @staticmethod
    def runs(found):
        """The finished runs of hooks among events: event, status and what was said."""
        bodies = [event.body for event in found if isinstance(event.body, events.ItemCompleted)]
        hooks = [body.item for body in bodies if isinstance(body.item, items.HookRun)]
        return [(item.event, item.status, item.said) for item in hooks]

    @staticmethod
    def heard(bench, *roles):
        """What a request's messages of these roles say, without the usual context."""
        found = [codec.decode(raw) for raw in bench.model.requests[-1].input]
        said = [(one["role"], one["content"][0]["text"]) for one in found if one.get("type") == "message"]
        usual = ("<permissions", "<environment", "# AGENTS", "<collab", "<user_inst", "# Permissions")
        return [text for role, text in said if role in roles and not text.startswith(usual)]

    CMD = {"call": ("exec_command", {"cmd": "echo hi"}, "c1")}
    DONE = {"text": "done"}


@pytest.fixture
def kit():
    return Kit


@pytest.fixture
def stage(tmp_path):
    made = Stage(tmp_path)
    yield made
    made.close()
