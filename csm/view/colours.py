"""Colours as numbers: how bright they are, how far apart, and which of 256 or of 16 comes nearest.

Does not: know roles, themes or escapes.
"""

from __future__ import annotations

from itertools import product

RGB = tuple[int, int, int]
#: The 16 colours as most terminals show them.
SIXTEEN: tuple[RGB, ...] = (
    (0, 0, 0), (205, 0, 0), (0, 205, 0), (205, 205, 0), (0, 0, 238), (205, 0, 205), (0, 205, 205), (229, 229, 229),
    (127, 127, 127), (255, 0, 0), (0, 255, 0), (255, 255, 0), (92, 92, 255), (255, 0, 255), (0, 255, 255),
    (255, 255, 255),
)  # fmt: skip
_STEPS = (0, 95, 135, 175, 215, 255)
_GREYS = tuple(range(8, 239, 10))


def parts(colour: str) -> RGB:
    """`#rrggbb` as numbers."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def contrast(one: str, two: str) -> float:
    """How far two colours (`#rrggbb`) stand apart, from 1 to 21, as WCAG 2 reckons it."""
    low, high = sorted((luminance(parts(one)), luminance(parts(two))))
    return (high + 0.05) / (low + 0.05)


def luminance(colour: RGB) -> float:
    """How bright a colour is, from 0 to 1."""
    red, green, blue = map(_linear, colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def nearest_256(colour: RGB) -> int:
    """The number (16 to 255) of the colour that looks most like it."""
    near = [sorted(range(6), key=lambda step: abs(_STEPS[step] - part))[:2] for part in colour]
    grey = 232 + min(23, max(0, round((luminance_as_grey(colour) - 8) / 10)))
    numbers = [16 + 36 * red + 6 * green + blue for red, green, blue in product(*near)] + [grey]
    wanted = _seen(colour)
    return min(numbers, key=lambda number: _apart(_seen(shown_256(number)), wanted))


def luminance_as_grey(colour: RGB) -> int:
    """The grey (0 to 255) that is as bright."""
    level = luminance(colour)
    return round(255 * (12.92 * level if level <= 0.0031308 else 1.055 * level ** (1 / 2.4) - 0.055))


def shown_256(number: int) -> RGB:
    """The colour of a number of the cube (16 to 231) or of the greys."""
    if number >= 232:
        grey = _GREYS[number - 232]
        return grey, grey, grey
    at = number - 16
    return _STEPS[at // 36], _STEPS[at // 6 % 6], _STEPS[at % 6]


def nearest_16(colour: RGB) -> int:
    """The number of the one of sixteen that looks most like it."""
    wanted = _seen(colour)
    return min(range(16), key=lambda number: _apart(_seen(SIXTEEN[number]), wanted))


def _linear(part: int) -> float:
    share = part / 255
    return share / 12.92 if share <= 0.03928 else ((share + 0.055) / 1.055) ** 2.4


def _seen(colour: RGB) -> tuple[float, float, float]:
    """A colour in Oklab, where colours that look alike are near each other."""
    red, green, blue = map(_linear, colour)
    long = (0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue) ** (1 / 3)
    middle = (0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue) ** (1 / 3)
    short = (0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue) ** (1 / 3)
    return (
        0.2104542553 * long + 0.7936177850 * middle - 0.0040720468 * short,
        1.9779984951 * long - 2.4285922050 * middle + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * middle - 0.8086757660 * short,
    )


def _apart(one: tuple[float, float, float], two: tuple[float, float, float]) -> float:
    return sum((a - b) ** 2 for a, b in zip(one, two, strict=True))
