"""`csm view`: screens of the shell printed, compared, and looked at in many sizes.

What a step leads to depends on the settings, the steps and the answers: time stands still, ids are counted.

Does not: play steps (`csm.ui.staging`) or compare (`csm.view.comparing`).
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from csm.cli import staged
from csm.cli.arguments import Parsed
from csm.protocol import codec
from csm.protocol.errors import CsmError
from csm.ui import staging
from csm.view import comparing, shot, svg
from csm.view.lines import line_width

if TYPE_CHECKING:
    from csm.ui.driver import ScreenDriver
    from csm.view.shot import Shot

_ENDINGS = {".svg": "svg", ".json": "json", ".ansi": "ansi"}
_SIZES = "80x24,120x40,200x50,40x12,20x5,1x1,80x24"
_MOST_SIZES = 200


def snapshot(parsed: Parsed) -> int:
    """`csm view snapshot [SESSION]`"""
    out = parsed.get("out")
    kind = "json" if parsed.on("json") else parsed.get("format") or _ENDINGS.get(Path(out or "").suffix.lower(), "text")
    given = staged.steps(parsed)
    with staged.staged(parsed) as driver:
        staging.play(driver, given, staged.seconds(parsed))
        text = written(driver.shot(), kind, driver.shell.host.theme)
    _put(text, out)
    return 0


def written(taken: Shot, kind: str, theme: Any) -> str:
    """A screen as `text`, `ansi`, `svg` or `json`."""
    if kind == "svg":
        return svg.render(taken, theme)
    if kind == "json":
        return json.dumps(taken.table(), ensure_ascii=False, indent=1) + "\n"
    return _painted(taken, theme) if kind == "ansi" else taken.text()


def _painted(taken: Shot, theme: Any) -> str:
    from csm.ui.styles import Styles

    styles = Styles(theme, 24)
    rows: list[str] = []
    for line in taken.lines:
        codes = ((styles.sgr(role), text) for role, text in line)
        rows.append("".join(f"{code}{text}\x1b[0m" if code else text for code, text in codes))
    return "".join(f"{row}\n" for row in rows)


def diff(parsed: Parsed) -> int:
    """`csm view diff OLD NEW`"""
    old, new = (_read(parsed.get(name) or "") for name in ("old", "new"))
    if not (old.regions and new.regions):  # one is text alone, and has no roles to compare
        old, new = _bare(old), _bare(new)
    found = comparing.changes(old, new)
    if parsed.on("json"):
        _put(codec.encode([one.table() for one in found]).decode() + "\n", None)
    else:
        _put("".join(f"{one.line()}\n" for one in found), None)
    return 1 if found else 0


def _read(name: str) -> Shot:
    text = staged.read(name)
    if not text.lstrip().startswith("{"):
        lines = text.splitlines()
        if len(lines) > shot.MOST:
            raise CsmError(f"Error: {name} is no screen: more than {shot.MOST} lines")
        rows = [[("", line)] if line else [] for line in lines]
        return shot.Shot(max(map(line_width, rows), default=1), len(rows), rows)
    try:
        return shot.read(json.loads(text))
    except (ValueError, RecursionError) as error:
        raise CsmError(f"Error: {name} is no screen: {error}") from error


def _bare(taken: Shot) -> Shot:
    """The text alone, as a file of text gives it."""
    lines = [[("", text)] if text else [] for text in taken.texts()]
    while lines and not lines[-1]:
        lines.pop()
    return shot.Shot(max(map(line_width, lines), default=1), len(lines), lines)


def resize_flow(parsed: Parsed) -> int:
    """`csm view resize-flow [SESSION]`"""
    words = (parsed.get("sizes") or _SIZES).split(",")
    if len(words) > _MOST_SIZES:
        raise CsmError(f"Error: more than {_MOST_SIZES} sizes.")
    sizes = [staging.size(word) for word in words]
    given, folder = staged.steps(parsed), parsed.get("out")
    seen: dict[tuple[int, int], Shot] = {}
    told: list[dict[str, Any]] = []
    with staged.staged(parsed) as driver:
        staging.play(driver, given, staged.seconds(parsed))
        for number, size in enumerate(sizes, 1):
            taken = _at(driver, size)
            told.append(_look(taken, size, seen.get(size)))
            seen.setdefault(size, taken)
            if folder is not None:
                name = f"{number:02}-{size[0]}x{size[1]}.json"
                _put(written(taken, "json", None), str(Path(folder) / name))
    _tell(told, json=parsed.on("json"))
    return 1 if any(one["faults"] or one["changes"] for one in told) else 0


def _at(driver: ScreenDriver, size: tuple[int, int]) -> Shot:
    driver.resize(*size)
    driver.settle()
    return driver.shot()


def _look(taken: Shot, size: tuple[int, int], before: Shot | None) -> dict[str, Any]:
    """A size, what is wrong at it, and what is not as it was when the screen had this size before."""
    found = comparing.changes(before, taken) if before is not None else []
    return {
        "size": f"{size[0]}x{size[1]}",
        "faults": list(comparing.faults(taken)),
        "again": before is not None,
        "changes": [one.table() for one in found],
        "lines": [one.line() for one in found],
        "regions": [[name, rows] for name, rows in taken.regions],
    }


def _tell(told: list[dict[str, Any]], *, json: bool) -> None:
    if json:
        found = [{key: value for key, value in one.items() if key != "lines"} for one in told]
        _put(codec.encode(found).decode() + "\n", None)
        return
    for one in told:
        wrong = [*one["faults"], *one["lines"]]
        regions = " ".join(f"{name} {rows}" for name, rows in one["regions"])
        same = "the same again" if one["again"] and not wrong else "right" if not wrong else "WRONG"
        _put(f"{one['size']:<9} {same:<14} {regions}".rstrip() + "\n" + "".join(f"  {line}\n" for line in wrong), None)


def _put(text: str, name: str | None) -> None:
    data = text.encode("utf-8", "replace")
    if name is None:
        sys.stdout.buffer.write(data)
        sys.stdout.flush()
        return
    try:
        path = Path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    except OSError as error:
        raise CsmError(f"Error: {name} cannot be written: {error.strerror}") from error
