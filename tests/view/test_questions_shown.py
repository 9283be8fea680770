"""Questions of the model as they are shown: one at a time, answers and keys; nothing of them gets through raw."""

import pytest

from csm.protocol.tools import Ask, Choice, Question
from csm.view.lines import line_width
from csm.view.render.questions import questions
from csm.view.roles import is_role

RED, BLUE = Choice("Red", "like fire"), Choice("Blue")
COLOUR = Question("c", "Colour", "Which colour shall the whole of it be?", (RED, BLUE))
SIZE = Question("s", "", "How large?", (Choice("Large"),))
ASK = Ask("a", "c", "questions", "Two questions", questions=(COLOUR, SIZE))
NASTY = "\x1b[31mred\x07\n\u202e\x9b2J"


def shown(*args, **more):
    return ["".join(text for _, text in row).rstrip() for row in questions(*args, **more)]


def test_the_first_question():
    assert shown(ASK, 60) == [
        "  Colour  1 of 2",
        "",
        "  Which colour shall the whole of it be?",
        "",
        "› 1    Red   like fire",
        "  2    Blue",
        "  o    Something else",
        "  esc  Stop here",
    ]


def test_the_next_one_has_the_answer_above_and_a_way_back():
    assert shown(ASK, 60, ["Blue"], {"say": "M-o", "back": "u"}) == [
        "  Colour  Blue",
        "  Two questions  2 of 2",
        "",
        "  How large?",
        "",
        "› 1    Large",
        "  M-o  Something else",
        "  u    Back to the question before",
        "  esc  Stop here",
    ]


def test_a_long_key_moves_only_its_own_row():
    rows = shown(ASK, 60, ["Blue"], {"say": "o", "back": "backspace", "cancel": "c"})
    assert rows[-4:] == [
        "› 1  Large",
        "  o  Something else",
        "  backspace  Back to the question before",
        "  c  Stop here",
    ]


def test_a_single_question_is_not_counted():
    assert shown(Ask("a", "c", "questions", "?", questions=(COLOUR,)), 20)[:4] == [
        "Colour", "", "Which colour shall", "the whole of it be?",
    ]  # fmt: skip


@pytest.mark.parametrize("width", [12, 40, 200])
def test_nothing_gets_through(width):
    nasty = Question(NASTY, NASTY, NASTY, (Choice(NASTY, NASTY),))
    ask = Ask("a", "c", "questions", NASTY, questions=(nasty, nasty))
    for given in ((), (NASTY,)):
        for row in questions(ask, width, given):
            assert line_width(row) <= width
            assert all(is_role(role) and text.isprintable() for role, text in row)
