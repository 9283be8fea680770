"""The pipe between a stream's thread and the loop: the end of a stream whose reader is gone disturbs nobody."""

from __future__ import annotations

import asyncio

from csm.api.testing import bundled

Pipe = bundled("responses", "pipe").Pipe


def test_a_stream_ends_after_the_loop_of_its_reader_was_closed() -> None:
    loop = asyncio.new_event_loop()
    pipe = Pipe(loop)
    reader = loop.create_task(pipe.get())
    loop.call_soon(loop.stop)
    loop.run_forever()
    reader.cancel()
    waiting = pipe._waiter
    assert waiting is not None
    loop.run_until_complete(asyncio.gather(reader, return_exceptions=True))
    loop.close()
    pipe.end()
    assert pipe._waiter is None
