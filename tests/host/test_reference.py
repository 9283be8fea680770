"""The reference pages are fresh, and every hook stands in them."""

from __future__ import annotations

from pathlib import Path

from csm.host import hookspecs, reference
from csm.host.extensions import HOOKS

FOLDER = Path(__file__).resolve().parents[2] / "docs/reference"
AGAIN = "csm.host.reference.write(Path('docs/reference'))"


def test_the_pages_are_fresh() -> None:
    assert reference.stale(FOLDER) == [], f"make them anew: {AGAIN}"


def test_every_hook_has_a_kind_and_a_text() -> None:
    listed = [name for names in hookspecs.KINDS.values() for name in names]
    assert sorted(listed) == sorted(HOOKS)
    assert all(getattr(hookspecs, name).__doc__ for name in listed)


def test_writing_touches_only_what_changed(tmp_path: Path) -> None:
    assert len(reference.write(tmp_path)) == 4
    (tmp_path / "roles.md").write_text("old")
    assert reference.write(tmp_path) == [tmp_path / "roles.md"]
