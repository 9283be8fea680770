"""Settings that say how csm looks: rows of `csm.host.setting_keys`.

Does not: read them (`csm.host.theming`).
"""

from __future__ import annotations

KEYS = (
    (
        "tui.theme",
        "string",
        "",
        "Codex's colours of code, where `csm.code_theme` names none: a file `NAME.tmTheme` in `themes/` of the Codex"
        " home, or one of the names known here, else what is nearest to it.",
    ),
    (
        "csm.theme",
        "string",
        '"dark"',
        "The theme: a name, as of a file in `themes/`, or `auto`: the one for the terminal's background.",
    ),
    ("csm.theme_dark", "string", '"dark"', "What `auto` is on a dark background; `contrast` has the light one follow."),
    (
        "csm.theme_light",
        "string",
        '"light"',
        "What `auto` is on a light one; `contrast-light` has the dark one follow.",
    ),
    (
        "csm.code_theme",
        "string",
        '"own"',
        "Colours of code: a Pygments style, a `.tmTheme` file (its name in a `themes/` folder, or its path), or `own`:"
        " those of the theme.",
    ),
    (
        "csm.colors",
        "auto|true|256|16|none",
        '"auto"',
        "How many colours the terminal has: what `COLORTERM` and `TERM` say, or this; `none` leaves attributes.",
    ),
    ("csm.themes", "table", "", "Changes to a theme by its name, or to all as `*`: `palette`, `style`, `code`."),
)
