"""What extensions show for items of the transcript in the place of csm's own look: the hook `render_item`.

Does not: cut lines or make text harmless; the transcript does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from csm.ui.watchdog import HeldError

if TYPE_CHECKING:
    from csm.protocol.items import Item
    from csm.ui.shell import Shell
    from csm.view.blocks import Custom
    from csm.view.lines import StyledLine

#: Seconds that drawing one item may take.
_LIMIT = 0.25


def renderer(shell: Shell) -> Custom:
    """Asks the extensions of a host. One that fails is reported, in the end muted; our own look stands in for it."""

    host = shell.host

    def render(item: Item, width: int) -> list[StyledLine] | None:
        for stand in reversed(host.standing.of("render_item", type(item).__name__)):
            try:
                with shell.scripts.watch(f"drawing of {stand.owner}", _LIMIT):
                    answer = stand.value(item, width)
                if answer is not None:
                    return _lines(answer)
            except Exception as error:
                host.stumbled(stand, error, final=isinstance(error, HeldError))
        if not host.hooks.any("render_item"):
            return None
        with shell.scripts.watch("render_item", _LIMIT):
            return host.hooks.latest("render_item", _lines, host=host, item=item, width=width)

    return render


def _lines(answer: Any) -> list[StyledLine]:
    """The answer, if it is lines of `(role, text)` pairs. Raises TypeError, ValueError."""
    lines: list[StyledLine] = [[(role, text) for role, text in line] for line in answer]
    odd = next((part for line in lines for pair in line for part in pair if not isinstance(part, str)), None)
    if odd is not None:
        raise TypeError(f"lines are lists of (role, text) pairs, and {odd!r} is no text")
    return lines
