"""How the scripted server answers one connection.

Does not: listen, or hold the script (`server`).
"""

from __future__ import annotations

import json
import socket
import threading
import time
from contextlib import suppress
from http.server import BaseHTTPRequestHandler
from typing import Any, Protocol, cast

from csm.api.testing.recorded import Recorded
from csm.api.testing.script import Halt, Script, many, pick, steps
from csm.api.testing.wire import events
from csm.protocol.model import ModelPart

_PATIENCE = 30.0
_POLL = 0.002
_SCRIPTED = {"error": {"message": "scripted error", "type": "scripted", "code": None}}


class Kit(Protocol):
    """What an answer needs of the server."""

    script: Script
    repeat: bool
    delay_every: float
    closing: threading.Event

    def record(self, request: Recorded) -> int:
        """Keep a request; its number."""
        ...


class Serving(Protocol):
    """A listening server that belongs to a kit."""

    kit: Kit


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    @property
    def kit(self) -> Kit:
        return cast("Serving", self.server).kit

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: requests are recorded."""

    def do_GET(self) -> None:
        self._plain(200 if self.path.split("?")[0].endswith("/models") else 404, {"object": "list", "data": []}, {})

    def do_POST(self) -> None:
        kit = self.kit
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        request = Recorded(self.command, self.path, headers, body)
        number = kit.record(request)
        turn = pick(kit.script, number, request, repeat=kit.repeat)
        if turn is None:
            self._plain(400, f"the script has no turn for request {number + 1}", {})
        elif "http" in turn:
            self._plain(turn["http"], turn.get("body", _SCRIPTED), turn.get("headers", {}))
        else:
            self._stream(turn, number)

    def _plain(self, status: int, body: Any, headers: dict[str, str]) -> None:
        data = (
            body.encode() if isinstance(body, str) else body if isinstance(body, bytes) else json.dumps(body).encode()
        )
        self.send_response(status)
        for name, value in {"content-type": "application/json", **headers, "content-length": len(data)}.items():
            self.send_header(name, str(value))
        self.end_headers()
        self.wfile.write(data)

    def _stream(self, turn: dict[str, Any], number: int) -> None:
        self.send_response(200)
        for name, value in {"content-type": "text/event-stream", **turn.get("headers", {})}.items():
            self.send_header(name, str(value))
        self.send_header("transfer-encoding", "chunked")
        self.end_headers()
        whole = self._raw(turn["raw"]) if "raw" in turn else self._events(turn, number)
        if whole:
            self.wfile.write(b"0\r\n\r\n")
        else:
            self._hang_up()

    def _raw(self, raw: Any) -> bool:
        for piece in many(raw):
            if isinstance(piece, str | bytes):
                self._chunk(_bytes(piece))
            elif not self._passed(piece):
                return False
        return True

    def _events(self, turn: dict[str, Any], number: int) -> bool:
        """Send the turn; False where the connection has to break."""
        sent, places = 0, dict[str, int]()
        for step in steps(turn, number):
            if not isinstance(step, ModelPart):
                if not self._passed(step):
                    return False
                continue
            for event in events(step, places):
                if turn.get("drop") == sent:
                    return False
                self._send(event, sent)
                sent += 1
        if turn.get("hang"):
            self._passed(threading.Event(), patience=float("inf"))
        return self._last(turn, sent)

    def _last(self, turn: dict[str, Any], sent: int) -> bool:
        if "fail" in turn:
            self._send({"type": "response.failed", "response": {"status": "failed", "error": turn["fail"]}}, sent)
        if "incomplete" in turn:
            response = {"status": "incomplete", "incomplete_details": {"reason": turn["incomplete"]}}
            self._send({"type": "response.incomplete", "response": response}, sent)
        return not turn.get("hang") and "drop" not in turn

    def _send(self, event: dict[str, Any], number: int) -> None:
        if self.kit.delay_every and number:
            self.kit.closing.wait(self.kit.delay_every)
        data = json.dumps({"sequence_number": number, **event})
        self._chunk(f"event: {event['type']}\ndata: {data}\n\n".encode())

    def _chunk(self, data: bytes) -> None:
        if data:
            self.wfile.write(b"%x\r\n%b\r\n" % (len(data), data))

    def _passed(self, halt: Halt, patience: float = _PATIENCE) -> bool:
        """Wait at a halt; False once the server closes, the client is gone or nobody opens it."""
        limit = time.monotonic() + patience
        while not halt.is_set():
            if self.kit.closing.is_set() or time.monotonic() > limit or self._client_gone():
                return False
            time.sleep(_POLL)
        return True

    def _client_gone(self) -> bool:
        try:
            return self.connection.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT) == b""
        except BlockingIOError:
            return False
        except OSError:
            return True

    def _hang_up(self) -> None:
        self.close_connection = True
        with suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)


def _bytes(data: str | bytes) -> bytes:
    return data.encode() if isinstance(data, str) else data
