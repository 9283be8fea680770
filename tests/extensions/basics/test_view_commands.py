"""Looking around, help, sessions and choices."""

from __future__ import annotations

from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest

from csm.host.storage import SessionHead
from csm.protocol import events, ops
from csm.protocol.errors import CommandError
from csm.protocol.items import AgentMessage
from csm.view.lines import line_width, plain
from csm.view.roles import is_role


class Answers:
    """A port that knows one answer for each query."""

    def __init__(self, **known: Any) -> None:
        self.known = known
        self.asked: list[tuple[str, dict[str, Any]]] = []

    def query(self, name: str, **arguments: Any) -> Future[Any]:
        self.asked.append((name, arguments))
        future: Future[Any] = Future()
        if name in self.known:
            future.set_result(self.known[name])
        else:
            future.set_exception(RuntimeError(f"no {name}"))
        return future


@pytest.mark.parametrize(
    ("place", "keys", "done"),
    [
        ("composer", "page-up", ("scroll_to", "page-up")),
        ("transcript", "j", ("scroll", 1)),
        ("transcript", "k", ("scroll", -1)),
        ("transcript", "g g", ("scroll_to", "top")),
        ("transcript", "G", ("scroll_to", "bottom")),
        ("transcript", "space", ("scroll_to", "page-down")),
        ("transcript", "[ [", ("scroll_to", "previous-turn")),
        ("transcript", "enter", ("fold", "block")),
        ("transcript", "i", ("focus", "composer")),
        ("transcript", "q", ("close",)),
        ("help", "q", ("close",)),
        ("help", "C-d", ("scroll_to", "half-down")),
        ("messages", "esc", ("close",)),
        ("composer", "C-t", ("fold", "all")),
        ("composer", "C-x [", ("cursor", None)),
        ("composer", "f4", ("focus", "transcript")),
        ("composer", "M-x", ("palette", "")),
        ("composer", "C-l", ("redraw",)),
        ("composer", "C-z", ("suspend",)),
        ("composer", "C-x q", ("quit",)),
        ("picker", "down", ("select", 1)),
        ("picker", "C-k", ("select", -1)),
        ("picker", "page-down", ("select", 10)),
        ("palette", "enter", ("accept",)),
        ("palette", "tab", ("complete",)),
        ("line", "esc", ("close",)),
    ],
)
def test_keys_of_codex(desk, place: str, keys: str, done: tuple[Any, ...]) -> None:
    desk.place = place
    desk.press(keys)
    assert desk.done == [done]


def test_scrolling_takes_lines_places_and_counts(desk) -> None:
    desk.run("view.scroll -3", count=2)
    desk.run("view.next-turn", count=2)
    assert desk.done == [("scroll", -6), ("scroll_to", "next-turn"), ("scroll_to", "next-turn")]
    with pytest.raises(CommandError, match="sideways is neither"):
        desk.run("view.scroll sideways")


def test_the_last_answer_is_copied_as_it_was_written(desk) -> None:
    with pytest.raises(CommandError, match="no answer"):
        desk.press("C-o")
    for text in ("old", "# new\n\n    code  "):
        desk.talk.thread.take(events.ItemCompleted("turn", AgentMessage(text[:3], text)))
    desk.press("C-o")
    assert desk.done == [("copy", "# new\n\n    code  ")]


def page_text(desk, width: int = 100) -> str:
    page = desk.shown
    lines = page.lines(0, page.line_count(width), width)
    assert all(line_width(line) <= width for line in lines)
    assert all(is_role(role) for line in lines for role, _ in line)
    return "\n".join(plain(line) for line in lines)


@pytest.mark.parametrize("keymap", ["codex", "emacs", "vim"])
@pytest.mark.parametrize("width", [20, 80])
def test_help_shows_the_keys_in_force(desk_with, keymap: str, width: int) -> None:
    desk = desk_with(keymap)
    desk.run("help.open")
    text = page_text(desk, width)
    assert f"Keymap {keymap}" in text.replace("\n", " ")
    if width == 80:
        assert "enter" in text
        assert "Send" in text
        assert "/resume" in text


def test_a_key_is_described_with_its_origin(desk) -> None:
    desk.press("C-x d")
    desk.reading(("C-x", "m"))
    text = page_text(desk)
    assert "C-x m runs model.choose" in text
    assert "codex.toml" in text
    assert "choosing.py:" in text
    desk.reading(("C-x",))
    desk.reading(("f12",))
    assert desk.messages[-2:] == ["C-x is a prefix in composer", "f12 is unbound in composer"]


def test_a_command_is_described(desk) -> None:
    desk.run("help.describe-command view.scroll")
    text = page_text(desk)
    assert "view.scroll WHERE [COUNT]" in text
    assert "Scroll by lines" in text
    assert "viewing.py:" in text
    desk.run("help.describe-command")
    assert "turn.interrupt" in [row.value for row in desk.picking[1]]
    with pytest.raises(CommandError, match="no command nothing"):
        desk.run("help.describe-command nothing")


def test_bindings_are_listed_by_place(desk_with) -> None:
    desk = desk_with("vim")
    desk.run("help.bindings composer")
    text = page_text(desk)
    assert "editor (operator)" in text
    assert "approval.accept" not in text
    desk.run("help.bindings")
    assert "approval.accept" in page_text(desk)


def test_where_is(desk) -> None:
    desk.run("help.where-is composer.submit")
    desk.run("help.where-is edit.earlier")
    assert desk.messages == ["composer.submit: enter (composer)", "edit.earlier: no key"]


def test_messages_show_what_was_told_and_no_escape_passes(desk) -> None:
    desk.run("message.show")
    assert "There are none." in page_text(desk)
    desk.host.report("error", "bad \x1b[31mthing\nsecond line", "/some/file.py:3")
    desk.run("message.show")
    text = page_text(desk)
    assert "second line" in text
    assert "/some/file.py:3" in text
    assert "\x1b" not in text


def test_sessions_open_fork_and_get_names(desk) -> None:
    desk.run("/new")
    desk.run("/fork")
    desk.run("/fork 3")
    desk.run("/resume some-name")
    forks = [{"fork": "0199-thread"}, {"fork": "0199-thread", "at": "3"}]
    assert desk.talk.opened == [{}, *forks, {"resume": "some-name"}]
    desk.run("/rename")
    assert desk.asking is not None
    desk.asking[1]("  a name ")
    assert desk.talk.submitted == [ops.Rename("a name")]
    with pytest.raises(CommandError, match="a name is needed"):
        desk.asking[1](" ")
    desk.talk.thread_id = ""
    with pytest.raises(CommandError, match="no session to fork"):
        desk.run("/fork")


@pytest.mark.parametrize(
    ("line", "title", "how", "opened"),
    [
        ("/resume", "Resume a session", {}, {"resume": "id-2"}),
        ("session.resume --all", "Resume a session", {"everywhere": True}, {"resume": "id-2"}),
        ("session.choose fork --non-interactive", "Fork a session", {"non_interactive": True}, {"fork": "id-2"}),
    ],
)
def test_a_session_is_chosen_among_the_stored_ones(desk, line, title, how, opened) -> None:
    desk.run(line)
    shown, done, asked = desk.listing
    assert shown == title and asked == {"everywhere": False, "non_interactive": False, **how}
    done(SessionHead("id-2", prompt="x"))
    assert desk.talk.opened == [opened]


def test_what_else_could_be_chosen_for(desk) -> None:
    with pytest.raises(CommandError, match="to resume or to fork, not to lose"):
        desk.run("session.choose lose")


def test_the_state_of_the_session_can_be_read(desk) -> None:
    desk.run("/status")
    text = page_text(desk)
    assert "gpt-5.5" in text
    assert "basics" in text


def test_the_model_is_given_or_chosen(desk) -> None:
    desk.run("/model gpt-x high")
    assert desk.talk.submitted == [ops.Configure(model="gpt-x", effort="high")]
    desk.run("/model")
    assert [row.value for row in desk.picking[1]] == ["gpt-5.5"]
    desk.port = Answers(models=["gpt-5.5", "gpt-y"])
    desk.run("/model")
    assert [row.value for row in desk.picking[1]] == ["gpt-5.5", "gpt-y"]
    desk.picking[2]("gpt-y")
    desk.picking[2]("low")
    assert desk.talk.submitted[1:] == [ops.Configure(model="gpt-y", effort="low")]


def test_effort_goes_step_by_step(desk) -> None:
    desk.press("M-.")
    assert desk.talk.submitted == [ops.Configure(effort="high")]
    desk.talk.thread.take(events.Configured(effort="minimal"))
    with pytest.raises(CommandError, match="minimal already"):
        desk.press("M-,")


def test_keymap_and_theme_change_at_once(desk) -> None:
    desk.run("/keymap emacs")
    assert (desk.host.keymap.name, desk.messages[-1]) == ("emacs", "keymap emacs until csm ends; --save keeps it")
    desk.run("/theme light")
    assert desk.host.theme.name == "light"
    desk.run("/vim")
    assert desk.host.keymap.editing == "vi"
    desk.run("/vim")
    assert desk.host.keymap.name == "emacs"
    desk.run("/keymap")
    assert [row.value for row in desk.picking[1]] == ["codex", "emacs", "vim"]
    with pytest.raises(CommandError, match="there is no theme drak"):
        desk.run("theme.use drak")


def test_a_choice_can_be_kept(desk, desk_with, home: Path) -> None:
    path = home / ".config/csm/settings.toml"
    desk.run("/theme light --save")
    assert desk.messages[-1] == f"theme light, kept in {path}"
    path.write_text("# mine\n" + path.read_text() + "# the end\n")
    desk.run("/keymap vim --save")
    assert path.read_text() == '# mine\ntheme = "light"\n# the end\nkeymap = "vim"\n'
    assert desk_with().host.theme.name == "light"
    path.write_text("theme = ")
    with pytest.raises(CommandError, match=r"settings\.toml"):
        desk.run("/theme dark --save")
    assert path.read_text() == "theme = "


def test_a_theme_that_cannot_be_read_is_refused(desk, home: Path) -> None:
    folder = home / ".config/csm/themes"
    folder.mkdir(parents=True)
    (folder / "broken.toml").write_text("[")
    with pytest.raises(CommandError, match="theme broken cannot be used; dark stays"):
        desk.run("/theme broken")


def test_names_complete(desk) -> None:
    from csm.host.context import Context

    cx = Context(desk.host, desk)
    found = desk.host.commands.complete("theme.use ", cx)
    assert [one.text for one in found] == sorted(desk.host.names("themes"))
    assert {"ansi", "contrast", "dark", "light", "mono"} <= {one.text for one in found}
    assert [one.text for one in desk.host.commands.complete("/keymap v", cx)] == ["vim"]


def test_without_a_screen_commands_say_what_they_need(desk) -> None:
    from csm.host.context import Context

    with pytest.raises(CommandError, match="needs the shell's screen"):
        desk.host.commands.run("move.left", Context(desk.host))
    desk.host.commands.run("theme.use light", Context(desk.host))
    assert desk.host.messages[-1].text.startswith("theme light")


def test_reloading_takes_what_changed_and_tells_what_is_wrong(desk, home: Path) -> None:
    folder = home / ".config/csm"
    (folder / "keymaps").mkdir(parents=True)
    (folder / "keymaps/user.toml").write_text('[bind.composer]\n"f9" = "help.open"\n')
    (folder / "init.py").write_text('def configure(csm):\n    csm.use(theme="light")\n')
    desk.run("/reload")
    assert desk.messages[-1] == "keymap codex, theme light"
    desk.press("f9")
    assert desk.shown.name == "help"
    (folder / "init.py").write_text("def configure(csm):\n    1 / 0\n")
    with pytest.raises(CommandError, match=r"init\.py failed"):
        desk.run("/reload")
    assert desk.host.theme.name == "light"


def test_extensions_are_reloaded_and_unloaded(desk_with, home: Path) -> None:
    path = home / ".config/csm/extensions/mine.py"
    path.parent.mkdir(parents=True)
    path.write_text('from csm.api import command\n@command("mine.one")\ndef one(cx):\n    return 1\n')
    desk = desk_with()
    assert desk.run("mine.one") == 1
    path.write_text(path.read_text().replace("return 1", "return 2"))
    desk.run("extension.reload mine")
    assert desk.run("mine.one") == 2
    path.write_text("def")
    with pytest.raises(CommandError, match="stays as it was"):
        desk.run("extension.reload mine")
    desk.run("extension.unload mine")
    with pytest.raises(CommandError, match="there is no extension mine"):
        desk.run("extension.unload mine")
