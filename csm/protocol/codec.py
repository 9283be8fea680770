"""JSON in and out: msgspec first, the standard library for what msgspec refuses.

Does not: know rollout lines (`csm.protocol.rollout`) or any type but JSON's own.
"""

from __future__ import annotations

from math import isfinite
from typing import Any, TypeVar, cast

import msgspec

T = TypeVar("T")

_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder()


def encode(value: Any) -> bytes:
    """Compact UTF-8 JSON. A lone surrogate, which UTF-8 cannot hold, becomes its escape."""
    try:
        return _encoder.encode(value)
    except (UnicodeEncodeError, ValueError):
        import json

        return json.dumps(msgspec.to_builtins(value, enc_hook=_plain), separators=(",", ":")).encode()


def decode(data: bytes | str | msgspec.Raw) -> Any:
    """The JSON value in `data`. Raises ValueError where it is no JSON.

    What msgspec refuses but people write (NaN, lone surrogates, bad UTF-8) is read by the standard library.
    """
    try:
        return _decoder.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError):
        import json

        raw = data if isinstance(data, str) else bytes(data).decode("utf-8", "replace")
        try:
            return json.loads(raw)
        except RecursionError as error:
            raise ValueError("JSON nested too deeply") from error


def decode_as(decoder: msgspec.json.Decoder[T], data: bytes | msgspec.Raw) -> T:
    """The value of the decoder's type in `data`, read as leniently as `decode`; what UTF-8 cannot hold becomes U+FFFD.

    Raises ValueError, msgspec.ValidationError.
    """
    try:
        return decoder.decode(data)
    except msgspec.ValidationError:
        raise
    except (msgspec.DecodeError, UnicodeDecodeError):
        return decoder.decode(_encoder.encode(_tame(decode(data))))


def whole(text: str) -> str:
    """The text as UTF-8 can hold it: lone surrogates become U+FFFD."""
    if text.isascii():
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _tame(value: Any) -> Any:
    """The value as strict JSON can say it."""
    if isinstance(value, str):
        return whole(value)
    if isinstance(value, float):
        return value if isfinite(value) else None
    if isinstance(value, list):
        return [_tame(part) for part in cast("list[Any]", value)]
    if isinstance(value, dict):
        return {_tame(key): _tame(part) for key, part in cast("dict[str, Any]", value).items()}
    return value


def _plain(value: Any) -> Any:
    if isinstance(value, msgspec.Raw):
        return decode(value)
    raise NotImplementedError(f"no JSON for {type(value).__name__}")
