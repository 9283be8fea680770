"""All that an extension, `init.py` or an embedding program may use, by re-export.

Names are fetched on first use, so that importing `csm.api` costs nothing: an extension's `__init__.py` is imported at
start, what it names only when it is needed.

Does not: define anything.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from csm import __version__ as __version__
    from csm.api.embedding import Session as Session
    from csm.api.embedding import run as run
    from csm.core import arguments as arguments
    from csm.core import called as called
    from csm.core import compaction as compaction
    from csm.core import confinement as confinement
    from csm.core import digest as digest
    from csm.core import json_faults as json_faults
    from csm.core import models as models
    from csm.core import namespaces as namespaces
    from csm.core import patches as patches
    from csm.core import policy as policy
    from csm.core import prompts as prompts
    from csm.core import rerun as rerun
    from csm.core import response_items as response_items
    from csm.core import review as review
    from csm.core import rewind as rewind
    from csm.core import rules as rules
    from csm.core import scripts as scripts
    from csm.core import seccomp as seccomp
    from csm.core import seed as seed
    from csm.core.fold import Thread as Thread
    from csm.core.fold import fold as fold
    from csm.core.turns import Entry as Entry
    from csm.core.turns import Turn as Turn
    from csm.edit import adding as adding
    from csm.edit import block as block
    from csm.edit import changes as changes
    from csm.edit import chips as chips
    from csm.edit import chords as chords
    from csm.edit import edits as edits
    from csm.edit import emacs as emacs
    from csm.edit import encode as encode
    from csm.edit import ex as ex
    from csm.edit import ex_lines as ex_lines
    from csm.edit import filling as filling
    from csm.edit import kills as kills
    from csm.edit import macros as macros
    from csm.edit import modal as modal
    from csm.edit import motions as motions
    from csm.edit import objects as objects
    from csm.edit import operators as operators
    from csm.edit import rectangles as rectangles
    from csm.edit import replacing as replacing
    from csm.edit import rows as rows
    from csm.edit import vim as vim
    from csm.edit.editor import Editor as Editor
    from csm.edit.history import History as History
    from csm.host import ages as ages
    from csm.host import artefacts as artefacts
    from csm.host import asides as asides
    from csm.host import checking as checking
    from csm.host import checkup as checkup
    from csm.host import code_styles as code_styles
    from csm.host import config_file as config_file
    from csm.host import crashes as crashes
    from csm.host import credentials as credentials
    from csm.host import describing as describing
    from csm.host import features as features
    from csm.host import keymaps as keymaps
    from csm.host import listening as listening
    from csm.host import mediation as mediation
    from csm.host import orphans as orphans
    from csm.host import renewal as renewal
    from csm.host import required as required
    from csm.host import ruling as ruling
    from csm.host import saving as saving
    from csm.host import setting_keys as setting_keys
    from csm.host import themes as themes
    from csm.host import theming as theming
    from csm.host.commands import command as command
    from csm.host.context import Context as Context
    from csm.host.context import Row as Row
    from csm.host.context import Screen as Screen
    from csm.host.context import screen_of as screen_of
    from csm.host.contracts import ImageReader as ImageReader
    from csm.host.contracts import Launch as Launch
    from csm.host.contracts import ModelContext as ModelContext
    from csm.host.contracts import ModelProvider as ModelProvider
    from csm.host.contracts import Offer as Offer
    from csm.host.contracts import Sandbox as Sandbox
    from csm.host.contracts import Spent as Spent
    from csm.host.contracts import Tool as Tool
    from csm.host.contracts import ToolContext as ToolContext
    from csm.host.delegation import Agent as Agent
    from csm.host.delegation import AgentOrder as AgentOrder
    from csm.host.delegation import Agents as Agents
    from csm.host.delegation import Reviewer as Reviewer
    from csm.host.delegation import ReviewPlan as ReviewPlan
    from csm.host.hooks import hook as hook
    from csm.host.host import Host as Host
    from csm.host.mediation import Mediator as Mediator
    from csm.host.moments import Moment as Moment
    from csm.host.nested import Nested as Nested
    from csm.host.ruling import RuleSource as RuleSource
    from csm.host.settings import ProviderSettings as ProviderSettings
    from csm.host.settings import Settings as Settings
    from csm.host.settings import stack as setting_stack  # noqa: F401  # pyright: ignore[reportUnusedImport]
    from csm.host.storage import LogWriter as LogWriter
    from csm.host.storage import Proof as Proof
    from csm.host.storage import Recording as Recording
    from csm.host.storage import SessionHead as SessionHead
    from csm.host.storage import Step as Step
    from csm.host.storage import Store as Store
    from csm.host.storage import TurnHead as TurnHead
    from csm.host.storage import TurnSpan as TurnSpan
    from csm.host.storage import Watch as Watch
    from csm.protocol import codec as codec
    from csm.protocol import events as events
    from csm.protocol import ids as ids
    from csm.protocol import items as items
    from csm.protocol import model as model
    from csm.protocol import ops as ops
    from csm.protocol import rollout as rollout
    from csm.protocol import tools as tools
    from csm.protocol.errors import CommandError as CommandError
    from csm.protocol.errors import CsmError as CsmError
    from csm.protocol.errors import ExtensionError as ExtensionError
    from csm.protocol.errors import KeymapError as KeymapError
    from csm.protocol.errors import ModelError as ModelError
    from csm.protocol.errors import SandboxError as SandboxError
    from csm.protocol.errors import SettingError as SettingError
    from csm.protocol.errors import StoreError as StoreError
    from csm.protocol.errors import ThemeError as ThemeError
    from csm.protocol.errors import ToolError as ToolError
    from csm.protocol.events import Event as Event
    from csm.runtime import catalog as catalog
    from csm.view import comparing as comparing
    from csm.view import lines as lines
    from csm.view import links as links
    from csm.view import parts as parts
    from csm.view import shot as shot
    from csm.view import svg as svg
    from csm.view.buffers import Buffer as Buffer
    from csm.view.buffers import TextBuffer as TextBuffer
    from csm.view.render import ansi as ansi
    from csm.view.render import diffs as diffs
    from csm.view.render.code import highlight as highlight
    from csm.view.render.commands import script_of as script_of
    from csm.view.render.kit import Kit as Kit
    from csm.view.roles import ROLES as ROLES
    from csm.view.transcript import Transcript as Transcript
    from csm.view.written import Written as Written

_WHERE = {
    "__version__": "csm",
    "Agent": "csm.host.delegation",
    "AgentOrder": "csm.host.delegation",
    "Agents": "csm.host.delegation",
    "Buffer": "csm.view.buffers",
    "CommandError": "csm.protocol.errors",
    "Context": "csm.host.context",
    "CsmError": "csm.protocol.errors",
    "Editor": "csm.edit.editor",
    "Entry": "csm.core.turns",
    "Event": "csm.protocol.events",
    "ExtensionError": "csm.protocol.errors",
    "History": "csm.edit.history",
    "Host": "csm.host.host",
    "KeymapError": "csm.protocol.errors",
    "ImageReader": "csm.host.contracts",
    "Launch": "csm.host.contracts",
    "Kit": "csm.view.render.kit",
    "LogWriter": "csm.host.storage",
    "Mediator": "csm.host.mediation",
    "Moment": "csm.host.moments",
    "Nested": "csm.host.nested",
    "ModelContext": "csm.host.contracts",
    "ModelError": "csm.protocol.errors",
    "ModelProvider": "csm.host.contracts",
    "Offer": "csm.host.contracts",
    "ProviderSettings": "csm.host.settings",
    "Proof": "csm.host.storage",
    "Recording": "csm.host.storage",
    "ReviewPlan": "csm.host.delegation",
    "ROLES": "csm.view.roles",
    "Reviewer": "csm.host.delegation",
    "Row": "csm.host.context",
    "RuleSource": "csm.host.ruling",
    "Sandbox": "csm.host.contracts",
    "SandboxError": "csm.protocol.errors",
    "Screen": "csm.host.context",
    "SessionHead": "csm.host.storage",
    "Session": "csm.api.embedding",
    "SettingError": "csm.protocol.errors",
    "Settings": "csm.host.settings",
    "Spent": "csm.host.contracts",
    "Step": "csm.host.storage",
    "Store": "csm.host.storage",
    "StoreError": "csm.protocol.errors",
    "TextBuffer": "csm.view.buffers",
    "ThemeError": "csm.protocol.errors",
    "Thread": "csm.core.fold",
    "Turn": "csm.core.turns",
    "Tool": "csm.host.contracts",
    "ToolContext": "csm.host.contracts",
    "ToolError": "csm.protocol.errors",
    "Transcript": "csm.view.transcript",
    "TurnHead": "csm.host.storage",
    "TurnSpan": "csm.host.storage",
    "Watch": "csm.host.storage",
    "Written": "csm.view.written",
    "command": "csm.host.commands",
    "fold": "csm.core.fold",
    "highlight": "csm.view.render.code",
    "hook": "csm.host.hooks",
    "run": "csm.api.embedding",
    "screen_of": "csm.host.context",
    "script_of": "csm.view.render.commands",
    "setting_stack": "csm.host.settings",
}
#: What is called otherwise where it comes from.
_CALLED = {"setting_stack": "stack"}
_MODULES = {
    "adding": "csm.edit.adding",
    "arguments": "csm.core.arguments",
    "called": "csm.core.called",
    "ages": "csm.host.ages",
    "ansi": "csm.view.render.ansi",
    "artefacts": "csm.host.artefacts",
    "block": "csm.edit.block",
    "catalog": "csm.runtime.catalog",
    "asides": "csm.host.asides",
    "changes": "csm.edit.changes",
    "chips": "csm.edit.chips",
    "chords": "csm.edit.chords",
    "checking": "csm.host.checking",
    "checkup": "csm.host.checkup",
    "code_styles": "csm.host.code_styles",
    "codec": "csm.protocol.codec",
    "comparing": "csm.view.comparing",
    "compaction": "csm.core.compaction",
    "config_file": "csm.host.config_file",
    "confinement": "csm.core.confinement",
    "crashes": "csm.host.crashes",
    "credentials": "csm.host.credentials",
    "describing": "csm.host.describing",
    "digest": "csm.core.digest",
    "diffs": "csm.view.render.diffs",
    "edits": "csm.edit.edits",
    "emacs": "csm.edit.emacs",
    "encode": "csm.edit.encode",
    "events": "csm.protocol.events",
    "ex": "csm.edit.ex",
    "ex_lines": "csm.edit.ex_lines",
    "features": "csm.host.features",
    "filling": "csm.edit.filling",
    "ids": "csm.protocol.ids",
    "items": "csm.protocol.items",
    "json_faults": "csm.core.json_faults",
    "keymaps": "csm.host.keymaps",
    "kills": "csm.edit.kills",
    "lines": "csm.view.lines",
    "links": "csm.view.links",
    "macros": "csm.edit.macros",
    "modal": "csm.edit.modal",
    "model": "csm.protocol.model",
    "models": "csm.core.models",
    "motions": "csm.edit.motions",
    "objects": "csm.edit.objects",
    "namespaces": "csm.core.namespaces",
    "operators": "csm.edit.operators",
    "rectangles": "csm.edit.rectangles",
    "replacing": "csm.edit.replacing",
    "rows": "csm.edit.rows",
    "parts": "csm.view.parts",
    "patches": "csm.core.patches",
    "listening": "csm.host.listening",
    "mediation": "csm.host.mediation",
    "ops": "csm.protocol.ops",
    "policy": "csm.core.policy",
    "scripts": "csm.core.scripts",
    "seccomp": "csm.core.seccomp",
    "seed": "csm.core.seed",
    "setting_keys": "csm.host.setting_keys",
    "shot": "csm.view.shot",
    "svg": "csm.view.svg",
    "prompts": "csm.core.prompts",
    "rerun": "csm.core.rerun",
    "response_items": "csm.core.response_items",
    "review": "csm.core.review",
    "rewind": "csm.core.rewind",
    "orphans": "csm.host.orphans",
    "renewal": "csm.host.renewal",
    "required": "csm.host.required",
    "rules": "csm.core.rules",
    "rollout": "csm.protocol.rollout",
    "ruling": "csm.host.ruling",
    "saving": "csm.host.saving",
    "themes": "csm.host.themes",
    "theming": "csm.host.theming",
    "tools": "csm.protocol.tools",
    "vim": "csm.edit.vim",
}

__all__ = sorted([*_WHERE, *_MODULES])  # pyright: ignore[reportUnsupportedDunderAll]


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        return import_module(_MODULES[name])
    if name in _WHERE:
        return getattr(import_module(_WHERE[name]), _CALLED.get(name, name))
    raise AttributeError(f"module 'csm.api' has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
