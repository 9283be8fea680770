"""Colours of code by name: a `.tmTheme` file of the user's, a well-known palette, or a Pygments style.

Files stand in the `themes` folders of the roots and of the Codex home; those of the highest root count first.

Does not: read property lists or Pygments styles (`csm.view.render`), or choose.
"""

from __future__ import annotations

import stat
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from csm.host.commands import did_you_mean, nearest
from csm.protocol.errors import ThemeError

SUFFIX = ".tmTheme"


class CodeStyle(msgspec.Struct, frozen=True):
    """`looks` are attributes by role, `source` is the file or what else they come from."""

    name: str
    looks: dict[str, dict[str, Any]]
    source: str
    problems: tuple[str, ...] = ()


def names(folders: Sequence[Path]) -> list[str]:
    """Every name that may be chosen: the user's own files first."""
    from csm.view.render import code_looks

    found = [path.stem for folder in folders for path in files(folder)]
    return list(dict.fromkeys([*sorted(found), *sorted([*code_looks.pygments_names(), *code_looks.PALETTES])]))


def load(name: str, folders: Sequence[Path], *, dark: bool, base: Path | None = None) -> CodeStyle:
    """The colours of a name or a file, such as can be read on a dark (or light) background. Raises ThemeError.

    `base` is the folder that a path is meant from.
    """
    from csm.view.render import code_looks

    path = find(name, folders, base)
    if path is not None:
        made = read(path)
        return msgspec.structs.replace(made, looks=code_looks.readable(made.looks, dark))
    try:
        alike = code_looks.ALIKE.get(name, name)
        if alike in code_looks.PALETTES:
            looks, source = code_looks.of_palette(alike), "a palette" if alike == name else f"the palette {alike}"
        else:
            looks, source = code_looks.of_pygments(alike), f"the Pygments style {alike}"
    except KeyError:
        raise _unknown(name, folders) from None
    return CodeStyle(name, code_looks.readable(looks, dark), source)


def find(name: str, folders: Sequence[Path], base: Path | None = None) -> Path | None:
    """The file of a name, or that a path leads to. Raises ThemeError where a path leads nowhere."""
    if is_path(name):
        path = (base or Path.cwd()) / Path(name).expanduser()
        if not path.exists():
            raise ThemeError(f"{path}: there is no such file")
        return path
    return next((path for folder in folders for path in files(folder) if path.stem == name), None)


def is_path(name: str) -> bool:
    """Whether a name is one of a file."""
    return "/" in name or name.endswith(SUFFIX)


def read(path: Path) -> CodeStyle:
    """The colours in a file. Raises ThemeError."""
    from csm.view.render import tmtheme

    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise ThemeError(f"{path}: is no file")
        with path.open("rb") as file:
            made = tmtheme.read(file.read(tmtheme.MOST_BYTES + 1))
    except OSError as error:
        raise ThemeError(f"{path}: {error.strerror}") from None
    except tmtheme.Faulty as error:
        raise ThemeError(f"{path}: {error}") from None
    return CodeStyle(path.stem, made.looks, str(path), tuple(f"{path}: {text}" for text in made.problems))


def files(folder: Path) -> list[Path]:
    """The files with colours of code in a folder."""
    try:
        return sorted(path for path in folder.iterdir() if path.name.endswith(SUFFIX))
    except OSError:
        return []


def _unknown(name: str, folders: Sequence[Path]) -> ThemeError:
    hint = did_you_mean(nearest(name, names(folders)))
    return ThemeError(f"there are no colours of code called {name[:80]}", hint or "theme.code lists them")


def codex_names() -> frozenset[str]:
    """Names that Codex has too and that are known here."""
    from csm.view.render import code_looks

    same = "dracula gruvbox-dark gruvbox-light nord solarized-dark solarized-light zenburn".split()
    return frozenset([*same, *code_looks.PALETTES, *code_looks.ALIKE])


def roles() -> list[str]:
    """The roles that a file of colours can say something of."""
    from csm.view.render import tmtheme

    return list(tmtheme.SCOPES)
