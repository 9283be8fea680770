"""The tool on real files: what it answers and what the files hold afterwards.

`cases.json` has for each case the files before (default: `l.txt` with five lines), the patch, the output (after the
head, where `exit` says that it was carried out) and the files afterwards where they differ.
"""

import asyncio
import json
import re
from pathlib import Path

import pytest

from csm.api import ToolError, tools
from csm.api.testing import FakeToolContext, bundled

CASES = json.loads((Path(__file__).parent / "cases.json").read_text())
FIVE = {"l.txt": "one\ntwo\nthree\nfour\nfive\n"}
HEAD = re.compile(r"Exit code: (\d)\nWall time: [\d.]+ seconds\nOutput:\n")


@pytest.fixture
def tool():
    (tool,) = bundled("patch").tools()
    return tool


def lay(folder, files):
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())


def found(folder):
    paths = (path for path in sorted(folder.rglob("*")) if path.is_file())
    named = {str(path.relative_to(folder)): path.read_bytes().decode() for path in paths}
    return {name: text for name, text in named.items() if not name.startswith((".git/", "a.txt"))}


@pytest.mark.parametrize("name", CASES)
def test_case(tool, tmp_path, name):
    case = CASES[name]
    work = tmp_path / "work"
    lay(work, {"a.txt": "hello\n", **case.get("files", FIVE)})
    (tmp_path / "script.json").write_text("x\n")
    mode = case.get("mode", "workspace-write")
    policy = tools.SandboxPolicy(mode, exclude_slash_tmp=True)
    cx = FakeToolContext(work, approval="never", sandbox_policy=policy)
    patch = case["patch"].replace("{work}", str(work)).replace("{root}", str(tmp_path))
    try:
        result = asyncio.run(cx.call(tool, patch, custom=True))
    except ToolError as error:
        assert "exit" not in case
        output = error.message
        assert cx.shown == []
    else:
        head = HEAD.match(result.output)
        assert head and int(head[1]) == case["exit"]
        output = result.output[head.end() :]
        assert result.success is (case["exit"] == 0)
        assert [(what, item.status) for what, item in cx.shown] == [("started", "in_progress")]
        assert result.item.status == ("completed" if result.success else "failed")
        assert (result.item.stdout if result.success else result.item.stderr) == output
    assert output.replace(str(work), "WORK").replace(str(tmp_path), "ROOT") == case["output"]
    assert found(work) == case.get("after", case.get("files", FIVE))
