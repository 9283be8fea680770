"""`csm keymap`, `csm theme`, `csm extension`: list, show, check; and the same checks as pages in the shell.

Does not: find what is wrong; `csm.api.checking` does.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import Any, Literal

from csm.api import CommandError, Context, CsmError, checking, command, describing, keymaps, lines, themes, theming

from .pages import Line, heading, part, show


def _keymaps(cx: Context) -> Iterable[str]:
    return cx.host.names("keymaps")


def _themes(cx: Context) -> Iterable[str]:
    return cx.host.names("themes")


def _extensions(cx: Context) -> Iterable[str]:
    return cx.host.extensions.known


@command("keymap.check", title="Check the keymap: mistakes, conflicts, delays", complete={"name": _keymaps})
def keymap_check(cx: Context, name: str | None = None) -> None:
    """List what is left out of a keymap (a name or a file), what waits for more keys, and who takes whose place."""
    _page(cx, checking.keymap(cx.host, name), "Keymap")


@command("theme.check", title="Check the theme", complete={"name": _themes})
def theme_check(cx: Context, name: str | None = None) -> None:
    """List what is left out of a theme (a name or a file, also a `.tmTheme` one)."""
    _page(cx, checking.theme(cx.host, name), "Theme")


@command("extension.check", title="Check an extension", complete={"name": _extensions})
def extension_check(cx: Context, name: str) -> None:
    """Load an extension and its commands, look at its settings, and list what is wrong."""
    _page(cx, checking.extension(cx.host, name), "Extension")


@command("extension.list", title="Extensions")
def extension_list(cx: Context) -> None:
    """Show the extensions there are, where they come from, and what they have."""
    rows: list[Line] = []
    for name, kind, state, what, path in _rows(cx):
        role = "notice.error" if state == "failed" else "help.text"
        rows.append([*lines.pad([("help.key", name)], 18), *lines.pad([("help.text", kind)], 9)])
        rows[-1] += [*lines.pad([(role, state)], 8), ("help.text", f"  {what}"), ("dim", f"  {path}")]
    show(cx, "extensions", "Extensions", [heading("Extensions"), [], *rows])


@command("keymap.tell", title="List, show and check keymaps", cli="keymap", hidden=True)
def keymap_cli(
    cx: Context, action: Literal["list", "show", "check"] = "list", name: str | None = None, filter: str = ""
) -> int:
    """List keymaps, show the bindings of one, or check one: NAME is a keymap or a file.

    A third word keeps only bindings that hold it. `check` exits with 1 where something is left out.
    """
    if action == "list":
        return _names(cx, "keymaps", cx.host.settings.keymap)
    if action == "check":
        return _told(checking.keymap(cx.host, name))
    made = _made(lambda: keymaps.load(name or cx.host.settings.keymap, cx.host.roots, cx.host.commands))
    rows = [
        (one.keys, one.command, f"{one.place} {one.mode or ''}".strip(), describing.binding(one))
        for one in made.bindings()
    ]
    return _table([row for row in rows if filter in " ".join(row)])


@command("theme.tell", title="List, show and check themes", cli="theme", hidden=True)
def theme_cli(cx: Context, action: Literal["list", "show", "check"] = "list", name: str | None = None) -> int:
    """List themes, show the roles of one, or check one: NAME is a theme or a file.

    `check` exits with 1 where something is left out.
    """
    if action == "list":
        return _names(cx, "themes", cx.host.settings.theme)
    if action == "check":
        return _told(checking.theme(cx.host, name))
    made = _made(lambda: theming.load(cx.host, name or cx.host.settings.theme, theming.asked(cx.host)[1]))
    rows: list[tuple[str, ...]] = []
    for role in describing.role_names():
        style = made.style(role)
        flags = " ".join(flag for flag in themes.FLAGS if getattr(style, flag))
        rows.append((role, style.fg or "-", style.bg or "-", flags))
    return _table(rows)


@command("extension.tell", title="List and check extensions", cli="extension", hidden=True)
def extension_cli(cx: Context, action: Literal["list", "check"] = "list", *names: str) -> int:
    """List extensions, or load and check some: those that are not csm's own if none is named.

    `check` exits with 1 where something is wrong.
    """
    if action == "list":
        return _table(_rows(cx))
    known = cx.host.extensions.known
    wanted = list(names) or [one.name for one in known.values() if one.kind != "bundled"]
    return max((_told(_made(lambda name=name: checking.extension(cx.host, name))) for name in wanted), default=0)


def _rows(cx: Context) -> list[tuple[str, ...]]:
    found: list[tuple[str, ...]] = []
    for one in sorted(cx.host.extensions.known.values(), key=lambda one: (-one.rank, one.name)):
        count = len(cx.host.commands.by(one.name))
        what = [f"{count} command{'s' * (count != 1)}"] if count else []
        what += [", ".join(one.found.hooks)] if one.found.hooks else []
        found.append((one.name, one.kind, one.state, "; ".join(what), one.found.path))
    return found


def _page(cx: Context, report: checking.Report, what: str) -> None:
    content = [heading(report.what, f"  {what}")]
    if report.problems:
        content += [*part("Left out"), *([("notice.error", lines.clean(text))] for text in report.problems)]
    if report.remarks:
        content += [*part("Good to know"), *([("help.text", lines.clean(text))] for text in report.remarks)]
    if not report.problems and not report.remarks:
        content += [[], [("help.text", "Nothing is wrong.")]]
    show(cx, "check", f"{what} {report.what}", content)


def _told(report: checking.Report) -> int:
    for text in report.problems:
        sys.stdout.write(f"{lines.clean(text)}\n")
    for text in report.remarks:
        sys.stdout.write(f"note: {lines.clean(text)}\n")
    count = len(report.problems)
    sys.stdout.write(f"{report.what}: {f'{count} problem' + 's' * (count != 1) if count else 'good'}\n")
    return 1 if report.problems else 0


def _names(cx: Context, kind: str, used: str) -> int:
    rows: list[tuple[str, ...]] = []
    for name in cx.host.names(kind):
        mark = "*" if name == used else " "
        rows.append((mark, name, _where(cx, kind, name)))
    return _table(rows)


def _where(cx: Context, kind: str, name: str) -> str:
    """The file of a keymap or theme, or why there is none."""
    if kind == "themes" and name == theming.AUTO:
        return "|".join(theming.sides(cx.host))
    try:
        return checking.chain(cx.host, kind, name)[0]
    except CsmError as error:
        return error.message


def _table(rows: list[tuple[str, ...]]) -> int:
    sizes = [max((len(row[column]) for row in rows), default=0) for column in range(len(rows[0]) if rows else 0)]
    for row in rows:
        line = "  ".join(cell.ljust(size) for cell, size in zip(row, sizes, strict=True))
        sys.stdout.write(f"{lines.clean(line).rstrip()}\n")
    return 0


def _made(make: Any) -> Any:
    try:
        return make()
    except CsmError as error:
        raise CommandError(error.message, error.hint) from None
