"""Some pieces of a patch allowed, the rest declined: what is written, shown and told."""

import asyncio

import pytest

from csm.api import ToolError, patches, tools
from csm.api.testing import FakeToolContext, bundled

PATCH = """*** Begin Patch
*** Update File: l.txt
@@
-two
+TWO
@@
-eight
+EIGHT
+eight and a half
*** Add File: n.txt
+new
*** Delete File: d.txt
*** End Patch"""
LINES = "one two three four five six seven eight nine".split()


@pytest.fixture
def work(tmp_path):
    (tmp_path / "d.txt").write_text("gone\n")
    (tmp_path / "l.txt").write_text("\n".join(LINES) + "\n")
    return tmp_path


def run(work, answer, patch=PATCH):
    policy = tools.SandboxPolicy("workspace-write")
    cx = FakeToolContext(work, approval="untrusted", sandbox_policy=policy, answer=answer)
    tool = bundled("patch").tools()[0]
    return cx, asyncio.run(cx.call(tool, patch, custom=True))


def pieces(*numbers):
    return lambda ask: tools.Answer(ask.id, "accept", pieces=numbers)


def text(work):
    return (work / "l.txt").read_bytes().decode()


def test_the_question_numbers_its_pieces(work):
    cx, _ = run(work, "accept")
    assert cx.asks[0].takes == ("pieces",)
    assert patches.pieces(cx.asks[0].changes) == ((0, 0), (0, 1), (1, -1), (2, -1))


@pytest.mark.parametrize(
    ("kept", "changed", "new", "gone"),
    [
        ((0,), "TWO", False, False),
        ((1,), "EIGHT", False, False),
        ((0, 2), "TWO", True, False),
        ((3,), "", False, True),
        ((0, 1, 2, 3), "TWO EIGHT", True, True),
    ],
)
def test_only_what_is_allowed_is_written(work, kept, changed, new, gone):
    _, result = run(work, pieces(*kept))
    lines = text(work).split()
    assert ("TWO" in lines, "EIGHT" in lines) == ("TWO" in changed, "EIGHT" in changed)
    assert ((work / "n.txt").exists(), not (work / "d.txt").exists()) == (new, gone)
    assert result.success
    assert ("declined and not applied" in result.output) == (len(kept) < 4)


def test_the_model_and_the_user_see_what_was_declined(work):
    cx, result = run(work, pieces(0, 2))
    assert result.output.endswith(
        f"Success. Updated the following files:\nA n.txt\nM l.txt\n"
        "The user allowed only what is listed above. These parts were declined and not applied:\n"
        f"M {work}/l.txt\n@@ -7,3 +7,4 @@\n seven\n-eight\n+EIGHT\n+eight and a half\n nine\nD {work}/d.txt\ngone\n"
    )
    assert [change.kind for change in result.item.changes] == ["update", "add"]
    declined = cx.shown[-1][1]
    assert (declined.status, [change.kind for change in declined.changes]) == ("declined", ["update", "delete"])
    assert declined.id != result.item.id


def test_ends_of_lines_stay_where_nothing_is_changed(work):
    (work / "l.txt").write_bytes(b"\r\n".join(word.encode() for word in LINES))
    run(work, pieces(0))
    assert text(work) == "\r\n".join(LINES).replace("two", "TWO")
    (work / "l.txt").write_bytes(b"two\nb\nc\nd\ne\nf\neight")
    (work / "n.txt").unlink(missing_ok=True)
    run(work, pieces(1))
    assert text(work) == "two\nb\nc\nd\ne\nf\nEIGHT\neight and a half\n"


def test_files_that_changed_meanwhile_are_not_overwritten(work):
    def answer(ask):
        (work / "l.txt").write_text(text(work).replace("nine", "mine"))
        return tools.Answer(ask.id, "accept")

    with pytest.raises(ToolError) as error:
        run(work, answer)
    assert "the files changed while the user was asked" in error.value.message
    assert "TWO" not in text(work)
