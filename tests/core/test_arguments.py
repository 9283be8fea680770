"""Nested arguments of tools: values, and complaints with their place."""

import pytest

from csm.core.arguments import Field, Many, Shape, Struct, Words, read
from csm.protocol.errors import ToolError

CHOICE = Shape("struct Choice", {"label": Field(required=True), "about": Field()})
FIELDS = {
    "list": Field(Many(CHOICE)),
    "word": Field(Words(("red", "green"))),
    "count": Field("i64"),
    "on": Field("a boolean", nullable=False),
    "must": Field(required=True, nullable=False),
}


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ('{"must":""}', {"must": ""}),
        ('{"must":"x","list":null,"count":null,"word":null}', {"must": "x"}),
        ('{"must":"x","strange":{"a":[1,{}]},"count":-5}', {"must": "x", "count": -5}),
        (
            ' {"list" : [ {"label":"a","z":[]} , {"about":null,"label":"b"} ] , "word":"red","must":"m","on":false}\n',
            {"list": [{"label": "a"}, {"label": "b"}], "word": "red", "must": "m", "on": False},
        ),
        ('{"list":[],"must":"😀"}', {"list": [], "must": "😀"}),
        ('{"must":"\\ud83d\\uDE00 \\\\ud800 \\u00e9"}', {"must": "😀 \\ud800 é"}),
    ],
)
def test_values(text, values):
    assert read(text, FIELDS) == values


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("{}", "missing field `must` at line 1 column 2"),
        ('{"list":[{"label":"a"},{}]}', "missing field `label` at line 1 column 25"),
        ('{"list":[{"label":"a"},5]}', "invalid type: integer `5`, expected struct Choice at line 1 column 24"),
        ('{"list":["a"]}', 'invalid type: string "a", expected struct Choice at line 1 column 12'),
        ('{"list":{"a":1}}', "invalid type: map, expected a sequence at line 1 column 8"),
        ('{"list":[\n {"label":true}]}', "invalid type: boolean `true`, expected a string at line 2 column 14"),
        ('{"list":[{"label":"a","label":"b"}]}', "duplicate field `label` at line 1 column 29"),
        ('{"word":"blue"}', "unknown variant `blue`, expected `red` or `green` at line 1 column 14"),
        (
            '{"count":9223372036854775808}',
            "invalid value: integer `9223372036854775808`, expected i64 at line 1 column 28",
        ),
        ('{"count":1.5}', "invalid type: floating point `1.5`, expected i64 at line 1 column 12"),
        ('{"must":null}', "invalid type: null, expected a string at line 1 column 12"),
        ('{"on":null}', "invalid type: null, expected a boolean at line 1 column 10"),
        ('{"word":5}', "expected value at line 1 column 9"),
        ('"x"', 'invalid type: string "x", expected an object of arguments at line 1 column 3'),
        ('{"must":"a \\ud800"}', "unexpected end of hex escape at line 1 column 18"),
        ('{"must":"\\ud800\\n"}', "unexpected end of hex escape at line 1 column 17"),
        ('{"must":"\\uD800\\u0041"}', "lone leading surrogate in hex escape at line 1 column 21"),
        ('{"must":"\\udc00"}', "lone leading surrogate in hex escape at line 1 column 15"),
        ("{bad", "key must be a string at line 1 column 2"),
        ('{"list":' + "[" * 100_000, "recursion limit exceeded"),
    ],
)  # fmt: skip
def test_complaints(text, complaint):
    with pytest.raises(ToolError) as caught:
        read(text, FIELDS)
    assert caught.value.message == f"failed to parse function arguments: {complaint}"


def test_the_words_before_and_for_the_whole_may_be_others():
    with pytest.raises(ToolError) as caught:
        read("[]", FIELDS, name="struct Args", prefix="")
    assert caught.value.message == "invalid type: sequence, expected struct Args at line 1 column 2"


@pytest.mark.parametrize(
    ("text", "struct", "expected"),
    [
        ("[]", Struct("Args", 1), "invalid length 0, expected struct Args with 1 element at line 1 column 2"),
        (
            " [ ] ",
            Struct("Args", 2, free=1),
            "invalid length 1, expected struct Args with 2 elements at line 1 column 4",
        ),
        ('["a"]', Struct("Args", 1), "invalid type: sequence, expected struct Args at line 1 column 5"),
        ("null", Struct("Args", 1), "invalid type: null, expected struct Args at line 1 column 4"),
    ],
)  # fmt: skip
def test_an_empty_list_ends_too_early(text, struct, expected):
    with pytest.raises(ToolError) as caught:
        read(text, FIELDS, name=struct, prefix="")
    assert caught.value.message == expected


@pytest.mark.parametrize(("fields", "expected"), [("a", "`a`"), ("ab", "`a` or `b`"), ("abc", "one of `a`, `b`, `c`")])
def test_members_that_are_not_known(fields, expected):
    with pytest.raises(ToolError) as caught:
        read('{"x":1}', {name: Field() for name in fields}, prefix="", closed=True)
    assert caught.value.message == f"unknown field `x`, expected {expected} at line 1 column 4"
    inner = {"one": Field(Shape("struct One", {name: Field() for name in fields}, closed=True))}
    with pytest.raises(ToolError) as caught:
        read('{"one":{"x":1}}', inner, prefix="")
    assert caught.value.message == f"unknown field `x`, expected {expected} at line 1 column 11"
