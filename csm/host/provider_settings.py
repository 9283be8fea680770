"""Servers that speak the Responses API: the entries of `model_providers`, built-in ones included.

Does not: look for keys (`csm.host.credentials`) or talk to anyone.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from csm.host import layers
from csm.host.layers import Layer


class ProviderSettings(msgspec.Struct, frozen=True):
    """One entry of `model_providers`. Its repr shows no header and no token."""

    id: str
    name: str = ""
    base_url: str = ""
    wire_api: str = "responses"
    env_key: str | None = None
    env_key_instructions: str | None = None
    experimental_bearer_token: str | None = None
    http_headers: dict[str, str] = {}
    env_http_headers: dict[str, str] = {}
    query_params: dict[str, str] = {}
    request_max_retries: int = 4
    stream_max_retries: int = 5
    stream_idle_timeout_ms: int = 300_000
    requires_openai_auth: bool = False

    def __repr__(self) -> str:
        return f"ProviderSettings(id={self.id!r}, base_url={self.base_url!r})"


def providers(stack: list[Layer], raw: dict[str, Any], env: Mapping[str, str]) -> dict[str, ProviderSettings]:
    """Every provider by id. Raises BadSetting where a built-in one's id is taken."""
    url = raw.get("openai_base_url") or env.get("OPENAI_BASE_URL") or "https://api.openai.com/v1"
    found = {
        "openai": ProviderSettings("openai", "OpenAI", url.rstrip("/"), requires_openai_auth=True),
        "ollama": ProviderSettings("ollama", "Ollama", _local(env, 11434)),
        "lmstudio": ProviderSettings("lmstudio", "LM Studio", _local(env, 1234)),
    }
    known = set(ProviderSettings.__struct_fields__)
    for name, table in raw.get("model_providers", {}).items():
        if name in found:
            raise layers.refuse(stack, ("model_providers", name), "a built-in provider's id is taken", name=True)
        values = {"name": name, **{key: value for key, value in table.items() if key in known}, "id": name}
        found[name] = ProviderSettings(**values)
    return found


def _local(env: Mapping[str, str], port: int) -> str:
    """A server on this machine, unless the variables that Codex knows say where it is."""
    url = env.get("CODEX_OSS_BASE_URL", "").strip()
    return url.rstrip("/") or f"http://localhost:{env.get('CODEX_OSS_PORT', '').strip() or port}/v1"
