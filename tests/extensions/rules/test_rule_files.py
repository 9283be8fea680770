"""Which rule files count, what they may hold, and what becomes of those that cannot be read."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from csm.core import rules
from csm.core.rules import NetworkRule, Rule
from csm.host import ruling
from csm.host.host import Host
from csm.host.settings import Skipped


def read(text: str) -> rules.Rules:
    from csm_extensions.rules.reading import rules as parse

    return parse(text, "t.rules")


def source() -> Any:
    from csm_extensions.rules.source import Files

    return Files()


def words(found: rules.Rules) -> list[str]:
    return [one.pattern[0][0] for one in found.rules]


def test_each_function() -> None:
    found = read(
        'prefix_rule(pattern=["git", ["status", "log"]], decision="prompt", justification="why",'
        ' match=["git log -1"])\n'
        'prefix_rule(["ls"])\n'
        'host_executable(name="git", paths=["/usr/bin/git", "/opt/../usr/bin/git"])\n'
        'network_rule(host="Example.COM.:443", protocol="https_connect", decision="deny")\n'
        'network_rule("[2001:DB8::1]:80", "http", "allow")\n'
    )
    assert found.rules == (Rule((("git",), ("status", "log")), "prompt", "why"), Rule((("ls",),)))
    assert found.programs == {"git": ("/usr/bin/git",)}
    assert found.networks == (
        NetworkRule("example.com", "https", "forbidden"),
        NetworkRule("2001:db8::1", "http", "allow"),
    )
    assert found.faults == ()


def test_it_is_a_language() -> None:
    text = 'def f(x):\n    prefix_rule(pattern=[x])\nfor x in ["a", "b"]:\n    f(x)\n[f(x + "d") for x in ["c"]]\n'
    assert words(read(text)) == ["a", "b", "cd"]


BAD = {
    'prefix_rule(pattern=["a"': (1, "Parse error"),
    "\nprefix_rule(pattern=[])": (2, "the pattern is empty"),
    "prefix_rule()": (1, "prefix_rule needs `pattern`"),
    'prefix_rule(["a"], "allow", [], [], "j", 1)': (1, "takes 5 values at most"),
    'prefix_rule(["a"], pattern=["a"])': (1, "`pattern` is given twice"),
    'prefix_rule(["a"], why="x")': (1, "has no parameter `why`"),
    'prefix_rule("a")': (1, "`pattern` must be a list, not string"),
    'prefix_rule(["a", []])': (1, "list of alternatives in the pattern is empty"),
    'prefix_rule(["a", 1])': (1, "not int"),
    'prefix_rule(["a", ["b", ["c"]]])': (1, "alternative in the pattern must be a string, not list"),
    'prefix_rule(["a"], decision="maybe")': (1, "invalid decision: maybe"),
    'prefix_rule(["a"], decision="deny")': (1, "invalid decision: deny"),
    'prefix_rule(["a"], justification=" ")': (1, "justification is empty"),
    'prefix_rule(["a"], match=["b", "c d"])': (1, "the rule for `a` does not match its example: b; c d"),
    'prefix_rule(["a", ["b", "c"]], not_match=["a c d"])': (
        1,
        "the rule for `a b|c` matches an example in not_match: a c d",
    ),
    'prefix_rule(["a"], match=["a \'x"])': (1, "a shell cannot take this example apart"),
    'prefix_rule(["a"], match=[""])': (1, "an example is empty"),
    'prefix_rule(["a"], match=[[]])': (1, "an example is empty"),
    'prefix_rule(["a"], match=[["a", 1]])': (1, "words of an example must be strings"),
    'prefix_rule(["a"], match=[1])': (1, "an example is a string or a list of them, not int"),
    'host_executable("a/b", [])': (1, "bare name"),
    'host_executable("a", ["a"])': (1, "must be absolute: a"),
    'host_executable("a", ["/x/b"])': (1, "does not end in `a`"),
    'host_executable("a", [1])': (1, "must be strings, not int"),
    'network_rule("*.x", "http", "allow")': (1, "wildcards"),
    'network_rule("http://x", "http", "allow")': (1, "without scheme"),
    'network_rule("a b", "http", "allow")': (1, "blanks"),
    'network_rule("[::1", "http", "allow")': (1, "brackets"),
    'network_rule("", "http", "allow")': (1, "needs a host"),
    'network_rule("x", "ftp", "allow")': (1, "not ftp"),
    'network_rule("x", "http")': (1, "needs `decision`"),
    'x = 1\n\nload("other", "y")': (3, "No imports are available"),
    'print("x")': (1, "Variable `print` not found"),
    'open("/etc/passwd")': (1, "Variable `open` not found"),
    "def f(n):\n    return f(n)\nf(1)": (2, "stack overflow"),
    'fail("no")': (1, "fail: no"),
    "\ufeffx = 1": (1, "invalid input"),
    "x = \x00": (1, "invalid input"),
}


@pytest.mark.parametrize("text", BAD)
def test_what_is_refused_and_where(text: str) -> None:
    from csm_extensions.rules.reading import BadRules

    with pytest.raises(BadRules) as error:
        read(text)
    line, brief = BAD[text]
    assert brief in error.value.brief
    assert error.value.line == line
    assert "Traceback (most recent call last):\n  File" not in error.value.trace and "BadValue" not in error.value.trace


def test_a_file_cannot_compute_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    from csm_extensions.rules import reading

    monkeypatch.setattr(reading, "_SECONDS", 0.0)
    with pytest.raises(reading.BadRules, match="Evaluation cancelled"):
        read("x = [i for i in range(1000000000)]")


def test_files_of_every_layer_in_order(settings: Any, put: Any, worktree: Path) -> None:
    inner = worktree / "a" / "b"
    inner.mkdir(parents=True)
    home = settings().codex_home
    put(inner / ".codex", "z", 'prefix_rule(["inner"])')
    put(worktree / ".codex", "z", 'prefix_rule(["root"])')
    put(home, "b", 'prefix_rule(["second"])')
    put(home, "a", 'prefix_rule(["first"])')
    put(worktree.parent / "etc", "m", 'prefix_rule(["machine"])')
    (home / "rules" / "c.txt").write_text("broken(")
    put(home / "rules", "deeper", "broken(")
    (home / "rules" / "folder.rules").mkdir()
    assert words(source().current(settings(inner))) == ["machine", "first", "second", "root", "inner"]
    assert words(source().current(settings())) == ["machine", "first", "second", "root"]
    assert words(source().current(settings(inner, trusted=False))) == ["machine", "first", "second"]
    assert source().current(settings(inner, skipped=Skipped(rules=True))) == rules.Rules()


def test_nothing_at_all(settings: Any) -> None:
    assert source().current(settings()) == rules.Rules()


def test_starlark_is_loaded_only_for_a_file(env: dict[str, str], worktree: Path) -> None:
    import subprocess
    import sys

    code = (
        "import sys; from pathlib import Path; from csm.host.settings import load; from csm.host.host import Host;"
        "from csm.host import ruling; import os; s = load(cwd=Path.cwd(), env=dict(os.environ));"
        "h = Host.open(s, dict(os.environ), init=False); ruling.in_force(h, s); print('starlark' in sys.modules)"
    )

    def loaded() -> str:
        command = [sys.executable, "-c", code]
        return subprocess.run(command, env=env, cwd=worktree, capture_output=True, text=True, check=True).stdout

    assert loaded() == "False\n"
    Path(env["CODEX_HOME"], "rules").mkdir()
    Path(env["CODEX_HOME"], "rules", "a.rules").write_text("")
    assert loaded() == "True\n"


def test_a_change_counts_at_once(settings: Any, put: Any) -> None:
    files, now = source(), settings()
    path = put(now.codex_home, "a", 'prefix_rule(["one"])')
    assert words(files.current(now)) == ["one"]
    path.write_text('prefix_rule(["other"])')
    assert words(files.current(now)) == ["other"]
    path.write_text("broken(")
    assert "Parse error" in files.current(now).faults[0]
    path.unlink()
    assert files.current(now) == rules.Rules()


def test_broken_files_are_named_and_the_others_count(settings: Any, put: Any) -> None:
    now = settings()
    home = now.codex_home
    torn = put(home, "a", '\nprefix_rule(["x"], decision="no")')
    odd = home / "rules" / "b.rules"
    odd.write_bytes(b"x = '\xff'")
    pipe = home / "rules" / "c.rules"
    os.mkfifo(pipe)
    (home / "rules" / "d.rules").symlink_to("nowhere")
    put(home, "e", 'prefix_rule(["fine"], decision="forbidden")')
    huge = put(home, "f", "#" * (1 << 20) + "\n")
    found = source().current(now)
    assert words(found) == ["fine"]
    assert found.faults == (
        f"{torn}:2: invalid decision: no (there are allow, prompt, forbidden)",
        f"{odd}: byte 5 is no UTF-8",
        f"{pipe}: no plain file of at most 1048576 bytes",
        f"{home}/rules/d.rules: No such file or directory",
        f"{huge}: no plain file of at most 1048576 bytes",
    )


def test_a_folder_that_cannot_be_listed_is_a_fault(settings: Any) -> None:
    now = settings()
    (now.codex_home / "rules").symlink_to("rules")
    assert source().current(now).faults == (f"{now.codex_home}/rules: Too many levels of symbolic links",)


def test_rules_may_be_a_file(settings: Any) -> None:
    now = settings()
    (now.codex_home / "rules").write_text("x")
    assert source().current(now) == rules.Rules()


def test_rules_that_the_machine_requires_hold_beside_files(settings: Any, put: Any, worktree: Path, env: Any) -> None:
    put(worktree / ".codex", "a", 'prefix_rule(["ls"])')
    etc = worktree.parent / "etc"
    etc.mkdir()
    text = 'rules.prefix_rules = [{pattern = [{token = "ls"}], decision = "forbidden", justification = "not here"}]\n'
    (etc / "requirements.toml").write_text(text)
    for skipped in (Skipped(), Skipped(rules=True)):
        found = settings(skipped=skipped)
        host = Host.open(found, env, init=False)
        try:
            judged = ruling.judge(ruling.in_force(host, found), ["ls"], None, cwd=worktree, env=env)
        finally:
            host.close()
        assert (judged.decision, judged.reason) == ("forbidden", "not here")
