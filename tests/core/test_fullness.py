"""How full a context may get."""

import pytest

from csm.core.fullness import Limit, limit


@pytest.mark.parametrize(
    ("window", "wanted", "body", "expected"),
    [
        (1000, None, False, Limit(900)),
        (1000, 500, False, Limit(500)),
        (1000, 950, False, Limit(900)),
        (1000, 0, False, Limit(0)),
        (1000, None, True, Limit(950, 900)),
        (1000, 2000, True, Limit(950, 2000)),
    ],
)
def test_limits(window, wanted, body, expected):
    assert limit(window, window * 95 // 100, wanted, body=body) == expected


@pytest.mark.parametrize(
    ("bound", "tokens", "prefix", "reached"),
    [
        (Limit(900), 899, 0, False),
        (Limit(900), 900, 800, True),
        (Limit(950, 100), 700, None, False),
        (Limit(950, 100), 700, 601, False),
        (Limit(950, 100), 700, 600, True),
        (Limit(950, 100), 950, None, True),
    ],
)
def test_what_reaches_them(bound, tokens, prefix, reached):
    assert bound.reached(tokens, prefix) is reached
