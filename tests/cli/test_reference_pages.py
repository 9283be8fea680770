"""Generated parts of the documentation are fresh, and the tables they come from are sound."""

from __future__ import annotations

from pathlib import Path

import pytest

from csm.cli.reference import refresh
from csm.host.setting_keys import KEYS, KNOWN, MACHINE
from csm.host.settings import ProviderSettings

DOCS = Path(__file__).resolve().parents[2] / "docs"


@pytest.mark.parametrize("page", ["settings.md", "compatibility.md"])
def test_pages_are_fresh(page: str) -> None:
    """Renew with: python -m csm.cli.reference docs/settings.md docs/compatibility.md"""
    text = (DOCS / page).read_text("utf-8")
    assert "<!-- begin " in text
    assert refresh(text) == text


def test_every_setting_has_help_and_stands_once() -> None:
    names = [key.name for key in KEYS]
    assert len(set(names)) == len(names)
    assert all(key.help for key in KEYS)
    first = {name.split(".")[0] for name in names}
    assert first.isdisjoint(KNOWN)
    assert {name for name in MACHINE if not name.startswith("experimental_")} <= first | KNOWN


def test_every_field_of_a_provider_is_a_setting() -> None:
    prefix = "model_providers.*."
    listed = {key.name.removeprefix(prefix) for key in KEYS if key.name.startswith(prefix)}
    assert listed == set(ProviderSettings.__struct_fields__) - {"id"}
