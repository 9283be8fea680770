"""What every sandbox must hold: files outside the writable folders.

Does not: test the shell tools. Commands are started as the contract says, with no help.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

OUTSIDE = {
    "create": "echo x > {out}/new",
    "overwrite": "echo x > {out}/file",
    "append": "echo x >> {out}/file",
    "truncate": "truncate -s 0 {out}/file",
    "truncate by path": f"{sys.executable} -I -c 'import os; os.truncate(\"{{out}}/file\", 0)'",
    "dots": "echo x > ../outside/new",
    "existing link": "echo x > was-there/new",
    "new link": "ln -s {out} link && echo x > link/new",
    "link to the file": "ln -s {out}/file link && echo x > link",
    "hard link": "ln {out}/file here && echo x > here",
    "move away": "mv {out}/file .",
    "move in": "mv a.txt {out}/",
    "rename": "mv {out}/file {out}/other",
    "remove": "rm -f {out}/file; test ! -e {out}/file",
    "remove a folder": "rmdir {out}/folder",
    "make a folder": "mkdir {out}/new",
    "make a fifo": "mkfifo {out}/new",
    "make a link": "ln -s /etc {out}/new",
    "edit": "sed -i s/precious/x/ {out}/file",
    "change the mode": "chmod 600 {out}/file",
    "make it run": "chmod +x {out}/script",
    "through /proc/self/cwd": "echo x > /proc/self/cwd/../outside/new",
    "through /proc/self/root": "echo x > /proc/self/root{out}/new",
    "from a child": "(setsid bash -c 'echo x > {out}/new')",
}


@pytest.mark.parametrize("script", OUTSIDE.values(), ids=OUTSIDE.keys())
def test_nothing_outside_is_changed(box: Any, script: str) -> None:
    (box.work / "was-there").symlink_to(box.outside)
    before = box.state(box.outside)
    done = box.run(script.format(out=box.outside))
    assert box.state(box.outside) == before
    assert done.code != 0, done.output


def test_a_folder_the_command_starts_in_is_not_writable_for_that(box: Any) -> None:
    done = box.run("pwd; echo x > new", workdir=box.outside)
    assert done.output.startswith(f"{box.outside}\n")
    assert done.code != 0
    assert not (box.outside / "new").exists()


def test_a_named_root_is_writable(box: Any) -> None:
    done = box.run(f"echo x > {box.outside}/new", writable_roots=(str(box.outside),))
    assert (done.code, (box.outside / "new").read_text()) == (0, "x\n")


def test_a_named_root_that_is_missing_is_no_error(box: Any) -> None:
    assert box.run("true", writable_roots=(str(box.outside / "nowhere"),)).code == 0


def test_read_only_writes_nowhere(box: Any) -> None:
    before = box.state(box.work)
    done = box.run(
        "echo x > new; echo x > /tmp/csm-sandbox-test; echo x > a.txt; rm a.txt; cat a.txt", mode="read-only"
    )
    assert box.state(box.work) == before
    assert not Path("/tmp/csm-sandbox-test").exists()
    assert done.output.endswith("hello\n")


def test_tmp_is_writable_unless_excluded(box: Any, tmp_path: Path) -> None:
    script = 'f=$(mktemp -p "$D") && echo ok > $f && cat $f && rm $f'
    assert box.run(f"D=/tmp; {script}", exclude_slash_tmp=False).output == "ok\n"
    assert box.run(f"D=/tmp; {script}").code != 0
    own = tmp_path / "own"
    own.mkdir()
    box.env["TMPDIR"] = str(own)
    assert box.run(f"D={own}; {script}", exclude_tmpdir_env_var=False).output == "ok\n"
    assert box.run(f"D={own}; {script}").code != 0
