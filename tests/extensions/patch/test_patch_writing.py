"""Where patches may write, who is asked, and how files are replaced."""

import asyncio
import os
import stat
import tempfile
from pathlib import Path

import pytest

from csm.api import ToolError, items, tools
from csm.api.testing import FakeToolContext, bundled

write = bundled("patch", "write")
UPDATE = "*** Update File: {}\n@@\n-two\n+TWO\n"
ADD = "*** Add File: {}\n+x\n"
DELETE = "*** Delete File: {}\n"
FAILED = "Exit code: 1\nWall time: 0 seconds\nOutput:\nFailed to {} file {}\n"


@pytest.fixture
def tool():
    return bundled("patch").tools()[0]


@pytest.fixture
def work(tmp_path):
    """A work folder with `l.txt`, symlinks to inside and outside, and a folder `outside` beside it."""
    work, outside = tmp_path / "work", tmp_path / "outside"
    for folder in (work / ".git" / "hooks", outside):
        folder.mkdir(parents=True)
    (work / "l.txt").write_text("one\ntwo\n")
    (outside / "t.txt").write_text("one\ntwo\n")
    (work / "out-folder").symlink_to(outside)
    (work / "out-file").symlink_to(outside / "t.txt")
    (work / "dangling").symlink_to(outside / "none")
    (work / "in-file").symlink_to("l.txt")
    (work / "git").symlink_to(".git")
    return work


def context(work, **values):
    policy = tools.SandboxPolicy("workspace-write", exclude_slash_tmp=True)
    return FakeToolContext(work, **{"approval": "never", "sandbox_policy": policy, **values})


def apply(tool, cx, *sections):
    patch = "*** Begin Patch\n" + "".join(sections) + "*** End Patch"
    return asyncio.run(cx.call(tool, patch, custom=True))


def refusal(tool, cx, *sections):
    with pytest.raises(ToolError) as caught:
        apply(tool, cx, *sections)
    return caught.value.message


@pytest.mark.parametrize(
    "section",
    [
        ADD.format("out-folder/n.txt"),
        ADD.format("out-folder/deep/n.txt"),
        ADD.format("dangling"),
        ADD.format("git/hooks/post-commit"),
        UPDATE.format("out-file"),
        UPDATE.format("out-folder/t.txt"),
        DELETE.format("out-folder/t.txt"),
        UPDATE.format("l.txt\n*** Move to: out-folder/m.txt"),
    ],
)
def test_no_symlink_leads_out(tool, work, section):
    cx = context(work)
    result = apply(tool, cx, ADD.format("first.txt"), section)
    assert not result.success and "Failed to " in result.output
    assert result.item.status == "failed"
    assert sorted(path.name for path in (work.parent / "outside").iterdir()) == ["t.txt"]
    assert (work.parent / "outside/t.txt").read_text() == "one\ntwo\n"
    assert list((work / ".git/hooks").iterdir()) == []
    assert (work / "l.txt").exists() and not (work / "first.txt").exists(), "all is looked at before any is written"


def test_a_symlink_inside_is_kept_and_its_file_changed(tool, work):
    assert apply(tool, context(work), UPDATE.format("in-file")).success
    assert (work / "in-file").is_symlink() and (work / "l.txt").read_text() == "one\nTWO\n"


@pytest.mark.parametrize("link", ["in-file", "out-file"])
def test_deleting_a_symlink_deletes_the_symlink(tool, work, link):
    assert apply(tool, context(work), DELETE.format(link)).success
    assert not (work / link).is_symlink()
    assert (work / "l.txt").exists() and (work.parent / "outside/t.txt").exists()


OUTSIDE = "patch rejected: writing outside of the project; rejected by user approval settings"


@pytest.mark.parametrize("name", [".git", ".codex", ".agents", ".aws", ".csm"])
@pytest.mark.parametrize("form", ["{}/x", "./{}/x", "d/../{}/x", "{}"])
def test_protected_folders(tool, work, name, form):
    assert refusal(tool, context(work), ADD.format(form.format(name))) == OUTSIDE


def test_a_repository_in_the_project_keeps_its_folder(tool, work):
    (work / "sub/.git/hooks").mkdir(parents=True)
    (work / "a/b").mkdir(parents=True)
    (work / "a/b/.git").write_text("gitdir: x\n")
    for path in ("sub/.git/hooks/x", "d/../sub/.git/config", "a/b/.git"):
        assert refusal(tool, context(work), ADD.format(path)) == OUTSIDE
    assert apply(tool, context(work), ADD.format("sub/x")).success


@pytest.mark.parametrize("path", ["../n.txt", "/n.txt", "d/../../n.txt", "../work2/n.txt", ".."])
def test_outside_without_anyone_to_ask(tool, work, path):
    assert refusal(tool, context(work), ADD.format(path)) == OUTSIDE


def test_other_roots(tool, work, tmp_path):
    other, temporary = tmp_path / "other", tmp_path / "temporary"
    for folder in (other, temporary):
        folder.mkdir()
    policy = tools.SandboxPolicy("workspace-write", writable_roots=(str(other),), exclude_slash_tmp=True)
    env = {"TMPDIR": str(temporary)}
    for folder in (other, temporary):
        assert apply(tool, context(work, sandbox_policy=policy, env=env), ADD.format(folder / "n.txt")).success
        section = ADD.format(folder / ".git/n.txt")
        assert refusal(tool, context(work, sandbox_policy=policy, env=env), section) == OUTSIDE
    without = tools.SandboxPolicy("workspace-write", exclude_tmpdir_env_var=True, exclude_slash_tmp=True)
    section = ADD.format(temporary / "m.txt")
    assert refusal(tool, context(work, sandbox_policy=without, env=env), section) == OUTSIDE


def test_a_root_around_the_project_does_not_open_its_git(tool, work, tmp_path):
    policy = tools.SandboxPolicy("workspace-write", writable_roots=(str(tmp_path),))
    assert refusal(tool, context(work, sandbox_policy=policy), ADD.format(".git/hooks/x")) == OUTSIDE


def test_slash_tmp_is_a_root_unless_excluded(tool, work):
    policy = tools.SandboxPolicy("workspace-write")
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        assert apply(tool, context(work, sandbox_policy=policy), ADD.format(f"{folder}/n.txt")).success
        refused = context(work, sandbox_policy=tools.SandboxPolicy("workspace-write", exclude_slash_tmp=True))
        with pytest.raises(ToolError):
            apply(tool, refused, ADD.format(f"{folder}/m.txt"))


def test_read_only_without_anyone_to_ask(tool, work):
    cx = context(work, sandbox_policy=tools.SandboxPolicy("read-only"))
    told = "patch rejected: writing is blocked by read-only sandbox; rejected by user approval settings"
    assert refusal(tool, cx, UPDATE.format("l.txt")) == told


def test_full_access_writes_anywhere(tool, work):
    cx = context(work, sandbox_policy=tools.SandboxPolicy("danger-full-access"), approval="on-request")
    assert apply(tool, cx, ADD.format("../n.txt"), ADD.format(".git/x"), UPDATE.format("out-file")).success
    assert cx.asks == [] and (work.parent / "n.txt").exists()
    assert (work.parent / "outside/t.txt").read_text() == "one\nTWO\n" and (work / "out-file").is_symlink()


@pytest.mark.parametrize(
    ("approval", "mode", "section", "why"),
    [
        ("on-request", "workspace-write", ADD.format("../n.txt"), "writing outside of the project"),
        ("on-failure", "workspace-write", ADD.format(".git/x"), "writing outside of the project"),
        ("on-request", "workspace-write", ADD.format("out-folder/n.txt"), "writing outside of the project"),
        ("on-request", "read-only", UPDATE.format("l.txt"), "writing is blocked by read-only sandbox"),
        ("untrusted", "workspace-write", UPDATE.format("l.txt"), ""),
    ],
)
def test_who_is_asked_and_may_allow_it(tool, work, approval, mode, section, why):
    policy = tools.SandboxPolicy(mode, exclude_slash_tmp=True)
    cx = context(work, approval=approval, sandbox_policy=policy)
    assert apply(tool, cx, section).success
    (ask,) = cx.asks
    assert (ask.kind, ask.call_id, ask.why, ask.sandbox, ask.cwd) == ("patch", "call", why, mode, str(work))
    assert ask.title.startswith("Change ")
    (path,) = [change.path for change in ask.changes]
    assert path == os.path.realpath(cx.shown[0][1].changes[0].path), "asked is about where it really goes"
    assert Path(path).exists()


def test_what_was_accepted_is_all_that_is_allowed(tool, work):
    """A symlink put there while the user was deciding."""

    def swap(ask):
        (work / "d").symlink_to(work.parent / "outside")
        return tools.Answer(ask.id, "accept")

    cx = context(work, approval="untrusted", answer=swap)
    assert not apply(tool, cx, ADD.format("d/n.txt")).success
    assert not (work.parent / "outside/n.txt").exists()


def test_inside_nobody_is_asked(tool, work):
    cx = context(work, approval="on-request")
    assert apply(tool, cx, UPDATE.format("l.txt")).success and cx.asks == []


@pytest.mark.parametrize(("decision", "text"), [("decline", ""), ("decline", "use b.txt"), ("cancel", "")])
def test_declined(tool, work, decision, text):
    cx = context(work, approval="untrusted", answer=lambda ask: tools.Answer(ask.id, decision, text))
    result = apply(tool, cx, UPDATE.format("l.txt"))
    assert result.output == "patch rejected by user" + (f": {text}" if text else "")
    assert (result.success, result.item.status) == (False, "declined")
    assert (work / "l.txt").read_text() == "one\ntwo\n"


def test_what_does_not_fit_is_never_asked(tool, work):
    cx = context(work, approval="untrusted")
    assert refusal(tool, cx, "*** Update File: l.txt\n@@\n-nope\n+x\n").startswith("apply_patch verification failed: ")
    assert cx.asks == [] and cx.shown == []


def test_the_item_shows_diffs_and_contents(tool, work):
    (work / "gone.txt").write_text("bye\n")
    cx = context(work)
    diff = "@@ -1,2 +1,2 @@\n one\n-two\n+TWO\n"
    sections = [ADD.format("new.txt"), UPDATE.format("l.txt\n*** Move to: m.txt"), DELETE.format("gone.txt")]
    result = apply(tool, cx, *sections)
    assert result.output.endswith("Success. Updated the following files:\nA new.txt\nM m.txt\nD gone.txt\n")
    assert result.item == items.FileChange(
        "call",
        (
            items.PatchChange(str(work / "gone.txt"), "delete", "bye\n"),
            items.PatchChange(str(work / "l.txt"), "update", diff, str(work / "m.txt")),
            items.PatchChange(str(work / "new.txt"), "add", "x\n"),
        ),
        "completed",
        result.output.split("Output:\n")[1],
    )
    assert not (work / "l.txt").exists() and (work / "m.txt").read_text() == "one\nTWO\n"


@pytest.mark.parametrize("mode", [0o755, 0o600, 0o640])
@pytest.mark.parametrize("move", ["", "\n*** Move to: m.txt"])
def test_the_mode_is_kept(tool, work, mode, move):
    (work / "l.txt").chmod(mode)
    assert apply(tool, context(work), UPDATE.format("l.txt" + move)).success
    assert stat.S_IMODE((work / ("m.txt" if move else "l.txt")).stat().st_mode) == mode


def test_a_new_file_has_the_usual_mode(tool, work):
    before = os.umask(0o027)
    try:
        assert apply(tool, context(work), ADD.format("n/n.txt")).success
    finally:
        os.umask(before)
    assert stat.S_IMODE((work / "n/n.txt").stat().st_mode) == 0o640


def test_a_file_that_may_not_be_written_is_not_replaced(tool, work):
    (work / "l.txt").chmod(0o444)
    assert apply(tool, context(work), UPDATE.format("l.txt")).output == FAILED.format("write", work / "l.txt")
    assert (work / "l.txt").read_text() == "one\ntwo\n"


def test_another_name_of_a_file_outside_is_not_written_through(tool, work):
    """A hard link: replacing the file leaves what the other name leads to."""
    os.link(work.parent / "outside/t.txt", work / "hard.txt")
    assert apply(tool, context(work), UPDATE.format("hard.txt")).success
    assert (work / "hard.txt").read_text() == "one\nTWO\n"
    assert (work.parent / "outside/t.txt").read_text() == "one\ntwo\n"


def test_nothing_is_left_beside_the_file(tool, work):
    before = sorted(path.name for path in work.iterdir())
    assert apply(tool, context(work), UPDATE.format("l.txt")).success
    assert sorted(path.name for path in work.iterdir()) == before


def test_a_folder_swapped_for_a_symlink_after_the_check(work):
    """Judged is where the open folder is, not where its name led a moment ago."""
    (work / "d").mkdir()
    outside = work.parent / "outside"

    def judge(path):
        if not (work / "d").is_symlink():
            (work / "d").rmdir()
            (work / "d").symlink_to(outside)
            return True
        return path.startswith(f"{work}/")

    with pytest.raises(OSError):
        write.put(str(work / "d" / "new" / "n.txt"), b"x", judge)
    assert sorted(path.name for path in outside.iterdir()) == ["t.txt"]


def test_patches_of_one_thread_take_turns(tool, work):
    """The second sees what the first has done, though both were called together."""
    cx = context(work)

    async def both():
        patch = "*** Begin Patch\n*** Update File: l.txt\n@@\n-{}\n+{}\n*** End Patch"
        first = cx.call(tool, patch.format("two", "three"), custom=True)
        second = cx.call(tool, patch.format("three", "four"), custom=True)
        return await asyncio.gather(first, second)

    assert all(result.success for result in asyncio.run(both()))
    assert (work / "l.txt").read_text() == "one\nfour\n"


def test_cancelled_while_asking_writes_nothing(tool, work):
    async def run():
        asked = asyncio.Event()

        class Context(FakeToolContext):
            async def ask(self, ask):
                asked.set()
                await asyncio.get_running_loop().create_future()

        cx = Context(work, approval="untrusted")
        patch = f"*** Begin Patch\n{UPDATE.format('l.txt')}*** End Patch"
        running = asyncio.ensure_future(cx.call(tool, patch, custom=True))
        await asked.wait()
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running

    asyncio.run(run())
    assert (work / "l.txt").read_text() == "one\ntwo\n"


def test_models_that_know_only_json_calls(tool, work):
    cx = context(work)
    patch = f"*** Begin Patch\n{UPDATE.format('l.txt')}*** End Patch"
    assert asyncio.run(cx.call(tool, {"input": patch})).success
    with pytest.raises(ToolError, match="failed to parse function arguments"):
        asyncio.run(cx.call(tool, {"patch": 1}))


def test_paths_with_a_nul(tool, work):
    assert "NUL" in refusal(tool, context(work), ADD.format("a\0b"))
