"""The file that the setting `model_catalog_json` names.

Does not: know what is in it (`csm.core.catalogs`).
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from csm.protocol.errors import SettingError

if TYPE_CHECKING:
    from csm.core import models
    from csm.host.settings import Settings


def catalog(settings: Settings) -> models.Catalog | None:
    """Its models; None where no file is named. Raises SettingError."""
    named = settings.raw.get("model_catalog_json")
    if not isinstance(named, str) or not named:
        return None
    from csm.core import catalogs

    path = settings.cwd / Path(named).expanduser()
    try:
        return catalogs.catalog(path.read_bytes())
    except OSError as error:
        raise SettingError(f"model_catalog_json: {path} cannot be read: {error.strerror}") from error
    except SettingError as error:
        raise SettingError(f"model_catalog_json: {path}: {error.message}") from error
