"""What the settings of servers mean, and what is wrong with those that mean nothing."""

from __future__ import annotations

import pytest

from csm.api import SettingError
from csm.api.testing import bundled
from csm.host.settings import load

servers = bundled("mcp", "servers")
names = bundled("mcp", "names")
schemas = bundled("mcp", "schemas")
lines = bundled("mcp", "lines")
results = bundled("mcp", "results")
approval = bundled("mcp", "approval")
connection = bundled("mcp", "connection")
listing = bundled("mcp", "listing")


def one(table):
    return servers.read({"mcp_servers": {"x": table}})["x"]


def test_every_setting_is_read() -> None:
    found = one(
        {
            "command": "npx",
            "args": ["-y", "p"],
            "env": {"A": "1"},
            "env_vars": ["B", {"name": "C", "source": "local"}],
            "cwd": "sub",
            "startup_timeout_ms": 1500,
            "tool_timeout_sec": 3,
            "enabled": False,
            "required": True,
            "enabled_tools": ["a", "b"],
            "disabled_tools": ["b"],
            "default_tools_approval_mode": "prompt",
            "tools": {"a": {"approval_mode": "approve"}, "b": {}},
            "supports_parallel_tool_calls": True,
        }
    )
    assert (found.command, found.args, found.env, found.env_vars) == ("npx", ("-y", "p"), {"A": "1"}, ("B", "C"))
    assert (found.startup, found.call, found.enabled, found.required) == (1.5, 3.0, False, True)
    assert [tool for tool in "abc" if found.uses(tool)] == ["a"]
    assert (found.mode, found.modes, found.parallel, found.cwd) == ("prompt", {"a": "approve"}, True, "sub")


def test_servers_that_the_machine_does_not_allow_are_off(tmp_path) -> None:
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc/requirements.toml").write_text('[mcp_servers.a]\nidentity = {command = "x"}\n')
    given = {"mcp_servers.a.command": "x", "mcp_servers.b.command": "x"}
    env = {"HOME": str(tmp_path)}
    found = servers.used(load(cwd=tmp_path, env=env, overrides=given, system_dir=tmp_path / "etc"))
    why = f"requirements ({tmp_path}/etc/requirements.toml)"
    assert [(one.enabled, one.refused) for one in found.values()] == [(True, None), (False, why)]
    standing = listing.standings(found.values(), tmp_path)
    told = listing.listed(list(found.values()), standing)
    assert [(one["enabled"], one["disabled_reason"]) for one in told] == [(True, None), (False, why)]
    assert f"disabled: {why}" in listing.tables(list(found.values()), standing)
    assert listing.lines(found["b"]) == f"b (disabled: {why})\n"


def test_seconds_count_more_than_milliseconds() -> None:
    assert one({"command": "x", "startup_timeout_sec": 2, "startup_timeout_ms": 9}).startup == 2.0


def test_a_server_at_an_address() -> None:
    found = one(
        {"url": "https://x", "bearer_token_env_var": "T", "http_headers": {"A": "b"}, "oauth": {"client_id": "c"}}
    )
    assert (found.url, found.bearer_token_env_var, found.http_headers, found.client_id) == (
        "https://x",
        "T",
        {"A": "b"},
        "c",
    )


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ({}, "invalid transport\nin `mcp_servers.x`"),
        (3, "invalid type: integer `3`, expected a map\nin `mcp_servers.x`"),
        ({"command": "x", "url": "y"}, "url is not supported for stdio\nin `mcp_servers.x`"),
        ({"url": "y", "args": []}, "args is not supported for streamable_http\nin `mcp_servers.x`"),
        ({"url": "y", "bearer_token": "t"}, "bearer_token is not supported for streamable_http\nin `mcp_servers.x`"),
        ({"command": 1}, "invalid type: integer `1`, expected a string\nin `mcp_servers.x.command`"),
        ({"command": "x", "args": "a"}, 'invalid type: string "a", expected a sequence\nin `mcp_servers.x.args`'),
        (
            {"command": "x", "env": {"A B": 1}},
            'invalid type: integer `1`, expected a string\nin `mcp_servers.x.env."A B"`',
        ),
        (
            {"command": "x", "startup_timeout_sec": "a"},
            'invalid type: string "a", expected f64\nin `mcp_servers.x.startup_timeout_sec`',
        ),
        (
            {"command": "x", "startup_timeout_ms": -1},
            "invalid type: integer `-1`, expected u64\nin `mcp_servers.x.startup_timeout_ms`",
        ),
        ({"command": "x", "tool_timeout_sec": -1}, "-1 is no time in seconds\nin `mcp_servers.x.tool_timeout_sec`"),
        ({"command": "x", "enabled": 1}, "invalid type: integer `1`, expected a boolean\nin `mcp_servers.x.enabled`"),
        (
            {"command": "x", "default_tools_approval_mode": "zz"},
            "unknown variant `zz`, expected one of `auto`, `prompt`, `writes`, `approve`\n"
            "in `mcp_servers.x.default_tools_approval_mode`",
        ),
    ],
)
def test_what_makes_no_sense_is_refused_as_codex_does(table, said) -> None:
    with pytest.raises(SettingError) as caught:
        one(table)
    assert caught.value.message == f"Error loading config.toml: {said}\n"


def test_a_thread_does_not_open_with_settings_that_make_no_sense(served) -> None:
    with pytest.raises(SettingError, match="invalid transport"):
        served.bench(servers={"x": {"enabled": True}}).start()


@pytest.mark.parametrize(
    ("mode", "reads", "destroys", "opens", "asked"),
    [
        ("auto", None, None, None, True),
        ("auto", True, None, None, False),
        ("auto", True, True, None, False),
        ("auto", False, False, None, True),
        ("auto", None, False, False, False),
        ("auto", False, True, False, True),
        ("writes", None, False, False, True),
        ("writes", True, None, None, False),
        ("prompt", True, False, False, True),
        ("approve", None, True, True, False),
    ],
)
def test_when_somebody_is_asked(mode, reads, destroys, opens, asked) -> None:
    assert approval.needed(mode, connection.Definition("t", "", {}, reads, destroys, opens)) is asked


def test_names_for_the_model() -> None:
    assert names.namespaces(["my-srv"]) == {"my-srv": "mcp__my_srv"}
    same = names.namespaces(["a-b", "a_b"])
    assert len(set(same.values())) == 2
    assert all(name.startswith("mcp__a_b_") for name in same.values())
    words = names.tools(["x.y z", "a-b", "a_b", "t" * 200, "ünï"], "mcp__s")
    assert words["x.y z"] == "x_y_z"
    assert words["a-b"] != words["a_b"]
    assert max(len(f"mcp__s__{word}") for word in words.values()) == 128
    assert all(word.isascii() and word.replace("_", "a").isalnum() for word in words.values())


def test_schemas_are_what_codex_makes_of_them() -> None:
    given = {
        "type": "object", "title": "T", "$schema": "s", "description": "top",
        "$defs": {"D": {"type": "object", "properties": {"z": {"type": "string", "format": "uri"}}}, "U": {}},
        "properties": {
            "a": {"const": "k"}, "b": {"oneOf": [{"type": "string"}, {"type": "integer", "minimum": 1}]},
            "c": {"allOf": [{"type": "object", "properties": {"q": {"type": "number"}}}]}, "d": {"$ref": "#/$defs/D"},
            "e": {"type": ["string", "null"], "pattern": "x", "default": "q"}, "f": {"type": "array"},
            "g": {"type": "array", "items": {"type": "string", "format": "date"}, "minItems": 1, "uniqueItems": True},
            "h": {"type": "object"}, "i": {}, "j": True, "k": {"properties": {"w": {"type": "string"}}},
            "l": {"items": {"type": "string"}}, "m": {"enum": [1, 2, "x"]},
            "n": {"type": "object", "additionalProperties": {"type": "string", "format": "x"}},
            "p": {"format": "date-time"}, "q": {"minimum": 3}, "r": {"type": "array", "prefixItems": [{}]},
            "s": {"not": {"type": "string"}}, "u": {"anyOf": [{"const": "a"}, {"const": "b"}], "description": "two"},
            "w": {"type": "weird"},
        },
        "required": ["a", "gone"], "additionalProperties": False,
    }  # fmt: skip
    text = {"type": "string"}
    assert schemas.parameters(given) == {
        "type": "object", "description": "top",
        "properties": {
            "a": {"type": "string", "enum": ["k"]}, "b": {"oneOf": [text, {"type": "integer"}]},
            "c": {"allOf": [{"type": "object", "properties": {"q": {"type": "number"}}}]}, "d": {"$ref": "#/$defs/D"},
            "e": {"type": ["string", "null"]}, "f": {"type": "array", "items": text},
            "g": {"type": "array", "items": text, "minItems": 1}, "h": {"type": "object", "properties": {}}, "i": {},
            "j": text, "k": {"type": "object", "properties": {"w": text}}, "l": {"type": "array", "items": text},
            "m": {"type": "string", "enum": [1, 2, "x"]},
            "n": {"type": "object", "properties": {}, "additionalProperties": text}, "p": text, "q": {"type": "number"},
            "r": {"type": "array", "items": text}, "s": {},
            "u": {"description": "two", "anyOf": [{**text, "enum": ["a"]}, {**text, "enum": ["b"]}]},
            "w": {},
        },
        "required": ["a", "gone"], "additionalProperties": False,
        "$defs": {"D": {"type": "object", "properties": {"z": text}}},
    }  # fmt: skip


def test_schemas_are_bounded() -> None:
    wordy = {"type": "object", "properties": {f"p{n}": {"type": "string", "description": "w" * 200} for n in range(40)}}
    assert all(shape == {"type": "string"} for shape in schemas.parameters(wordy)["properties"].values())
    endless = {"type": "object", "properties": {f"p{n}": {"type": "string", "enum": ["e" * 99]} for n in range(999)}}
    assert schemas.parameters(endless) == {"type": "object", "properties": {}}
    deep = {"type": "object"}
    for _ in range(500):
        deep = {"type": "object", "properties": {"x": deep}}
    assert schemas.parameters(deep)["type"] == "object"
    round_trip = {"type": "object", "properties": {"x": {"$ref": "#/$defs/A"}}, "$defs": {"A": {"$ref": "#/$defs/A"}}}
    assert schemas.parameters(round_trip)["$defs"] == {"A": {"$ref": "#/$defs/A"}}
    assert schemas.parameters("nonsense") == {"type": "object", "properties": {}}


@pytest.mark.parametrize("step", [1, 2, 3, 100])
def test_lines_come_whole_however_they_are_cut(step) -> None:
    data = b'{"a":1}\r\n\n{"b":2}\nrest'
    feed = lines.Lines()
    found = [line for at in range(0, len(data), step) for line in feed.feed(data[at : at + step])]
    assert found == [b'{"a":1}', b"", b'{"b":2}']


def test_a_line_without_end_is_refused() -> None:
    feed = lines.Lines(10)
    feed.feed(b"12345")
    with pytest.raises(lines.TooLong):
        feed.feed(b"678901")


def test_texts_share_what_the_model_may_read() -> None:
    items = [
        {"type": "input_text", "text": "a" * 100},
        {"type": "input_image"},
        {"type": "input_text", "text": "b" * 100},
    ]
    more = [{"type": "input_text", "text": "c"}]
    assert results.bounded([*items, *more], 1_000) == [*items, *more]
    found = results.bounded([*items, *more], 30)
    assert found[:2] == items[:2]
    assert found[2]["text"] == "bbbbbbbbbb…20 tokens truncated…bbbbbbbbbb"
    assert found[3]["text"] == "[omitted 1 text items ...]"
