"""From scenes to the files of the tour: `tour.md`, and a picture of each screen.

Does not: write them.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from csm.host import themes
from csm.host.roots import find
from csm.view import svg
from tests.tour.scenes import SCENES, Scene
from tests.tour.stage import Stage

HEAD = """# A tour of the shell

{count} screens of csm, from the shell itself: a test plays each of them without a terminal, with a scripted model and
the time standing still, and fails where this page is stale. `python -m tests.tour` makes it anew. The keys are those
of the keymap `codex` unless it says otherwise; each screen is also a picture, in the colours of a theme.
"""


def files() -> dict[str, str]:
    """What belongs below `docs`, by its path there."""
    made: dict[str, str] = {}
    parts = [HEAD.format(count=_counted(len(SCENES)))]
    for scene in SCENES:
        text, picture = played(scene)
        made[f"tour/{scene.name}.svg"] = picture
        parts.append(_section(scene, text))
    made["tour.md"] = "\n".join(parts)
    return made


def played(scene: Scene) -> tuple[str, str]:
    """A scene's screen as text and as a picture.

    It is played in a folder whose path has always the same length: sizes of logs are on a screen, and paths in logs.
    """
    with tempfile.TemporaryDirectory(prefix="csm-tour-", dir="/tmp") as folder:
        home = Path(folder, "home")
        with Stage(home) as stage:
            shot = scene.play(stage)
        theme = themes.load(scene.theme, find(config_dir=home / "none"))
    return shot.text(), svg.render(shot, theme)


def _section(scene: Scene, text: str) -> str:
    keys = f"Pressed: {scene.keys}\n\n" if scene.keys else ""
    return (
        f"## {scene.title}\n\n{scene.words}\n\n{keys}![{scene.title}](tour/{scene.name}.svg)\n\n"
        f"<details><summary>The same as text</summary>\n\n```\n{text}```\n\n</details>\n"
    )


def _counted(number: int) -> str:
    return {10: "Ten", 11: "Eleven", 12: "Twelve"}.get(number, str(number))
