"""Keeps what hooks tell the model within bounds: what is too long is kept whole in a file, and told of in short.

Does not: judge what it says.
"""

from __future__ import annotations

import uuid
from pathlib import Path

from csm.api import Moment

#: Tokens that a hook may tell the model unless it says otherwise, and bytes that make one.
LIMIT, BYTES = 2_500, 4


def bounded(cx: Moment, text: str, limit: int | None = None) -> str:
    """The text, or its ends and where all of it is."""
    most = (LIMIT if limit is None else max(0, limit)) * BYTES
    data = text.encode("utf-8", "replace")
    if len(data) <= most:
        return text
    tail = _kept(cx, text)
    half = max(0, most - len(tail)) // 2
    head = f"Warning: truncated output (original token count: {_tokens(len(data))})\n"
    head += f"Total output lines: {len(text.splitlines())}\n\n"
    begin = data[:half].decode("utf-8", "ignore")
    end = data[len(data) - half :].decode("utf-8", "ignore")
    return f"{head}{begin}…{_tokens(len(data) - 2 * half)} tokens truncated…{end}{tail}"


def _tokens(size: int) -> int:
    return -(-size // BYTES)


def _kept(cx: Moment, text: str) -> str:
    path = Path(cx.settings.codex_home, "hook_outputs", cx.thread_id, f"{uuid.uuid4()}.txt")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8", errors="replace")
    except OSError:
        return ""
    return f"\n\nFull hook output saved to: {path}"
