"""Registers that are the system's clipboard: what is copied for it goes there, what is there can be put.

Does not: reach it (`csm.ui.clipboard`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from csm.protocol.errors import CommandError

if TYPE_CHECKING:
    from csm.edit.registers import Slot
    from csm.ui.shell import Shell


def follow(shell: Shell) -> None:
    """Have the composer's registers, which all texts share, be the clipboard's too."""
    registers = shell.composer.editor.registers

    def written(name: str, slot: Slot) -> None:
        """What is copied for the system, or while reading, goes to its clipboard too, pastes in full."""
        if name in "+*" or shell.reading:
            try:
                shell.screen.copy(shell.composer.editor.chips.whole(slot.text))
            except CommandError as error:
                shell.teller.refused(error)

    def told() -> str | None:
        try:
            return shell.composer.editor.chips.admit(shell.screen.clipboard.paste())
        except CommandError:
            return None

    registers.on_set, registers.on_get = written, told
