"""Edits of config.toml: the rest of the file stays, to the comment."""

from __future__ import annotations

from pathlib import Path

import pytest

from csm.host import config_file
from csm.protocol.errors import SettingError

TEXT = """\
# mine
model = "x"  # why

[projects."/a"]   # here
trust_level = "untrusted"

[features]
goals = true
"""
EDITS = [
    (("projects", "/a", "trust_level"), "trusted", TEXT.replace('"untrusted"', '"trusted"')),
    (("features", "goals"), None, TEXT.replace("goals = true\n", "")),
    (("features", "apps"), False, TEXT + "apps = false\n"),
    (("model",), "y", TEXT.replace('"x"', '"y"')),
    (("features", "nothing"), None, TEXT),
]


@pytest.mark.parametrize(("path", "value", "wanted"), EDITS)
def test_one_value_changes_and_nothing_else(path: tuple[str, ...], value: object, wanted: str, tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text(TEXT)
    file.chmod(0o600)
    assert config_file.put(tmp_path, path, value) == file
    assert file.read_text() == wanted
    assert file.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["config.toml"]


def test_a_folder_is_trusted_in_a_file_that_was_not_there(tmp_path: Path) -> None:
    config_file.trust(tmp_path / "home", Path("/a.b/c"))
    assert (tmp_path / "home/config.toml").read_text() == '[projects."/a.b/c"]\ntrust_level = "trusted"\n'


def test_a_link_is_followed(tmp_path: Path) -> None:
    (tmp_path / "real").write_text("# kept\n")
    (tmp_path / "config.toml").symlink_to("real")
    config_file.put(tmp_path, ("model",), "x")
    assert (tmp_path / "config.toml").is_symlink()
    assert (tmp_path / "real").read_text() == '# kept\nmodel = "x"\n'


@pytest.mark.parametrize("data", [b"= broken", b"\xff"])
def test_a_broken_file_is_left_alone(data: bytes, tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_bytes(data)
    with pytest.raises(SettingError) as caught:
        config_file.put(tmp_path, ("model",), "x")
    assert caught.value.hint == "mend it first"
    assert (tmp_path / "config.toml").read_bytes() == data
