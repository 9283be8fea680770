"""Made-up logs of any length, the same to the byte for the same wishes, in the shapes that Codex writes.

Does not: write files, or look like anybody's work: the words are noise.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from csm.api import codec, ids

if TYPE_CHECKING:
    from collections.abc import Iterator

#: `paginated` as 0.169 writes it (ordinals, finished items), `legacy` as 0.132 does.
Shape = Literal["paginated", "legacy"]
#: Lines between two compactions, unless asked otherwise.
COMPACT = 2000
#: Calls in a turn.
_CALLS = 9
_WORDS = "amber basil cedar delta ember fjord grove haven inlet jolly kayak lemon maple north ocean plaza".split()
_BEGAN = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


class Wish(msgspec.Struct, frozen=True):
    """What a log is to be like. `events` are lines; `compact` lines lie between two compactions, 0 for none at all.

    `cwd` and `provider` are what the session says of itself, for programs that sort sessions by them.
    """

    events: int
    seed: int = 0
    shape: Shape = "paginated"
    compact: int = COMPACT
    cwd: str = "/w"
    provider: str = "fake"
    model: str = "gpt-5.5"


def thread_id(wish: Wish) -> str:
    """The id of the session in the log."""
    return ids.uuid7(int(_BEGAN.timestamp() * 1000), wish.seed.to_bytes(10, "big", signed=wish.seed < 0))


def name(wish: Wish) -> str:
    """What the file is called, below its folder; its times are UTC."""
    return f"rollout-{_BEGAN:%Y-%m-%dT%H-%M-%S}-{thread_id(wish)}.jsonl"


def folder() -> str:
    """The folder it stands in, below `sessions`."""
    return f"{_BEGAN:%Y/%m/%d}"


def lines(wish: Wish) -> Iterator[bytes]:
    """The log's lines, each with its line end. Only the text since the last compaction is held in memory."""
    for number, (kind, payload) in enumerate(islice(_Maker(wish).told(), max(0, wish.events))):
        yield _line(number, kind, payload, wish.shape)


def _line(number: int, kind: str, payload: bytes, shape: Shape) -> bytes:
    time = f"{_BEGAN + timedelta(milliseconds=37 * number):%Y-%m-%dT%H:%M:%S.%f}"[:-3] + "Z"
    ordinal = b'"ordinal":%d,' % number if shape == "paginated" else b""
    return b'{"timestamp":"%b",%b"type":"%b","payload":%b}\n' % (time.encode(), ordinal, kind.encode(), payload)


class _Noise:
    """Words by chance: a linear congruential generator, since the one of the library may change."""

    def __init__(self, seed: int) -> None:
        self._state = (seed * 2 + 1) & 0xFFFFFFFFFFFFFFFF

    def below(self, limit: int) -> int:
        self._state = (self._state * 6364136223846793005 + 1442695040888963407) & 0xFFFFFFFFFFFFFFFF
        return (self._state >> 33) % limit

    def words(self, least: int, most: int) -> str:
        return " ".join(_WORDS[self.below(len(_WORDS))] for _ in range(least + self.below(most - least + 1)))


class _Maker:
    """One log in the making: the turns, one after the other, and the compactions between them."""

    def __init__(self, wish: Wish) -> None:
        self._wish = wish
        self._noise = _Noise(wish.seed)
        self._told = 0
        self._turn = 0
        self._users: list[bytes] = []

    def told(self) -> Iterator[tuple[str, bytes]]:
        yield self._count("session_meta", self._meta())
        compacted = 0
        while True:
            yield from self._one_turn()
            if self._wish.compact and self._told - compacted >= self._wish.compact:
                compacted = self._told
                yield self._compacted()

    def _count(self, kind: str, payload: dict[str, Any] | bytes) -> tuple[str, bytes]:
        self._told += 1
        return kind, payload if isinstance(payload, bytes) else codec.encode(payload)

    def _meta(self) -> dict[str, Any]:
        wish, began = self._wish, f"{_BEGAN:%Y-%m-%dT%H:%M:%S}.000Z"
        meta: dict[str, Any] = {"id": thread_id(wish), "timestamp": began, "cwd": wish.cwd, "originator": "codex_exec"}
        meta |= {"cli_version": "0.169.0", "source": "cli", "model_provider": wish.provider}
        meta["base_instructions"] = {"text": "Be of help."}
        if wish.shape == "legacy":
            return meta | {"cli_version": "0.132.0"}
        return meta | {"session_id": thread_id(wish), "history_mode": "paginated", "account_scoped": False}

    def _one_turn(self) -> Iterator[tuple[str, bytes]]:
        turn, noise = f"turn{self._turn}", self._noise
        began = int(_BEGAN.timestamp()) + self._told // 27
        yield self._event("task_started", turn_id=turn, started_at=began, model_context_window=258_400)
        yield self._count("turn_context", self._context(turn))
        asked, answer = noise.words(4, 9), noise.words(5, 12)
        self._users.append(_message("user", "input_text", asked))
        yield self._count("response_item", self._users[-1])
        yield self._item(turn, "UserMessage", "text", asked)
        for call in range(_CALLS):
            yield from self._call(f"c{self._turn}_{call}")
        yield self._count("response_item", _message("assistant", "output_text", answer))
        yield self._item(turn, "AgentMessage", "Text", answer)
        yield self._usage()
        done = {"completed_at": began + 1, "duration_ms": 1000 + noise.below(999)}
        yield self._event("task_complete", turn_id=turn, last_agent_message=answer, **done)
        self._turn += 1

    def _event(self, kind: str, **fields: Any) -> tuple[str, bytes]:
        return self._count("event_msg", {"type": kind, **fields})

    def _context(self, turn: str) -> dict[str, Any]:
        wish = self._wish
        told: dict[str, Any] = {"turn_id": turn, "cwd": wish.cwd, "model": wish.model, "summary": "auto"}
        return told | {"approval_policy": "never", "sandbox_policy": {"type": "read-only"}}

    def _call(self, call_id: str) -> Iterator[tuple[str, bytes]]:
        arguments = codec.encode({"cmd": f"echo {self._noise.words(1, 2)}"}).decode()
        call = {"type": "function_call", "name": "exec_command", "arguments": arguments, "call_id": call_id}
        yield self._count("response_item", call)
        output = {"type": "function_call_output", "call_id": call_id, "output": self._noise.words(1, 3)}
        yield self._count("response_item", output)

    def _item(self, turn: str, kind: str, part: str, text: str) -> tuple[str, bytes]:
        """Something said, as what a screen shows of it."""
        if self._wish.shape == "legacy":
            return self._event("user_message" if kind == "UserMessage" else "agent_message", message=text)
        item = {"type": kind, "id": f"item-{self._told}", "content": [{"type": part, "text": text}]}
        return self._event("item_completed", thread_id=thread_id(self._wish), turn_id=turn, item=item)

    def _usage(self) -> tuple[str, bytes]:
        last, total = 900 + self._noise.below(99), 1000 * (self._turn + 1)
        told = {"last_token_usage": _tokens(last), "total_token_usage": _tokens(total), "model_context_window": 258_400}
        return self._event("token_count", info=told)

    def _compacted(self) -> tuple[str, bytes]:
        """The user's last words and a summary take the place of all before."""
        summary = self._noise.words(20, 40)
        kept = [*self._users[-8:], _message("user", "input_text", summary)]
        self._users = []
        history = [msgspec.Raw(raw) for raw in kept]
        return self._count("compacted", codec.encode({"message": summary, "replacement_history": history}))


def _tokens(count: int) -> dict[str, int]:
    return {"input_tokens": count, "output_tokens": 20, "total_tokens": count + 20}


def _message(role: str, part: str, text: str) -> bytes:
    return codec.encode({"type": "message", "role": role, "content": [{"type": part, "text": text}]})
