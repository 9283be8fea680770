"""Whom to trust: the system's certificates, or those that the environment names.

Does not: weaken the checks.
"""

from __future__ import annotations

import os
import ssl
from collections.abc import Mapping


def context(env: Mapping[str, str]) -> ssl.SSLContext:
    """A TLS context for clients. Raises OSError where the certificates that are named cannot be read."""
    file = env.get("CODEX_CA_CERTIFICATE") or env.get("SSL_CERT_FILE") or None
    folder = env.get("SSL_CERT_DIR") or None
    try:
        made = ssl.create_default_context(cafile=file, capath=None if file else folder)
    except OSError as error:
        raise OSError(f"the certificates in {file or folder} cannot be read: {error}") from error
    if not (file or folder or _system()):
        _bundled(made)
    made.set_alpn_protocols(["http/1.1"])
    return made


def _system() -> bool:
    """Whether this system keeps certificates where its TLS library looks for them."""
    known = ssl.get_default_verify_paths()
    if known.cafile:  # None where there is none, whatever its type says
        return True
    try:
        return bool(known.capath) and any(os.scandir(known.capath))
    except OSError:
        return False


def _bundled(made: ssl.SSLContext) -> None:
    """Add those that come as a package, for systems that keep none (or elsewhere, as macOS and Windows do)."""
    try:
        import certifi
    except ImportError:
        return
    made.load_verify_locations(certifi.where())
