"""What the session may count on with every model provider. A new provider joins by a function in PROVIDERS."""

import asyncio
import json
import os
import threading
from contextlib import aclosing, contextmanager

import pytest

from csm.api import Host, ModelError, ProviderSettings, Settings, model
from csm.api.testing import FakeModel, FakeModelContext, Gate, ResponsesServer, bundled
from csm.host.settings import load


@contextmanager
def fake(script, folder):
    """The scripted model of the test kit."""
    yield FakeModel(script)


@contextmanager
def responses(script, folder):
    """The Responses API over real HTTP."""
    with ResponsesServer(script) as server:
        settings = ProviderSettings("x", base_url=server.url, request_max_retries=0)
        folders = dict.fromkeys(("cwd", "codex_home", "config_dir", "state_dir", "project_root"), folder)
        provider = bundled("responses", "provider").ResponsesProvider
        yield provider(settings, Settings(**folders, model_providers={"x": settings}), {})


@contextmanager
def tutor(script, folder):
    """The built-in tutor, which follows a script of its own, in a hurry."""
    env = {"HOME": str(folder), "PATH": os.defpath}
    host = Host.open(load(cwd=folder, env=env), env)
    watcher = bundled("tutor", "world").Watcher(host)
    yield bundled("tutor", "provider").Tutor(watcher.look, pace=0)
    host.close()


#: Those that follow a given script, and those that cannot.
PROVIDERS = [fake, responses]
OTHERS = [tutor]
ASKED = model.ModelRequest("m", "be brief", (b'{"type":"message","role":"user","content":[]}',), thread_id="t")
WHOLE = [
    {"reasoning": ["one", "two"], "text": "hello", "phase": "commentary"},
    {"call": ("run", {"a": 1}, "c1"), "custom": ("patch", "free text", "c2"), "usage": {"input": 7, "cached": 3}},
]


@pytest.fixture(params=PROVIDERS, ids=lambda provider: provider.__name__)
def provide(request, tmp_path):
    """A function that opens a provider which follows a script."""
    return lambda script: request.param(script, tmp_path)


@pytest.fixture(params=[*PROVIDERS, *OTHERS], ids=lambda provider: provider.__name__)
def any_provider(request, tmp_path):
    """Any provider, about to give some answer."""
    with request.param([WHOLE, WHOLE], tmp_path) as provider:
        yield provider


async def read(provider):
    return [part async for part in provider.stream(ASKED, FakeModelContext())]


def run(provider):
    return asyncio.run(asyncio.wait_for(read(provider), 20))


def test_it_says_who_it_is(provide):
    with provide([]) as provider:
        assert provider.id and provider.name and provider.problem() is None


def test_nothing_happens_before_the_first_part_is_asked_for(provide):
    with provide([{"text": "one"}]) as provider:
        provider.stream(ASKED, FakeModelContext())
        assert isinstance(run(provider)[-1], model.PartCompleted)


def test_the_answer_ends_with_completed_and_only_there(any_provider):
    parts = run(any_provider)
    assert [index for index, part in enumerate(parts) if isinstance(part, model.PartCompleted)] == [len(parts) - 1]
    assert isinstance(parts[0], model.PartCreated)


def test_every_item_is_started_and_done_in_order(any_provider):
    parts = run(any_provider)
    started = [(part.item_id, part.kind) for part in parts if isinstance(part, model.PartItemStarted)]
    done = [(part.item_id, json.loads(part.raw)["type"]) for part in parts if isinstance(part, model.PartItemDone)]
    assert started == done and done
    assert len({item_id for item_id, _ in done}) == len(done)


def test_deltas_add_up_to_the_finished_message(any_provider):
    parts = run(any_provider)
    streamed = dict[str, str]()
    for part in parts:
        if isinstance(part, model.PartText):
            streamed[part.item_id] = streamed.get(part.item_id, "") + part.text
    done = {part.item_id: json.loads(part.raw) for part in parts if isinstance(part, model.PartItemDone)}
    messages = {item_id: item for item_id, item in done.items() if item["type"] == "message"}
    assert {item_id: item["content"][0]["text"] for item_id, item in messages.items()} == streamed != {}
    assert all(not {"id", "status"} & item.keys() for item in done.values())


def test_what_was_asked_for_is_answered_again_and_again(any_provider):
    """An answer given up in the middle does no harm to the next."""

    async def leave():
        async with aclosing(any_provider.stream(ASKED, FakeModelContext())) as stream:
            await anext(stream)

    asyncio.run(asyncio.wait_for(leave(), 20))
    assert isinstance(run(any_provider)[-1], model.PartCompleted)


def test_figures_are_passed_on(provide):
    with provide([WHOLE]) as provider:
        assert run(provider)[-1].usage == model.Usage(7, 3, 20, 5, 27)


def test_deltas_belong_to_their_item_and_add_up(provide):
    with provide([WHOLE]) as provider:
        parts = run(provider)
    ids = {part.kind: part.item_id for part in parts if isinstance(part, model.PartItemStarted)}
    texts = [part for part in parts if isinstance(part, model.PartText)]
    thoughts = [part for part in parts if isinstance(part, model.PartReasoning)]
    assert "".join(part.text for part in texts) == "hello" and {part.item_id for part in texts} == {ids["message"]}
    assert [(part.index, part.text) for part in thoughts] == [(0, "one"), (1, "two")]
    assert {part.item_id for part in thoughts} == {ids["reasoning"]}


def test_finished_items_are_what_is_sent_back(provide):
    """No server-side state in them: neither status nor the id of something that was not stored."""
    with provide([WHOLE]) as provider:
        items = [json.loads(part.raw) for part in run(provider) if isinstance(part, model.PartItemDone)]
    assert items[1:] == [
        {
            "type": "message",
            "role": "assistant",
            "content": [{"type": "output_text", "text": "hello"}],
            "phase": "commentary",
        },
        {"type": "function_call", "name": "run", "arguments": '{"a": 1}', "call_id": "c1"},
        {"type": "custom_tool_call", "name": "patch", "input": "free text", "call_id": "c2"},
    ]
    assert items[0]["summary"] == [{"type": "summary_text", "text": text} for text in ("one", "two")]
    assert items[0]["encrypted_content"] and not {"id", "status"} & items[0].keys()


@pytest.mark.parametrize("text", ["žluťoučký 🐴\u2028\x1b[31m\r\n\0", "x" * 300_000], ids=["odd", "long"])
def test_text_arrives_as_it_was_sent(provide, text):
    with provide([{"text": text}]) as provider:
        parts = run(provider)
    assert "".join(part.text for part in parts if isinstance(part, model.PartText)) == text
    (done,) = [json.loads(part.raw) for part in parts if isinstance(part, model.PartItemDone)]
    assert done["content"][0]["text"] == text


@pytest.mark.parametrize("end_turn", [None, False, True])
def test_end_turn_is_passed_on(provide, end_turn):
    with provide([{"text": "a", **({} if end_turn is None else {"end_turn": end_turn})}]) as provider:
        assert run(provider)[-1].end_turn is end_turn


def test_an_answer_without_figures(provide):
    with provide([{"text": "a", "usage": None}]) as provider:
        assert run(provider)[-1].usage is None


@pytest.mark.parametrize("fault", [{"drop": 3}, {"open_end": True}, {"fail": {"message": "no", "retryable": True}}])
def test_a_broken_stream_is_raised_after_what_it_brought(provide, fault):
    async def some(provider):
        parts = []
        with pytest.raises(ModelError) as caught:
            async for part in provider.stream(ASKED, FakeModelContext()):
                parts.append(part)
        return parts, caught.value

    with provide([{"text": "hello", **fault}, {"text": "again"}]) as provider:
        parts, error = asyncio.run(some(provider))
        assert isinstance(parts[0], model.PartCreated) and not isinstance(parts[-1], model.PartCompleted)
        assert error.retryable and error.message and "\n" not in error.message
        assert isinstance(run(provider)[-1], model.PartCompleted), "the next request is not harmed"


def test_parts_come_while_the_answer_is_made(provide):
    gate = Gate()

    async def follow(provider):
        async with aclosing(provider.stream(ASKED, FakeModelContext())) as stream:
            async for part in stream:
                if isinstance(part, model.PartText):
                    assert part.text == "first "
                    break
            gate.open()
            return [part async for part in stream]

    with provide([{"text": ["first ", gate, "last"]}]) as provider:
        assert isinstance(asyncio.run(asyncio.wait_for(follow(provider), 20))[-1], model.PartCompleted)


def test_closing_in_the_middle_leaves_nothing_behind(provide):
    before = threading.active_count()

    async def leave(provider):
        async with aclosing(provider.stream(ASKED, FakeModelContext())) as stream:
            await anext(stream)

    with provide([{"text": "hello", "hang": True}, {"text": "b"}]) as provider:
        asyncio.run(asyncio.wait_for(leave(provider), 20))
        assert isinstance(run(provider)[-1], model.PartCompleted)
    deadline = threading.Event()
    for _ in range(1000):
        if threading.active_count() <= before:
            break
        deadline.wait(0.005)
    assert threading.active_count() <= before


def test_cancelling_is_quick_and_final(provide):
    gate = Gate()

    async def cancel(provider):
        reading = asyncio.ensure_future(read(provider))
        await asyncio.to_thread(gate.wait_arrived)
        reading.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asyncio.wait_for(reading, 5)

    with provide([{"text": ["a", gate, "b"]}]) as provider:
        asyncio.run(cancel(provider))


def test_two_answers_at_once_do_not_mix(provide):
    first, second = Gate(), Gate()

    async def both(provider):
        reading = [asyncio.ensure_future(read(provider)) for _ in range(2)]
        for gate in (first, second):
            await asyncio.to_thread(gate.wait_arrived)
        second.open()
        first.open()
        return await asyncio.gather(*reading)

    with provide([{"text": ["a", first, "b"]}, {"text": ["c", second, "d"]}]) as provider:
        texts = [
            "".join(part.text for part in parts if isinstance(part, model.PartText))
            for parts in asyncio.run(both(provider))
        ]
    assert sorted(texts) == ["ab", "cd"]
