"""Sessions written out: words kept exact, hostile text made harmless, what is left out of tools."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import msgspec
import pytest
from markdown_it import MarkdownIt

from csm.api import Thread, events, fold, items, themes
from csm.api.testing import bundled
from csm.host.host import Host
from csm.host.settings import load
from csm.protocol.model import Usage

markdown, fields, html = (bundled("export", name) for name in ("markdown", "fields", "html"))
about, turns = bundled("export", "about"), bundled("export", "turns")
RUN = items.CommandExecution(
    "c", "make `all`", "/w", "completed", "\x1b[31mred\x1b[0m ``` &<b>\rRED\n", exit_code=2, duration_ms=61_000
)
CHANGE = items.FileChange(
    "p", (items.PatchChange("/w/a.py", "update", "@@ -1 +1,2 @@\n-old\n+new <i>\n+more\n"),), "completed"
)
TOOL = items.ToolUse("t", "lookup", '{"key": "<&>"}', "failed", "no such key")
PLAN = items.Plan("l", (items.PlanStep("one *bold*", "completed"), items.PlanStep("two", "in_progress")))
SERVER = items.McpToolCall("m", "srv", "ask", msgspec.Raw(b'{"a":1}'), "completed", msgspec.Raw(b'{"content":[]}'))
EVERYTHING = (
    items.Reasoning("r", "thinking hard"),
    RUN,
    CHANGE,
    TOOL,
    PLAN,
    SERVER,
    items.WebSearch("w", "w", "what is it"),
    items.ImageView("i", "/w/x.png"),
    items.Notice("n", "mind the gap", "warning"),
    items.Notice("e", "it broke", "error"),
    items.HookRun("h", "before_tool", "blocked", said="not today"),
    items.Compaction("z", "THE SUMMARY"),
    items.CollabToolCall("g", "spawn_agent", "s", ("a",), "do it", {"a": items.AgentState("running")}, {"a": "Ada"}),
)


def thread(*talks: tuple[Any, ...], name: str = "A name") -> Thread:
    """A thread with a turn for each talk: texts of the user and the agent in turn, and items."""
    bodies: list[Any] = [
        events.ThreadStarted("01a1f949-c093-7b01-ae9e-000000000001", "/w", created="2026-11-20T10:00:00Z")
    ]
    bodies.append(events.ThreadNamed(name))
    for number, talk in enumerate(talks, 1):
        bodies.append(events.TurnStarted(f"t{number}", 1_790_000_000_000))
        for place, said in enumerate(talk):
            kind = items.AgentMessage if place % 2 else items.UserMessage
            item = kind(f"{number}-{place}", said) if isinstance(said, str) else said
            bodies.append(events.ItemCompleted(f"t{number}", item, place))
        bodies.append(events.TurnCompleted(f"t{number}", None, 1_790_000_002_000, 2000))
    bodies.append(events.UsageReported(Usage(), Usage(input=1200, total=1200)))
    return fold(("t", body) for body in bodies)


def written(kind: str, made: Thread, how: str = "short", wanted: str = "") -> str:
    chosen: Iterator[Any] = turns.turns(made, turns.parse(wanted) if wanted else turns.Range())
    told = about.about(made, None)
    if kind == "html":
        return "".join(html.write(told, chosen, how, "/* css */\n"))
    return "".join({"markdown": markdown, "json": fields}[kind].write(told, chosen, how))


# Markdown

SAID = [
    "plain",
    "```python\nprint('x')\n```",
    "~~~\n```\nnot a fence of this one\n```\n~~~",
    "````md\n```\ninner\n```\n````",
    "a list:\n- one\n  ```sh\n  ls\n  ```\n- two",
    "| a | b |\n|---|---|\n| 1 | 2 |",
    "# a heading\n\n> quote\n\ntext with \t tab and trailing  \nbreak",
    "emoji 👩‍👩‍👧 and ʻokina, العربية, हिन्दी",
    "<b>markup</b> &amp; entities",
]


@pytest.mark.parametrize("text", SAID)
def test_markdown_keeps_what_was_said_word_for_word(text: str) -> None:
    out = written("markdown", thread((text, text)))
    assert out.count(f"\n{text}\n") == 2 or text.endswith("\n")


@pytest.mark.parametrize(
    ("text", "fence"),
    [
        ("```python\nleft open", "```"),
        ("~~~~\n~~~\nstill open", "~~~~"),
        ("````\n```\nclosed? no", "````"),
        ("   ```\nindented", "```"),
        ("```\na\n``` not the end\nb", "```"),
        ("```\none\n```\n~~~\ntwo", "~~~"),
    ],
)
def test_a_fence_left_open_swallows_nothing(text: str, fence: str) -> None:
    out = written("markdown", thread(("first", text), ("second", "answer")))
    assert f"{text}\n{fence}\n" in out
    headings = [t.content for t in MarkdownIt().parse(out) if t.type == "inline" and t.content.startswith("Turn 2")]
    assert len(headings) == 1


@pytest.mark.parametrize(
    "text", ["```\nclosed\n```", "``` a`b\nno fence", "    ```\nindented code", "`` two ``", "```\n```"]
)
def test_nothing_is_added_where_no_fence_is_open(text: str) -> None:
    assert markdown.closed(text) == f"{text}\n"


def test_output_stands_in_a_fence_that_holds_it() -> None:
    out = written("markdown", thread(("go", RUN)), "full")
    assert "\n````text\nRED ``` &<b>\n````\n" in out and "\x1b" not in out
    assert "*Ran* `` make `all` `` — exit 2, 1 min 1 s" in out
    codes = [token for token in MarkdownIt().parse(out) if token.type == "fence"]
    assert len(codes) == 1 and "``` &<b>" in codes[0].content


# What is left out


@pytest.mark.parametrize("kind", ["markdown", "html"])
def test_tools_are_shown_as_much_as_is_asked(kind: str) -> None:
    made = thread(("hello there", "general answer", *EVERYTHING))
    out = {how: written(kind, made, how) for how in ("none", "short", "full")}
    assert all("hello there" in text and "general answer" in text for text in out.values())
    for shown in ("make", "a.py", "+2 −1", "lookup", "what is it", "x.png", "srv.ask", "it broke", "not today", "Ada"):
        assert shown not in out["none"] and shown in out["short"] and shown in out["full"], shown
    for whole in ("thinking hard", "no such key", "mind the gap", "THE SUMMARY", "do it"):
        assert whole not in out["short"] and whole in out["full"], whole
    assert len(out["none"]) < len(out["short"]) < len(out["full"])


def test_json_has_the_documented_fields() -> None:
    made = thread(("hello", "answer", *EVERYTHING), ("more", "end"))
    told = json.loads(written("json", made, "full"))
    assert (told["format"], told["version"]) == ("csm-session", 1)
    assert list(told["session"]) == [
        "id", "title", "name", "cwd", "created", "updated", "model", "provider", "originator", "turns", "tokens",
    ]  # fmt: skip
    first, second = told["turns"]
    assert list(first) == ["number", "id", "status", "started", "ended", "duration_ms", "error", "items"]
    assert (first["number"], second["number"], first["status"], first["duration_ms"]) == (1, 2, "completed", 2000)
    assert [one["type"] for one in first["items"][:3]] == ["user_message", "agent_message", "reasoning"]
    by = {one["type"]: one for one in first["items"]}
    assert by["command_execution"]["output"] == RUN.output  # as it is
    assert by["mcp_tool_call"]["arguments"] == {"a": 1} and by["file_change"]["changes"][0]["diff"]
    assert by["collab_tool_call"]["agents"] == {"a": {"status": "running", "message": None}}
    short = {one["type"]: one for one in json.loads(written("json", made, "short"))["turns"][0]["items"]}
    assert "output" not in short["command_execution"] and "diff" not in short["file_change"]["changes"][0]
    assert "reasoning" not in short and short["agent_message"]["text"] == "answer"
    none = json.loads(written("json", made, "none"))["turns"][0]["items"]
    assert [one["type"] for one in none] == ["user_message", "agent_message"]


@pytest.mark.parametrize(
    ("wanted", "numbers"), [("2", [2]), ("2..3", [2, 3]), ("3..", [3, 4]), ("..2", [1, 2]), ("4..99", [4]), ("9", [])]
)
def test_turns_are_chosen_by_number(wanted: str, numbers: list[int]) -> None:
    made = thread(*[(f"say {number}", "yes") for number in range(1, 5)])
    assert [one["number"] for one in json.loads(written("json", made, "full", wanted))["turns"]] == numbers


def test_nothing_said_is_a_whole_document() -> None:
    made = thread()
    assert "Nothing was said." in written("markdown", made) and json.loads(written("json", made))["turns"] == []
    assert written("html", made).endswith("</html>\n")


def test_turns_that_failed_or_were_stopped_say_so() -> None:
    made = thread(("go", "on"), ("go", "on"))
    made.turns[-1].status, made.turns[-1].error = "failed", "no <more>\nmoney"
    made.turns[-2].status = "interrupted"
    out = written("markdown", made)
    assert "> **The turn was interrupted.**" in out and "> **The turn failed.**\n> no <more>\n> money\n" in out
    assert "The turn failed: no &lt;more&gt;\nmoney" in written("html", made)


# HTML

EVIL = [
    "<script>alert(1)</script>",
    "</style><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "</div></article></main><h1>gone</h1>",
    "[click](javascript:alert(1))",
    "[click](JaVaScRiPt:alert(1) 'onmouseover=alert(1)')",
    "[click](data:text/html;base64,PHNjcmlwdD4=)",
    "[a](vbscript:x) [b](file:///etc/passwd) [c](//evil.example/x) [d](/w/app.py:3)",
    '[x](https://example.org/"onmouseover="alert(1))',
    "<https://example.org/\"onclick=alert(1)>",
    "![pixel](https://evil.example/track.png)",
    "![x](javascript:alert(1))",
    '![x](data:image/svg+xml;base64,PHN2ZyBvbmxvYWQ9ImFsZXJ0KDEpIj4=)',
    "```\"><script>alert(1)</script>\ncode\n```",
    "```html\n<script>alert(1)</script>\n```",
    "`<script>alert(1)</script>`",
    "\x00\x1b]0;title\x07\u202e\ud800 odd",
    "<!-- --><![CDATA[<script>]]>",
    "&lt;script&gt;&#60;script&#62;",
    "| <script> | b |\n|---|---|\n| <img src=x onerror=1> | 2 |",
]  # fmt: skip
ALLOWED = {
    "html", "head", "meta", "title", "style", "body", "header", "h1", "h2", "h3", "h4", "h5", "h6", "dl", "div", "dt",
    "dd", "main", "section", "article", "p", "a", "span", "code", "pre", "details", "summary", "ul", "ol", "li",
    "table", "thead", "tbody", "tr", "th", "td", "em", "strong", "s", "br", "hr", "blockquote", "img",
}  # fmt: skip
ATTRIBUTES = {
    "class",
    "href",
    "rel",
    "id",
    "title",
    "style",
    "lang",
    "charset",
    "name",
    "content",
    "http-equiv",
    "alt",
    "src",
    "start",
}


class Page(HTMLParser):
    """Everything in a page, looked at tag by tag; it must nest."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.shown: list[str] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in ALLOWED, tag
        assert {name for name, _ in attrs} <= ATTRIBUTES, attrs
        self.seen.append((tag, dict(attrs)))
        if tag not in ("meta", "br", "hr", "img"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in ("br", "hr"):
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.shown.append(data)


@pytest.mark.parametrize("text", EVIL)
@pytest.mark.parametrize(
    "where", ["user", "agent", "title", "command", "output", "diff", "tool", "plan", "notice", "image"]
)
def test_hostile_text_is_only_text(text: str, where: str) -> None:
    odd = {
        "user": (text, "ok"),
        "agent": ("hi", text),
        "title": ("hi", "ok"),
        "command": ("hi", items.CommandExecution("c", text, status="failed", output="x")),
        "output": ("hi", items.CommandExecution("c", "ls", status="completed", output=text)),
        "diff": ("hi", items.FileChange("p", (items.PatchChange(text, "add", text),), "completed")),
        "tool": ("hi", items.ToolUse("t", text, json.dumps({text: text}), "completed", text)),
        "plan": ("hi", items.Plan("l", (items.PlanStep(text),), text)),
        "notice": ("hi", items.Notice("n", text, "error")),
        "image": (items.UserMessage("u", "look", (text, f"data:image/png;base64,{text}")), "ok"),
    }[where]
    page = Page(written("html", thread(odd, name=text if where == "title" else "x"), "full"))
    assert not any(tag == "img" for tag, _ in page.seen)
    for tag, attributes in page.seen:
        link = attributes.get("href")
        if link is not None:
            assert tag == "a" and re.match(r"#turn-\d+$|https?://", link), link
        assert re.fullmatch(r"(?:(?:color|background):#[0-9a-f]{6};?)*", attributes.get("style") or "")
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\ud800-\udfff]", "".join(page.shown))


def test_a_page_needs_nothing_else() -> None:
    said = "see [this](https://example.org) ![img](http://example.org/i.png)\n\n```python\nx = 1  # one\n```"
    page = written("html", thread((items.UserMessage("u", "look", ("data:image/png;base64,iVBORw0=",)), said)), "full")
    assert "default-src 'none'" in page and "<script" not in page and "@import" not in page and "url(" not in page
    seen = Page(page).seen
    assert [one["src"] for tag, one in seen if tag == "img"] == ["data:image/png;base64,iVBORw0="]
    links = [one for tag, one in seen if tag == "a" and "http" in (one["href"] or "")]
    assert len(links) == 2 and all("noreferrer" in (one["rel"] or "") for one in links)
    assert {"r-code-comment", "r-code-number"} <= {one.get("class") for _, one in seen}


@pytest.mark.parametrize(
    "text",
    [
        "[" * 60_000,
        "*a " * 30_000,
        "x" * 1_000_000,
        "> " * 20_000,
        "`" * 50_001,
        "|" * 9_999 + "\n" + "|-" * 9_999,
        "\n- " * 30_000,
    ],
    ids=["brackets", "stars", "one line", "quotes", "ticks", "cells", "items"],
)
def test_endless_text_ends(text: str) -> None:
    assert len(written("html", thread(("hi", text)))) > len(text) / 3


@pytest.mark.parametrize(
    "text",
    [
        ">" * 300 + " DEEP",
        "".join("  " * depth + "- x\n" for depth in range(100)) + "  " * 100 + "DEEP",
        "[DEEP]: x\n\ny",
    ],
    ids=["quotes", "lists", "definition"],
)
def test_nothing_is_left_out_of_a_page(text: str) -> None:
    assert "DEEP" in "".join(Page(written("html", thread(("hi", text)))).shown)


def test_what_programs_coloured_is_coloured() -> None:
    run = items.CommandExecution(
        "c", "ls", status="completed", output="\x1b[31mred <b>\x1b[0m \x1b[38;2;1;2;3mown\x1b[m\n"
    )
    page = Page(written("html", thread(("hi", run)), "full"))
    spans = [one for tag, one in page.seen if tag == "span"]
    assert {"class": "r-ansi-red"} in spans and {"style": "color:#010203"} in spans
    assert "red <b>" in page.shown and "own" in page.shown


def test_the_style_sheet_has_both_themes(tmp_path: Path) -> None:
    env = {"HOME": str(tmp_path), "CODEX_HOME": str(tmp_path)}
    host = Host.open(load(cwd=tmp_path, env=env), env, init=False)
    try:
        css = bundled("export", "style").sheet(host)
    finally:
        host.close()
    light, _, dark = css.partition("prefers-color-scheme: dark")
    for part, theme in ((light, "light"), (dark, "dark")):
        assert themes.load(theme, host.roots).style("code.keyword").fg in part and "--page" in part
        for role in ("code.string", "diff.added", "ansi.red", "notice.error", "turn.failed", "command.failed"):
            assert f".r-{role.replace('.', '-')} {{" in part, role
    assert css.count("{") == css.count("}") and "<" not in css and "url(" not in css
