"""Files and symbols by name while a prompt is written: `@` for files and folders, `@@` for what is defined in them.

Does not: list anything before it is asked to.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from csm.api import hook

if TYPE_CHECKING:
    from csm.api import Host

Completer = Callable[["Host", str, str], Sequence[tuple[str, str, str]]]


@hook
def completers(host: Host) -> Sequence[tuple[str, Completer]]:
    """Files; symbols where a ctags is installed."""
    from . import symbols

    found: list[tuple[str, Completer]] = [("@", _files)]
    return [*found, ("@@", _symbols)] if symbols.likely(host.env) else found


def _files(host: Host, text: str, folder: str) -> Sequence[tuple[str, str, str]]:
    from .completing import files

    return files(host, text, folder)


def _symbols(host: Host, text: str, folder: str) -> Sequence[tuple[str, str, str]]:
    from .completing import symbols

    return symbols(host, text, folder)
