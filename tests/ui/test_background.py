"""Following the terminal's background: what is asked and when, what answers do, answers in pieces."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import pytest

from csm.edit.inputs import Input, Key, Reply
from csm.edit.keys import Decoder
from csm.host import settings
from csm.host.host import Host
from csm.ui.background import Background
from csm.ui.terminal import BACKGROUND_QUERY, Terminal

ANSWER = b"\x1b]11;rgb:fafa/fafa/fafa\x1b\\\x1b[?62;4c"
WHITE, BLACK = Reply("background", ((250, 250, 250),)), Reply("background", ((20, 20, 30),))


class Wire(Terminal):
    """A terminal that has been taken, and keeps what is written."""

    def __init__(self, term: str = "xterm-256color") -> None:
        super().__init__({"TERM": term}, 0, 1)
        self._saved = object()
        self.written = ""

    def write(self, data: str | bytes) -> None:
        self.written += str(data)

    def taken(self) -> str:
        written, self.written = self.written, ""
        return written


class Patient:
    """Stands for the keyboard: how often it was asked to wait."""

    waits = 0

    def expect_answer(self, seconds: float) -> None:
        self.waits += 1


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    home = tmp_path_factory.mktemp("home")
    env = {"HOME": str(home), "TERM": "xterm-256color"}
    made = Host.open(settings.load(cwd=home, env=env), env)
    yield made
    made.close()


@pytest.fixture
def host(opened: Host) -> Host:
    """A host whose theme follows the terminal, which has not said anything."""
    opened.background_dark = None
    opened.reload_theme("auto")
    return opened


def following(host: Host, term: str = "xterm-256color") -> tuple[Background, Wire, Patient]:
    wire, patient = Wire(term), Patient()
    background = Background(wire, patient, host)  # type: ignore[arg-type]
    background.follow()
    return background, wire, patient


def test_the_terminal_is_asked_once_and_told_to_tell(host: Host) -> None:
    background, wire, patient = following(host)
    assert wire.taken() == f"\x1b[?2031h{BACKGROUND_QUERY}"
    background.follow()
    assert (wire.taken(), patient.waits) == ("", 1)


def test_nothing_is_asked_where_nothing_follows(host: Host) -> None:
    host.reload_theme("dusk")
    background, wire, patient = following(host)
    background.ask()
    background.again()
    assert (wire.taken(), patient.waits) == ("", 0)
    host.reload_theme("auto")
    background.follow()
    assert BACKGROUND_QUERY in wire.taken()
    host.reload_theme("dark")
    background.follow()
    assert wire.taken() == "\x1b[?2031l"


def test_answers_change_the_theme(host: Host) -> None:
    background, _, _ = following(host)
    assert host.theme.name == "dark"
    background.heard(WHITE)
    assert host.theme.name == "light"
    background.heard(BLACK)
    assert host.theme.name == "dark"


@pytest.mark.parametrize(
    ("colour", "name"),
    [((0, 0, 0), "dark"), ((255, 255, 255), "light"), ((0, 43, 54), "dark"), ((253, 246, 227), "light"),
     ((100, 100, 100), "dark"), ((140, 140, 140), "light"), ((0, 0, 255), "dark"), ((255, 255, 0), "light")],
)  # fmt: skip
def test_what_is_dark(host: Host, colour: tuple[int, int, int], name: str) -> None:
    following(host)[0].heard(Reply("background", (colour,)))
    assert host.theme.name == name


def test_news_of_the_scheme_count_until_a_colour_is_told(host: Host) -> None:
    background, wire, _ = following(host)
    wire.taken()
    background.heard(Reply("color-scheme", ("light",)))
    assert (host.theme.name, wire.taken()) == ("light", BACKGROUND_QUERY)
    background.heard(BLACK)
    background.heard(Reply("color-scheme", ("light",)))
    assert (host.theme.name, wire.taken()) == ("dark", BACKGROUND_QUERY)


def test_who_had_the_terminal_meanwhile_may_have_changed_it(host: Host) -> None:
    background, wire, _ = following(host)
    wire.taken()
    wire._modes.clear()
    background.again()
    assert wire.taken() == f"\x1b[?2031h{BACKGROUND_QUERY}"


@pytest.mark.parametrize("term", ["linux", "dumb"])
def test_terminals_that_would_print_the_question_are_not_asked(host: Host, term: str) -> None:
    _, wire, patient = following(host, term)
    assert (wire.taken(), patient.waits) == ("", 0)


def test_other_replies_do_nothing(host: Host) -> None:
    background, _, _ = following(host)
    for reply in (Reply("foreground", ((0, 0, 0),)), Reply("status", (0,)), Reply("cursor", (1, 1))):
        background.heard(reply)
    assert host.theme.name == "dark"


# Answers in pieces


def heard(pieces: list[bytes], gap: float, *, expected: bool = True) -> list[Input]:
    """What comes of pieces that arrive `gap` seconds apart, each silence noticed when it is long enough."""
    decoder, now, found = Decoder(), 100.0, list[Input]()
    if expected:
        decoder.expect_answer(now + 2.0)
    for piece in pieces:
        found += decoder.feed(piece, now)
        now += gap
        found += decoder.flush(now)
    return found + decoder.flush(now + 100)


@pytest.mark.parametrize("cut", range(1, len(ANSWER)))
def test_an_answer_cut_anywhere_is_never_typed(cut: int) -> None:
    found = heard([ANSWER[:cut], ANSWER[cut:]], 0.2)
    assert [one.kind for one in found if isinstance(one, Reply)] == ["background", "primary-attributes"]
    assert len(found) == 2


def test_an_answer_byte_by_byte_is_never_typed() -> None:
    found = heard([bytes([byte]) for byte in ANSWER], 0.06)
    assert [one.kind for one in found if isinstance(one, Reply)] == ["background", "primary-attributes"]


@pytest.mark.parametrize(
    "answer",
    [b"\x1b]11;rgb:zz/zz/zz\x07", b"\x1b]11;\x1b\\", b"\x1b]11;rgba:ffff/ffff/ffff/ffff\x07", b"\x1b]11;#ffffff\x07",
     b"\x1b]11;white\x07", b"\x1b]11;" + b"f" * 5000 + b"\x07", b"\x1b[?997;1n", b"\x1b[?997;9n", b"\x1b[?996;1n",
     b"\x1b[?997;1;2n", b"\x1bPtmux;\x1b\x1b]11;rgb:0/0/0\x1b\x1b\\\x1b\\"],
)  # fmt: skip
def test_strange_answers_are_never_typed(answer: bytes) -> None:
    chance = random.Random(len(answer))
    for _ in range(20):
        cut = chance.randrange(len(answer) + 1)
        found = heard([answer[:cut], answer[cut:] + b"\x1b[?62c"], 0.0)
        typed = "".join(one.text for one in found if isinstance(one, Key))
        assert typed.strip("\\") == "" or answer.startswith(b"\x1bPtmux")
        assert found[-1] == Reply("primary-attributes", (62,))


def test_esc_is_heard_soon_where_no_answer_is_due() -> None:
    decoder = Decoder()
    decoder.feed(b"\x1b", 10.0)
    assert decoder.deadline == pytest.approx(10.05)
    decoder.expect_answer(12.0)
    assert decoder.deadline == pytest.approx(10.25)
    assert decoder.feed(b"[?62c", 10.1) == [Reply("primary-attributes", (62,))]
    decoder.feed(b"\x1b", 10.2)
    assert decoder.deadline == pytest.approx(10.25)
    assert decoder.flush(10.3) == [Key("esc")]


def test_a_terminal_that_never_answers_delays_nothing_for_long() -> None:
    decoder = Decoder()
    decoder.expect_answer(12.0)
    decoder.feed(b"\x1b", 12.5)
    assert decoder.deadline == pytest.approx(12.55)


def test_an_escape_within_an_answer_does_not_lose_what_is_typed_next() -> None:
    found: list[Any] = heard([b"\x1b]11;rgb:00", b"\x03", b"hi"], 0.01)
    assert [one.chord for one in found if isinstance(one, Key)] == ["C-c", "h", "i"]
