"""Skills: found where Codex looks, named with `$`, told to the model."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from csm.host import settings
from csm.protocol.errors import CommandError
from csm_extensions.skills import found, front, texts

HEAD = "---\nname: {name}\ndescription: {about}\n---\n\n{text}\n"


def put(root: Path, name: str, about: str = "Does it.", text: str = "Do it.", folder: str | None = None) -> Path:
    path = root / (folder or name) / "SKILL.md"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(HEAD.format(name=name, about=about, text=text))
    return path


@pytest.fixture
def look(env: dict[str, str], worktree: Path) -> Callable[..., list[found.Skill]]:
    def make(cwd: Path | None = None, **overrides: Any) -> list[found.Skill]:
        loaded = settings.load(cwd=cwd or worktree, env=env, overrides=overrides)
        return found.skills(loaded, cwd or worktree, env)

    return make


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("---\nname: a\ndescription: b c\n---\n", {"name": "a", "description": "b c"}),
        ('---\nname: "a"\ndescription: "say \\"hi\\": now"\n---\n', {"name": "a", "description": 'say "hi": now'}),
        ("---\ndescription: 'it''s'\n---\n", {"description": "it's"}),
        ("---\ndescription: >\n  one\n  two\nname: x\n---\n", {"description": "one two", "name": "x"}),
        ("---\ndescription: |-\n  one\n  two\n---\n", {"description": "one\ntwo"}),
        ("---\ndescription: one\n  two\n---\n", {"description": "one two"}),
        ("---\nmetadata:\n  short-description: s\n  deep:\n    x: 1\nname: n # no\n---\n",
         {"metadata.short-description": "s", "metadata.deep.x": "1", "name": "n"}),
        ("\ufeff---\r\nname: a\r\n---\r\n", {"name": "a"}),
        ("---\n- list\n---\n", {}),
    ],
)  # fmt: skip
def test_heads_are_read(text: str, values: dict[str, str]) -> None:
    assert front.head(text) == values


@pytest.mark.parametrize("text", ["", "name: a\n", "---\nname: a\n", "# Title\n---\nname: a\n---\n"])
def test_what_has_no_head_is_refused(text: str) -> None:
    with pytest.raises(CommandError, match="missing YAML frontmatter delimited by ---"):
        front.head(text)


def test_every_place_counts_and_the_nearest_wins(look: Any, worktree: Path, home: Path) -> None:
    inner = worktree / "sub/deep"
    inner.mkdir(parents=True)
    put(worktree / ".agents/skills", "root")
    put(worktree / ".agents/skills", "both", "The outer one.")
    put(inner / ".agents/skills", "both", "The inner one.")
    put(home / ".codex/skills", "mine")
    put(home / ".codex/skills/.system", "bundled")
    put(home / ".agents/skills", "everywhere")
    put(worktree.parent / ".agents/skills", "outside")
    named = {skill.name: skill.about for skill in look(inner)}
    assert named == {
        "both": "The inner one.", "bundled": "Does it.", "everywhere": "Does it.", "mine": "Does it.",
        "root": "Does it.",
    }  # fmt: skip


def test_a_projects_codex_folder_counts_when_it_is_trusted(look: Any, worktree: Path, home: Path) -> None:
    put(worktree / ".codex/skills", "local")
    assert look() == []
    (home / ".codex/config.toml").write_text(f'[projects."{worktree}"]\ntrust_level = "trusted"\n')
    assert [skill.name for skill in look()] == ["local"]


def test_settings_turn_them_off(look: Any, worktree: Path, home: Path) -> None:
    path = put(worktree / ".agents/skills", "one")
    put(worktree / ".agents/skills", "two")
    put(home / ".codex/skills/.system", "bundled")
    (home / ".codex/config.toml").write_text(
        f'[skills]\nbundled = {{ enabled = false }}\n[[skills.config]]\npath = "{path}"\nenabled = false\n'
        '[[skills.config]]\nname = "two"\nenabled = true\n'
    )
    assert [skill.name for skill in look()] == ["two"]


@pytest.mark.parametrize("broken", ["no head", "---\nname: x\n---\n", "---\nname: two words\ndescription: d\n---\n"])
def test_broken_ones_are_left_out(look: Any, worktree: Path, broken: str) -> None:
    path = worktree / ".agents/skills/bad/SKILL.md"
    path.parent.mkdir(parents=True)
    path.write_text(broken)
    put(worktree / ".agents/skills", "good")
    assert [skill.name for skill in look()] == ["good"]
    with pytest.raises(CommandError):
        found.read(path)


def test_a_file_without_a_name_is_called_as_its_folder(look: Any, worktree: Path) -> None:
    path = worktree / ".agents/skills/folder/SKILL.md"
    path.parent.mkdir(parents=True)
    path.write_text("---\ndescription: d\n---\n")
    assert [skill.name for skill in look()] == ["folder"]


@pytest.mark.parametrize(
    ("prompt", "names"),
    [
        ("$one", ["one"]),
        ("use $two and $one, then $two.", ["two", "one"]),
        ("$one: now", ["one"]),
        ("a$one $$one $onerous $HOME \\$ $", []),
        ("($one)", ["one"]),
        ("$plug:in", ["plug:in"]),
    ],
)
def test_what_a_prompt_names(prompt: str, names: list[str]) -> None:
    known = [found.Skill(name, "d", Path("/x")) for name in ("one", "two", "plug:in")]
    assert [skill.name for skill in texts.named(prompt, known)] == names


def test_the_list_is_bounded_and_empty_without_skills() -> None:
    many = [found.Skill(f"skill-{n}", "d" * 500, Path(f"/x/{n}")) for n in range(100)]
    (text,) = texts.listed(many)
    assert len(text) < 20_000 and "more, in the same folders" in text
    assert text.startswith("<skills_instructions>\n") and text.endswith("\n</skills_instructions>")
    assert texts.listed([]) == []


def test_completion_ranks_names_before_descriptions() -> None:
    known = [found.Skill(*each, Path("/x")) for each in (("pdf", "Reads files"), ("my-pdf", "x"), ("doc", "Like pdf"))]
    assert [text for text, _ in texts.completed("pd", known)] == ["$pdf", "$my-pdf", "$doc"]
    assert texts.completed("zzz", known) == []
