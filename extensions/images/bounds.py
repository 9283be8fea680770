"""How large an image may be when it goes to the model; what is larger is made to fit.

Models look at an image in squares, of which only so many count. An edge is brought to its limit to the nearest pixel;
where there are too many squares still, the image shrinks until they fill whole ones.

Does not: change pixels.
"""

from __future__ import annotations

import math
from typing import NamedTuple

#: Pixels of a square's edge.
SQUARE = 32


class Bounds(NamedTuple):
    """Pixels of an edge at the most, and squares."""

    edge: int
    squares: int


#: By how closely a model looks.
BY_DETAIL = {"high": Bounds(2048, 2_500), "original": Bounds(6000, 10_000)}


def fit(width: int, height: int, detail: str) -> tuple[int, int]:
    """The size that an image goes with: its own where that is within bounds."""
    bounds = BY_DETAIL.get(detail, BY_DETAIL["high"])
    longest = max(width, height)
    if longest > bounds.edge:
        width, height = (max(1, round(side * bounds.edge / longest)) for side in (width, height))
    if math.ceil(width / SQUARE) * math.ceil(height / SQUARE) > bounds.squares:
        return _fewer(width, height, bounds.squares)
    return width, height


def _fewer(width: int, height: int, squares: int) -> tuple[int, int]:
    scale = math.sqrt(SQUARE * SQUARE * squares / (width * height))
    across, down = width * scale / SQUARE, height * scale / SQUARE
    scale *= min(math.floor(across) / across, math.floor(down) / down)
    # A side that comes out whole may lie a hair below it.
    return max(1, math.floor(width * scale + 1e-6)), max(1, math.floor(height * scale + 1e-6))
