"""A pasted text in a window, where it can be read and edited as any text.

Does not: know what becomes of the text (`pastes.py`).
"""

from __future__ import annotations

from csm.api import Editor, Written


class PasteBuffer(Written):
    """`char` stands for the text in the draft."""

    place = "paste"

    def __init__(self, name: str, char: str, text: str, own: Editor) -> None:
        super().__init__(own)
        self.name, self.char = name, char
        self.editor.load(text)
        self.editor.mode = "normal" if own.modal else "insert"

    @property
    def title(self) -> str:
        """How much there is."""
        text = self.editor.text
        count = text.count("\n") + (not text.endswith("\n"))
        return f"Pasted text · {count:,} line{'s' * (count != 1)}, {len(text):,} characters"
