"""Keys of the three keymaps on a real editor: what is typed, what comes out."""

from __future__ import annotations

import pytest

from csm.protocol.errors import CommandError


def mark_cursor(desk) -> str:
    text, at = desk.composer.text, desk.composer.cursor
    return f"{text[:at]}|{text[at:]}"


@pytest.mark.parametrize(
    ("start", "keys", "result"),
    [
        ("", "h e l l o space w", "hello w|"),
        ("one two", "C-a", "|one two"),
        ("one two", "C-a C-f C-f", "on|e two"),
        ("one two", "C-b", "one tw|o"),
        ("one two", "M-b", "one |two"),
        ("one two", "C-left C-left M-f", "one| two"),
        ("one two", "C-a C-right", "one| two"),
        ("one two", "home C-k", "|"),
        ("one two", "C-w C-y C-y", "one twotwo|"),
        ("one two", "C-u", "|"),
        ("one two", "M-backspace", "one |"),
        ("one two", "C-a M-d", "| two"),
        ("one two", "C-a C-d", "|ne two"),
        ("one two", "C-h backspace", "one t|"),
        ("one two", "C-a delete", "|ne two"),
        ("one", "C-j t w o", "one\ntwo|"),
        ("one", "S-enter t M-enter", "one\nt\n|"),
        ("one", "C-w C-_", "one|"),
        ("one two", "M-b M-u", "one TWO|"),
        ("one two", "C-a M-c", "One| two"),
        ("one two", "C-a M-f M-t", "two one|"),
        ("one two", "C-a C-space C-e M-w C-y", "one twoone two|"),
        ("", "?", "|"),
        ("what", "?", "what?|"),
    ],
)
def test_codex(desk, start: str, keys: str, result: str) -> None:
    desk.composer.set_text(start)
    desk.press(keys)
    assert mark_cursor(desk) == result


@pytest.mark.parametrize(
    ("start", "keys", "result"),
    [
        ("one two", "C-a C-space C-e C-w", "|"),
        ("one two", "C-a C-space M-f C-w C-e C-y", " twoone|"),
        ("one two", "C-w", None),
        ("one", "C-o", "one|\n"),
        ("ab", "C-t", "ba|"),
        ("one two", "C-x h C-w", "|"),
        ("one", "C-x u", "|"),
        ("one two", "M-< M-d C-/", "|one two"),
        ("a\nb", "C-x C-t", "b\na|"),
        ("one", "C-k C-w", None),
        ("one two", "C-a M-z space", "|two"),
        ("", "C-q ;", ";|"),
        ("  one", "M-m", "  |one"),
        ("One. Two.", "M-a", "One. |Two."),
        ("one two three", "C-a M-2 M-f", "one two| three"),
    ],
)
def test_emacs(desk_with, start: str, keys: str, result: str | None) -> None:
    desk = desk_with("emacs")
    desk.composer.set_text(start)
    if result is None:
        with pytest.raises(CommandError, match="there is no mark"):
            desk.press(keys)
    else:
        desk.press(keys)
        assert mark_cursor(desk) == result


@pytest.mark.parametrize(
    ("start", "keys", "result"),
    [
        ("one two", "i x esc", "|xone two"),
        ("one two", "A ! esc", "one two|!"),
        ("one two three", "w d w", "one |three"),
        ("one two three", "2 d w", "|three"),
        ("one two three", "d 2 w", "|three"),
        ("one two three", "w c i w X esc", "one |X three"),
        ("one two", "x", "|ne two"),
        ("one two", "3 x", "| two"),
        ("one two", "1 0 x", "|"),
        ("one two", "$ X", "one t|o"),
        ("one two", "w D", "one| "),
        ("one two", "w C y o u esc", "one yo|u"),
        ("a (b c) d", "f b d i (", "a (|) d"),
        ("a (b c) d", "f b c a ( x esc", "a |x d"),
        ("say 'hi'", "f h y i ' $ p", "say 'hi'h|i"),
        ("one", "y y p", "one\n|one"),
        ("one\ntwo\nthree", "j d d", "one\n|three"),
        ("one two", "v e d", "| two"),
        ("one\ntwo", "V d", "|two"),
        ("one two", "v i w U", "|ONE two"),
        ("one two", "g U w", "|ONE two"),
        ("one two", "x x .", "| two"),
        ("one two", "x u", "|one two"),
        ("one two", "x u C-r", "|ne two"),
        ("one two", "r x", "|xne two"),
        ("one two", "~ ~", "ON|e two"),
        ("one", "o t w o esc", "one\ntw|o"),
        ("one\ntwo", "J", "one| two"),
        ("one two", '" a y w $ " a p', "one twoone| "),
        ("one two", "m a $ ` a", "|one two"),
        ("one two one", "*", "one two |one"),
        ("one two", "$ b b e", "on|e two"),
        ("a,b,c", "f , ;", "a,b|,c"),
        ("one", "R x y esc", "x|ye"),
        ("one two", "w g e", "on|e two"),
        ("one two", "A C-w esc", "one| "),
        ("one two", "d esc x", "|ne two"),
        ("one two", "g U U", "|ONE TWO"),
        ("One two", "g ~ ~", "|oNE TWO"),
        ("one\ntwo", "v D", "|two"),
        ("one. Two.", ")", "one. |Two."),
        ("one two", "3 C-d x", "|ne two"),
        ("one two", "y w i C-r 0 esc", "one| one two"),
        ("one two", "x x x 2 u", "|ne two"),
        ("1\n1\n1", "V j C-a", "|2\n2\n1"),
        ("9\n9\n9", "V G g C-a 2 C-x", "|8\n11\n12"),
        ("9\n9\n9", "C-v G g C-x", "|8\n7\n6"),
    ],
)
def test_vim(desk_with, start: str, keys: str, result: str) -> None:
    desk = desk_with("vim")
    desk.composer.set_text(start, 0)
    desk.press(keys)
    assert mark_cursor(desk) == result


def test_vim_searches_with_a_pattern(desk_with) -> None:
    desk = desk_with("vim")
    desk.composer.set_text("one two three two", 0)
    desk.press("/")
    prompt, done = desk.asking
    assert prompt == "/"
    done("tw.")
    assert mark_cursor(desk) == "one |two three two"
    desk.press("n")
    assert mark_cursor(desk) == "one two three |two"
    with pytest.raises(CommandError, match="there is no four"):
        done("four")


def test_nothing_to_undo_is_said(desk) -> None:
    with pytest.raises(CommandError, match="nothing to undo"):
        desk.press("C-_")


def test_clearing_can_be_undone(desk) -> None:
    desk.type("long draft")
    desk.run("composer.clear")
    assert desk.composer.text == ""
    desk.press("C-_")
    assert desk.composer.text == "long draft"


@pytest.mark.parametrize(
    "line",
    ["operator.start delte", "operator.apply delete nowhere", "object.select inner-nothing"],
)
def test_unknown_operators_and_objects_are_named(desk_with, line: str) -> None:
    with pytest.raises(CommandError, match="there is no"):
        desk_with("vim").run(line)


def test_every_part_of_the_engine_has_a_command_and_a_key(desk_with) -> None:
    from csm.edit import motions, objects, operators

    commands = desk_with("vim").host.commands
    lines = {one.command for name in ("codex", "emacs", "vim") for one in desk_with(name).host.keymap.bindings()}
    words = {line.split()[0] for line in lines}
    assert [name for name in motions.MOTIONS if f"move.{name}" not in commands] == []
    assert [name for name in motions.MOTIONS if f"move.{name}" not in words] == []
    assert [name for name in objects.OBJECTS if f"object.select {name}" not in lines] == []
    assert [name for name in operators.OPERATORS if f"operator.start {name}" not in lines] == ["join"]
