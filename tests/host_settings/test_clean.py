"""`--clean` leaves out all that is csm's own: settings, script, keymaps, themes, extensions, the project's too."""

from __future__ import annotations

from pathlib import Path

from csm.host import config_file
from csm.host.host import Host
from csm.host.settings import Skipped, load


def test_nothing_of_ones_own_is_read(tmp_path: Path) -> None:
    home, project = tmp_path / "home", tmp_path / "project"
    own = home / ".config/csm"
    for folder in (own / "extensions", own / "keymaps", project / ".csm/extensions", project / ".git", home / ".codex"):
        folder.mkdir(parents=True)
    (project / ".git/HEAD").write_text("ref: refs/heads/main\n")
    (own / "settings.toml").write_text('keymap = "vim"\n')
    (own / "init.py").write_text("1 / 0\n")
    (own / "keymaps/user.toml").write_text("= broken")
    for folder, name in ((own, "mine"), (project / ".csm", "theirs")):
        (folder / f"extensions/{name}.py").write_text(
            f'from csm.api import command\n@command("{name}.x")\ndef x(cx): ...\n'
        )
    config_file.trust(home / ".codex", project)
    env = {"HOME": str(home)}

    usual = Host.open(load(cwd=project, env=env), env)
    assert (usual.settings.keymap, "mine.x" in usual.commands, "theirs.x" in usual.commands) == ("vim", True, True)
    assert usual.messages
    usual.close()

    clean = Host.open(load(cwd=project, env=env, skipped=Skipped(own=True)), env)
    assert (clean.settings.keymap, "mine.x" in clean.commands, "theirs.x" in clean.commands) == ("codex", False, False)
    assert clean.settings.trusted
    assert (clean.keymap.name, clean.keymap.problems, clean.messages) == ("codex", [], [])
    clean.reload_settings()
    assert [root.kind for root in clean.roots] == ["bundled", "user"]
    clean.close()
