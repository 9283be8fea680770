"""A small MCP server: notes that the agent can keep, look up and, if you agree, forget. Made with the official SDK.

    csm mcp add notes -- uv run --with mcp python examples/mcp_server.py
    csm "note that the tests need Redis"

As a server at an address:

    uv run --with mcp python examples/mcp_server.py 8000
    csm mcp add notes --url http://127.0.0.1:8000/mcp
"""

from __future__ import annotations

import sys

from mcp.server import MCPServer
from mcp.server.mcpserver import Context
from mcp.types import ToolAnnotations
from pydantic import BaseModel

server = MCPServer("notes", instructions="Keeps short notes while it runs. Look here before you ask again.")
notes: list[str] = ["csm speaks to this server"]


class Sure(BaseModel):
    """The form that is shown before notes are forgotten."""

    sure: bool


@server.tool(annotations=ToolAnnotations(destructiveHint=False, openWorldHint=False))
def keep(text: str) -> str:
    """Keep a note."""
    notes.append(text)
    return f"kept as note {len(notes)}"


@server.tool(annotations=ToolAnnotations(readOnlyHint=True))
def look_up(word: str) -> list[str]:
    """Find the notes that hold a word."""
    return [note for note in notes if word.lower() in note.lower()]


@server.tool(annotations=ToolAnnotations(readOnlyHint=True))
async def forget(cx: Context) -> str:
    """Forget all notes. The user is asked by the server itself."""
    answer = await cx.elicit(f"Forget {len(notes)} notes?", Sure)
    if answer.action != "accept" or not answer.data.sure:
        return "the notes stay"
    notes.clear()
    return "forgotten"


@server.resource("notes://all")
def everything() -> str:
    """All notes."""
    return "\n".join(notes)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        server.run("streamable-http", port=int(sys.argv[1]))
    else:
        server.run()
