"""JSON in and out: msgspec first, the standard library for what msgspec refuses.

Does not: know rollout lines (`csm.protocol.rollout`) or any type but JSON's own.
"""

from __future__ import annotations

import json
from typing import Any

import msgspec

_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder()


def encode(value: Any) -> bytes:
    """Compact UTF-8 JSON. A lone surrogate, which UTF-8 cannot hold, becomes its escape."""
    try:
        return _encoder.encode(value)
    except (UnicodeEncodeError, ValueError):
        return json.dumps(msgspec.to_builtins(value), separators=(",", ":")).encode()


def decode(data: bytes | str | msgspec.Raw) -> Any:
    """The JSON value in `data`. Raises ValueError where it is no JSON.

    What msgspec refuses but people write (NaN, lone surrogates, bad UTF-8) is read by the standard library.
    """
    try:
        return _decoder.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raw = data if isinstance(data, str) else bytes(data).decode("utf-8", "replace")
        try:
            return json.loads(raw)
        except RecursionError as error:
            raise ValueError("JSON nested too deeply") from error
