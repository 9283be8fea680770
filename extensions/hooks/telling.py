"""What the user is told about hooks when a thread opens.

Does not: run any.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from csm.api import Settings

from . import handlers, sources

_UNTRUSTED = "not run: look at {them} with `csm hooks` or /hooks, and say which to trust"


def remarks(settings: Settings, env: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """What is wrong with the hooks, and which are left out."""
    found, warnings = handlers.find(sources.read(settings, env))
    yield from (("warning", text) for text in warnings)
    chosen = [one for one in found if one.enabled]
    if settings.skipped.hook_trust:
        if chosen:
            yield "warning", "--dangerously-bypass-hook-trust: hooks run that nobody may have looked at"
        return
    new = [one for one in chosen if one.trust == "untrusted"]
    changed = [one for one in chosen if one.trust == "modified"]
    if new:
        yield "info", f"{_count(len(new), 'hook is', 'hooks are')} new and {_them(len(new))}"
    if changed:
        yield (
            "info",
            f"{_count(len(changed), 'hook has', 'hooks have')} changed and {_are(len(changed))} {_them(len(changed))}",
        )


def _count(number: int, one: str, more: str) -> str:
    return f"{number} {one if number == 1 else more}"


def _are(number: int) -> str:
    return "is" if number == 1 else "are"


def _them(number: int) -> str:
    return _UNTRUSTED.format(them="it" if number == 1 else "them")
