"""Artefacts of sessions: what they cover, how they stand to the log as it changes, and what they are used for."""

from __future__ import annotations

import json
import threading
from pathlib import Path

import pytest

from csm.api import compaction
from csm.api.testing import bundled
from csm.protocol.errors import StoreError

fixture = bundled("sessions", "fixture")
files = bundled("sessions", "artefact_files")
store_of = bundled("sessions", "store").RolloutStore
MARK = compaction.MARK.split("\n")[0]


class Bench:
    """A made-up session in a home."""

    def __init__(self, folder: Path, events: int = 2000, **wish: object) -> None:
        self.wish = fixture.Wish(events, **{"compact": 0, **wish})
        self.id = fixture.thread_id(self.wish)
        self.home, self.state = folder / "home", folder / "state"
        self.path = self.home / "sessions" / fixture.folder() / fixture.name(self.wish)
        self.path.parent.mkdir(parents=True)
        self.lines = list(fixture.lines(self.wish))
        self.folder = self.state / "index" / files.FOLDER
        self.write(self.lines)

    def write(self, lines: list[bytes]) -> None:
        self.path.write_bytes(b"".join(lines))

    @property
    def store(self):
        """A store that knows nothing yet."""
        return store_of(self.home, self.state)

    @property
    def kept(self):
        return self.store.artefacts

    def say(self, text: str = "notes", by: str = "file x"):
        return self.kept.keep_summary(self.kept.material(self.id), text, by).artefact

    def recovered(self):
        store = self.store
        return store.artefacts.recovered(store.thread(self.id))


@pytest.fixture
def made(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def texts(history) -> list[str]:
    found = [json.loads(raw) for raw in history]
    return [part["text"] for one in found for part in one.get("content") or () if "text" in part]


def test_both_kinds_say_what_they_cover(made: Bench) -> None:
    seed, summary = made.kept.keep_seed(made.id).artefact, made.say()
    assert seed.span == summary.span
    ends = [number for number, line in enumerate(made.lines) if b'"task_complete"' in line or b'"turn_aborted"' in line]
    assert seed.span.events == ends[-1] + 1  # the last turn has not ended
    assert seed.span.bytes == sum(map(len, made.lines[: ends[-1] + 1]))
    assert seed.span.history_items == sum(b'"response_item"' in line for line in made.lines[: ends[-1] + 1])
    assert (seed.kind, summary.kind, summary.text) == ("replay-seed", "semantic-summary", "notes")
    assert made.kept.standing(seed) == made.kept.standing(summary) == "current"


@pytest.mark.parametrize("events", [40, 400, 4000])
def test_a_seed_holds_addresses_and_no_payload(tmp_path: Path, events: int) -> None:
    made = Bench(tmp_path, events)
    kept = made.kept.keep_seed(made.id)
    history = made.kept.history(kept.artefact)
    whole = [json.loads(line) for line in made.lines]
    items = [line["payload"] for line in whole if line["type"] == "response_item"]
    assert list(map(json.loads, history)) == items[: len(history)] and len(history) == kept.artefact.span.history_items
    longest = max(texts(history), key=len)
    assert longest and longest.encode() not in Path(kept.path).read_bytes()
    assert kept.size < 2000 + 30 * len(history)


def test_the_latest_of_each_kind_is_known(made: Bench) -> None:
    assert made.kept.latest(made.id) == {}
    made.say("one")
    seed, last = made.kept.keep_seed(made.id).artefact.id, made.say("two").id
    known = {"replay-seed": seed, "semantic-summary": last}
    assert {kind: one.artefact.id for kind, one in made.kept.latest(made.id).items()} == known
    entry = files.entry_of(made.folder, made.id)
    assert json.loads(entry.read_bytes())["latest"] == known
    for wrong in (b"", b"{", b'{"thread_id":"x","latest":{}}', b'{"thread_id":"%s","latest":{"a":"../../b"}}'):
        entry.write_bytes(wrong)
        assert {kind: one.artefact.id for kind, one in made.kept.latest(made.id).items()} == known
    entry.unlink()
    files.path_of(made.folder, made.id, "semantic-summary", last).write_bytes(b"damaged")
    kept = made.kept
    assert kept.latest(made.id)["semantic-summary"].artefact.text == "one"
    assert "no artefact" in kept.unreadable[0] and [one.artefact.id for one in made.kept.list()][-1] == seed


def test_a_log_that_grows_keeps_them_and_one_that_changes_does_not(made: Bench) -> None:
    made.write(made.lines[:1000])
    seed, summary = made.kept.keep_seed(made.id).artefact, made.say()
    made.write(made.lines)
    assert made.kept.standing(seed) == made.kept.standing(summary) == "current"
    changed = [*made.lines]
    changed[5] = changed[5].replace(b"2026", b"2027")
    made.write(changed)
    assert made.kept.standing(seed) == made.kept.standing(summary) == "stale"
    for artefact in (seed, summary):
        with pytest.raises(StoreError, match="is stale") as told:
            made.kept.history(artefact)
        assert "csm session compact" in told.value.hint
    assert made.kept.material(made.id).ignored == summary.id
    made.write(made.lines[:300])
    assert made.kept.standing(seed) == "stale"
    made.path.unlink()
    assert made.kept.standing(seed) == made.kept.standing(summary) == "gone"
    assert MARK in texts(made.kept.history(summary))[0]  # its text is its own
    with pytest.raises(StoreError, match="has lost what it points to"):
        made.kept.history(seed)


def test_a_summary_goes_on_from_the_last_one_marked_as_such(made: Bench) -> None:
    made.write(made.lines[:1000])
    first = made.kept.material(made.id)
    assert not any(MARK in text for text in texts(first.history)) and compaction.worthwhile(first.history)
    one = made.kept.keep_summary(first, "what happened first", "model x").artefact
    again = made.kept.material(made.id)
    assert again.after == one.id and not compaction.worthwhile(again.history)
    made.write(made.lines)
    second = made.kept.material(made.id)
    said = texts(second.history)
    marked = [at for at, text in enumerate(said) if text.startswith(MARK)]
    assert len(marked) == 1 and said[marked[0]].endswith("what happened first")
    since = made.kept.history(made.kept.keep_seed(made.id).artefact)[one.span.history_items :]
    assert since and second.history[-len(since) :] == since
    two = made.kept.keep_summary(second, "all of it", "model x").artefact
    assert two.after == one.id
    third = texts(made.kept.material(made.id).history)
    assert sum(text.startswith(MARK) for text in third) == 1 and not any("happened first" in text for text in third)


def test_a_compaction_in_the_log_counts_more_than_an_older_summary(tmp_path: Path) -> None:
    made = Bench(tmp_path, 2500, compact=1500)
    made.write(made.lines[:1000])
    old = made.say("old notes")
    made.write(made.lines)
    assert made.kept.standing(old) == "current"
    material = made.kept.material(made.id)
    assert (material.after, material.ignored) == ("", "")
    assert material.history == made.kept.history(made.kept.keep_seed(made.id).artefact)


NOISE = b"\0" * 40 + b"\n"


@pytest.mark.parametrize(
    "damage",
    [
        lambda lines: [NOISE for _ in lines[:600]] + lines[600:],
        lambda lines: lines[600:],
        lambda lines: [lines[600][7:], *lines[601:]],
        lambda lines: [lines[0], *([b"{half\n"] * 600), *lines[601:]],
        lambda lines: [],
    ],
    ids=["zeros", "cut off", "cut within a line", "first line kept", "nothing left"],
)
def test_a_lost_beginning_is_told_from_the_summary(tmp_path: Path, damage) -> None:
    made = Bench(tmp_path, 1200)
    made.write(made.lines[:800])
    summary = made.say("what the beginning said")
    made.write(damage(made.lines))
    item, told = made.recovered()
    (text,) = texts([item])
    assert text.startswith(MARK) and text.endswith("what the beginning said") and "lost its beginning" in text
    assert summary.id in told and "file x" in told
    assert made.kept.standing(summary) == "lost"


@pytest.mark.parametrize(
    "change",
    [
        lambda lines: lines,
        lambda lines: lines[1:],
        lambda lines: [NOISE, *lines[1:]],
        lambda lines: [*lines, b'{"torn'],
        lambda lines: [*lines[:700], NOISE, *lines[701:]],
        lambda lines: [line.replace(b"amber", b"AMBER") for line in lines],
    ],
    ids=["intact", "no first line", "first line zeros", "torn", "a hole later", "edited"],
)
def test_a_beginning_that_is_there_is_believed(tmp_path: Path, change) -> None:
    made = Bench(tmp_path, 1200)
    made.write(made.lines[:800])
    made.say("never to be seen")
    made.write(change(made.lines))
    assert made.recovered() is None


def test_a_log_that_summed_up_its_beginning_itself_has_lost_nothing(tmp_path: Path) -> None:
    made = Bench(tmp_path, 2500, compact=1500)
    made.write(made.lines[:1000])
    made.say("old notes")
    made.write([NOISE] * 800 + made.lines[800:])
    assert made.recovered() is None


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "there is no artefact"),
        ("nosuch", "there is no artefact"),
        ("01", "there is no artefact"),
        ("../../etc/nosuch", "no file"),
        ("/dev/zero", "no file"),
        ("/dev/null", "no file"),
        ("a\nb", "there is no artefact"),
        ("x" * 5000, "there is no artefact"),
        ("*.json", "no file"),
    ],
)
def test_what_names_no_artefact(made: Bench, text: str, why: str) -> None:
    made.say()
    with pytest.raises(StoreError, match=why) as told:
        made.kept.find(text)
    assert len(told.value.message) < 600


def test_an_artefact_is_found_by_id_by_its_beginning_and_by_file(made: Bench) -> None:
    one = made.kept.keep_seed(made.id)
    own = one.artefact.id
    for text in (own, own.upper(), own[:30], one.path):
        assert made.kept.find(text) == one
    made.say()
    with pytest.raises(StoreError, match="several artefacts"):
        made.kept.find(own[:8])


def test_damaged_ones_and_those_of_another_version_are_refused(made: Bench) -> None:
    kept = made.kept.keep_seed(made.id)
    good = Path(kept.path).read_bytes()
    for bad, why in (
        (good.replace(b'"version":1', b'"version":9', 1), "another version"),
        (good.replace(made.id.encode(), made.id[::-1].encode(), 1), "checksum"),
        (good[:-20], "no artefact"),
        (b"[" * 100_000, "no artefact"),
    ):
        Path(kept.path).write_bytes(bad)
        with pytest.raises(StoreError, match=why):
            made.kept.find(kept.path)


def test_a_disk_that_takes_none_is_an_error_and_leaves_nothing(made: Bench) -> None:
    made.folder.parent.mkdir(parents=True)
    made.folder.write_text("in the way")
    with pytest.raises(StoreError, match="cannot write the artefact"):
        made.say()
    assert made.folder.read_text() == "in the way"


@pytest.mark.parametrize("text", ["", "  \n"])
def test_an_empty_summary_is_none(made: Bench, text: str) -> None:
    with pytest.raises(StoreError, match="is no summary"):
        made.say(text)
    assert not made.folder.exists()


def test_a_session_without_an_ended_turn_can_be_sown_too(tmp_path: Path) -> None:
    made = Bench(tmp_path, 1)
    kept = made.kept.keep_seed(made.id)
    assert kept.artefact.span.events == 1 and made.kept.history(kept.artefact) == ()
    with pytest.raises(StoreError, match="no rollout found"):
        made.kept.keep_seed(made.id[::-1])


def test_eight_at_once_agree_on_the_latest(made: Bench) -> None:
    failed: list[Exception] = []

    def make() -> None:
        try:
            for _ in range(5):
                made.kept.keep_seed(made.id)
        except Exception as error:
            failed.append(error)

    many = [threading.Thread(target=make) for _ in range(8)]
    for one in many:
        one.start()
    for one in many:
        one.join()
    every = [one.artefact.id for one in made.kept.list(made.id)]
    assert not failed and len(every) == 40
    assert files.latest(made.folder, made.id) == {"replay-seed": max(every)}
    assert json.loads(files.entry_of(made.folder, made.id).read_bytes())["latest"] == {"replay-seed": max(every)}
    assert list(files.leftovers(made.folder)) == []


def test_deleting_a_session_takes_its_artefacts_along(made: Bench) -> None:
    made.kept.keep_seed(made.id)
    made.say()
    made.store.delete(made.id)
    assert list(made.folder.iterdir()) == []


def test_a_fork_that_reads_its_beginning_elsewhere(made: Bench, tmp_path: Path) -> None:
    kid = f"{made.id[:-4]}beef"
    first = json.loads(made.lines[0])
    first["payload"] |= {"id": kid, "history_base": {"thread_id": made.id, "end_ordinal_exclusive": 1000}}
    own = list(fixture.lines(fixture.Wish(300, 9, compact=0)))[1:]
    path = made.path.with_name(made.path.name.replace(made.id, kid))
    path.write_bytes(json.dumps(first, separators=(",", ":")).encode() + b"\n" + b"".join(own))
    seed = made.kept.keep_seed(kid).artefact
    summary = made.kept.keep_summary(made.kept.material(kid), "both of them", "file x").artefact
    assert seed.span.bytes <= path.stat().st_size and seed.span.events > 1000
    history = made.kept.history(seed)
    assert len(history) == seed.span.history_items and "".join(texts(history))
    with made.path.open("ab") as parent:  # it goes on, behind what counts here
        parent.write(made.lines[-1])
    assert made.kept.standing(seed) == made.kept.standing(summary) == "current"
    made.write([made.lines[0], made.lines[1].replace(b"2026", b"2027"), *made.lines[2:]])
    assert made.kept.standing(seed) == made.kept.standing(summary) == "stale"
    made.path.unlink()
    store = made.store
    item, told = store.artefacts.recovered(store.thread(kid))
    assert texts([item])[0].endswith("both of them") and summary.id in told
    assert made.kept.standing(summary) == "lost"
    with pytest.raises(StoreError, match="has lost what it points to"):
        made.kept.history(seed)
