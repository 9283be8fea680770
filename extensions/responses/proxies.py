"""Which proxy the environment names for an address.

Does not: connect.
"""

from __future__ import annotations

from collections.abc import Mapping

_LOOPBACK = ("localhost", "127.0.0.1", "::1")


def proxy(url: str, env: Mapping[str, str]) -> str | None:
    """The proxy that the environment names for a URL, if any. This machine is always reached directly."""
    scheme, _, rest = url.lower().partition("://")
    host = rest.split("/")[0].rsplit("@")[-1]
    named = next((env[name] for name in _names(scheme) if env.get(name)), None)
    without = env.get("no_proxy") or env.get("NO_PROXY") or ""
    if named is None or _bare(host) in _LOOPBACK or _without(host, without):
        return None
    return named if "://" in named else f"http://{named}"


def _names(scheme: str) -> tuple[str, ...]:
    names = (f"{scheme}_proxy", "all_proxy")
    return (*names, *(name.upper() for name in names))


def _without(host: str, names: str) -> bool:
    """Whether `no_proxy` names a host: itself, with its port, or a domain that it is in; `*` names all."""
    if names.strip() == "*":
        return True
    bare = _bare(host)
    wanted = [name.strip().lstrip(".").lower() for name in names.split(",")]
    return any(name and (name in (host, bare) or bare.endswith(f".{name}")) for name in wanted)


def _bare(host: str) -> str:
    """Without a port and brackets."""
    return host[1:].partition("]")[0] if host.startswith("[") else host.partition(":")[0]
