"""Keymap and theme of a host: loaded when they are first asked for, exchanged while it runs.

Does not: read their files (`csm.host.keymaps`, `csm.host.themes`).
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, cast

from csm.host import roots

if TYPE_CHECKING:
    from csm.host.host import Host
    from csm.host.keymaps import Keymap
    from csm.host.roots import Root
    from csm.host.settings import Settings
    from csm.host.themes import Theme
    from csm.host.wishes import Wishes


class Looks:
    """A part of `Host`."""

    settings: Settings
    roots: list[Root]
    wishes: Wishes
    enhanced_keys: bool | None
    background_dark: bool | None
    _lock: threading.RLock
    _keymap: Keymap | None
    _theme: Theme | None

    @property
    def keymap(self) -> Keymap:
        """The keymap in force, loaded on first use; what is wrong in it is in the messages."""
        with self._lock:
            return self._keymap or self.reload_keymap()

    def reload_keymap(self, name: str | None = None) -> Keymap:
        """Read the keymap anew, or another one. A file that cannot be read leaves the last good one, else `base`."""
        from csm.host import keymaps

        with self._lock:
            wanted = name or self.wishes.chosen("keymap") or self.settings.keymap
            self._keymap = keymaps.choose(wanted, self._host, last=self._keymap)
            return self._keymap

    def names(self, kind: str) -> list[str]:
        """Names of the `keymaps` or `themes` that may be chosen."""
        from csm.host import keymaps, theming

        hidden, more = (keymaps.PARTS, []) if kind == "keymaps" else ((), [theming.AUTO])
        return [*more, *(name for name in roots.names(self.roots, kind) if name not in (*hidden, *more))]

    def tell_keys(self, enhanced: bool) -> None:
        """Say whether the terminal tells all chords apart (kitty or CSI-u protocol); what it cannot is refused."""
        if enhanced != self.enhanced_keys:
            self.enhanced_keys = enhanced
            if self._keymap is not None:
                self.reload_keymap(self._keymap.name)

    @property
    def theme(self) -> Theme:
        """The theme in force, loaded on first use."""
        with self._lock:
            return self._theme or self.reload_theme()

    def reload_theme(self, name: str | None = None, code: str | None = None) -> Theme:
        """Read the theme anew, or another one, or other colours of code (`own`: the theme's).

        One that cannot be read leaves the last good one, else `dark`.
        """
        from csm.host import theming

        with self._lock:
            self._theme = theming.choose(self._host, name, code, last=self._theme)
            return self._theme

    def tell_background(self, dark: bool) -> None:
        """Say how the terminal's background is; a theme that is to follow it does. From any thread."""
        with self._lock:
            if dark != self.background_dark:
                self.background_dark = dark
                if self._theme is not None and self._theme.follows:
                    self.reload_theme(self._theme.asked, self._theme.asked_code)

    def looks(self) -> tuple[Keymap | None, Theme | None]:
        """Keymap and theme in force, as far as they were asked for."""
        return self._keymap, self._theme

    def put_looks(self, looks: tuple[Keymap | None, Theme | None]) -> None:
        """Have an earlier keymap and theme in force."""
        self._keymap, self._theme = looks

    def take_keymap(self, keymap: Keymap) -> Keymap:
        """Have a keymap in force."""
        self._keymap = keymap
        return keymap

    def take_theme(self, theme: Theme) -> Theme:
        """Have a theme in force."""
        self._theme = theme
        return theme

    @property
    def _host(self) -> Host:
        return cast("Host", self)
