"""Bad arguments are named with their place, as models know it. The table was checked against the released Codex."""

from __future__ import annotations

from typing import Any

import pytest

from csm.api import ToolError

ERRORS = {
    "": "EOF while parsing a value at line 1 column 0",
    '{"cmd":"a"': "EOF while parsing an object at line 1 column 10",
    '{"cmd":"a",}': "trailing comma at line 1 column 12",
    '{"cmd":"a" "b"}': "expected `,` or `}` at line 1 column 12",
    '{"cmd" "a"}': "expected `:` at line 1 column 8",
    '{"cmd":}': "expected value at line 1 column 8",
    '{"cmd":"a"} x': "trailing characters at line 1 column 13",
    '{"cmd":"a\nb"}': "control character (\\u0000-\\u001F) found while parsing a string at line 1 column 9",
    '{"cmd":"\\q"}': "invalid escape at line 1 column 10",
    "{cmd: 1}": "key must be a string at line 1 column 2",
    "tru": "EOF while parsing a value at line 1 column 3",
    '{"cmd":"a': "EOF while parsing a string at line 1 column 9",
    "nope": "expected ident at line 1 column 2",
    "{}": "missing field `cmd` at line 1 column 2",
    '{"cmd":null}': "invalid type: null, expected a string at line 1 column 11",
    '{"cmd":true}': "invalid type: boolean `true`, expected a string at line 1 column 11",
    '{"cmd":["a"]}': "invalid type: sequence, expected a string at line 1 column 7",
    '{"cmd":{"a":1}}': "invalid type: map, expected a string at line 1 column 7",
    '{"cmd":1}': "invalid type: integer `1`, expected a string at line 1 column 8",
    '{"cmd":1.5}': "invalid type: number, expected a string at line 1 column 10",
    '{"cmd":"a","cmd":"b"}': "duplicate field `cmd` at line 1 column 16",
    '{"cmd":"a","login":"x"}': 'invalid type: string "x", expected a boolean at line 1 column 22',
    '{"cmd":"a","tty":null}': "invalid type: null, expected a boolean at line 1 column 21",
    '{"cmd":"a","prefix_rule":"x"}': 'invalid type: string "x", expected a sequence at line 1 column 28',
    '{"cmd":"a","prefix_rule":[1]}': "invalid type: integer `1`, expected a string at line 1 column 27",
    '{"cmd":"a","sandbox_permissions":"x"}': "unknown variant `x`, expected one of `use_default`, `require_escalated`,"
    " `with_additional_permissions` at line 1 column 36",
    '{"cmd":"a","max_output_tokens":-1}': "invalid value: integer `-1`, expected usize at line 1 column 33",
    '{"cmd":"a","max_output_tokens":"5"}': 'invalid type: string "5", expected usize at line 1 column 34',
    '{"cmd":"a","yield_time_ms":99999999999999999999999}': "invalid type: floating point `1e+23`, expected u64"
    " at line 1 column 50",
    '{"cmd":"a","yield_time_ms":1e3}': "invalid type: floating point `1000.0`, expected u64 at line 1 column 30",
    '{"cmd":"a","yield_time_ms":null}': "invalid type: null, expected u64 at line 1 column 31",
    '{"cmd":"a","workdir":5}': "invalid type: integer `5`, expected a string at line 1 column 22",
    '{"cmd":"😀","login":3}': "invalid type: integer `3`, expected a boolean at line 1 column 23",
    '{"cmd": "a",\n "login": 5}': "invalid type: integer `5`, expected a boolean at line 2 column 11",
    "[]": "invalid length 0, expected struct ToolEnvironmentArgs with 1 element at line 1 column 2",
    "null": "invalid type: null, expected struct ToolEnvironmentArgs at line 1 column 4",
    '{"cmd":"a","prefix_rule":["x",]}': "trailing comma at line 1 column 31",
    '{"cmd":"a","prefix_rule":["x" "y"]}': "expected `,` or `]` at line 1 column 31",
    '{"cmd":"a","prefix_rule":["x"': "EOF while parsing a list at line 1 column 29",
    '{"cmd":"a","yield_time_ms":-}': "invalid number at line 1 column 28",
}
STDIN_ERRORS = {
    "{}": "missing field `session_id` at line 1 column 2",
    '{"session_id":1.5}': "invalid type: floating point `1.5`, expected i32 at line 1 column 17",
    '{"session_id":99999999999}': "invalid value: integer `99999999999`, expected i32 at line 1 column 25",
    '{"session_id":"x"}': 'invalid type: string "x", expected i32 at line 1 column 17',
    '{"session_id":true}': "invalid type: boolean `true`, expected i32 at line 1 column 18",
}
GOOD = {
    '{"cmd":"a","foo":1}': {"cmd": "a"},
    '{"cmd":"a","login":null,"workdir":null}': {"cmd": "a"},
    ' {"cmd" : "a" , "tty" : true } ': {"cmd": "a", "tty": True},
    '{"cmd":"a","prefix_rule":["b","c"],"yield_time_ms":5}': {
        "cmd": "a",
        "prefix_rule": ["b", "c"],
        "yield_time_ms": 5,
    },
    '{"foo":{"cmd":1},"cmd":"b"}': {"cmd": "b"},
}


@pytest.mark.parametrize(("text", "message"), ERRORS.items())
def test_what_is_wrong_with_exec_command(text: str, message: str) -> None:
    from csm_extensions.shell import arguments

    with pytest.raises(ToolError) as error:
        arguments.read(text, arguments.EXEC, name=arguments.EXEC_NAME)
    assert error.value.message == f"failed to parse function arguments: {message}"


@pytest.mark.parametrize(("text", "message"), STDIN_ERRORS.items())
def test_what_is_wrong_with_write_stdin(text: str, message: str) -> None:
    from csm_extensions.shell import arguments

    with pytest.raises(ToolError) as error:
        arguments.read(text, arguments.STDIN)
    assert error.value.message == f"failed to parse function arguments: {message}"


@pytest.mark.parametrize(("text", "values"), GOOD.items())
def test_good_arguments(text: str, values: dict[str, Any]) -> None:
    from csm_extensions.shell import arguments

    assert arguments.read(text, arguments.EXEC) == values


def test_deep_nesting_is_an_answer_too() -> None:
    from csm_extensions.shell import arguments

    with pytest.raises(ToolError, match="failed to parse function arguments"):
        arguments.read('{"cmd":' + "[" * 100_000, arguments.EXEC)


def test_each_argument_is_in_the_specification() -> None:
    from csm_extensions.shell import arguments, specs

    assert specs.EXEC_PROPERTIES.keys() == arguments.EXEC.keys()
    assert specs.STDIN_PROPERTIES.keys() == arguments.STDIN.keys()
