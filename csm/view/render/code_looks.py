"""Looks of code from elsewhere: a Pygments style, or a palette of well-known colours, as attributes of `code.*` roles.

Attributes are those of a theme's role: `fg` and `bg` (`#rrggbb`, a colour's name, `default`) and the flags.

Does not: read files, or know which looks are chosen. The host does.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from csm.view.colours import contrast, luminance, parts
from csm.view.render.code import TOKEN_ROLES

Attributes = dict[str, Any]
#: Text is moved away from its background until it can be read, where it could not be told from it.
LEAST, WANTED = 3.0, 4.5
#: What is behind code where nothing is said of it, by darkness: rather bright among the dark ones, and the other way.
BEHIND = {True: "#282c34", False: "#f5f5f5"}
_FLAGS = ("bold", "italic", "underline")
#: The token type that a role is made from: the first of those that are shown so, but for a few.
TOKENS = {
    **{role: token for token, role in reversed(TOKEN_ROLES.items()) if role.startswith("code.")},
    "code": "",
    "code.string": "Literal.String",
    "code.number": "Literal.Number",
    "code.decorator": "Name.Decorator",
}

#: Names that Codex knows, for what is alike here.
ALIKE = {
    "monokai-extended": "monokai",
    "monokai-extended-bright": "monokai",
    "monokai-extended-origin": "monokai",
    "two-dark": "one-dark",
    "1337": "monokai",
    "coldark-cold": "one-half-light",
    "coldark-dark": "one-half-dark",
    "dark-neon": "sublime-snazzy",
    "github": "vs",
    "inspired-github": "vs",
    "monokai-extended-light": "one-half-light",
}
#: Text, comment, red, orange, yellow, green, cyan, blue, purple.
_HUES = {
    "base16": "d8d8d8 585858 ab4642 dc9656 f7ca88 a1b56c 86c1b9 7cafc2 ba8baf",
    "base16-eighties-dark": "d3d0c8 747369 f2777a f99157 ffcc66 99cc99 66cccc 6699cc cc99cc",
    "base16-mocha-dark": "d0c8c6 7e705a cb6077 d28b71 f4bc87 beb55b 7bbda4 8ab3b5 a89bb9",
    "base16-ocean-dark": "c0c5ce 65737e bf616a d08770 ebcb8b a3be8c 96b5b4 8fa1b3 b48ead",
    "base16-ocean-light": "4f5b66 a7adba bf616a d08770 ebcb8b a3be8c 96b5b4 8fa1b3 b48ead",
    "catppuccin-frappe": "c6d0f5 949cbb e78284 ef9f76 e5c890 a6d189 81c8be 8caaee ca9ee6",
    "catppuccin-latte": "4c4f69 7c7f93 d20f39 fe640b df8e1d 40a02b 179299 1e66f5 8839ef",
    "catppuccin-macchiato": "cad3f5 939ab7 ed8796 f5a97f eed49f a6da95 8bd5ca 8aadf4 c6a0f6",
    "catppuccin-mocha": "cdd6f4 9399b2 f38ba8 fab387 f9e2af a6e3a1 94e2d5 89b4fa cba6f7",
    "one-half-dark": "dcdfe4 919baa e06c75 e5c07b e5c07b 98c379 56b6c2 61afef c678dd",
    "one-half-light": "383a42 a0a1a7 e45649 c18401 c18401 50a14f 0997b3 0184bc a626a4",
    "sublime-snazzy": "eff0eb 686868 ff5c57 ff9f43 f3f99d 5af78e 9aedfe 57c7ff ff6ac1",
}
PALETTES = tuple(sorted([*_HUES, "ansi"]))
_ANSI = "default bright-black red yellow yellow green cyan blue magenta".split()
_ORDER = "text comment red orange yellow green cyan blue purple".split()
#: Which colour a role has in a palette of hues.
_ROLES = {
    "code": "text",
    "code.keyword": "purple",
    "code.type": "yellow",
    "code.string": "green",
    "code.string.escape": "cyan",
    "code.number": "orange",
    "code.comment": "comment",
    "code.name": "text",
    "code.function": "blue",
    "code.class": "yellow",
    "code.builtin": "cyan",
    "code.variable": "text",
    "code.constant": "orange",
    "code.attribute": "blue",
    "code.decorator": "yellow",
    "code.namespace": "text",
    "code.tag": "red",
    "code.operator": "cyan",
    "code.punctuation": "text",
    "code.heading": "blue",
    "code.added": "green",
    "code.removed": "red",
    "code.prompt": "comment",
    "code.error": "red",
}


def of_palette(name: str) -> dict[str, Attributes]:
    """The looks in a palette of `PALETTES`. Raises KeyError for another name."""
    hues = _ANSI if name == "ansi" else [f"#{hue}" for hue in _HUES[name].split()]
    named: dict[str, str] = dict(zip(_ORDER, hues, strict=True))
    made: dict[str, Attributes] = {role: {"fg": named[hue]} for role, hue in _ROLES.items()}
    made["code.comment"]["italic"] = True
    made["code.heading"]["bold"] = made["code.class"]["bold"] = True
    return made


def pygments_names() -> list[str]:
    """Every style that Pygments has, those of plugins among them."""
    from pygments.styles import get_all_styles

    return sorted(get_all_styles())


def of_pygments(name: str) -> dict[str, Attributes]:
    """The looks in a Pygments style. Raises KeyError where there is none of this name."""
    from pygments.styles import get_style_by_name
    from pygments.token import string_to_tokentype
    from pygments.util import ClassNotFound

    try:
        style: Any = get_style_by_name(name)
    except (ClassNotFound, ImportError, TypeError, ValueError):  # a name such as `a b` breaks its import
        raise KeyError(name) from None
    return {
        role: _attributes(style.style_for_token(string_to_tokentype(token)), style.background_color)
        for role, token in TOKENS.items()
    }


def _attributes(given: Mapping[str, Any], page: str) -> Attributes:
    made: Attributes = {flag: bool(given[flag]) for flag in _FLAGS}
    for key, plain, named in (("fg", "color", "ansicolor"), ("bg", "bgcolor", "bgansicolor")):
        if given.get(named):
            made[key] = _named(str(given[named]))
        elif given[plain] and f"#{given[plain]}".lower() != (page.lower() if key == "bg" else ""):
            made[key] = f"#{given[plain].lower()}"
    return made


def _named(name: str) -> str:
    """Pygments' names of the sixteen colours as themes have them."""
    name = name.removeprefix("ansi")
    plain = {"gray": "white", "white": "bright-white"}
    return plain.get(name) or (f"bright-{name[6:]}" if name.startswith("bright") else name)


def readable(looks: Mapping[str, Attributes], dark: bool) -> dict[str, Attributes]:
    """The same looks; colours that nobody could read on such a background are made brighter or darker."""
    made: dict[str, Attributes] = {}
    for role, given in looks.items():
        colour, behind = given.get("fg", ""), given.get("bg") or BEHIND[dark]
        if colour.startswith("#") and behind.startswith("#") and contrast(colour, behind) < LEAST:
            given = {**given, "fg": _moved(colour, behind)}
        made[role] = given
    return made


def _moved(colour: str, behind: str) -> str:
    """A colour mixed with white or black, whichever is further from its background, as little as does."""
    end = 255 if luminance(parts(behind)) < 0.18 else 0
    moved = colour
    for step in range(1, 21):
        mixed = [round(part + (end - part) * step / 20) for part in parts(colour)]
        moved = f"#{mixed[0]:02x}{mixed[1]:02x}{mixed[2]:02x}"
        if contrast(moved, behind) >= WANTED:
            break
    return moved
