"""What extensions show for items of the transcript in the place of csm's own look: the hook `render_item`.

Does not: cut lines or make text harmless; the transcript does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from csm.host.host import Host
    from csm.protocol.items import Item
    from csm.view.blocks import Custom
    from csm.view.lines import StyledLine


def renderer(host: Host) -> Custom:
    """Asks the extensions of a host. One that fails is reported, in the end muted; our own look stands in for it."""

    def render(item: Item, width: int) -> list[StyledLine] | None:
        for stand in reversed(host.standing.of("render_item", type(item).__name__)):
            try:
                answer = stand.value(item, width)
                if answer is not None:
                    return _lines(answer)
            except Exception as error:
                host.stumbled(stand, error)
        return host.hooks.latest("render_item", _lines, host=host, item=item, width=width)

    return render


def _lines(answer: Any) -> list[StyledLine]:
    """The answer, if it is lines of `(role, text)` pairs. Raises TypeError, ValueError."""
    lines: list[StyledLine] = [[(role, text) for role, text in line] for line in answer]
    odd = next((part for line in lines for pair in line for part in pair if not isinstance(part, str)), None)
    if odd is not None:
        raise TypeError(f"lines are lists of (role, text) pairs, and {odd!r} is no text")
    return lines
