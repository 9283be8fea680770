"""One request, from its bytes to the parts of the answer: retries of the HTTP layer, the reading thread, the way back.

The thread reads and decodes; the session's loop gets all parts that are ready at once. What waits between the two is
bounded, so a session that is busy slows the reading down.

Does not: decide on retries that a person sees (the session does), nor word errors (`faults`).
"""

from __future__ import annotations

import asyncio
import random
import threading
import time
from collections.abc import AsyncGenerator, Callable, Iterator, Mapping
from contextlib import closing
from datetime import datetime

import msgspec

from csm.api import ModelError, model

from . import address, faults, sse
from .codec import Reader
from .pipe import Pipe
from .transport import Answer, Lost, Silent
from .wire import Aborted, Line, Lines

_ERROR_BYTES = 1 << 20
#: How often a server may send one request elsewhere.
_REDIRECTS = 10


def backoff(tries: int) -> float:
    """Seconds to wait after so many tries: twice as long each time, and not all clients at once."""
    return 0.2 * 2**tries * random.uniform(0.9, 1.1)


class Call(msgspec.Struct, frozen=True):
    """What to send where. `url` is shown in errors and has no query; `tries` counts the repetitions of 5xx answers.

    `pause` gives the seconds before the next try, after so many.
    """

    url: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    tries: int
    idle_seconds: float
    pause: Callable[[int], float] = backoff


async def parts(call: Call, lines: Lines) -> AsyncGenerator[model.ModelPart, None]:
    """The parts of the answer. Raises ModelError. Closing it breaks the connection, wherever the exchange stands."""
    pipe = Pipe(asyncio.get_running_loop())
    line = lines.take()
    thread = threading.Thread(target=_run, args=(call, lines, line, pipe), name="csm-model", daemon=True)
    thread.start()
    finished = False
    try:
        while batches := await pipe.get():
            for batch in batches:
                for part in batch:
                    finished = finished or isinstance(part, model.PartCompleted)
                    yield part
    finally:
        pipe.abandon(None if finished else line)


def _run(call: Call, lines: Lines, line: Line, pipe: Pipe) -> None:
    """The thread's work. Nothing escapes it: what fails is the reader's to hear."""
    error: BaseException | None = None
    try:
        _exchange(call, line, pipe)
    except ModelError as failure:
        error = failure
    except ValueError as failure:
        error = ModelError(f"the request to {call.url} cannot be sent: {failure}", code="bad_request")
    except Exception as failure:
        error = None if line.aborted else ModelError(f"{type(failure).__name__}: {failure}", code="internal")
    finally:
        pipe.end(error)
        lines.give_back(line)


def _exchange(call: Call, line: Line, pipe: Pipe) -> None:
    for attempt in range(call.tries + 1):
        try:
            response = _answer(call, line)
        except ModelError as failure:
            again = failure.code == "connection_failed" or (failure.status or 0) >= 500
            if not again or attempt == call.tries:
                raise
        else:
            with closing(response):
                return _stream(call, line, response, pipe)
        if line.wait(call.pause(attempt)):
            raise Aborted
    return None


def _answer(call: Call, line: Line) -> Answer:
    """The head of a good answer. Raises ModelError for any other, and Unsendable."""
    try:
        response = _followed(call, line)
        if response.status // 100 == 2:
            return response
        with closing(response):
            body = _bounded(response.chunks())
    except Silent as failure:
        raise faults.idle() from failure
    except Lost as failure:
        if line.aborted:
            raise Aborted from failure
        raise faults.unreachable(call.url, str(failure)) from failure
    raise faults.http_error(response.status, response.headers, body, call.url, _local)


def _followed(call: Call, line: Line) -> Answer:
    """The head of the answer, also where the server has moved it to another of its places; never to another server."""
    url, query = call.url, call.query
    for _ in range(_REDIRECTS + 1):
        response = line.post(url, query, call.headers, call.body)
        place = response.headers.get("location") if response.status in (307, 308) else None
        target = None if place is None else _same_server(url, place)
        if target is None:
            return response
        response.close()
        url, query = target, dict[str, str]()
    raise faults.redirects()


def _same_server(url: str, place: str) -> str | None:
    """Where a server moves what it has at `url`; None if that is not its own."""
    try:
        target = address.moved(url, place)
        return target if address.parse(target).origin == address.parse(url).origin else None
    except address.Unsendable:
        return None


def _local(stamp: float | None) -> datetime:
    return datetime.now() if stamp is None else datetime.fromtimestamp(stamp)


def _bounded(chunks: Iterator[bytes]) -> bytes:
    body = b""
    for chunk in chunks:
        body += chunk
        if len(body) >= _ERROR_BYTES:
            break
    return body[:_ERROR_BYTES]


def _stream(call: Call, line: Line, response: Answer, pipe: Pipe) -> None:
    decoder, reader, heard = sse.Decoder(), Reader(), time.monotonic()
    chunks = response.chunks()
    try:
        for chunk in chunks:
            found = decoder.feed(chunk)
            if found:
                heard = time.monotonic()
                _hand_over(found, reader, pipe)
            elif time.monotonic() - heard > call.idle_seconds:
                raise faults.idle()
            if reader.completed:
                return line.drained(chunks)
    except Silent as failure:
        raise faults.idle() from failure
    except Lost as failure:
        if reader.completed or line.aborted:
            return None
        raise reader.error or faults.closed() from failure
    raise reader.error or faults.closed()


def _hand_over(found: list[bytes], reader: Reader, pipe: Pipe) -> None:
    """Hand over what the events stand for; also what came before one by which the server gives up."""
    batch: list[model.ModelPart] = []
    try:
        for data in found:
            part = reader.read(data)
            if part is not None:
                batch.append(part)
            if reader.completed:
                break
    finally:
        if batch:
            pipe.put(batch)
