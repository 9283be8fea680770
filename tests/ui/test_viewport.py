"""Where a window stands in its buffer."""

from __future__ import annotations

import pytest

from csm.ui.viewport import Viewport


class Source:
    def __init__(self, total: int) -> None:
        self.total = total

    def line_count(self, width: int) -> int:
        return self.total * 80 // width

    def lines(self, start: int, stop: int, width: int) -> list[int]:
        return list(range(start, stop))


@pytest.mark.parametrize(
    ("total", "moves", "shown"),
    [
        (5, [], (0, 5)),
        (100, [], (90, 100)),
        (100, ["page-up"], (82, 92)),
        (100, ["page-up", "page-down"], (90, 100)),
        (100, ["top"], (0, 10)),
        (100, ["top", "page-up"], (0, 10)),
        (100, ["top", "half-down"], (5, 15)),
        (100, ["line-up", "line-up", "line-down"], (89, 99)),
        (0, ["page-up", "bottom"], (0, 0)),
    ],
)
def test_moves(total: int, moves: list[str], shown: tuple[int, int]) -> None:
    view, source = Viewport(follow=True), Source(total)
    view.fit(source, 80, 10)
    for move in moves:
        assert view.to(move)
    assert view.fit(source, 80, 10) == shown


def test_reader_stays_put_and_is_told_of_news() -> None:
    view, source = Viewport(follow=True), Source(100)
    view.fit(source, 80, 10)
    view.to("page-up")
    source.total = 150
    assert view.fit(source, 80, 10) == (82, 92)
    assert view.news == 50
    view.to("bottom")
    source.total = 160
    assert view.fit(source, 80, 10) == (150, 160)
    assert view.news == 0


def test_reading_on_is_no_news() -> None:
    view, source = Viewport(follow=True), Source(100)
    view.fit(source, 80, 10)
    view.to("top")
    view.fit(source, 80, 10)
    assert (view.news, view.below, view.top) == (0, 90, 0)


def test_width_keeps_the_place_in_the_text() -> None:
    view, source = Viewport(follow=True), Source(100)
    view.fit(source, 80, 10)
    view.show(50)
    assert view.fit(source, 40, 10) == (100, 110)


def test_unfolding_and_narrowing_are_no_news() -> None:
    view, source = Viewport(follow=True), Source(100)
    view.fit(source, 80, 10)
    view.to("page-up")
    source.total = 150
    view.reshaped()
    view.fit(source, 80, 10)
    assert view.news == 0
    view.fit(source, 40, 10)
    assert view.news == 0
    source.total += 2
    view.fit(source, 40, 10)
    assert view.news == 4


def test_words_it_does_not_know_are_left_to_others() -> None:
    assert not Viewport(follow=True).to("next-turn")
