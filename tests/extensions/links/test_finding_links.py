"""What texts name: as people write it, and in hostile texts without being held up."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from csm.ui.watchdog import Watchdog
from csm_extensions.links import finding


@pytest.fixture
def within() -> Iterator[Watchdog]:
    """Many times what is needed: what grows with the square of the text takes minutes."""
    dog = Watchdog(lambda _: None, 10.0)
    dog.start()
    yield dog
    dog.stop()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("see src/app.py:12 and a.b-c+d/e@f.txt:3:4.", ["src/app.py:12", "a.b-c+d/e@f.txt:3:4"]),
        ("~/x.py:1 ../y:2 ./z:3 /abs/p:4", ["~/x.py:1", "../y:2", "./z:3", "/abs/p:4"]),
        ("http://a.b:80/c x", ["http://a.b:80/c"]),
        ("Makefile:7 dir/.hidden:8", ["Makefile:7", "dir/.hidden:8"]),
    ],
)
def test_places_and_addresses(text: str, found: list[str]) -> None:
    assert list(finding._targets(text)) == found  # pyright: ignore[reportPrivateUsage]


@pytest.mark.parametrize("piece", ["x", "x@", "a+", "a/", "./", "~", "mailto:", "http://", "](", "<http:", "-.", "1:"])
def test_long_words_hold_nobody_up(piece: str, within: Watchdog) -> None:
    with within.step("looking"):
        list(finding._targets(piece * (200_000 // len(piece))))  # pyright: ignore[reportPrivateUsage]


def test_no_file_is_looked_for_by_a_long_name(tmp_path: Path, within: Watchdog) -> None:
    with within.step("looking"):
        assert finding.place("." * 200_000 + "x", tmp_path) is None
