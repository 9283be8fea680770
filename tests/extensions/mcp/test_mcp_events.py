"""Streams of events of servers at an address, in any pieces, and those that never end."""

import asyncio

import httpx
import pytest

from csm.api.testing import bundled

events = bundled("mcp", "events")
TooLong = bundled("mcp", "lines").TooLong


def read(*chunks, longest=1000):
    async def stream():
        for chunk in chunks:
            yield chunk

    async def run():
        response = httpx.Response(200, headers={"content-type": "text/event-stream; charset=x"}, content=stream())
        return [data async for data in events.data(response, longest)]

    return asyncio.run(run())


WHOLE = (
    "\ufeff: hello\n\nid: 1\nevent: message\ndata: {}\n\ndata:ä\r\ndata: b\r\n\r\nretry: 5\n\ndata: one\rdata: two\r\r"
    "data: €\n\ndata: never ends"
).encode()


@pytest.mark.parametrize("step", [1, 2, 3, 7, 1000])
def test_events_in_any_pieces(step):
    pieces = [WHOLE[at : at + step] for at in range(0, len(WHOLE), step)]
    assert read(*pieces) == ["{}", "ä\nb", "one\ntwo", "€"]


def test_bad_bytes_do_not_end_a_stream():
    assert read(b"data: a\xff\n\n", b"data: b\n\n") == ["a\ufffd", "b"]


@pytest.mark.parametrize("piece", [b"x" * 100, b"data: x\n" * 12, b"data: x\r\n" * 12, b": still here\n" * 8])
def test_an_event_without_end_is_given_up(piece):
    with pytest.raises(TooLong):
        read(*[piece] * 11)


def test_events_that_end_may_be_many():
    assert read(*[b"data: " + b"x" * 900 + b"\n\n"] * 50) == ["x" * 900] * 50


def test_a_stream_may_be_kept_alive_for_ever():
    assert read(*[b": still here\n\n"] * 1000, b"data: a\n\n") == ["a"]
    assert read(*[b"\r\n: still here\r\n"] * 1000, b"\r\ndata: a\r\n\r\n") == ["a"]
