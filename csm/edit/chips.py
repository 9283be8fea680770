"""Chips: single characters of a draft that stand for more than one, a long paste or an image.

A chip is a character of Unicode's second private plane, so that an editor cuts, copies, moves and undoes it as any
other; what it stands for is in a table beside the text. Nothing leaves the table: a chip that was deleted may come back
by undo, from a register or from the history.

Does not: draw chips (`names` says how they are called), or read files.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Literal, NamedTuple

from csm.edit.visible import visible

_FIRST, _LAST = 0x100000, 0x10FFFD
_NAME = 40
_CHIP = re.compile(f"[{chr(_FIRST)}-{chr(_LAST)}]")


class Chip(NamedTuple):
    """What a character stands for: the `text` of a paste, or the image at `path` and what is to say about it in `text`.

    `label` is how it is shown.
    """

    kind: Literal["paste", "image"]
    label: str
    text: str = ""
    path: str = ""


class Spot(NamedTuple):
    """A chip where it stands in a text."""

    at: int
    char: str
    chip: Chip


def pasted(text: str) -> str:
    """The label of a paste: how many lines it has, or characters where it is one."""
    count = text.count("\n") + (not text.endswith("\n"))
    return f"[pasted {count:,} lines]" if count > 1 else f"[pasted {len(text):,} characters]"


def pictured(path: str) -> str:
    """The label of an image: its name, the middle of a long one left out."""
    name = visible(path.rpartition("/")[2]).replace("\n", " ")
    return f"[image {name if len(name) <= _NAME else f'{name[:24]}…{name[-15:]}'}]"


class Chips:
    """The table. `names` are the labels by character, no two alike."""

    def __init__(self) -> None:
        self.names: dict[str, str] = {}
        self._all: dict[str, Chip] = {}
        self._labels: dict[str, str] = {}
        self._sent: dict[str, str] = {}

    def __len__(self) -> int:
        return len(self._all)

    def add(self, chip: Chip) -> str:
        """The character that stands for a chip from now on; "" once there are too many. Its label may get a number."""
        code = _FIRST + len(self._all)
        if code > _LAST:
            return ""
        char, label = chr(code), chip.label
        number = 2
        while label in self._labels:
            label = f"{chip.label[:-1]} #{number}]" if chip.label.endswith("]") else f"{chip.label} #{number}"
            number += 1
        self._set(char, chip._replace(label=label))
        return char

    def change(self, char: str, chip: Chip) -> None:
        """Have a character stand for something else."""
        self._labels.pop(self._all[char].label, None)
        self._set(char, chip)

    def _set(self, char: str, chip: Chip) -> None:
        self._all[char], self.names[char], self._labels[chip.label] = chip, chip.label, char

    def get(self, char: str) -> Chip | None:
        """What a character stands for, if it is a chip."""
        return self._all.get(char)

    def spots(self, text: str) -> list[Spot]:
        """The chips of a text, in order."""
        if not self._all or text.isascii():
            return []
        found = ((match.start(), match.group()) for match in _CHIP.finditer(text))
        return [Spot(at, char, self._all[char]) for at, char in found if char in self._all]

    def near(self, text: str, cursor: int) -> Spot | None:
        """The chip at the cursor, or else the one right before it."""
        for at in (cursor, cursor - 1):
            chip = self._all.get(text[at]) if 0 <= at < len(text) else None
            if chip is not None:
                return Spot(at, text[at], chip)
        return None

    def images(self, text: str) -> list[Spot]:
        """The images of a text, in order."""
        return [spot for spot in self.spots(text) if spot.chip.kind == "image"]

    def whole(self, text: str) -> str:
        """A text as it is sent: pastes in full, images as `[Image #1]`, counted in their order."""
        return self._put(text, lambda chip, number: f"[Image #{number}]" if chip.kind == "image" else chip.text)

    def send(self, text: str) -> tuple[str, tuple[str, ...]]:
        """A text as it is sent, and the paths of its images. `draft` gives it back."""
        whole = self.whole(text)
        if whole != text:
            self._sent[whole] = text
        return whole, tuple(spot.chip.path for spot in self.images(text))

    def draft(self, whole: str) -> str:
        """What was sent as this text, with its chips; the text itself where that had none."""
        return self._sent.get(whole) or self.admit(whole)

    def labelled(self, text: str) -> str:
        """A text with labels in the place of chips, which `unlabelled` takes back."""
        return self._put(text, lambda chip, _: chip.label)

    def unlabelled(self, text: str) -> str:
        """A text whose labels are chips again; what looks like a chip in it is none."""
        text = self.admit(text)
        for label in sorted((one for one in self._labels if one in text), key=len, reverse=True):
            text = text.replace(label, self._labels[label])
        return text

    def admit(self, text: str) -> str:
        """A text from elsewhere: a character in it that would be one of ours becomes a chip that stands for it."""
        if text.isascii() or not _CHIP.search(text):
            return text
        return _CHIP.sub(lambda match: self.add(Chip("paste", "[a character]", match.group())), text)

    def _put(self, text: str, call: Callable[[Chip, int], str]) -> str:
        if not self._all or text.isascii():
            return text
        count = 0

        def put(match: re.Match[str]) -> str:
            nonlocal count
            chip = self._all.get(match.group())
            if chip is None:
                return match.group()
            count += chip.kind == "image"
            return call(chip, count)

        return _CHIP.sub(put, text)
