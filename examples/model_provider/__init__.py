"""A model provider: the model `echo` repeats what the user said, word by word, and never fails for want of a network.

Copy this folder to `~/.config/csm/extensions/echo`, then start `csm -c model_provider=echo`.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator

from csm.api import ModelContext, hook, model


class Echo:
    """The provider. `id` is what the setting `model_provider` names."""

    id = "echo"
    name = "Echo"

    def problem(self) -> str | None:
        """None: it needs no key. Else one line that says what to set."""
        return None

    async def stream(self, request: model.ModelRequest, cx: ModelContext) -> AsyncIterator[model.ModelPart]:
        """An answer: created, then each item started, its text, the item done; completed at the end.

        A provider that talks to a server raises ModelError when that fails, retryable or not.
        """
        said = _last_user_text(request.input)
        yield model.PartCreated("echo-1")
        yield model.PartItemStarted("message-1", "message")
        for word in said.split(" "):
            await asyncio.sleep(0)
            yield model.PartText("message-1", word + " ")
        content = [{"type": "output_text", "text": said + " "}]
        item = {"type": "message", "role": "assistant", "content": content}
        yield model.PartItemDone("message-1", json.dumps(item).encode())
        yield model.PartCompleted("echo-1", model.Usage(len(said), 0, len(said), 0, 2 * len(said)))


def _last_user_text(history: tuple[bytes, ...]) -> str:
    """The history holds response items as JSON."""
    for raw in reversed(history):
        item = json.loads(raw)
        if item.get("role") == "user":
            return " ".join(part.get("text", "") for part in item["content"])
    return ""


@hook
def models(host):
    """The providers of this extension."""
    return [Echo()]
