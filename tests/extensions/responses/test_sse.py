"""The decoder of server-sent events, fed whole, in pieces and byte by byte; httpx-sse is asked for a second opinion."""

import json
import random

import pytest
from httpx_sse._decoders import SSEDecoder, SSELineDecoder

from csm.api.testing import bundled

Decoder = bundled("responses", "sse").Decoder


def whole(data):
    return Decoder().feed(data)


def bytewise(data):
    decoder = Decoder()
    return [found for at in range(len(data)) for found in decoder.feed(data[at : at + 1])]


CASES = {
    "one": (b"data: a\n\n", [b"a"]),
    "named": (b"event: x\nid: 1\nretry: 5\ndata: a\n\n", [b"a"]),
    "name after the data": (b"data: a\nevent: x\n\n", [b"a"]),
    "two": (b"data: a\n\ndata: b\n\n", [b"a", b"b"]),
    "no space": (b"data:a\n\n", [b"a"]),
    "one space only is dropped": (b"data:  a\n\n", [b" a"]),
    "CRLF": (b"data: a\r\n\r\ndata: b\r\n\r\n", [b"a", b"b"]),
    "CR": (b"data: a\r\rdata: b\r\r", [b"a", b"b"]),
    "mixed ends": (b"data: a\n\rdata: b\r\n\ndata: c\r\r\n", [b"a", b"b", b"c"]),
    "many lines": (b"data: a\ndata\ndata: b\n\n", [b"a\n\nb"]),
    "comments": (b": hi\n\n:\ndata: a\n: there\n\n", [b"a"]),
    "BOM": (b"\xef\xbb\xbfdata: a\n\n", [b"a"]),
    "half a BOM": (b"\xef\xbbdata: a\n\ndata: b\n\n", [b"b"]),
    "BOM later is no BOM": (b"data: a\n\n\xef\xbb\xbfdata: b\n\n", [b"a"]),
    "more blank lines": (b"\n\n\ndata: a\n\n\n\n\ndata: b\n\n", [b"a", b"b"]),
    "empty data": (b"data:\n\ndata\n\ndata: a\n\n", [b"a"]),
    "other fields": (b"database: x\ndata: a\nnonsense\n\n", [b"a"]),
    "broken off": (b"data: a\n\ndata: b\n", [b"a"]),
    "broken off in a line": (b"data: a\n\ndata: b", [b"a"]),
    "bad UTF-8": (b"data: a\xff\xc3\n\n", ["a\ufffd\ufffd".encode()]),
    "UTF-8": ("data: žluť 🐴\n\n".encode(), ["žluť 🐴".encode()]),
    "NUL": (b"data: a\0b\n\n", [b"a\0b"]),
    "other line breaks are text": ("data: a\u2028b\x0bc\x85\n\n".encode(), ["a\u2028b\x0bc\x85".encode()]),
    "nothing": (b"", []),
}


@pytest.mark.parametrize("feed", [whole, bytewise])
@pytest.mark.parametrize("name", CASES)
def test_table(name, feed):
    data, expected = CASES[name]
    assert feed(data) == expected


@pytest.mark.parametrize("end", [b"\n\n", b"\r\n\r\n", b"\r\r"])
def test_an_event_is_reported_as_soon_as_it_is_whole(end):
    """A server that then waits must not keep its last event from us, whatever its line ends."""
    decoder = Decoder()
    assert decoder.feed(b"data: done") == []
    assert decoder.feed(end) == [b"done"]


def second_opinion(data):
    lines, events = SSELineDecoder(), SSEDecoder()
    text = data.decode("utf-8", "replace").removeprefix("\ufeff")
    found = (events.decode(line) for line in [*lines.decode(text), *lines.flush()] if text)
    return [event.data.encode() for event in found if event is not None and event.data]


@pytest.mark.parametrize("seed", range(300))
def test_random_streams_read_as_httpx_sse_reads_them(seed):
    """Any pieces of the format in any order, cut into any chunks."""
    luck = random.Random(seed)
    pieces = [b"data: ", b"data:", b"data", b"event: x", b":", b"a", b" ", b"\xff", "é".encode(), b"\n", b"\r", b"\r\n"]
    data = b"".join(luck.choices(pieces, weights=[6, 3, 1, 1, 1, 4, 1, 1, 1, 8, 3, 3], k=60)) + b"\n\n"
    decoder, found, at = Decoder(), [], 0
    while at < len(data):
        step = luck.randrange(1, 9)
        found += decoder.feed(data[at : at + step])
        at += step
    assert found == second_opinion(data)


def test_a_long_line_is_not_copied_again_with_every_chunk():
    """Linear work: the decoder only collects the chunks of a line that goes on."""
    decoder, chunk = Decoder(), b"x" * 65536
    decoder.feed(b"data: ")
    for _ in range(64):
        assert decoder.feed(chunk) == []
    assert max(map(len, decoder._tail)) == len(chunk)
    (data,) = decoder.feed(b"\n\n")
    assert len(data) == 64 * len(chunk)


def test_json_of_any_size_survives():
    event = {"type": "response.output_text.delta", "delta": "žluťoučký\r\n" * 10_000}
    data = f"data: {json.dumps(event, ensure_ascii=False)}\n\n".encode()
    decoder = Decoder()
    found = [one for at in range(0, len(data), 777) for one in decoder.feed(data[at : at + 777])]
    assert [json.loads(one) for one in found] == [event]


@pytest.mark.parametrize("size", [1 << 10, 1 << 14, 1 << 16])
def test_a_long_line_is_put_together_once(size):
    """Work that grows with the length: pieces wait, each as it came, until the line ends."""
    decoder = Decoder()
    count = (16 << 20) // size
    assert decoder.feed(b"data: ") == []
    for number in range(count):
        assert decoder.feed(b"x" * size) == []
        assert len(decoder._tail) == number + 2, "nothing was joined yet"
    (data,) = decoder.feed(b"\n\n")
    assert (len(data), decoder._tail) == (16 << 20, [])
