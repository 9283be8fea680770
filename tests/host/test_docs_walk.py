"""What README and docs tell people to write works as written; what README says of keys is what the keymap does."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from csm.host import declared, ruling
from csm.host.context import Context

ROOT = Path(__file__).resolve().parents[2]

#: A page, the words its block follows, the language, and where a reader would put it.
BLOCKS = [
    ("docs/extensions.md", "## A first one", "python", "extensions/weather/__init__.py"),
    ("docs/commands.md", "## Writing one", "python", "extensions/notes/__init__.py"),
    ("docs/hooks.md", "# Hooks", "python", "extensions/vendored/__init__.py"),
    ("docs/hooks.md", "**Moments.**", "python", "extensions/told/__init__.py"),
    ("docs/hooks.md", "**The shell.**", "python", "extensions/changed/__init__.py"),
    ("docs/extensions.md", "## Settings", "python", "extensions/weather/__init__.py"),
    ("docs/init.md", "# init.py", "python", "init.py"),
    ("README.md", "## Where things live", "python", "init.py"),
    ("docs/keymaps.md", "# Keymaps", "toml", "keymaps/desk.toml"),
    ("docs/themes.md", "## A theme of your own", "toml", "themes/paper.toml"),
    ("docs/themes.md", "## After the terminal", "toml", "settings.toml"),
    ("docs/themes.md", "Without a file", "toml", "settings.toml"),
]

#: README's names for keys, and what each does in the composer; `approval` where a question waits.
KEYS = {
    "Enter": "composer.submit",
    "Tab": "composer.queue",
    "C-j": "composer.newline",
    "M-Enter": "composer.newline",
    "Esc": "turn.interrupt",
    "Up": "composer.line-up",
    "Down": "composer.line-down",
    "M-x": "palette.open",
    "?": "help.open-or-insert ?",
    "C-x ?": "help.bindings",
    "C-x d": "help.describe-key",
    "C-t": "tool.toggle-all",
    "PageUp": "view.scroll page-up",
    "PageDown": "view.scroll page-down",
    "y": "approval.accept",
    "a": "approval.accept-session",
    "p": "approval.accept-rule",
    "n": "approval.decline-and-say",
    "C-c": "shell.break",
}


def block(page: str, after: str, language: str) -> str:
    text = (ROOT / page).read_text()
    found = re.search(rf"```{language}\n(.*?)```", text[text.index(after) :], re.DOTALL)
    assert found is not None
    return found[1]


@pytest.mark.parametrize(("page", "after", "language", "name"), BLOCKS)
def test_what_a_page_shows_can_be_used(
    write: Callable[[str, str], Path], open_host, page: str, after: str, language: str, name: str
) -> None:
    write(name, block(page, after, language))
    kind, stem = name.split("/")[0], Path(name).stem
    chosen = {f"csm.{kind[:-1]}": stem} if kind in ("keymaps", "themes") else {}
    host = open_host(bundled=True, overrides=chosen)
    assert (host.keymap.problems, host.theme.problems, host.messages) == ([], [], [])
    if chosen:
        assert stem in (host.keymap.name, host.theme.name)


def test_the_first_extension(write: Callable[[str, str], Path], open_host) -> None:
    write("extensions/weather/__init__.py", block("docs/extensions.md", "## A first one", "python"))
    said: list[str] = []

    class Screen:
        message = staticmethod(said.append)

    host = open_host()
    host.commands.call("/weather", ["Rome"], Context(host, Screen()))  # type: ignore[arg-type]
    assert said == ["It is fine in Rome."]


def test_the_first_guard(write: Callable[[str, str], Path], open_host) -> None:
    write("extensions/vendored/__init__.py", block("docs/hooks.md", "# Hooks", "python"))

    class Call:
        arguments = '{"cmd": "rm vendor/x"}'

    verdict = asyncio.run(open_host().hooks.guard("before_tool", call=Call()))
    assert (verdict.decision, verdict.reason) == ("deny", "the folder vendor is not to be changed")


def test_settings_of_an_extension(write: Callable[[str, str], Path], open_host) -> None:
    write("extensions/weather/__init__.py", block("docs/extensions.md", "## Settings", "python"))
    write("settings.toml", '[weather]\nplace = "Rome"\nunit = "kelvin"\nminuets = 3\n')
    host = open_host()
    assert [host.option(f"weather.{name}") for name in ("place", "unit", "minutes")] == ["Rome", "celsius", 30]
    assert host.setting("csm.weather.minutes") == 30
    assert declared.check(host) == 2
    told = "\n".join(message.text for message in host.messages)
    assert "weather.unit: celsius|fahrenheit is needed, not 'kelvin'; 'celsius' is taken" in told
    assert "there is no setting weather.minuets; did you mean weather.minutes?" in told


def test_rules_of_an_extension(write: Callable[[str, str], Path], open_host) -> None:
    write("extensions/no_pushes/__init__.py", block("docs/hooks.md", "**Rules are data.**", "python"))
    host = open_host()
    (rule,) = ruling.in_force(host, host.settings).rules
    assert (rule.decision, rule.justification) == ("forbidden", "ask me to push")


def test_the_keys_of_the_first_hour_are_those_of_the_keymap(open_host) -> None:
    text = (ROOT / "README.md").read_text()
    section = text.split("## Keys of the first hour")[1].split("\n## ")[0]
    named = set(re.findall(r"`((?:[CM]-)?(?:[A-Z][A-Za-z]+|.)(?: .)?)`", section)) - {"codex"}
    assert {one for one in named if not one.endswith("-")} == set(KEYS)
    keymap = open_host(bundled=True).keymap
    assert keymap.name == "codex"
    for key, command in KEYS.items():
        place = "approval" if command.startswith("approval.") else "composer"
        chords = tuple(_chord(word) for word in key.split())
        assert keymap.lookup([place], "insert", chords).command == command, key


def _chord(word: str) -> str:
    lead, name = re.fullmatch(r"((?:[CM]-)?)(.+)", word).groups()  # type: ignore[union-attr]
    return lead + {"PageUp": "page-up", "PageDown": "page-down"}.get(name, name if len(name) == 1 else name.lower())
