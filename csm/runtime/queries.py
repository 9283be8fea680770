"""What a consumer may read that is no event.

Does not: change anything.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from csm.core import called, models, request
from csm.protocol.errors import CommandError
from csm.runtime import catalog, stored

if TYPE_CHECKING:
    from csm.host.host import Host


def answer(host: Host, name: str, arguments: dict[str, Any]) -> Any:
    """The answer to a query. Raises CommandError for an unknown one, StoreError, SettingError."""
    if name not in _QUERIES:
        raise CommandError(f"there is no query {name}", f"there are {', '.join(sorted(_QUERIES))}")
    try:
        return _QUERIES[name](host, **arguments)
    except TypeError as error:
        raise CommandError(f"the query {name} was asked wrongly: {error}") from error


def settings(host: Host) -> Any:
    """The settings in force."""
    return host.settings


def tools(host: Host) -> list[dict[str, str]]:
    """The tools offered to the model: name, namespace and the extension each comes from."""
    provided = [found for found in host.provided("tools") if not getattr(found.value, "hidden", False)]
    owners = {(found.value.spec.namespace, found.value.spec.name): found.owner for found in provided}
    specs = request.arrange(found.value.spec for found in provided)
    return [
        {"name": spec.name, "namespace": spec.namespace or "", "extension": owners[(spec.namespace, spec.name)]}
        for spec in specs
    ]


def known_models(host: Host) -> list[str]:
    """Models csm knows facts of, and the one in the settings."""
    slugs = models.listed(catalog.catalog(host.settings))
    chosen = host.settings.model
    return list(slugs if chosen in slugs else (chosen, *slugs))


def calls(host: Host, thread_id: str) -> dict[int, called.Found]:
    """What was called in a stored thread that tells of it in the model's history only, by the number of the turn."""
    return {number: found for number, found in called.by_turn(host.store().read(thread_id)) if found}


_QUERIES: dict[str, Any] = {
    "calls": calls,
    "sessions": stored.sessions,
    "last_words": stored.last_words,
    "turns": stored.turns,
    "last_turns": stored.last_turns,
    "said": stored.said,
    "tags": stored.tags,
    "past": stored.past,
    "settings": settings,
    "tools": tools,
    "models": known_models,
}
