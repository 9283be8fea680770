"""Whether the provider of the model can be reached: a request without a key, whose answer does not matter.

Does not: spend anything.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from csm.api import checkup

from .probes import Told

_PATIENCE = 6.0
_PROXIES = ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY")
_CERTIFICATES = ("CODEX_CA_CERTIFICATE", "SSL_CERT_FILE", "SSL_CERT_DIR")


def environment(host: Any) -> checkup.Check:
    """Proxies, and files of certificates."""
    env = host.env
    proxies = {name: env.get(name) or env.get(name.lower()) for name in _PROXIES}
    told: list[Told] = [(name, _bare(value)) for name, value in proxies.items() if value]
    broken: list[str] = []
    for name in _CERTIFICATES:
        if value := env.get(name):
            good = os.access(Path(value), os.R_OK)
            told.append((name, value if good else f"{value} (cannot be read)"))
            broken += [] if good else [name]
    if broken:
        return checkup.Check(
            "network.env", "network", "fail", f"{broken[0]} cannot be read", tuple(told), "Mend it, or take it away."
        )
    summary = "by a proxy" if any(proxies[name] for name in _PROXIES[:3]) else "no proxy"
    return checkup.Check("network.env", "network", "ok", summary, tuple(told))


def _bare(url: str) -> str:
    """An address without the name and the password in it."""
    parts = urlsplit(url)
    if "@" not in parts.netloc:
        return url
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))


def provider(host: Any) -> checkup.Check:
    """The provider's address answers, whatever it says."""
    settings = host.settings
    found = settings.model_providers.get(settings.model_provider)
    url = getattr(found, "base_url", None)
    if not url:
        return checkup.Check("network.provider_reachability", "reachability", "idle", "the provider has no address")
    shown = _bare(url)
    try:
        status = _asked(url)
    except Exception as error:
        told = ((shown, f"{type(error).__name__}: {error}"),)
        remedy = "Look at the network, the proxy and `base_url`."
        return checkup.Check(
            "network.provider_reachability",
            "reachability",
            "fail",
            f"{settings.model_provider} cannot be reached",
            told,
            remedy,
        )
    summary = f"{settings.model_provider} answers"
    return checkup.Check("network.provider_reachability", "reachability", "ok", summary, ((shown, f"HTTP {status}"),))


def _asked(url: str) -> int:
    import httpx

    return httpx.get(url, timeout=_PATIENCE, follow_redirects=False).status_code


CHECKS = {"network.env": environment, "network.provider_reachability": provider}
