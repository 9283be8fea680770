"""A small MCP server on standard streams, written by hand so that it can misbehave. Not a test.

    python servant.py [MODE]

It notes every message it gets in the file `$SERVANT_LOG`, one JSON a line. MODE makes it hang, crash or flood.
"""

import json
import os
import sys
import time
from pathlib import Path

READS = {"annotations": {"readOnlyHint": True}}
EMPTY = {"type": "object", "properties": {}}
PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
SAY = {"type": "object", "properties": {"msg": {"type": "string"}}, "required": ["msg"]}
MODE = sys.argv[1] if len(sys.argv) > 1 else ""
TOOLS = [
    {"name": "say", "description": "says", "inputSchema": SAY, **READS},
    {"name": "write", "description": "writes\x1b[31m", "inputSchema": EMPTY},
    {"name": "mild", "inputSchema": EMPTY, "annotations": {"destructiveHint": False, "openWorldHint": False}},
    *({"name": name, "inputSchema": EMPTY, **READS} for name in (
        "mixed", "fail", "broken", "die", "hang", "ask", "big", "odd.name/x", "add", "flood", "endless", "strange",
        "structured", "wordless", "pid", "visit", "roam", "sample",
    )),
]  # fmt: skip
DATA = {"resources/read": {"data": {"why": [1]}}}
FORM = {
    "type": "object",
    "properties": {
        "name": {"type": "string", "title": "Name", "minLength": 2},
        "age": {"type": "integer", "minimum": 0},
        "sure": {"type": "boolean"},
    },
    "required": ["name", "sure"],
}


def note(message):
    if "SERVANT_LOG" in os.environ:
        with Path(os.environ["SERVANT_LOG"]).open("a") as log:
            log.write(json.dumps(message) + "\n")


def send(message):
    sys.stdout.write(json.dumps({"jsonrpc": "2.0", **message}) + "\n")
    sys.stdout.flush()


def text(words, **more):
    return {"content": [{"type": "text", "text": words}], **more}


def mixed():
    return {
        "content": [
            {"type": "text", "text": "see", "annotations": {"audience": ["user"]}},
            {"type": "image", "data": PIXEL, "mimeType": "image/png"},
            {"type": "image", "data": "no image!", "mimeType": "image/png"},
            {"type": "audio", "data": "AAAA", "mimeType": "audio/wav"},
            {"type": "resource_link", "uri": "mem://a", "name": "a"},
        ]
    }


def endless():
    while True:
        sys.stdout.write("x" * 1_000_000)


def call(ident, name, arguments):
    if name == "say":
        return text("echo:" + arguments.get("msg", ""))
    if name == "structured":
        return text("ignored", structuredContent={"x": 1})
    if name == "mixed":
        return mixed()
    if name == "fail":
        return text("bad thing", isError=True)
    if name == "wordless":
        return {"content": []}
    if name == "big":
        return text("x y z\n" * 2_000_000)
    if name == "pid":
        return text(str(os.getpid()))
    if name == "strange":
        send({"id": True, "result": {}})
        send({"id": "no number", "result": {}})
        send({"id": [1], "result": {}})
        sys.stdout.write('[1, 2]\n\n"text"\nno json\n' + "[" * 100_000 + "\n")
        return text("still here")
    if name == "add":
        TOOLS.append({"name": "added", "inputSchema": EMPTY, **READS})
        TOOLS[1]["description"] = "writes something else"
        send({"method": "notifications/tools/list_changed"})
        return text("added")
    if name == "flood":
        for _ in range(20_000):
            send({"method": "notifications/message", "params": {"level": "info", "data": "x"}})
        return text("flooded")
    return text(f"did {name}")


def answer(message):
    ident, method, params = message["id"], message["method"], message.get("params", {})
    if method == "initialize":
        return {
            "protocolVersion": params["protocolVersion"],
            "capabilities": {"tools": {"listChanged": True}, "resources": {}},
            "serverInfo": {"name": "servant", "version": "1"},
            "instructions": "Serves.",
        }
    if method == "tools/list":
        return {"tools": [*TOOLS, {"name": 3}, None]}
    if method == "resources/list":
        return {"resources": [{"uri": "mem://a", "name": "a"}]}
    if method == "resources/templates/list":
        return {"resourceTemplates": [{"uriTemplate": "mem://{x}", "name": "t"}]}
    if method == "resources/read" and params["uri"] == "mem://a":
        return {"contents": [{"uri": "mem://a", "text": "alpha"}]}
    if method == "tools/call":
        name = params["name"]
        if name == "die":
            sys.stderr.write("dying\n")
            sys.exit(3)
        if name == "hang":
            return None
        if name == "endless":
            endless()
        if name == "ask":
            WAITING[900] = ident
            send({"id": 900, "method": "elicitation/create", "params": {"message": "Who?", "requestedSchema": FORM}})
            return None
        if name in REQUESTS:
            WAITING[900] = ident
            send({"id": 900, **REQUESTS[name], "params": {**REQUESTS[name]["params"], **params.get("arguments", {})}})
            return None
        if name != "broken":
            return call(ident, name, params.get("arguments", {}))
    send({"id": ident, "error": {"code": -32000, "message": "it went bad", **DATA.get(method, {})}})
    return None


WAITING = {}
VISIT = {"mode": "url", "message": "Log in there.", "url": "https://example.test/x?y=1", "elicitationId": "e"}
REQUESTS = {
    "visit": {"method": "elicitation/create", "params": VISIT},
    "roam": {"method": "roots/list", "params": {}},
    "sample": {"method": "sampling/createMessage", "params": {"messages": [], "maxTokens": 1}},
}


def main():
    note({"env": dict(os.environ), "cwd": str(Path.cwd()), "pid": os.getpid()})
    if MODE == "silent":
        time.sleep(600)
    if MODE == "slow":
        gate = Path(os.environ["SERVANT_LOG"] + ".gate")
        while not gate.exists():
            time.sleep(0.01)
    if MODE == "crash":
        sys.stderr.write("cannot start\n")
        sys.exit(3)
    if MODE == "endless":
        endless()
    for line in sys.stdin:
        message = json.loads(line)
        note(message)
        if "method" not in message:
            ident = WAITING.pop(message.get("id"), None)
            if ident is not None:
                send({"id": ident, "result": text(json.dumps(message.get("result", message.get("error"))))})
        elif "id" in message:
            result = answer(message)
            if result is not None:
                send({"id": message["id"], "result": result})
    if MODE == "stubborn":
        time.sleep(600)


if __name__ == "__main__":
    main()
