"""`csm session compact`: artefacts of a session, made by folding its log, by asking the model, or of a given text.

Does not: change the log, or say where artefacts are kept.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from csm.cli.arguments import Parsed, UsageError
from csm.cli.session import artefacts, found, host_of
from csm.headless.visible import one_line
from csm.protocol import codec
from csm.protocol.errors import CsmError

if TYPE_CHECKING:
    from csm.host.artefacts import Artefacts, Kept, Material
    from csm.host.host import Host

_ASKED = ("seed", "summary", "summary_file", "source_file")
#: Bytes of a given text at the most.
_MOST = 1 << 24


def compact(parsed: Parsed) -> int:
    """`csm session compact SESSION`"""
    if not any(parsed.on(key) or parsed.get(key) is not None for key in _ASKED):
        raise UsageError("say what to make: --seed, --summary, --summary-file or --source-file", parsed.command)
    with host_of(parsed) as host:
        kept = artefacts(host)
        thread_id = found(host.store(), parsed.get("session") or "").thread_id
        made = [kept.keep_seed(thread_id)] if parsed.on("seed") else []
        if any(parsed.on(key) or parsed.get(key) is not None for key in _ASKED[1:]):
            made.append(_summary(parsed, host, kept, thread_id))
    if parsed.on("json"):
        sys.stdout.write(codec.encode({"artefacts": [_told(one) for one in made]}).decode() + "\n")
    for one in made if not parsed.on("json") else ():
        artefact = one.artefact
        about = f"{artefact.span.turns} turns, {artefact.span.events} events, {artefact.span.bytes} bytes of the log"
        print(f"{artefact.kind} {artefact.id} by {one_line(artefact.by)}: {about}")
    return 0


def _told(one: Kept) -> dict[str, object]:
    """An artefact in JSON: what it is and, for a summary, its text; not what a seed holds."""
    fields = msgspec.to_builtins(one.artefact)
    inner = ("seed", "seed_version", "places", "inline")
    return {**{key: value for key, value in fields.items() if key not in inner}, "path": one.path, "size": one.size}


def _summary(parsed: Parsed, host: Host, kept: Artefacts, thread_id: str) -> Kept:
    material = kept.material(thread_id)
    if material.ignored:
        sys.stderr.write(f"warning: the summary {material.ignored} is stale and was ignored: the log has changed\n")
    given = parsed.get("summary_file")
    if given is not None:
        return kept.keep_summary(msgspec.structs.replace(material, after=""), _text(given), _called(given))
    return _asked(parsed, host, kept, material)


def _asked(parsed: Parsed, host: Host, kept: Artefacts, material: Material) -> Kept:
    """Have the model sum up what there is, or a given text."""
    from csm.core import compaction
    from csm.runtime import summing_up
    from csm.runtime.port import Start

    source = parsed.get("source_file")
    if source is not None:
        material = msgspec.structs.replace(material, history=compaction.source(_text(source)), after="")
    if not compaction.worthwhile(material.history):
        since = f" since the summary {material.after}" if material.after else " yet"
        raise CsmError(f"Error: there is nothing to sum up{since}")
    summed = summing_up.ask(
        host,
        Start(
            str(host.settings.cwd),
            originator="csm_cli",
            ephemeral=True,
            headless=True,
            resume=material.thread_id,
            overrides=host.settings.overrides,
            bounded=True,
            history=material.history,
        ),
    )
    by = f"model {summed.model}" + (f" of {_called(source)}" if source is not None else "")
    return kept.keep_summary(material, summed.text, by)


def _called(name: str) -> str:
    return "stdin" if name == "-" else f"file {Path(name).name}"


def _text(name: str) -> str:
    """A text from a file or from stdin. Raises CsmError."""
    try:
        if name == "-":
            data = sys.stdin.buffer.read(_MOST + 1)
        else:
            with Path(name).open("rb") as file:
                data = file.read(_MOST + 1)
        text = data.decode("utf-8-sig")
    except OSError as error:
        raise CsmError(f"Error: cannot read {one_line(name)[:200]}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise CsmError(f"Error: {one_line(name)[:200]} is no text in UTF-8") from error
    if len(data) > _MOST:
        raise CsmError(f"Error: {one_line(name)[:200]} is longer than {_MOST >> 20} MB")
    if not text.strip():
        raise CsmError(f"Error: {one_line(name)[:200]} says nothing")
    return text
