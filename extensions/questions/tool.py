"""The tool: questions to the user, and their answers as the model reads them.

Does not: hold the turn by itself. The session asks, and ends the turn where the user stops it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from csm.api import Offer, ToolContext, ToolError, arguments, codec, features, tools

NAME = "request_user_input"
#: What stands before an answer in the user's own words.
NOTE = "user_note: "
_TEXT = arguments.Field(required=True, nullable=False)
_CHOICE = arguments.Shape("struct RequestUserInputQuestionOption", {"label": _TEXT, "description": _TEXT})
_QUESTION = arguments.Shape(
    "struct RequestUserInputQuestion",
    {"id": _TEXT, "header": _TEXT, "question": _TEXT, "options": arguments.Field(arguments.Many(_CHOICE))},
)
_FIELDS = {"questions": arguments.Field(arguments.Many(_QUESTION), required=True, nullable=False)}


def _object(properties: dict[str, str | dict[str, Any]]) -> dict[str, Any]:
    shown = {
        name: {"type": "string", "description": said} if isinstance(said, str) else said
        for name, said in properties.items()
    }
    return {"type": "object", "properties": shown, "required": list(shown), "additionalProperties": False}


_OPTIONS = {
    "type": "array",
    "description": (
        "Two or three answers that exclude each other, the one you would choose first. The person can always answer in"
        " their own words: do not offer that."
    ),
    "items": _object({"label": "The answer, in one to five words", "description": "What it means, in a sentence"}),
}
_QUESTIONS = {
    "type": "array",
    "description": "One question, at most three",
    "items": _object(
        {
            "id": "A name for the answer, in snake_case",
            "header": "The question in a word or two",
            "question": "The question, in a sentence",
            "options": _OPTIONS,
        }
    ),
}
_RAW = {
    "type": "function",
    "name": NAME,
    "description": "Ask the person what only they can decide, and wait for the answers. Works in plan mode only.",
    "strict": False,
    "parameters": _object({"questions": _QUESTIONS}),
}


class RequestUserInput:
    """`request_user_input`."""

    def __init__(self) -> None:
        self.spec = tools.ToolSpec(NAME, msgspec.Raw(msgspec.json.encode(_RAW)))

    def offered(self, offer: Offer) -> tools.ToolSpec | None:
        """Unless `tools.experimental_request_user_input.enabled` is false."""
        setting = offer.settings.raw.get("tools", {}).get("experimental_request_user_input", {})
        return None if setting.get("enabled") is False else self.spec

    async def run(self, call: tools.ToolCall, cx: ToolContext) -> tools.ToolResult:
        """Ask. Raises ToolError outside plan mode, and for questions that are none."""
        if cx.collaboration != "plan" and not features.on(cx.settings.raw, "default_mode_request_user_input"):
            raise ToolError("request_user_input is unavailable in Default mode")
        found = [_question(one) for one in arguments.read(call.arguments, _FIELDS)["questions"]]
        if not all(question.choices for question in found):
            raise ToolError("request_user_input requires non-empty options for every question")
        if cx.headless or not found:
            return _answers({})
        title = "The agent has a question" if len(found) == 1 else f"The agent has {len(found)} questions"
        ask = tools.Ask(
            f"{cx.turn_id}:{call.call_id}",
            call.call_id,
            "questions",
            title,
            decisions=("accept", "cancel"),
            questions=tuple(found),
        )
        answer = await cx.ask(ask)
        given = dict(answer.answers) if answer.decision == "accept" else {}
        if answer.text.strip():
            given.setdefault(found[0].id, (f"{NOTE}{answer.text.strip()}",))
        return _answers(given)


def _question(given: Mapping[str, Any]) -> tools.Question:
    choices = tuple(tools.Choice(one["label"], one["description"]) for one in given.get("options", ()))
    return tools.Question(given["id"], given["header"], given["question"], choices)


def _answers(given: Mapping[str, Sequence[str]]) -> tools.ToolResult:
    said = {"answers": {name: {"answers": list(texts)} for name, texts in given.items()}}
    return tools.ToolResult(codec.encode(said).decode())
