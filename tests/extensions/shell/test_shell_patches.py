"""Patches that a command line hands to `apply_patch`: which are taken out of the shell's hands, and what is told."""

from __future__ import annotations

from typing import Any

import pytest

from csm.api import ToolError, items
from csm.api import tools as types

PATCH = "*** Begin Patch\n*** Add File: new\n+x\n*** End Patch"
UPDATE = "*** Begin Patch\n*** Update File: a.txt\n@@\n-nope\n+yes\n*** End Patch"

#: Command lines that are a patch, the folder they change to, and whether Codex sees it too.
TAKEN = [
    (f"apply_patch <<'EOF'\n{PATCH}\nEOF", None),
    (f'apply_patch <<"EOF"\n{PATCH}\nEOF', None),
    (f"apply_patch <<EOF\n{PATCH}\nEOF", None),
    (f"apply_patch <<'PATCH'\n{PATCH}\nPATCH", None),
    (f"applypatch <<'EOF'\n{PATCH}\nEOF", None),
    (f"cd sub && apply_patch <<'EOF'\n{PATCH}\nEOF", "sub"),
    (f"cd 'sub' && apply_patch <<'EOF'\n{PATCH}\nEOF", "sub"),
    (f"cd \"sub\" && apply_patch <<'EOF'\n{PATCH}\nEOF", "sub"),
    (f"  apply_patch   << 'EOF'\n{PATCH}\nEOF\n\n", None),
    (f"apply_patch <<'EOF'\n{PATCH}\nEOF\n   ", None),
    (f"X=1 apply_patch <<'EOF'\n{PATCH}\nEOF", None),
    ("apply_patch <<-'EOF'\n" + "".join(f"\t{line}\n" for line in PATCH.splitlines()) + "\tEOF", None),
    (f"apply_patch '{PATCH}'", None),
    (f'apply_patch "{PATCH}"', None),
    (f"bash -lc \"apply_patch <<'EOF'\n{PATCH}\nEOF\"", None),
    (f"sh -c 'cd sub && apply_patch <<EOF\n{PATCH}\nEOF'", "sub"),
    (f"cd ~/sub && apply_patch <<EOF\n{PATCH}\nEOF", "~/sub"),
]
#: What the shell runs: it does more than apply a patch, or only the shell knows what.
LEFT = [
    "echo apply_patch",
    "apply_patch",
    "apply_patch patch.txt",
    f"cd sub; apply_patch <<'EOF'\n{PATCH}\nEOF",
    f"cd sub || apply_patch <<'EOF'\n{PATCH}\nEOF",
    f"cd $X && apply_patch <<'EOF'\n{PATCH}\nEOF",
    f"cd a* && apply_patch <<'EOF'\n{PATCH}\nEOF",
    f"cd a b && apply_patch <<'EOF'\n{PATCH}\nEOF",
    f"ls && apply_patch <<'EOF'\n{PATCH}\nEOF",
    f"cd a && cd b && apply_patch <<'EOF'\n{PATCH}\nEOF",
    f"apply_patch <<'EOF' && echo done\n{PATCH}\nEOF",
    f"apply_patch <<'EOF'\n{PATCH}\nEOF\necho done",
    f"apply_patch <<'EOF' > out\n{PATCH}\nEOF",
    f"apply_patch other <<'EOF'\n{PATCH}\nEOF",
    f"# why\napply_patch <<'EOF'\n{PATCH}\nEOF",
    f"(apply_patch <<'EOF'\n{PATCH}\nEOF\n)",
    f"cat <<'EOF' | apply_patch\n{PATCH}\nEOF",
    f"apply_patch <<< '{PATCH}'",
    f"/usr/bin/apply_patch <<'EOF'\n{PATCH}\nEOF",
    f"apply_patch <<'EOF'\n{PATCH}",
    'apply_patch "$(cat patch)"',
]


@pytest.mark.parametrize(("script", "folder"), TAKEN)
def test_a_patch_is_found(script: str, folder: str | None) -> None:
    from csm_extensions.shell import patching

    found = patching.found(script)
    assert found is not None
    assert (found.text.strip(), found.folder) == (PATCH, folder)


@pytest.mark.parametrize("script", LEFT)
def test_the_shell_keeps_what_is_more_than_a_patch(script: str) -> None:
    from csm_extensions.shell import patching

    assert patching.found(script) is None


def test_a_patch_without_the_command_is_told_so() -> None:
    from csm_extensions.shell import patching

    with pytest.raises(ToolError, match=r'^apply_patch verification failed: .* Rerun as \["apply_patch", "<patch>"\]$'):
        patching.found(f"\n{PATCH}\n")


def test_it_is_applied_shown_as_a_change_and_told_with_its_time(bench: Any, run: Any) -> None:
    (bench.cwd / "sub").mkdir()

    async def work() -> str:
        return await bench.run(f"cd sub && apply_patch <<'EOF'\n{PATCH}\nEOF")

    told = run(bench, work)
    assert (bench.cwd / "sub" / "new").read_text() == "x\n"
    head, _, rest = told.partition("Exit code: 0\n")
    assert head == "Wall time: 0.0000 seconds\nOutput:\n"
    assert rest.endswith("Output:\nSuccess. Updated the following files:\nA new\n")
    item = bench.item()
    assert isinstance(item, items.FileChange)
    assert (item.status, item.changes[0].path) == ("completed", str(bench.cwd / "sub" / "new"))
    assert bench.kinds() == ["started", "completed"]


def test_it_begins_in_the_calls_own_folder(bench: Any, run: Any) -> None:
    async def work() -> None:
        await bench.run(f"apply_patch <<'EOF'\n{PATCH}\nEOF", workdir="made")
        await bench.run(f"cd .. && apply_patch <<'EOF'\n{PATCH}\nEOF", workdir="made")

    run(bench, work)
    assert (bench.cwd / "made" / "new").exists()
    assert (bench.cwd / "new").exists()


def test_a_patch_that_does_not_fit_is_told_as_the_tool_tells_it(bench: Any, run: Any) -> None:
    (bench.cwd / "a.txt").write_text("hello\n")

    async def work() -> str:
        with pytest.raises(ToolError) as error:
            await bench.run(f"apply_patch <<'EOF'\n{UPDATE}\nEOF")
        return error.value.message

    told = run(bench, work)
    assert told == (f"apply_patch verification failed: Failed to find expected lines in {bench.cwd / 'a.txt'}:\nnope")
    assert bench.kinds() == []


def test_it_cannot_leave_the_roots_or_ask_for_that_where_nobody_answers(bench: Any, run: Any) -> None:
    bench.sandbox_policy = types.SandboxPolicy(
        mode="workspace-write", exclude_slash_tmp=True, exclude_tmpdir_env_var=True
    )

    async def refused(script: str, **more: Any) -> str:
        with pytest.raises(ToolError) as error:
            await bench.run(script, **more)
        return error.value.message

    async def work() -> tuple[str, str]:
        outside = await refused(f"cd / && apply_patch <<'EOF'\n{PATCH}\nEOF")
        return outside, await refused(f"apply_patch '{PATCH}'", sandbox_permissions="require_escalated")

    outside, escalated = run(bench, work)
    assert outside == "patch rejected: writing outside of the project; rejected by user approval settings"
    assert escalated.startswith("approval policy is Never; reject command")
    assert not (bench.cwd / "new").exists()
