"""Model providers that speak the Responses API: one for each configured provider of `wire_api = "responses"`.

Does not: import anything heavy; the client comes with the first request.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from csm.api import hook

if TYPE_CHECKING:
    from csm.api import Host, ModelProvider


@hook
def models(host: Host) -> list[ModelProvider]:
    """One provider for each entry of the setting `model_providers`, built-in ones included."""
    from .provider import ResponsesProvider

    return [
        ResponsesProvider(provider, host.settings, host.env)
        for provider in host.settings.model_providers.values()
        if provider.wire_api == "responses"
    ]
