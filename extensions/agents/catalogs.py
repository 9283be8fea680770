"""Which models an agent may have: those of the user's catalog, else csm's table.

Does not: know models.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from csm.api import SettingError, catalog

if TYPE_CHECKING:
    from csm.api import Settings, models


def of(settings: Settings) -> models.Catalog | None:
    """The catalog that the settings name; None where they name none, or none that can be read."""
    try:
        return catalog.catalog(settings)
    except SettingError:
        return None  # the turn tells of it
