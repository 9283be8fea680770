"""The text of a rule file as rules. It is Starlark: a small, deterministic Python that can reach nothing outside.

Does not: read files.
"""

from __future__ import annotations

import re
import time
from typing import Any

import starlark

from csm.api import rules as types

from . import examples, values

#: Seconds that a file may compute, and calls that may stand in one another.
_SECONDS = 5.0
_CALLS = 50
#: What the library puts before the text of an error that is ours.
_OURS = re.compile(r"^error: (?:BadValue|TypeError): ", re.MULTILINE)


class BadRules(Exception):
    """`trace` is the whole report of Starlark, `brief` its one line that says what is wrong, `line` where."""

    def __init__(self, trace: str, line: int, brief: str) -> None:
        super().__init__(trace)
        self.trace, self.line, self.brief = trace, line, brief


def rules(text: str, name: str) -> types.Rules:
    """The rules that a file of this name defines. Raises BadRules."""
    found = _Defined()
    dialect = starlark.Dialect.extended()
    dialect.enable_f_strings = True
    module = starlark.Module()
    for function in (found.prefix_rule, found.host_executable, found.network_rule):
        module.add_callable(function.__name__, function)
    ends = time.monotonic() + _SECONDS
    options = starlark.EvalOptions(check_cancelled=lambda: time.monotonic() > ends, max_callstack_size=_CALLS)
    try:
        starlark.eval_with(options, module, starlark.parse(name, text, dialect), starlark.Globals.standard())
    except starlark.StarlarkError as error:
        raise _bad(str(error)) from None
    made = types.Rules(tuple(rule for rule, _, _ in found.rules), found.programs, tuple(found.networks))
    for rule, good, bad in found.rules:
        problem = examples.problem(rule, good, bad, made)
        if problem:
            raise BadRules(problem, _line_of(text, rule), problem)
    return made


class _Defined:
    """What a file defines, in its order. The names of methods and parameters are those of the language."""

    def __init__(self) -> None:
        self.rules: list[tuple[types.Rule, list[list[str]], list[list[str]]]] = []
        self.programs: dict[str, tuple[str, ...]] = {}
        self.networks: list[types.NetworkRule] = []

    def prefix_rule(self, *given: Any, **named: Any) -> None:
        """A rule on the words that a command begins with."""
        asked = values.bind("prefix_rule", given, named, _PREFIX)
        rule = types.Rule(
            values.pattern(asked["pattern"]),
            values.decision(asked["decision"]),
            values.justification(asked["justification"]),
        )
        self.rules.append((rule, values.examples(asked["match"]), values.examples(asked["not_match"])))

    def host_executable(self, *given: Any, **named: Any) -> None:
        """Where a program must lie for rules on its name to hold for it."""
        asked = values.bind("host_executable", given, named, _PROGRAM)
        self.programs[values.program(asked["name"])] = values.paths(asked["paths"], asked["name"])

    def network_rule(self, *given: Any, **named: Any) -> None:
        """What holds for one host."""
        asked = values.bind("network_rule", given, named, _NETWORK)
        self.networks.append(
            types.NetworkRule(
                values.host(asked["host"]),
                values.protocol(asked["protocol"]),
                values.decision(asked["decision"], network=True),
                values.justification(asked["justification"]),
            )
        )


#: Parameters in order: name, type, and the value of one that is left out.
_PREFIX: tuple[values.Parameter, ...] = (
    ("pattern", list, values.NEEDED),
    ("decision", str, "allow"),
    ("match", list, None),
    ("not_match", list, None),
    ("justification", str, None),
)
_PROGRAM: tuple[values.Parameter, ...] = (("name", str, values.NEEDED), ("paths", list, values.NEEDED))
_NETWORK: tuple[values.Parameter, ...] = (
    ("host", str, values.NEEDED),
    ("protocol", str, values.NEEDED),
    ("decision", str, values.NEEDED),
    ("justification", str, None),
)


def _bad(trace: str) -> BadRules:
    trace = _OURS.sub("error: ", trace).rstrip("\n")
    place = re.search(r"^\s*--> .*:(\d+):\d+$", trace, re.MULTILINE)
    said = re.search(r"^error: (.*)$", trace, re.MULTILINE)
    return BadRules(trace, int(place[1]) if place else 1, said[1] if said else trace.splitlines()[0])


def _line_of(text: str, rule: types.Rule) -> int:
    """About where a rule stands: the first line with its first word."""
    word = rule.pattern[0][0]
    return next((number for number, line in enumerate(text.splitlines(), 1) if word in line), 1)
