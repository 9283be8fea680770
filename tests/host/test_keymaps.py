"""Keymaps: lookup by place and mode, layers, problems; and csm's own: every binding resolves."""

from __future__ import annotations

from pathlib import Path

import pytest

from csm.edit import chords
from csm.host import keymaps, roots, settings
from csm.host.bindings import Keymap, Match
from csm.host.host import Host
from csm.protocol.errors import KeymapError

OWN = roots.find(config_dir=Path("/nonexistent"))
CHOICES = ["codex", "emacs", "vim"]
START = """
    from csm.api import command
    @command("a.one", slash="one")
    def one(cx): ...
    @command("a.two", places=("garden",))
    def two(cx, word: str = ""): ...
"""


def made(*lines: tuple[str, str | None, str, str | bool], **parents: tuple[str, ...]) -> Keymap:
    keymap = Keymap("made", parents=parents)
    for place, mode, keys, line in lines:
        keymap.trie(place, mode).bind(chords.parse(keys), line, "test")
    return keymap


@pytest.mark.parametrize(
    ("places", "mode", "keys", "match"),
    [
        (["composer"], None, "C-x", Match(None, True, "")),
        (["composer"], None, "C-x b", Match("global.b", False, "")),
        (["composer"], None, "C-x c", Match("composer.c", False, "")),
        (["composer"], None, "enter", Match("composer.enter", False, "")),
        (["composer"], "normal", "enter", Match("composer.normal", False, "")),
        (["composer"], ("operator", "normal"), "enter", Match("composer.normal", False, "")),
        (["composer"], None, "left", Match("editor.left", False, "")),
        (["palette"], None, "enter", Match("global.enter", False, "")),
        (["composer"], None, "C-z", Match(None, False, "")),
        (["palette"], None, "C-z", Match("global.z", False, "")),
        (["composer"], None, "C-c", Match("composer.break", False, "")),
        (["composer"], None, "C-c C-c", Match(None, False, "")),
        (["palette"], None, "C-c", Match(None, True, "")),
        (["palette"], None, "C-c C-c", Match("global.cc", False, "")),
        (["composer"], None, "f9", Match(None, False, "")),
        ([], None, "C-x b", Match("global.b", False, "")),
        (["composer", "global"], None, "C-x b", Match("global.b", False, "")),
    ],
)
def test_the_most_specific_place_decides(places: list[str], mode: str, keys: str, match: Match) -> None:
    keymap = made(
        ("global", None, "C-x b", "global.b"),
        ("global", None, "enter", "global.enter"),
        ("global", None, "C-z", "global.z"),
        ("global", None, "C-c C-c", "global.cc"),
        ("composer", None, "C-x c", "composer.c"),
        ("composer", None, "enter", "composer.enter"),
        ("composer", "normal", "enter", "composer.normal"),
        ("composer", None, "C-z", False),
        ("composer", None, "C-c", "composer.break"),
        ("editor", None, "left", "editor.left"),
        composer=("editor",),
        palette=(),
    )
    assert keymap.lookup(places, mode, chords.parse(keys)) == match


def test_a_command_that_is_a_prefix_too_is_flagged_and_told() -> None:
    keymap = made(("global", None, "g", "a.b"), ("global", None, "g g", "a.c"))
    assert keymap.lookup([], None, ("g",)) == Match("a.b", True, "")
    assert [one.keys for one in keymap.delayed()] == ["g"]


def test_unbinding_a_prefix_takes_all_below_it_and_binding_brings_it_back() -> None:
    keymap = made(("global", None, "C-x a", "a.a"), ("global", None, "C-x b", "a.b"), ("global", None, "C-x", False))
    assert keymap.lookup([], None, ("C-x", "a")) == Match(None, False, "")
    keymap.trie("global").bind(("C-x", "c"), "a.c", "")
    assert keymap.lookup([], None, ("C-x",)) == Match(None, True, "")
    assert keymap.lookup([], None, ("C-x", "a")) == Match(None, False, "")


def test_what_may_follow_a_prefix() -> None:
    keymap = made(
        ("global", None, "C-x b", "a.b"),
        ("global", None, "C-x c", "a.c"),
        ("global", None, "C-x C-c d", "a.d"),
        ("composer", None, "C-x b", "a.other"),
        ("composer", None, "C-x c", False),
    )
    keymap.trie("global").at(("C-x", "C-c")).label = "more"
    found = keymap.following(["composer"], None, ("C-x",))
    assert [(one.chord, one.command, one.label, one.prefix) for one in found] == [
        ("b", "a.other", "", False),
        ("C-c", None, "more", True),
    ]


def test_where_a_command_is_bound_and_reachable() -> None:
    keymap = made(
        ("global", None, "C-x b", "a.b"),
        ("global", None, "f5", "a.b"),
        ("global", None, "f6", "a.b with words"),
        ("composer", None, "f5", "a.other"),
    )
    assert [one.keys for one in keymap.where_is("a.b")] == ["f5", "C-x b", "f6"]
    assert [one.keys for one in keymap.where_is("a.b", ["composer"])] == ["C-x b", "f6"]
    assert keymap.where_is("") == []


@pytest.fixture
def ready(write, open_host):
    """Write a keymap `mine` and load it on a host with the commands of START."""

    def load(text: str, name: str = "mine", **options):
        write("extensions/some/commands.py", START)
        write("extensions/some/__init__.py", '"Some."')
        write(f"keymaps/{name}.toml", text)
        return open_host(overrides={"csm.keymap": name}, **options)

    return load


def test_a_file_binds_labels_and_inherits(write, ready) -> None:
    write(
        "keymaps/ground.toml",
        """
        [places]
        garden = ["editor"]
        [bind.global]
        "C-x ctrl-b" = "a.one"
        "f5" = "a.one"
        """,
    )
    host = ready(
        """
        name = "mine"
        inherits = "ground"
        editing = "vi"
        [bind.global]
        "f5" = false
        "RET" = "a.two 'with words' ; /one"
        [bind.garden."normal visual"]
        "g g" = "a.two"
        [label.global]
        "C-x" = "many"
        """
    )
    keymap = host.keymap
    assert (host.messages, keymap.problems, keymap.editing) == ([], [], "vi")
    assert keymap.lookup([], None, ("C-x",)) == Match(None, True, "many")
    assert keymap.lookup([], None, ("C-x", "C-b")).command == "a.one"
    assert keymap.lookup([], None, ("f5",)).command is None
    assert keymap.lookup([], None, ("enter",)).command == "a.two 'with words' ; /one"
    assert keymap.lookup(["garden"], "visual", ("g", "g")).command == "a.two"
    assert {one.origin.rpartition("/")[2] for one in keymap.bindings()} == {"ground.toml", "mine.toml"}


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('[bind.global]\n"f5" = "a.on"', '[bind.global] "f5": there is no command a.on; did you mean a.one'),
        ('[bind.global]\n"f5" = "a.one ; a.tow"', "there is no command a.tow; did you mean a.two"),
        ('[bind.global]\n"f5" = "a.one \'x"', '"f5": a quote is not closed'),
        ('[bind.global]\n"f5" = 3', '"f5": a command line is needed, or false'),
        ('[bind.global]\n"f5" = ""', '"f5": a command line is needed, or false'),
        ('[bind.global]\n"C-foo" = "a.one"', "\"C-foo\": no key is called 'foo'"),
        ('[bind.gardn]\n"f5" = "a.one"', "[bind.gardn]: there is no place gardn; did you mean garden?"),
        ('[bind.global.normall]\n"f5" = "a.one"', "there is no mode normall; did you mean normal?"),
        ("label = 3", "label: a table of places is needed"),
        ("[bind]\nglobal = 3", "[bind.global]: a table of keys is needed"),
        ('[label.global]\n"C-x" = 3', '[label.global] "C-x": a label is text'),
        ('editing = "ed"', "editing is emacs or vi, not 'ed'"),
        ('reading = "aloud"', "reading is scroll or cursor, not 'aloud'"),
        ('bidn = "x"', "there is nothing called bidn in a keymap; did you mean bind?"),
    ],
)
def test_what_is_wrong_is_told_with_its_place_and_the_rest_applies(ready, text: str, problem: str) -> None:
    good = '\n[bind.garden]\n"f12" = "a.one"\n'
    host = ready(text + good)
    assert host.keymap.lookup(["garden"], None, ("f12",)).command == "a.one"
    (told,) = host.messages
    assert problem in told.text
    assert "mine.toml" in told.text


@pytest.mark.parametrize(
    ("enhanced", "command", "problems"),
    [(None, "a.one", []), (True, "a.one", []), (False, None, ["here C-i arrives as tab"])],
)
def test_chords_that_the_terminal_cannot_tell_apart_are_refused(
    ready, enhanced: bool | None, command: str | None, problems: list[str]
) -> None:
    host = ready('[bind.global]\n"C-i" = "a.one"\n')
    host.enhanced_keys = enhanced
    assert host.keymap.lookup([], None, ("C-i",)).command == command
    assert [message.text.rpartition(": ")[2] for message in host.messages] == problems


def test_the_terminal_may_answer_late(ready) -> None:
    host = ready('[bind.global]\n"C-i" = "a.one"\n')
    assert host.keymap.lookup([], None, ("C-i",)).command == "a.one"
    host.tell_keys(False)
    assert host.keymap.lookup([], None, ("C-i",)).command is None
    assert len(host.messages) == 1


def test_the_users_layer_and_init_lie_on_top(write, ready) -> None:
    write("keymaps/user.toml", '[bind.global]\n"f5" = "a.two"\n"f6" = "a.two"\n')
    write("init.py", 'def configure(csm):\n    csm.bind("f6", "a.two deep")\n    csm.bind("f7", "a.zero")\n')
    host = ready('[bind.global]\n"f5" = "a.one"\n"f6" = "a.one"\n')
    keymap = host.keymap
    assert [keymap.lookup([], None, (key,)).command for key in ("f5", "f6", "f7")] == ["a.two", "a.two deep", None]
    assert host.messages[-1].text.endswith('init.py:3 "f7": there is no command a.zero')


def test_a_higher_roots_layer_lies_above_a_lower_ones(write, ready, tmp_path: Path) -> None:
    write("keymaps/user.toml", '[bind.global]\n"f5" = "a.one"\n"f6" = "a.one"\n')
    above = tmp_path / "above/keymaps/user.toml"
    above.parent.mkdir(parents=True)
    above.write_text('[bind.global]\n"f5" = "a.two"\n')
    keymap = ready("", extra_roots=[tmp_path / "above"]).keymap
    assert [keymap.lookup([], None, (key,)).command for key in ("f5", "f6")] == ["a.two", "a.one"]


def test_twenty_broken_lines_are_twenty_messages(write, ready) -> None:
    lines = "\n".join(f'"f{number}" = "no.such-{number}"' for number in range(1, 21))
    host = ready(f'[bind.global]\n{lines}\n"f21" = "a.one"\n')
    assert host.keymap.lookup([], None, ("f21",)).command == "a.one"
    assert len(host.messages) == 20


def test_the_users_keymap_extends_the_one_of_its_name(write, open_host) -> None:
    write("keymaps/codex.toml", 'inherits = "codex"\n[bind.composer]\n"f9" = "composer.submit"\n')
    keymap = open_host(bundled=True).keymap
    assert keymap.problems == []
    assert keymap.lookup(["composer"], "insert", ("f9",)).command == "composer.submit"
    assert keymap.lookup(["composer"], "insert", ("enter",)).command == "composer.submit"


def test_a_broken_file_leaves_the_last_good_one(write, ready) -> None:
    host = ready('[bind.global]\n"f5" = "a.one"\n')
    before = host.keymap
    path = write("keymaps/mine.toml", '[bind.global\n"f5" = "a.two"\n')
    assert host.reload_keymap() is before
    assert f"{path}:1:13: " in host.messages[-1].text
    write("keymaps/mine.toml", '[bind.global]\n"f5" = "a.two"\n')
    assert host.reload_keymap().lookup([], None, ("f5",)).command == "a.two"


def test_without_a_last_one_base_is_used(write, open_host) -> None:
    write("keymaps/codex.toml", "[bind")
    host = open_host(bundled=True)
    assert host.keymap.name == "base"
    assert host.keymap.lookup(["composer"], "insert", ("enter",)).command == "composer.submit"
    assert len(host.messages) == 1


def test_an_unknown_keymap_is_an_error_with_the_nearest_name() -> None:
    with pytest.raises(KeymapError, match="there is no keymap vmi") as caught:
        keymaps.load("vmi", OWN)
    assert caught.value.hint == "did you mean vim?"


def test_where_no_name_is_near_all_are_told() -> None:
    with pytest.raises(KeymapError) as caught:
        keymaps.load("zzzz", OWN)
    assert "codex, emacs" in str(caught.value.hint)


# csm's own


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Host:
    """A host with everything that csm brings, and nothing else."""
    env = {"HOME": str(tmp_path_factory.mktemp("home"))}
    return Host.open(settings.load(cwd=Path(env["HOME"]), env=env), env)


@pytest.mark.parametrize("name", [*CHOICES, *keymaps.PARTS[:2]])
def test_csms_keymaps_are_whole(own, name: str) -> None:
    keymap = keymaps.load(name, own.roots, own.commands)
    assert keymap.problems == []
    assert keymap.name == name
    assert keymap.delayed() == []


def test_csm_offers_its_keymaps(own) -> None:
    assert own.names("keymaps") == CHOICES


@pytest.mark.parametrize("name", CHOICES)
def test_arguments_of_bound_commands_fit(own, name: str) -> None:
    from csm.host import lines, signature

    keymap = keymaps.load(name, own.roots, own.commands)
    for binding in keymap.bindings():
        for word, *rest in lines.split(binding.command):
            command = own.commands.get(word)
            signature.bind(command.name, command.parameters, rest)


@pytest.mark.parametrize("name", CHOICES)
def test_a_plain_terminal_loses_no_command(own, name: str) -> None:
    """What needs a modern terminal is only ever a second key for something."""
    every = keymaps.load(name, own.roots, own.commands)
    plain = keymaps.load(name, own.roots, own.commands, enhanced=False)
    lost = {one.command for one in every.bindings()} - {one.command for one in plain.bindings()}
    assert lost == set()
    assert plain.problems == []


@pytest.mark.parametrize("name", CHOICES)
@pytest.mark.parametrize(
    ("place", "command"),
    [
        ("composer", "composer.submit"),
        ("composer", "composer.newline"),
        ("composer", "composer.queue"),
        ("composer", "turn.interrupt"),
        ("composer", "shell.quit"),
        ("composer", "palette.open"),
        ("composer", "help.open"),
        ("composer", "focus.transcript"),
        ("composer", "tool.toggle-all"),
        ("composer", "view.scroll"),
        ("transcript", "focus.composer"),
        ("transcript", "tool.toggle"),
        ("approval", "approval.accept"),
        ("approval", "approval.decline"),
        ("approval", "approval.cancel"),
        ("picker", "list.accept"),
        ("picker", "list.cancel"),
        ("palette", "list.next"),
        ("line", "list.accept"),
        ("help", "buffer.close"),
        ("messages", "buffer.close"),
    ],
)
def test_what_nobody_can_do_without_has_a_key(own, name: str, place: str, command: str) -> None:
    keymap = keymaps.load(name, own.roots, own.commands)
    if command == "shell.quit" and name == "vim":
        command = "shell.break"
    assert keymap.where_is(command, [place])


@pytest.mark.parametrize("name", CHOICES)
@pytest.mark.parametrize("place", ["composer", "palette", "picker", "line"])
def test_letters_can_be_typed(own, name: str, place: str) -> None:
    keymap = keymaps.load(name, own.roots, own.commands)
    bound = [
        letter
        for letter in "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 .,:;!/'\"-_()[]{}"
        if keymap.lookup([place], "insert", (chords.chord(letter),)) != Match()
    ]
    assert bound == []


@pytest.mark.parametrize("name", CHOICES)
def test_every_prefix_is_labelled(own, name: str) -> None:
    keymap = keymaps.load(name, own.roots, own.commands)
    bare: list[str] = []
    for places, modes in ((["composer"], ("insert",)), (["composer"], ("operator", "normal")), (["transcript"], ())):
        for one in keymap.following(places, modes, ()):
            if one.prefix and not keymap.lookup(places, modes, (one.chord,)).label:
                bare.append(f"{places[0]} {modes}: {one.chord}")
    assert bare == []
