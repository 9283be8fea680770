"""Searching the transcript and other pages from keys."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable

import pytest

from csm.ui.driver import ScreenDriver
from csm.ui.watchdog import Watchdog
from csm.view.finding import compiled, find

Drive = Callable[..., ScreenDriver]
LONG = "\n\n".join(f"Paragraph {number} says {'apple' if number % 10 == 0 else 'pear'}." for number in range(60))


@pytest.fixture
def driver(drive: Drive) -> ScreenDriver:
    made = drive({"text": LONG}, columns=80, rows=20)
    made.type("hi\n")
    made.wait_for("Paragraph 59")
    made.wait(lambda: made.shell.session.thread.running is None)
    made.frame()
    return made


def _marked(driver: ScreenDriver) -> list[str]:
    return [text for line in driver.frame().rows() for role, text in line if "search.match" in role]


def test_each_letter_goes_to_its_next_match_and_enter_stays(driver: ScreenDriver) -> None:
    driver.keys("f3")
    driver.type("paragraph 3")
    assert "Paragraph 3 says" in driver.screen()
    driver.type("1")
    assert "Paragraph 31" in driver.screen()
    driver.keys("backspace enter")
    assert "Paragraph 3 says" in driver.screen()
    assert "Paragraph 3" in _marked(driver)


def test_n_goes_on_and_round_and_capital_n_back(driver: ScreenDriver) -> None:
    driver.keys("f3")
    driver.type("apple\n")
    assert "Paragraph 0 says apple" in driver.screen()  # nothing follows the end, so from the top again
    seen = []
    for _ in range(6):
        driver.keys("n")
        seen.append([number for number in range(0, 60, 10) if f"Paragraph {number} says" in driver.screen()])
    assert seen[0] in ([0, 10], [10], [10, 20])
    assert seen[-1] == [0]
    driver.keys("N")
    assert "Paragraph 50" in driver.screen()


def test_what_is_nowhere_may_become_something_that_is_there(driver: ScreenDriver) -> None:
    driver.keys("f3")
    driver.type("paragraph 3xy")
    assert _marked(driver) == []
    driver.type("|apple")  # a regular expression now: it may match where its beginning did not
    assert "apple" in _marked(driver)
    driver.keys(" ".join(["backspace"] * 8))
    assert "Paragraph 3" in _marked(driver)


def test_esc_goes_back_to_where_it_began(driver: ScreenDriver) -> None:
    before = driver.screen().splitlines()[:10]
    driver.keys("f3")
    driver.type("paragraph 7 ")
    assert driver.screen().splitlines()[:10] != before
    driver.keys("esc")
    assert driver.screen().splitlines()[:10] == before
    assert _marked(driver) == []


def test_what_is_nowhere_is_told(driver: ScreenDriver) -> None:
    driver.keys("f3")
    driver.type("cherry\n")
    assert "there is no cherry" in driver.screen()


def test_while_typing_the_next_match_is_a_key_away(driver: ScreenDriver) -> None:
    driver.keys("f3")
    driver.type("apple")
    driver.keys("C-s C-s")
    driver.keys("enter")
    assert "Paragraph 20 says apple" in driver.screen()


def test_marks_go_with_the_focus(driver: ScreenDriver) -> None:
    driver.keys("f3")
    driver.type("apple\n")
    assert _marked(driver)
    driver.keys("i")
    assert _marked(driver) == []


def test_help_is_searched_too(driver: ScreenDriver) -> None:
    driver.keys("f1 /")
    driver.type("quit\n")
    assert "quit" in [text.lower() for text in _marked(driver)]


def test_vim_searches_backward_with_a_cursor(drive: Drive) -> None:
    driver = drive({"text": LONG}, columns=80, rows=20, csm__keymap="vim")
    driver.type("hi\n")
    driver.wait_for("Paragraph 59")
    driver.wait(lambda: driver.shell.session.thread.running is None)
    driver.keys("esc C-w k")
    driver.frame()
    driver.keys("?")
    driver.type("apple\n")
    assert "Paragraph 50 says apple" in driver.screen()
    driver.keys("n")
    assert "Paragraph 40 says apple" in driver.screen()
    assert driver.shell.reader is not None
    line, column = driver.shell.reader.spot
    assert driver.shell.reader.editor.text.split("\n")[line - driver.shell.reader._first][column:].startswith("apple")


def test_titles_are_found_as_they_are_shown(drive: Drive) -> None:
    patch = "*** Begin Patch\n*** Add File: total.sh\n+echo one\n*** End Patch\n"
    turns = ({"custom": ("apply_patch", patch)}, {"call": ("exec_command", {"cmd": "echo wonder"})}, {"text": "Said."})
    driver = drive(*turns, sandbox_mode="workspace-write")
    driver.type("go")
    driver.keys("enter")
    driver.wait_for("Said.")
    shown = driver.shell.windows.current.top.buffer
    for word in ("Added total", r"\$ echo wonder", "bash -lc"):
        hit = find(shown, compiled(word), 0, -1, 80)
        assert (hit is not None) == (word != "bash -lc"), word


def test_patterns_that_take_forever_are_given_up(drive: Drive) -> None:
    told: list[str] = []
    dog = Watchdog(told.append)
    dog.start()
    try:
        driver = drive({"text": f"pear\n\n{'a' * 50}b"}, watch=dog.step)
        driver.type("hi\n")
        driver.wait_for("aaab")
        driver.wait(lambda: driver.shell.session.thread.running is None)
        driver.keys("f3")
        driver.type("(a+)+$")
        assert "the search took too long" in driver.screen()
        driver.keys("enter")
        assert "the search took too long" in driver.screen()
        assert driver.shell.search.pattern is None
        driver.shell.search.pattern = re.compile("(a+)+$")  # one that was quick in what was read before
        assert "aaab" in driver.screen()
        assert driver.shell.search.pattern is None
        driver.keys("/")
        driver.type("pear\n")
        assert _marked(driver) == ["pear"]
        assert not [one for one in driver.messages if "HeldError" in one]
    finally:
        dog.stop()


@pytest.mark.parametrize("pattern", ["a{99999999999}", "a{0,4294967295}", "[[%]", "(?i)%(?i)"])
def test_what_is_no_pattern_here_is_text(driver: ScreenDriver, pattern: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        driver.keys("f3")
        driver.type(f"{pattern}\n")
    assert f"there is no {pattern}" in driver.screen()
    assert driver.messages[-1] == f"there is no {pattern}"


@pytest.fixture
def isearch(drive: Drive) -> ScreenDriver:
    text = "\n\n".join(("Alpha beta.x (gamma) delta", "Alpha betaXx end", "Alpha beta.x (gamma) omega", "last"))
    driver = drive({"text": text}, columns=80, rows=20, csm__keymap="emacs")
    driver.type("hi\n")
    driver.wait_for("last")
    driver.wait(lambda: driver.shell.session.thread.running is None)
    driver.keys("C-x o M-<")
    driver.frame()
    return driver


def _asked(driver: ScreenDriver) -> str:
    return driver.shell.panels[-1].editor.text


def test_emacs_takes_the_words_behind_the_match_as_they_are(isearch: ScreenDriver) -> None:
    isearch.keys("C-s")
    isearch.type("alpha")
    isearch.keys("C-w")
    assert _asked(isearch) == "alpha beta"
    isearch.keys("C-w C-w")
    assert _asked(isearch) == r"alpha beta\.x \(gamma"
    assert _marked(isearch) == ["Alpha beta.x (gamma", "Alpha beta.x (gamma"]


def test_emacs_takes_the_rest_of_the_line_and_no_more(isearch: ScreenDriver) -> None:
    isearch.keys("C-s")
    isearch.type("GAMMA")
    isearch.keys("C-w")
    assert "the line ends here" in isearch.screen()  # there is no match to take from
    isearch.keys(" ".join(["backspace"] * 5))
    isearch.type("gamma")
    isearch.keys("C-y")
    assert _asked(isearch) == r"gamma\) delta"
    isearch.keys("C-w")
    assert "the line ends here" in isearch.screen()
    assert _asked(isearch) == r"gamma\) delta"


def test_what_is_taken_at_a_later_match_stays_there(isearch: ScreenDriver) -> None:
    isearch.keys("C-s")
    isearch.type("alpha")
    isearch.keys("C-s C-w")
    assert _asked(isearch) == "alpha betaxx"
    isearch.keys("C-g C-s")
    isearch.type("alpha")
    isearch.keys("C-s C-s C-w C-w C-w C-w")
    assert _asked(isearch) == r"alpha beta\.x \(gamma\) omega"


@pytest.mark.parametrize("key", ["C-s", "C-r"])
def test_with_nothing_typed_the_word_at_the_cursor_is_taken(isearch: ScreenDriver, key: str) -> None:
    isearch.keys("C-s")
    isearch.type("omega\n")
    isearch.keys(f"{key} C-w")
    assert _asked(isearch) == "omega"
    assert _marked(isearch) == ["omega"]
    isearch.keys("enter C-space C-e M-w C-x o C-y")
    assert isearch.text == "omega"


def test_emacs_takes_the_last_kill_into_the_search(isearch: ScreenDriver) -> None:
    isearch.keys("C-s M-y")
    assert "nothing was killed" in isearch.screen()
    isearch.keys("C-g C-x o")
    isearch.type("beta.x (")
    isearch.keys("C-a C-k C-x o C-s M-y")
    assert _asked(isearch) == r"beta\.x \("
    assert _marked(isearch) == ["beta.x (", "beta.x ("]


def test_a_search_has_keys_of_its_own_only_where_there_is_one(isearch: ScreenDriver) -> None:
    isearch.shell.run("search.take-word")
    assert "no text is searched here" in isearch.screen()
