"""The terminal's input, decoded: bytes in, keys, pastes, mouse, focus and replies out.

Feed it what was read, with the time in seconds of any monotonic clock; the result does not depend on where the bytes
were cut. An escape sequence that may still go on is held: `deadline` says when to call `flush` (50 ms after a lone ESC
or its first follower, 1 s after a longer one went silent). Inside a bracketed paste nothing is a key, not even ESC;
a paste that stays silent for 2 s is handed out as far as it came, and goes on when more comes (C-c then ends it).

Memory is bounded whatever comes: a sequence over its limit is reported as `Unknown` and the rest of it swallowed; a
very large paste is handed out in several pieces. A control character ends a sequence, so that C-c always gets through.

Does not: read files, know timers, or ask the terminal anything.
"""

from __future__ import annotations

import codecs
import re

from csm.edit import keytables as tables
from csm.edit import sequences
from csm.edit.chords import chord
from csm.edit.inputs import Focus, Input, Key, Mouse, Paste, Reply, Unknown
from csm.edit.pasting import END as PASTE_END
from csm.edit.pasting import Pasting

__all__ = ["Decoder", "Focus", "Input", "Key", "Mouse", "Paste", "Reply", "Unknown"]

ESC_WAIT = 0.05
SEQUENCE_WAIT = 1.0
PASTE_WAIT = 2.0
#: How long an ESC may stand alone, and a colour come in pieces, while the terminal owes an answer.
ANSWER_WAIT, COLOUR_WAIT = 0.25, 5.0
CSI_LIMIT = 256
STRING_LIMIT = 1 << 20

PASTE_START = b"\x1b[200~"
_TEXT = re.compile(rb"[\x20-\x7e]+")
_HIGH = re.compile(rb"[\x80-\xff]+")
_CSI = re.compile(rb"\x1b\[[\x20-\x3f]*")
_CSI_PARTS = re.compile(rb"\x1b\[([<=>?]?)([0-9:;]*)([\x20-\x2f]*)([\x40-\x7e])")
_SS3 = re.compile(rb"\x1bO[0-9;]*")
_STRING_STOP = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_CSI_STOP = re.compile(rb"[^\x20-\x3f]")
_RXVT_SHIFT = re.compile(rb"\x1b\[([0-9]{1,2})\$")
_STRINGS = b"]P_^X"


class Decoder:
    """Decodes one terminal's input. See the module for the rules."""

    def __init__(self) -> None:
        #: Seconds until an ESC that nothing follows is the key.
        self.esc_wait = ESC_WAIT
        self._buffer = bytearray()
        self._at = 0
        #: How far behind `_at` a string was searched for its end already.
        self._searched = 0
        self._swallowing = ""
        self._paste: Pasting | None = None
        self._positions = 0
        self._answer_until = 0.0
        self._last = 0.0
        self._out: list[Input] = []

    @property
    def deadline(self) -> float | None:
        """When to call `flush` if nothing more comes; None when nothing is held."""
        if self._paste is not None:
            return None if self._paste.stalled else self._last + PASTE_WAIT
        if self._swallowing:
            return self._last + SEQUENCE_WAIT
        if not self._buffer.startswith(b"\x1b"):
            return None
        waited = self._last < self._answer_until
        if len(self._buffer) <= 2 or self._buffer[1] == 0x1B:
            return self._last + (max(ANSWER_WAIT, self.esc_wait) if waited else self.esc_wait)
        return self._last + (COLOUR_WAIT if waited and self._buffer.startswith(b"\x1b]1") else SEQUENCE_WAIT)

    def expect_cursor(self) -> None:
        """Say that the cursor's position was asked with `CSI 6 n`, whose answer can look like a modified F3."""
        self._positions += 1

    def expect_answer(self, until: float) -> None:
        """Say that the terminal was asked for a colour and then for its attributes, which end the wait."""
        self._answer_until = until

    def feed(self, data: bytes, now: float) -> list[Input]:
        """What `data`, read at `now`, completes."""
        out = self.flush(now)
        self._last = now
        self._buffer += data
        while self._at < len(self._buffer) and self._step():
            pass
        del self._buffer[: self._at]
        self._at = 0
        return out

    def flush(self, now: float) -> list[Input]:
        """What is certain now because nothing followed in time."""
        deadline = self.deadline
        self._out = out = []
        if deadline is None or now < deadline:
            return out
        if self._paste is not None:
            self._paste.hand_out(out)
            self._paste.stalled = True
        elif self._swallowing:
            self._swallowing = ""
        else:
            self._abandon(len(self._buffer))
            self._buffer.clear()
            self._at = 0
        return out

    def _step(self) -> bool:
        """Decode one thing at `_at`; False when it needs more bytes."""
        if self._paste is not None:
            return self._step_paste(self._paste)
        if self._swallowing:
            return self._step_swallow()
        byte = self._buffer[self._at]
        if byte == 0x1B:
            return self._step_escape()
        if byte < 0x20 or byte == 0x7F:
            return self._emit(Key(tables.CONTROLS[byte]), 1)
        if byte >= 0x80:
            return self._step_high()
        match = _TEXT.match(self._buffer, self._at)
        assert match
        self._out.extend(_ascii(char) for char in match.group().decode("ascii"))
        self._at = match.end()
        return True

    def _emit(self, found: Input, used: int) -> bool:
        self._out.append(found)
        self._at += used
        self._searched = 0
        return True

    def _step_high(self) -> bool:
        """Decode a run of bytes over 127, but for an incomplete character at the end of what came."""
        match = _HIGH.match(self._buffer, self._at)
        assert match
        text, used = codecs.utf_8_decode(match.group(), "replace", match.end() < len(self._buffer))
        self._out.extend(_character(char) for char in text)
        self._at += used
        return bool(text)

    def _step_meta_high(self) -> bool:
        """ESC and a character over 127: the character with alt."""
        match = _HIGH.match(self._buffer, self._at + 1)
        assert match
        run = match.group()[:4]
        for length in range(1, len(run) + 1):
            try:
                return self._emit(Key(chord(run[:length].decode("utf-8"), "M")), 1 + length)
            except UnicodeDecodeError as error:
                if error.reason != "unexpected end of data":
                    return self._emit(Key("M-\ufffd"), 1 + length)
        if match.end() < len(self._buffer):
            return self._emit(Key("M-\ufffd"), 1 + len(run))
        return False

    def _step_escape(self) -> bool:
        if self._at + 1 >= len(self._buffer):
            return False
        second = self._buffer[self._at + 1]
        if second == 0x5B:
            return self._step_csi()
        if second == 0x4F:
            return self._step_ss3()
        if second in _STRINGS:
            return self._step_string()
        if second == 0x1B:
            return self._step_double()
        if second >= 0x80:
            return self._step_meta_high()
        key = tables.CONTROLS[second] if second < 0x20 or second == 0x7F else _ascii(chr(second)).chord
        return self._emit(Key(_with_meta(key)), 2)

    def _step_double(self) -> bool:
        """ESC ESC: alt with a sequence, else an Esc of its own."""
        if self._at + 2 >= len(self._buffer):
            return False
        if self._buffer[self._at + 2] not in b"[O":
            return self._emit(Key("esc"), 1)
        count = len(self._out)
        self._at += 1
        done = self._step_escape()
        if not done and not self._swallowing:
            self._at -= 1
            return False
        key = self._out[count] if len(self._out) > count else None
        if isinstance(key, Key):
            self._out[count] = key._replace(chord=_with_meta(key.chord), text="")
        else:
            self._out.insert(count, Key("esc"))
        return done

    def _step_csi(self) -> bool:
        buffer, at = self._buffer, self._at
        if buffer.startswith(b"\x1b[M", at):
            return self._step_x10()
        if buffer.startswith(b"\x1b[[", at):
            return self._step_console()
        match = _CSI.match(buffer, at)
        assert match
        end = match.end()
        if end >= len(buffer):
            return self._hold(end - at, CSI_LIMIT, "csi")
        if not 0x40 <= buffer[end] <= 0x7E:
            return self._abandon(end)
        return self._finish_csi(bytes(buffer[at : end + 1]))

    def _hold(self, length: int, limit: int, kind: str) -> bool:
        """Wait for the rest of a sequence, or begin to swallow one that is over its limit."""
        if length > limit:
            self._emit(sequences.unknown(self._buffer[self._at : self._at + sequences.RAW_LIMIT]), length)
            self._swallowing = kind
        return False

    def _finish_csi(self, raw: bytes) -> bool:
        if raw in (PASTE_START, PASTE_END):  # an end alone is that of a paste that was given up
            self._paste = Pasting() if raw == PASTE_START else None
            self._at += len(raw)
            return True
        match = _CSI_PARTS.fullmatch(raw)
        if match is None or len(raw) > CSI_LIMIT:
            return self._emit(sequences.unknown(raw), len(raw))
        private, parameters, between, final = (part.decode("ascii") for part in match.groups())
        found = sequences.csi(private, parameters, between, final, raw, self._positions > 0)
        if isinstance(found, Reply) and found.kind == "cursor":
            self._positions = max(self._positions - 1, 0)
        elif isinstance(found, Reply) and found.kind == "primary-attributes":
            self._answer_until = 0.0
        return self._emit(found, len(raw))

    def _step_x10(self) -> bool:
        three = self._buffer[self._at + 3 : self._at + 6]
        if any(byte < 32 for byte in three):
            return self._abandon(self._at + 3)
        return len(three) == 3 and self._emit(sequences.x10_mouse(*three), 6)

    def _step_console(self) -> bool:
        if self._at + 3 >= len(self._buffer):
            return False
        name = tables.CONSOLE.get(chr(self._buffer[self._at + 3]))
        return self._emit(Key(name), 4) if name else self._abandon(self._at + 3)

    def _step_ss3(self) -> bool:
        match = _SS3.match(self._buffer, self._at)
        assert match
        end = match.end()
        if end >= len(self._buffer):
            return self._hold(end - self._at, CSI_LIMIT, "csi")
        if not (0x40 <= self._buffer[end] <= 0x7E or self._buffer[end] == 0x20):
            return self._abandon(end)
        raw = bytes(self._buffer[self._at : end + 1])
        if len(raw) > CSI_LIMIT:
            return self._emit(sequences.unknown(raw), len(raw))
        return self._emit(sequences.ss3(raw[2:-1].decode(), chr(raw[-1]), raw), len(raw))

    def _step_string(self) -> bool:
        """OSC, DCS, APC, PM, SOS: up to ST (or BEL for OSC)."""
        buffer, at = self._buffer, self._at
        is_osc = buffer[at + 1] == 0x5D
        stop = _STRING_STOP.search(buffer, at + max(self._searched, 2))
        if stop is None:
            self._searched = len(buffer) - at
            return self._hold(len(buffer) - at, STRING_LIMIT, "osc" if is_osc else "string")
        end = stop.start()
        if buffer[end] == 0x1B:
            if end + 1 >= len(buffer):
                self._searched = end - at
                return False
            length = 2 if buffer[end + 1] == 0x5C else 0
        else:
            length = 1 if buffer[end] == 0x07 and is_osc else 0
        if not length:
            return self._abandon(end)
        raw = bytes(buffer[at : end + length])
        found = sequences.string(raw, raw[2:-length]) if end - at <= STRING_LIMIT else sequences.unknown(raw)
        return self._emit(found, len(raw))

    def _step_swallow(self) -> bool:
        """Drop what belongs to a sequence over its limit."""
        kind = self._swallowing
        stop = (_CSI_STOP if kind == "csi" else _STRING_STOP).search(self._buffer, self._at)
        if stop is None:
            self._at = len(self._buffer)
            return False
        self._at = stop.start()
        byte = self._buffer[self._at]
        if byte == 0x1B and kind != "csi":
            if self._at + 1 >= len(self._buffer):
                return False
            self._at += 2 if self._buffer[self._at + 1] == 0x5C else 0
        elif (byte == 0x07 and kind == "osc") or (0x40 <= byte <= 0x7E and kind == "csi"):
            self._at += 1
        self._swallowing = ""
        return True

    def _abandon(self, end: int) -> bool:
        """Make what can be made of the incomplete sequence up to `end`."""
        raw = bytes(self._buffer[self._at : end])
        while raw.startswith(b"\x1b\x1b"):
            self._out.append(Key("esc"))
            raw = raw[1:]
        self._out.append(_incomplete(raw))
        self._at, self._searched = end, 0
        return True

    def _step_paste(self, paste: Pasting) -> bool:
        if paste.stalled and self._buffer[self._at] == 0x03:  # the way out when the end marker was lost
            self._paste = None
            return True
        self._at, over = paste.take(self._buffer, self._at, self._out)
        if over:
            self._paste = None
        return over


def _incomplete(raw: bytes) -> Input:
    """What a sequence is that did not go on: Esc, alt with its second character, or nothing known."""
    if len(raw) == 1:
        return Key("esc")
    if len(raw) == 2 and 0x20 < raw[1] < 0x7F:
        return Key(_with_meta(chr(raw[1])))
    match = _RXVT_SHIFT.fullmatch(raw)
    name = tables.TILDES.get(int(match.group(1))) if match else None
    return Key(chord(name, "S")) if name else sequences.unknown(raw)


def _ascii(char: str) -> Key:
    return Key("space", " ") if char == " " else Key(char, char)


def _character(char: str) -> Input:
    return Unknown(char.encode()) if "\x80" <= char < "\xa0" else Key(char, char)


def _with_meta(text: str) -> str:
    """The chord with alt held too: `C-a` to `C-M-a`."""
    if text.startswith("C-") and len(text) > 2:
        return text if text.startswith("C-M-") else f"C-M-{text[2:]}"
    return text if text.startswith("M-") else f"M-{text}"
