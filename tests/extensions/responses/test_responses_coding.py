"""Answers that are compressed, and those that only say so."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from csm.host import roots

roots.mount([roots.Root("bundled", Path(__file__).resolve().parents[3], 0)])
TEXT = b'data: {"type":"response.created"}\n\n' * 40


def _read(chunks: list[bytes], coding: str) -> bytes:
    from csm_extensions.responses import transport

    return b"".join(transport._unpacked(iter(chunks), coding))


@pytest.mark.parametrize("size", [1, 7, 10_000])
def test_what_is_compressed_is_unpacked(size: int) -> None:
    packed = gzip.compress(TEXT)
    assert _read([packed[at : at + size] for at in range(0, len(packed), size)], "gzip") == TEXT


@pytest.mark.parametrize("coding", ["gzip", "deflate", "identity", ""])
def test_plain_text_is_taken_as_it_is(coding: str) -> None:
    assert _read([TEXT[:100], TEXT[100:]], coding) == TEXT


def test_what_breaks_later_is_an_error() -> None:
    packed = gzip.compress(bytes(range(256)) * 400, compresslevel=0)
    with pytest.raises(ValueError, match="invalid"):
        _read([packed[:50], b"\xff" * 200_000], "gzip")
