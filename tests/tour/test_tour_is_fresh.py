"""The tour shows the shell as it is: each screen is played and compared, as text and as a picture."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest

from csm.host.host import Host
from csm.host.settings import load
from csm.protocol.errors import SandboxError
from tests.tour import page
from tests.tour.scenes import SCENES, Scene

DOCS = Path(__file__).resolve().parents[2] / "docs"


@pytest.fixture(scope="module", autouse=True)
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> None:
    """What is played runs commands in a sandbox."""
    home = tmp_path_factory.mktemp("none")
    env = {"HOME": str(home), "PATH": "/usr/bin:/bin"}
    host = Host.open(load(cwd=home, env=env), env, init=False)
    try:
        host.sandbox()
    except SandboxError as error:
        pytest.skip(str(error))
    finally:
        host.close()


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.name)
def test_a_screen_is_as_the_page_shows_it(scene: Scene) -> None:
    """Renew with: python -m tests.tour"""
    text, picture = page.played(scene)
    assert "csm-tour-" not in text
    assert f"```\n{text}```" in (DOCS / "tour.md").read_text("utf-8")
    assert (DOCS / "tour" / f"{scene.name}.svg").read_text("utf-8") == picture
    ElementTree.fromstring(picture)


def test_the_page_has_each_screen_and_no_picture_is_left_over() -> None:
    page_text = (DOCS / "tour.md").read_text("utf-8")
    names = [scene.name for scene in SCENES]
    assert [page_text.index(f"tour/{name}.svg") for name in names] == sorted(
        page_text.index(f"tour/{name}.svg") for name in names
    )
    assert {path.stem for path in (DOCS / "tour").glob("*.svg")} == set(names)
    assert all(scene.title in page_text and scene.words in page_text for scene in SCENES)
