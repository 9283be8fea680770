"""The settings of a host: as the files say, and above that what `init.py` and extensions wish.

Does not: read files (`csm.host.settings`).
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

from csm.protocol.errors import SettingError

if TYPE_CHECKING:
    from csm.host.host import Host
    from csm.host.settings import Settings
    from csm.host.wishes import Wishes


class Tuned:
    """A part of `Host`."""

    settings: Settings
    base: Settings
    env: Mapping[str, str]
    options: dict[str, Any]
    fixed: frozenset[str]
    wishes: Wishes
    _lock: threading.RLock

    def setting(self, name: str, default: Any = None) -> Any:
        """A setting by its dotted name, as configured (csm's own are below `csm.`); else what declares it says."""
        value: Any = self.settings.raw
        for part in name.split("."):
            value = value.get(part) if isinstance(value, dict) else None
        if value is None and name.startswith("csm."):
            return self.option(name.removeprefix("csm."), default)
        return default if value is None else value

    def option(self, name: str, default: Any = None) -> Any:
        """One of csm's own settings, or an extension's: its value where that fits, else the default it declares."""
        from csm.host import declared

        return declared.value(cast("Host", self), name, default)

    def wish_setting(self, owner: str, name: str, value: Any, where: str = "") -> None:
        """Change a setting for as long as `owner` is there; the command line stays above. Raises SettingError."""
        if name in self.fixed:
            return
        before = self.wishes.snapshot()
        self.wishes.set(owner, name, value, where)
        try:
            self.settle()
            if name in self.settings.unknown:
                raise SettingError(f"there is no setting {name}")
        except SettingError:
            self.wishes.restore(before)
            self.settle()
            raise

    def settle(self, base: Settings | None = None) -> None:
        """Put settings in force: `base` if given, and what is wished above it. Raises SettingError."""
        from csm.host import settings

        with self._lock:
            base = base or self.base
            wished = self.wishes.settings
            made = settings.reload(base, env=self.env, overrides=wished) if wished else base
            self.base, self.settings = base, made
            self.options.clear()
            self.options.update(made.raw.get("csm", {}))

    def reload_settings(self, **more: Any) -> None:
        """Read the settings anew, `more` (dotted keys) above them. Extensions of a project trusted since join in.

        Raises SettingError; then all stays as it was.
        """
        from csm.host import settings

        host = cast("Host", self)
        with self._lock:
            known = self.settings.warnings
            self.settle(settings.reload(self.base, env=self.env, overrides=more, fresh=True))
            host.forget_provided()
            host.want(self.settings)
            for warning in self.settings.warnings:
                if warning not in known:
                    host.report("warning", warning)
            host.join_project()
