"""How windows share a screen, as plain data: a tree of splits, and where each window stands in a rectangle.

An arrangement is a `Leaf` (a window's number) or a `Split` of two or more parts. Every change gives a new tree, so an
arrangement can be compared, kept under a name, and gone back to. `columns` puts parts side by side, with one column
for the line between two of them; `rows` puts them below each other.

Does not: know what a window shows, or draw.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Literal, NamedTuple, cast

How = Literal["columns", "rows"]
Direction = Literal["left", "right", "up", "down"]
#: A window has at least so many columns and rows (its title is one).
LEAST = (8, 2)
_DEEPEST = 16


class Rect(NamedTuple):
    """A part of the screen, in cells."""

    x: int
    y: int
    width: int
    height: int


class Leaf(NamedTuple):
    """A window, by its number."""

    id: int


class Split(NamedTuple):
    """Parts side by side or below each other. `shares` are the weights of their sizes, one for each part."""

    how: How
    parts: tuple[Leaf | Split, ...]
    shares: tuple[float, ...]


Node = Leaf | Split


def leaves(node: Node) -> Iterator[int]:
    """The windows' numbers, from the left and the top."""
    if isinstance(node, Leaf):
        yield node.id
    else:
        for part in node.parts:
            yield from leaves(part)


def split(node: Node, at: int, how: How, new: int) -> Node:
    """Give the second half of window `at` to window `new`; half of the room of both, whatever the others have."""
    if isinstance(node, Leaf):
        return Split(how, (node, Leaf(new)), (1.0, 1.0)) if node.id == at else node
    parts, shares = list(node.parts), list(node.shares)
    for index, part in enumerate(node.parts):
        if part == Leaf(at) and node.how == how:
            parts.insert(index + 1, Leaf(new))
            shares[index] /= 2
            shares.insert(index + 1, shares[index])
            return Split(how, tuple(parts), tuple(shares))
        parts[index] = split(part, at, how, new)
    return Split(node.how, tuple(parts), tuple(shares))


def remove(node: Node, gone: int) -> Node | None:
    """Take a window out; its neighbour in the split has its room. None if it was the only one."""
    if isinstance(node, Leaf):
        return None if node.id == gone else node
    parts: list[Node] = []
    shares: list[float] = []
    spare = 0.0
    for part, share in zip(node.parts, node.shares, strict=True):
        left = remove(part, gone)
        if left is None:
            if parts:
                shares[-1] += share
            else:
                spare = share
            continue
        parts.append(left)
        shares.append(share + spare)
        spare = 0.0
    if not parts:
        return None
    return parts[0] if len(parts) == 1 else _flat(Split(node.how, tuple(parts), tuple(shares)))


def swap(node: Node, one: int, other: int) -> Node:
    """Exchange two windows."""
    names = {one: other, other: one}
    return _each(node, lambda leaf: Leaf(names.get(leaf.id, leaf.id)))


def edge(node: Node, at: int, side: Direction) -> Node:
    """Move a window to a side of the whole area, as high or as wide as that is; the others share what is left."""
    rest = remove(node, at)
    if rest is None or at not in leaves(node):
        return node
    how: How = "columns" if side in ("left", "right") else "rows"
    parts, shares = (rest, Leaf(at)), (float(_along(rest, how)), 1.0)
    if side in ("left", "up"):
        parts, shares = parts[::-1], shares[::-1]
    return _flat(Split(how, parts, shares))


def rotate(node: Node, at: int, step: int) -> Node:
    """Move the parts of the split around a window on by `step`, the last to the front; each place keeps its size."""
    if isinstance(node, Leaf) or at not in leaves(node):
        return node
    if Leaf(at) in node.parts:
        by = -step % len(node.parts)
        return Split(node.how, (*node.parts[by:], *node.parts[:by]), node.shares)
    return Split(node.how, tuple(rotate(part, at, step) for part in node.parts), node.shares)


def beside(node: Node, at: int) -> list[int]:
    """The windows of the split around a window that are not split themselves, it among them."""
    if isinstance(node, Leaf):
        return [node.id] if node.id == at else []
    if Leaf(at) in node.parts:
        return [part.id for part in node.parts if isinstance(part, Leaf)]
    for part in node.parts:
        if at in leaves(part):
            return beside(part, at)
    return []


def balance(node: Node) -> Node:
    """Give all windows along a line the same room."""
    if isinstance(node, Leaf):
        return node
    parts = tuple(balance(part) for part in node.parts)
    return Split(node.how, parts, tuple(float(_along(part, node.how)) for part in parts))


def resize(node: Node, at: int, how: How, cells: int, area: Rect) -> Node:
    """Make window `at` wider (`columns`) or higher (`rows`) by `cells`, at the cost of its neighbours; as far as goes.

    `area` is where the whole arrangement stands. Without a split of that kind around the window nothing changes.
    """
    if isinstance(node, Leaf) or at not in leaves(node):
        return node
    index = next(place for place, part in enumerate(node.parts) if at in leaves(part))
    areas = _divide(node, area)
    inner = resize(node.parts[index], at, how, cells, areas[index])
    parts = (*node.parts[:index], inner, *node.parts[index + 1 :])
    if node.how != how or inner != node.parts[index]:
        return Split(node.how, parts, node.shares)
    sizes, least = [_size(part, how) for part in areas], [_least(part, how) for part in node.parts]
    if sum(sizes) < sum(least):  # there is nothing to give: sizes of 0 would stay when there is room again
        return node
    _shift(sizes, least, index, cells)
    return Split(how, parts, tuple(float(size) for size in sizes))


def rects(node: Node, area: Rect) -> dict[int, Rect]:
    """Where each window stands. The rectangles and the lines between them fill `area`; too little room gives zeros."""
    if isinstance(node, Leaf):
        return {node.id: area}
    found: dict[int, Rect] = {}
    for part, room in zip(node.parts, _divide(node, area), strict=True):
        found |= rects(part, room)
    return found


def fits(node: Node, area: Rect) -> bool:
    """Whether every window has the least room it needs."""
    return all(rect.width >= LEAST[0] and rect.height >= LEAST[1] for rect in rects(node, area).values())


def neighbour(found: Mapping[int, Rect], at: int, direction: Direction, across: int = 0) -> int | None:
    """The window next to `at`: of those that touch its side, the one level with `across` cells from its start."""
    here = found[at]
    flat = direction in ("left", "right")
    level = (here.y if flat else here.x) + across
    best: tuple[int, int, int] | None = None
    for number, rect in found.items():
        gap = _gap(here, rect, direction)
        start, size = (rect.y, rect.height) if flat else (rect.x, rect.width)
        if number == at or gap < 0 or not _level(here, rect, flat):
            continue
        off = 0 if start <= level < start + size else min(abs(start - level), abs(start + size - 1 - level))
        best = min(best or (gap, off, number), (gap, off, number))
    return best[2] if best else None


def data(node: Node, name: Callable[[int], str]) -> dict[str, Any]:
    """A tree as plain tables, its windows as what they show (`name`)."""
    if isinstance(node, Leaf):
        return {"show": name(node.id)}
    return {
        "split": node.how,
        "shares": [round(share, 3) for share in node.shares],
        "parts": [data(part, name) for part in node.parts],
    }


def from_data(found: Any, number: Callable[[str], int], depth: int = 0) -> Node:
    """The tree of such tables; `number` gives each window's number. Raises ValueError for what is none."""
    if not isinstance(found, Mapping) or depth > _DEEPEST:
        raise ValueError("a layout is a table with `show`, or with `split` and `parts`")
    table = cast("Mapping[str, Any]", found)
    if isinstance(table.get("show"), str):
        return Leaf(number(table["show"]))
    how, given = table.get("split"), _list(table.get("parts"))
    if how not in ("columns", "rows") or len(given) < 2:
        raise ValueError("a split is `columns` or `rows`, and has two parts or more")
    parts = tuple(from_data(part, number, depth + 1) for part in given)
    return Split(how, parts, _shares(table.get("shares"), len(parts)))


def _shares(given: Any, count: int) -> tuple[float, ...]:
    if given is None:
        return (1.0,) * count
    shares = _list(given)
    if len(shares) != count:
        raise ValueError("a split has a share for each part")
    if not all(isinstance(share, int | float) and share > 0 for share in shares):
        raise ValueError("shares are numbers above 0")
    return tuple(float(share) for share in shares)


def _list(found: Any) -> list[Any]:
    return list(cast("list[Any]", found)) if isinstance(found, list | tuple) else []


def _flat(node: Split) -> Split:
    """Parts that are split the same way again become parts of this one."""
    parts: list[Node] = []
    shares: list[float] = []
    for part, share in zip(node.parts, node.shares, strict=True):
        if isinstance(part, Split) and part.how == node.how:
            parts += part.parts
            shares += [share * inner / sum(part.shares) for inner in part.shares]
        else:
            parts.append(part)
            shares.append(share)
    return Split(node.how, tuple(parts), tuple(shares))


def _each(node: Node, change: Callable[[Leaf], Leaf]) -> Node:
    if isinstance(node, Leaf):
        return change(node)
    return Split(node.how, tuple(_each(part, change) for part in node.parts), node.shares)


def _along(node: Node, how: How) -> int:
    """How many windows stand along a line."""
    if isinstance(node, Leaf):
        return 1
    counts = [_along(part, how) for part in node.parts]
    return sum(counts) if node.how == how else max(counts)


def _least(node: Node, how: How) -> int:
    """The least size along a line."""
    if isinstance(node, Leaf):
        return LEAST[0] if how == "columns" else LEAST[1]
    sizes = [_least(part, how) for part in node.parts]
    return sum(sizes) + (len(sizes) - 1) * (how == "columns") if node.how == how else max(sizes)


def _divide(node: Split, area: Rect) -> list[Rect]:
    """The parts' rectangles: each its least first, as far as there is room, and by its share of the rest."""
    lines = len(node.parts) - 1 if node.how == "columns" else 0
    room = max(0, (area.width if node.how == "columns" else area.height) - lines)
    sizes = _sizes(node, room)
    found: list[Rect] = []
    at = area.x if node.how == "columns" else area.y
    for size in sizes:
        wide = node.how == "columns"
        found.append(Rect(at, area.y, size, area.height) if wide else Rect(area.x, at, area.width, size))
        at += size + wide
    return found


def _sizes(node: Split, room: int) -> list[int]:
    total = sum(node.shares)
    ends = [round(room * sum(node.shares[: index + 1]) / total) for index in range(len(node.shares))]
    sizes = [end - start for start, end in zip([0, *ends], ends, strict=False)]
    least = [_least(part, node.how) for part in node.parts]
    if sum(least) > room:
        return sizes
    for index, size in enumerate(sizes):
        if size < least[index]:
            _shift(sizes, least, index, least[index] - size)
    return sizes


def _shift(sizes: list[int], least: list[int], index: int, cells: int) -> None:
    """Give `cells` to one size from the nearest ones that can spare some; negative takes them away for the next."""
    if cells < 0:
        cells = min(-cells, max(0, sizes[index] - least[index]))
        other = index + 1 if index + 1 < len(sizes) else index - 1
        sizes[other] += cells
        sizes[index] -= cells
        return
    for other in sorted(range(len(sizes)), key=lambda place: (abs(place - index), place < index)):
        if other == index or cells <= 0:
            continue
        spare = min(cells, max(0, sizes[other] - least[other]))
        sizes[other] -= spare
        sizes[index] += spare
        cells -= spare


def _size(rect: Rect, how: How) -> int:
    return rect.width if how == "columns" else rect.height


def _gap(here: Rect, there: Rect, direction: Direction) -> int:
    """How many cells lie between two rectangles in a direction; negative if it is not there."""
    gaps = {
        "left": here.x - (there.x + there.width),
        "right": there.x - (here.x + here.width),
        "up": here.y - (there.y + there.height),
        "down": there.y - (here.y + here.height),
    }
    return gaps[direction]


def _level(here: Rect, there: Rect, flat: bool) -> bool:
    if flat:
        return here.y < there.y + there.height and there.y < here.y + here.height
    return here.x < there.x + there.width and there.x < here.x + here.width
