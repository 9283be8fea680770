"""The list of stored sessions: what it shows at every size, and what it asks for."""

from __future__ import annotations

import pytest

from csm.host.storage import SessionHead
from csm.ui.session_list import SessionList
from csm.ui.session_rows import age, folder, size
from csm.view.lines import line_width, plain

NOW = 1_795_000_000.0
HEADS = [
    SessionHead("id-1", cwd="/home/ann/shop", prompt="fix the parser\nplease", updated="2026-11-18T11:00:00.000Z",
                created="2026-11-01T10:00:00.000Z", branch="main", size=24_000, turns=3, provider="openai"),
    SessionHead("id-2", cwd="/home/ann", name="Release", prompt="write notes", updated="2026-11-18T10:00:00.000Z",
                created="2026-11-17T10:00:00.000Z", branch="next", source="exec", size=3 << 30),
    SessionHead("id-3", cwd="/elsewhere/\x1b[31m", prompt="", updated="2025-01-18T10:00:00.000Z", created="?"),
]  # fmt: skip


class Port:
    """Answers when told to."""

    def __init__(self, heads=()):
        self.heads, self.asked, self.waiting = list(heads), [], []

    def __call__(self, name, done, **arguments):
        self.asked.append((name, arguments))
        self.waiting.append((name, done, arguments))

    def answer(self):
        """Answer what was asked so far, the oldest first."""
        while self.waiting:
            name, done, arguments = self.waiting.pop(0)
            limit = arguments.get("limit")
            done(self.heads[:limit] if name == "sessions" else ("the last prompt", "the last answer"))


def make(heads=HEADS, **more):
    port, taken, frames = Port(heads), [], []
    made = SessionList(
        "Resume a session", taken.append, ask=port, refresh=lambda: frames.append(1), now=lambda: NOW,
        cwd="/home/ann/shop", home="/home/ann", **more,
    )  # fmt: skip
    made.port, made.taken = port, taken
    return made


def shown(made, columns=80, rows=20):
    lines = made.render(columns, rows)[0]
    assert len(lines) <= rows and all(line_width(line) <= columns for line in lines)
    return [plain(line).rstrip() for line in lines]


def test_what_is_being_looked_for_and_what_there_is():
    made = make()
    assert shown(made)[2] == "  looking for sessions…"
    made.port.answer()
    text = shown(made)
    assert text[0].startswith("  Resume a session") and text[0].endswith("this folder · last used first · 3")
    assert text[2].split() == ["6", "min", "fix", "the", "parser", "please", "main"]
    assert "Release  write notes" in text[3] and "(nothing was said)" in text[4]
    assert "\x1b" not in "".join(text)


def test_a_look_at_the_chosen_one():
    made = make()
    made.port.answer()
    assert "  …" in shown(made)[-1]
    made.port.answer()
    text = "\n".join(shown(made))
    assert "~/shop · main" in text and "3 turns · 24 KB · openai" in text
    assert "› the last prompt" in text and "the last answer" in text
    made.move(1)
    shown(made)
    made.port.answer()
    assert "exec · 3.2 GB" in "\n".join(shown(made))
    asked = [name for name, _ in made.port.asked]
    assert asked.count("last_words") == 2  # each one once
    made.toggle_look()
    assert "the last answer" not in "\n".join(shown(made))


def test_a_wide_screen_has_the_look_beside():
    made = make()
    made.port.answer()
    shown(made, 140, 20)
    made.port.answer()
    assert any("│" in line and "the last answer" in line for line in shown(made, 140, 20))


@pytest.mark.parametrize("columns", [1, 2, 10, 39, 40, 48, 71, 72, 109, 110, 200])
@pytest.mark.parametrize("rows", [1, 2, 3, 5, 13, 14, 40])
@pytest.mark.parametrize("everywhere", [True, False])
def test_it_fits_every_size(columns, rows, everywhere):
    made = make(everywhere=everywhere)
    made.port.answer()
    shown(made, columns, rows)
    made.port.answer()
    assert shown(made, columns, rows)
    made.editor.insert("nothing like this")
    shown(made, columns, rows)


def test_typing_narrows_by_every_word():
    made = make(everywhere=True)
    made.port.answer()
    made.editor.insert("PARSER shop")
    assert [head.thread_id for head in made.rows()] == ["id-1"]
    assert "1 of 3" in shown(made)[0]
    made.editor.set_text("next")
    assert [head.thread_id for head in made.rows()] == ["id-2"]
    made.editor.set_text("zzz")
    assert shown(made)[2] == "  nothing fits" and made.accept() is None and made.chosen() is None
    made.editor.set_text("")
    assert len(made.rows()) == 3


def test_a_longer_word_is_looked_for_among_what_fitted_and_a_shorter_one_among_all():
    made = make()
    made.port.answer()
    for text, count in (("r", 3), ("re", 2), ("rel", 1), ("re", 2), ("r", 3), ("", 3)):
        made.editor.set_text(text)
        assert len(made.rows()) == count, text


def test_sorting_keeps_the_chosen_one():
    made = make()
    made.port.answer()
    made.move(1)
    orders = []
    for _ in range(3):
        made.sort_next()
        assert made.chosen().thread_id == "id-2"
        orders.append([head.thread_id for head in made.rows()])
    assert orders == [["id-3", "id-2", "id-1"], ["id-2", "id-3", "id-1"], ["id-1", "id-2", "id-3"]]


def test_the_newest_come_first_and_then_all():
    many = [
        SessionHead(f"id-{of}", prompt=f"p{of}", updated=f"2026-01-01T00:00:{of % 60:02d}.{of:03d}Z")
        for of in range(200)
    ]
    made = make(many)
    name, done, arguments = made.port.waiting.pop(0)
    done(made.port.heads[: arguments["limit"]])
    assert name == "sessions" and shown(made)[0].endswith("60 …")
    made.move(5)
    chosen = made.chosen()
    made.port.answer()
    assert shown(made)[0].endswith("200") and made.chosen() == chosen


def test_what_was_asked_for_before_does_not_come_late():
    made = make()
    made.toggle_folder()
    made.toggle_archived()
    first, second, third = made.port.waiting
    third[1]([])
    first[1](HEADS)
    second[1](HEADS)
    assert made.rows() == [] and [one[2]["cwd"] for one in (first, second, third)] == ["/home/ann/shop", None, None]
    assert third[2]["archived"] and shown(made)[2] == "  the archive is empty"


@pytest.mark.parametrize(
    ("toggles", "text"),
    [
        ("", "there is no session yet, of this folder"),
        ("f", "there is no session yet"),
        ("a", "the archive is empty, of this folder"),
        ("fa", "the archive is empty"),
    ],
)
def test_there_is_nothing(toggles, text):
    made = make([])
    for one in toggles:
        {"f": made.toggle_folder, "a": made.toggle_archived}[one]()
    made.port.answer()
    assert shown(made)[2] == f"  {text}"


def test_only_rows_in_sight_are_made(monkeypatch):
    many = [SessionHead(f"id-{of}", prompt=f"p{of}", updated=f"{of:06d}") for of in range(20_000)]
    made = make(many)
    made.port.answer()
    calls = []
    real = SessionList._body.__globals__["row"]
    monkeypatch.setitem(SessionList._body.__globals__, "row", lambda *a, **k: calls.append(1) or real(*a, **k))
    made.move(100_000)
    assert "p0" in "\n".join(shown(made, 80, 40)) and len(calls) < 40
    made.move(1)
    assert made.selected == 0


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "now"), (59, "now"), (60, "1 min"), (3599, "59 min"), (3600, "1 h"), (86_399, "23 h"), (86_400, "1 d"),
        (13 * 86_400, "13 d"), (-30, "now"),
    ],
)  # fmt: skip
def test_ages(seconds, text):
    from datetime import UTC, datetime

    assert age(datetime.fromtimestamp(NOW - seconds, UTC).isoformat(), NOW) == text


def test_other_ages_and_sizes_and_folders():
    assert age("2026-06-10T10:00:00Z", NOW) == "10 Jun" and age("2024-06-10T10:00:00Z", NOW) == "2024-06"
    assert age("2090-06-10T10:00:00Z", NOW) == "10 Jun" and age("nonsense", NOW) == ""
    assert [size(of) for of in (0, 999, 1000, 9_940_000, 25_000_000, 3 << 30)] == [
        "0 B", "999 B", "1 KB", "9.9 MB", "25 MB", "3.2 GB",
    ]  # fmt: skip
    assert [folder(path, "/h") for path in ("/h", "/h/x", "/hx", "")] == ["~", "~/x", "/hx", ""]
