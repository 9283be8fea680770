"""Stored threads: what lists and choosers ask about them, and what is done to one that is not open.

Does not: know files (the store does), or open threads for work.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from csm.core import rewind
from csm.core.fold import Turn, fold
from csm.host.storage import SessionHead, TurnHead
from csm.protocol import events
from csm.protocol.errors import CommandError, StoreError
from csm.protocol.items import AgentMessage, UserMessage
from csm.runtime import tagging
from csm.runtime.clock import Clock

if TYPE_CHECKING:
    from csm.host.host import Host

#: Sessions a list holds where nobody says how many.
MOST = 1000


def sessions(
    host: Host,
    cwd: str | None = None,
    non_interactive: bool = False,
    archived: bool = False,
    limit: int | None = MOST,
    search: str = "",
) -> list[SessionHead]:
    """Stored threads, newest first; with `search` those in whose name, prompt, folder, branch or id all words stand."""
    found = tagged(host, host.store().list(cwd=cwd, non_interactive=non_interactive, archived=archived))
    words = search.lower().split()
    fitting = (head for head in found if all(word in text_of(head) for word in words)) if words else found
    return list(itertools.islice(fitting, limit))


def tagged(host: Host, heads: Iterable[SessionHead]) -> Iterator[SessionHead]:
    """Heads with the tags that their user gave the sessions."""
    known = tagging.read(host.settings.state_dir)
    for head in heads:
        tags = known.get(head.thread_id)
        yield msgspec.structs.replace(head, tags=tags) if tags else head


def tags(host: Host) -> dict[str, int]:
    """All tags there are, each with the number of sessions that have it, the most used first."""
    counted = Counter(tag for given in tagging.read(host.settings.state_dir).values() for tag in given)
    return dict(counted.most_common())


def text_of(head: SessionHead) -> str:
    """All that a head can be searched for, in lower case; tags with `#` before them."""
    tags = (f"#{tag}" for tag in head.tags)
    parts = (head.name or "", head.prompt, head.cwd, head.branch, head.thread_id, head.source, *tags)
    return "\n".join(parts).lower()


def last_words(host: Host, thread_id: str, archived: bool = False) -> tuple[str, str]:
    """The last prompt and the last answer after it, as far as they stand near the end of the log."""
    store = host.store()
    tail: Callable[..., Any] | None = getattr(store, "tail", None)
    pairs = store.read(thread_id) if tail is None else tail(thread_id, archived=archived)
    prompt = answer = ""
    for _, body in pairs:
        item = body.item if isinstance(body, events.ItemCompleted) else None
        if isinstance(item, UserMessage):
            prompt, answer = item.text, ""
        elif isinstance(item, AgentMessage):
            answer = item.text
    return prompt, answer


def said(host: Host, heads: Sequence[SessionHead], words: Sequence[str]) -> dict[str, dict[str, str]]:
    """By id, which of the words were said in these threads, each with some text around it; see the store's `said`."""
    search: Callable[..., Any] | None = getattr(host.store(), "said", None)
    return {} if search is None else search(heads, words)


def last_turns(host: Host, thread_id: str, count: int) -> list[Turn]:
    """The last turns of a thread, the first one first. A packed log is not unpacked for it: there are none then."""
    store = host.store()
    if not any(one.path and not one.path.endswith(".zst") for archived in (False, True)
               for one in store.known(thread_id, archived=archived)):  # fmt: skip
        return []
    thread = store.thread(thread_id)
    known = thread.past.turns if thread.past is not None else 0
    missing = count - len(thread.turns)
    before = thread.past.load(max(0, known - missing), known) if thread.past is not None and missing > 0 else []
    return [*before, *thread.turns][-count:]


def turns(host: Host, thread_id: str) -> list[TurnHead]:
    """The turns of a thread, the first one first. Reads its whole log."""
    thread = fold(host.store().read(thread_id))
    named = [turn for turn in thread.turns if turn.id]
    return [TurnHead(turn.id, number, rewind.prompt(turn), turn.started) for number, turn in enumerate(named, 1)]


def past(host: Host, thread_id: str, start: int, stop: int) -> list[Turn]:
    """The turns of a thread from number `start` (from 0) up to `stop`, and what stands between and after them.

    For threads attached to without their `past`. Only what is asked for is read where the store has an index.
    """
    thread = host.store().thread(thread_id)
    known = thread.past.turns if thread.past is not None else 0
    found = thread.past.load(start, min(stop, known)) if thread.past is not None and start < known else []
    return [*found, *(turn for turn in thread.turns if start < turn.number <= stop or not (start or turn.number))]


def manage(host: Host, act: str, thread_id: str, **arguments: Any) -> Any:
    """Do something to a stored thread that is not open here. Raises CommandError, StoreError."""
    acts: dict[str, Callable[[], Any]] = {
        "archive": lambda: host.store().archive(thread_id),
        "unarchive": lambda: host.store().unarchive(thread_id),
        "delete": lambda: _delete(host, thread_id),
        "rename": lambda: _rename(host, thread_id, str(arguments.get("name", ""))),
        "tag": lambda: _tag(host, thread_id, str(arguments.get("tags", ""))),
    }
    if act not in acts:
        raise CommandError(f"nobody can {act} a session", f"there are {', '.join(acts)}")
    return acts[act]()


def _tag(host: Host, thread_id: str, text: str) -> None:
    tagging.put(host.settings.state_dir, thread_id, tagging.parse(text))


def _delete(host: Host, thread_id: str) -> list[str]:
    gone = host.store().delete(thread_id)
    untag(host, gone)
    return gone


def untag(host: Host, gone: Iterable[str]) -> None:
    """Forget the tags of sessions that are gone. Raises CommandError where that cannot be written."""
    known = tagging.read(host.settings.state_dir)
    for one in gone:
        if one in known:
            tagging.put(host.settings.state_dir, one, ())


def _rename(host: Host, thread_id: str, text: str) -> None:
    name = " ".join(text.split())
    if not name:
        raise StoreError("a name needs at least one character")
    writer = host.store().open(thread_id)
    try:
        writer.append([(Clock().stamp(), events.ThreadNamed(name))])
    finally:
        writer.close()
