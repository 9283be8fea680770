"""All that an extension, `init.py` or an embedding program may use, by re-export.

Names are fetched on first use, so that importing `csm.api` costs nothing: an extension's `__init__.py` is imported at
start, what it names only when it is needed.

Does not: define anything.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from csm.core import confinement as confinement
    from csm.core import seccomp as seccomp
    from csm.core.fold import Thread as Thread
    from csm.host import credentials as credentials
    from csm.host.commands import command as command
    from csm.host.context import Context as Context
    from csm.host.contracts import Launch as Launch
    from csm.host.contracts import LogWriter as LogWriter
    from csm.host.contracts import ModelContext as ModelContext
    from csm.host.contracts import ModelProvider as ModelProvider
    from csm.host.contracts import Sandbox as Sandbox
    from csm.host.contracts import SessionHead as SessionHead
    from csm.host.contracts import Store as Store
    from csm.host.contracts import Tool as Tool
    from csm.host.contracts import ToolContext as ToolContext
    from csm.host.hooks import hook as hook
    from csm.host.host import Host as Host
    from csm.host.settings import ProviderSettings as ProviderSettings
    from csm.host.settings import Settings as Settings
    from csm.protocol import codec as codec
    from csm.protocol import events as events
    from csm.protocol import items as items
    from csm.protocol import model as model
    from csm.protocol import ops as ops
    from csm.protocol import tools as tools
    from csm.protocol.errors import CommandError as CommandError
    from csm.protocol.errors import CsmError as CsmError
    from csm.protocol.errors import ExtensionError as ExtensionError
    from csm.protocol.errors import ModelError as ModelError
    from csm.protocol.errors import SandboxError as SandboxError
    from csm.protocol.errors import StoreError as StoreError
    from csm.protocol.errors import ToolError as ToolError

_WHERE = {
    "CommandError": "csm.protocol.errors",
    "Context": "csm.host.context",
    "CsmError": "csm.protocol.errors",
    "ExtensionError": "csm.protocol.errors",
    "Host": "csm.host.host",
    "Launch": "csm.host.contracts",
    "LogWriter": "csm.host.contracts",
    "ModelContext": "csm.host.contracts",
    "ModelError": "csm.protocol.errors",
    "ModelProvider": "csm.host.contracts",
    "Sandbox": "csm.host.contracts",
    "ProviderSettings": "csm.host.settings",
    "SandboxError": "csm.protocol.errors",
    "SessionHead": "csm.host.contracts",
    "Settings": "csm.host.settings",
    "Store": "csm.host.contracts",
    "StoreError": "csm.protocol.errors",
    "Thread": "csm.core.fold",
    "Tool": "csm.host.contracts",
    "ToolContext": "csm.host.contracts",
    "ToolError": "csm.protocol.errors",
    "command": "csm.host.commands",
    "hook": "csm.host.hooks",
}
_MODULES = {
    "codec": "csm.protocol.codec",
    "confinement": "csm.core.confinement",
    "credentials": "csm.host.credentials",
    "events": "csm.protocol.events",
    "items": "csm.protocol.items",
    "model": "csm.protocol.model",
    "ops": "csm.protocol.ops",
    "seccomp": "csm.core.seccomp",
    "tools": "csm.protocol.tools",
}

__all__ = sorted([*_WHERE, *_MODULES])  # pyright: ignore[reportUnsupportedDunderAll]


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        return import_module(_MODULES[name])
    if name in _WHERE:
        return getattr(import_module(_WHERE[name]), name)
    raise AttributeError(f"module 'csm.api' has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
