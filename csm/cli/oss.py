"""--oss: which model on this machine, and whether anyone serves it.

Does not: download models or start servers.
"""

from __future__ import annotations

import socket
from typing import Any
from urllib.parse import urlsplit

from csm.cli.arguments import Parsed
from csm.host.settings import Settings
from csm.protocol.errors import CsmError

#: The model asked where none is named.
_MODELS = {"ollama": "gpt-oss:20b", "lmstudio": "openai/gpt-oss-20b"}
#: Seconds to wait for a server on this machine.
_PATIENCE = 2.0


def choose(settings: Settings, parsed: Parsed) -> dict[str, Any]:
    """The settings that --oss means. Raises CsmError where it is open which, or nobody answers there."""
    name = parsed.get("local_provider") or settings.raw.get("oss_provider")
    known = " or ".join(f"`{one}`" for one in sorted(_MODELS))
    if name is None:
        raise CsmError(f"Error: --oss needs to know which server: give --local-provider, or set oss_provider, {known}.")
    if name not in _MODELS:
        raise CsmError(f"Error: There is no local provider `{name}`; there are {known}.")
    provider = settings.model_providers[name]
    if not _answers(provider.base_url):
        raise CsmError(f"Error: {provider.name} does not answer at {provider.base_url}. Is it running?")
    chosen = {"model_provider": name}
    return chosen if parsed.get("model") else {**chosen, "model": _MODELS[name]}


def _answers(url: str) -> bool:
    parts = urlsplit(url)
    try:
        socket.create_connection((parts.hostname or "", parts.port or 80), _PATIENCE).close()
    except OSError:
        return False
    return True
