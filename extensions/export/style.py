"""The style sheet of an exported page: the roles of csm's light and dark theme as classes; the reader's system chooses.

Does not: read themes (the host does).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from csm.api import ROLES, themes

if TYPE_CHECKING:
    from csm.api import Host

#: The terminal's own sixteen colours, as a page shows them: light, dark.
_HUES = {
    "black": ("#24292f", "#484f58"), "red": ("#b3261e", "#f2958f"), "green": ("#386a20", "#9fc78c"),
    "yellow": ("#7d5700", "#e3bf7d"), "blue": ("#1d5fb4", "#8db4f0"), "magenta": ("#8a3ffc", "#c8aee8"),
    "cyan": ("#006a74", "#7fd1dc"), "white": ("#6e7781", "#d0d7de"), "bright-black": ("#57606a", "#8b949e"),
    "bright-red": ("#a40e26", "#ffb4ab"), "bright-green": ("#1a7f37", "#b4e4a2"),
    "bright-yellow": ("#633c01", "#f2d492"), "bright-blue": ("#0550ae", "#b3d1ff"),
    "bright-magenta": ("#6639ba", "#dfc8ff"),
    "bright-cyan": ("#1b7c83", "#a6e6ee"), "bright-white": ("#8c959f", "#ffffff"),
}  # fmt: skip
#: What a page has of its own: text, background, panels, lines.
_PAGE = (("#1f2328", "#ffffff", "#f5f7fa", "#d5dae1"), ("#d7dce5", "#15181d", "#1c2027", "#323845"))
#: The families of roles that an exported page uses.
_USED = ("code", "diff", "ansi", "command", "plan", "notice", "turn", "link", "dim", "user", "table")
_LAYOUT = """\
body { margin: 0 auto; padding: 1.5rem 1rem 4rem; max-width: 56rem; color: var(--text); background: var(--page);
  font: 1rem/1.55 system-ui, sans-serif; overflow-wrap: break-word; }
h1 { font-size: 1.5rem; margin: 0 0 .8rem; } h2 { font-size: 1rem; margin: 2.2rem 0 .6rem; }
h2 a { color: inherit; text-decoration: none; } h3 { font-size: .85rem; margin: 0 0 .4rem; }
header { border-bottom: 1px solid var(--line); padding-bottom: .8rem; }
dl { margin: 0; font-size: .85rem; } dl div { display: flex; gap: .6rem; } dt { min-width: 6rem; color: var(--dim); }
dd { margin: 0; } article { margin: .9rem 0; } h3, .foot, .did, .note { color: var(--dim); }
article.user { background: var(--panel); border-left: 3px solid var(--accent); padding: .7rem .9rem; }
article.user h3 { color: var(--accent); } article.thought { color: var(--dim); font-style: italic; }
.typed { white-space: pre-wrap; } .prose > :first-child { margin-top: 0; } .prose > :last-child { margin-bottom: 0; }
pre, code { font: .86em/1.45 ui-monospace, "SF Mono", Menlo, Consolas, monospace; tab-size: 4; }
pre { background: var(--panel); border: 1px solid var(--line); border-radius: 4px; padding: .6rem .8rem;
  overflow-x: auto; max-height: 40rem; } pre code { font-size: 1em; }
a { color: var(--accent); } img { max-width: 100%; } hr { border: 0; border-top: 1px solid var(--line); }
blockquote { margin: .6rem 0; padding-left: .8rem; border-left: 3px solid var(--line); color: var(--dim); }
table { border-collapse: collapse; } th, td { border: 1px solid var(--line); padding: .25rem .6rem; text-align: left; }
.did, .foot, .note { font-size: .88rem; margin: .5rem 0; } .verb { font-style: italic; } summary { cursor: pointer; }
.plan ul { list-style: none; padding-left: .4rem; } .mark { display: inline-block; width: 1.2em; }
@media print { pre { max-height: none; white-space: pre-wrap; } body { max-width: none; } }
"""


def sheet(host: Host) -> str:
    """The whole style sheet. Raises ThemeError where csm's own themes cannot be read."""
    light, dark = _colours(host, "light", 0), _colours(host, "dark", 1)
    return f"{light}{_LAYOUT}@media (prefers-color-scheme: dark) {{\n{dark}}}\n"


def _colours(host: Host, name: str, which: int) -> str:
    theme = themes.load(name, host.roots)
    text, page, panel, line = _PAGE[which]
    accent, dim = (_colour(theme.style(role).fg, which) or text for role in ("link", "dim"))
    values = {"text": text, "page": page, "panel": panel, "line": line, "accent": accent, "dim": dim}
    rules = [f":root {{ {' '.join(f'--{key}: {value};' for key, value in values.items())} }}\n"]
    for role in ROLES:
        if role.split(".")[0] in _USED and (rule := _rule(theme.style(role), which)):
            rules.append(f".r-{role.replace('.', '-')} {{ {rule} }}\n")
    return "".join(rules)


def _rule(style: themes.Style, which: int) -> str:
    front, back = _colour(style.fg, which), _colour(style.bg, which)
    if style.reverse:
        front, back = back or "var(--page)", front or "var(--text)"
    lines = [word for word, on in (("underline", style.underline), ("line-through", style.strike)) if on]
    rules = [
        f"color: {front};" if front else "",
        f"background: {back};" if back else "",
        "font-weight: 600;" if style.bold else "",
        "font-style: italic;" if style.italic else "",
        "opacity: .7;" if style.dim else "",
        f"text-decoration: {' '.join(lines)};" if lines else "",
    ]
    return " ".join(filter(None, rules))


def _colour(name: str, which: int) -> str:
    return _HUES[name][which] if name in _HUES else name
