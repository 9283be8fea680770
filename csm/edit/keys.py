"""The terminal's input, decoded: bytes in, keys, pastes, mouse, focus and replies out.

Feed it what was read, with the time in seconds of any monotonic clock; the result does not depend on where the bytes
were cut. An escape sequence that may still go on is held: `deadline` says when to call `flush` (50 ms after a lone ESC
or its first follower, 1 s after a longer one went silent). Inside a bracketed paste nothing is a key, not even ESC;
a paste that stays silent for 2 s is handed out as far as it came, and goes on when more comes.

Memory is bounded whatever comes: a sequence over its limit is reported as `Unknown` and the rest of it swallowed; a
paste over `PASTE_LIMIT` bytes is handed out in several pieces. A control character other than ESC ends a sequence, so
that C-c always gets through.

Does not: read files, know timers, or ask the terminal anything.
"""

from __future__ import annotations

import codecs
import re

from csm.edit import keytables as tables
from csm.edit import sequences
from csm.edit.chords import chord
from csm.edit.inputs import Focus, Input, Key, Mouse, Paste, Reply, Unknown

__all__ = ["Decoder", "Focus", "Input", "Key", "Mouse", "Paste", "Reply", "Unknown"]

ESC_WAIT = 0.05
SEQUENCE_WAIT = 1.0
PASTE_WAIT = 2.0
CSI_LIMIT = 256
STRING_LIMIT = 1 << 20
PASTE_LIMIT = 1 << 26

_PASTE_START = b"\x1b[200~"
_PASTE_END = b"\x1b[201~"
_TEXT = re.compile(rb"[\x20-\x7e]+")
_HIGH = re.compile(rb"[\x80-\xff]+")
_CSI = re.compile(rb"\x1b\[([<=>?]?)([0-9:;]*)([\x20-\x2f]*)([\x40-\x7e])")
_CSI_PART = re.compile(rb"\x1b\[[\x30-\x3f]*[\x20-\x2f]*")
_SS3 = re.compile(rb"\x1bO([0-9;]*)([A-Za-z ])")
_SS3_PART = re.compile(rb"\x1bO[0-9;]*")
_STRING_STOP = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_SWALLOW_CSI = re.compile(rb"[^\x20-\x3f]")
_STRINGS = b"]P_^X"


class Decoder:
    """Decodes one terminal's input. See the module for the rules."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._at = 0
        self._scan = 0
        self._swallowing = ""
        self._paste: list[str] | None = None
        self._paste_size = 0
        self._paste_text = codecs.getincrementaldecoder("utf-8")("replace")
        self._stalled = False
        self._positions = 0
        self._last = 0.0
        self._out: list[Input] = []

    @property
    def deadline(self) -> float | None:
        """When to call `flush` if nothing more comes; None when nothing is held."""
        if self._paste is not None:
            return None if self._stalled else self._last + PASTE_WAIT
        if self._swallowing:
            return self._last + SEQUENCE_WAIT
        if not self._buffer.startswith(b"\x1b"):
            return None
        return self._last + (ESC_WAIT if len(self._buffer) <= 2 or self._buffer[1] == 0x1B else SEQUENCE_WAIT)

    def expect_cursor(self) -> None:
        """Say that the cursor's position was asked with `CSI 6 n`, whose answer can look like a modified F3."""
        self._positions += 1

    def feed(self, data: bytes, now: float) -> list[Input]:
        """What `data`, read at `now`, completes."""
        out = self.flush(now)
        self._out = out
        self._last = now
        self._buffer += data
        self._at = 0
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
            self._stalled = True
            self._end_paste_piece()
        elif self._swallowing:
            self._swallowing = ""
        else:
            self._at = self._scan = 0
            self._abandon(len(self._buffer))
            self._buffer.clear()
            self._at = 0
        return out

    def _step(self) -> bool:
        """Decode one thing at `_at`; False when it needs more bytes."""
        if self._paste is not None:
            return self._step_paste()
        if self._swallowing:
            return self._step_swallow()
        byte = self._buffer[self._at]
        if byte == 0x1B:
            return self._step_escape()
        if byte < 0x20 or byte == 0x7F:
            self._out.append(_control(byte))
            self._at += 1
            return True
        if byte < 0x80:
            return self._step_ascii()
        return self._step_high(self._at, "")

    def _step_ascii(self) -> bool:
        match = _TEXT.match(self._buffer, self._at)
        assert match
        self._out.extend(_ascii(char) for char in match.group().decode("ascii"))
        self._at = match.end()
        return True

    def _step_high(self, start: int, held: str) -> bool:
        """Decode a run of bytes over 127 from `start`; the first character gets the modifiers."""
        match = _HIGH.match(self._buffer, start)
        assert match
        final = match.end() < len(self._buffer)
        run = match.group() if not held else match.group()[:8]
        text, used = codecs.utf_8_decode(run, "replace", final and len(run) == len(match.group()))
        if not text:
            return False
        if held:
            text, used = text[0], len(text[0].encode()) if run.decode("utf-8", "replace")[0] != "\ufffd" else used
        for char in text:
            self._out.append(_character(char, held))
        self._at = start + used
        return True

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
            return self._step_high(self._at + 1, "M")
        key = _control(second) if second < 0x20 or second == 0x7F else _ascii(chr(second))
        self._emit(Key(_with_meta(key.chord)), 2)
        return True

    def _step_double(self) -> bool:
        """ESC ESC: alt with a sequence, else an Esc of its own."""
        if self._at + 2 >= len(self._buffer):
            return False
        if self._buffer[self._at + 2] not in b"[O":
            self._emit(Key("esc"), 1)
            return True
        before, count = self._at, len(self._out)
        self._at += 1
        if not self._step_escape():
            self._at = before
            return False
        if len(self._out) == count or not isinstance(key := self._out[count], Key):
            self._out.insert(count, Key("esc"))
        else:
            self._out[count] = key._replace(chord=_with_meta(key.chord), text="")
        return True

    def _emit(self, found: Input, used: int) -> None:
        self._out.append(found)
        self._at += used
        self._scan = 0

    def _step_csi(self) -> bool:
        buffer, at = self._buffer, self._at
        if buffer[at : at + 3] == b"\x1b[M":
            return self._step_x10()
        if buffer[at : at + 3] == b"\x1b[[":
            return self._step_console()
        if match := _CSI.match(buffer, at):
            return self._finish_csi(match)
        part = _CSI_PART.match(buffer, at)
        assert part
        if part.end() < len(buffer):
            if 0x40 <= buffer[part.end()] <= 0x7E:
                self._emit(sequences.unknown(bytes(buffer[at : part.end() + 1])), part.end() + 1 - at)
            else:
                self._abandon(part.end())
            return True
        return self._hold(part.end() - at, CSI_LIMIT, "csi")

    def _hold(self, length: int, limit: int, kind: str) -> bool:
        """Wait for the rest of a sequence, or begin to swallow one that is over its limit."""
        if length <= limit:
            return False
        self._out.append(sequences.unknown(bytes(self._buffer[self._at : self._at + sequences.RAW_LIMIT])))
        self._swallowing = kind
        self._at = len(self._buffer)
        self._scan = 0
        return False

    def _finish_csi(self, match: re.Match[bytes]) -> bool:
        raw = match.group()
        if raw == _PASTE_START:
            self._begin_paste()
            self._at = match.end()
            return True
        if raw == _PASTE_END:  # the end of a paste that was given up
            self._at = match.end()
            return True
        private, parameters, between, final = (part.decode("ascii") for part in match.groups())
        if len(raw) > CSI_LIMIT:
            found: Input = sequences.unknown(raw)
        else:
            found = sequences.csi(private, parameters, between, final, raw, self._positions > 0)
        if isinstance(found, Reply) and found.kind == "cursor":
            self._positions = max(self._positions - 1, 0)
        self._emit(found, len(raw))
        return True

    def _step_x10(self) -> bool:
        three = self._buffer[self._at + 3 : self._at + 6]
        if any(byte < 32 for byte in three):
            self._abandon(self._at + 3)
            return True
        if len(three) < 3:
            return False
        self._emit(sequences.x10_mouse(*three), 6)
        return True

    def _step_console(self) -> bool:
        if self._at + 3 >= len(self._buffer):
            return False
        name = tables.CONSOLE.get(chr(self._buffer[self._at + 3]))
        if name is None:
            self._abandon(self._at + 3)
        else:
            self._emit(Key(name), 4)
        return True

    def _step_ss3(self) -> bool:
        if match := _SS3.match(self._buffer, self._at):
            found = sequences.ss3(match.group(1).decode(), match.group(2).decode(), match.group())
            self._emit(found, len(match.group()))
            return True
        part = _SS3_PART.match(self._buffer, self._at)
        assert part
        if part.end() < len(self._buffer):
            self._abandon(part.end())
            return True
        return self._hold(part.end() - self._at, CSI_LIMIT, "csi")

    def _step_string(self) -> bool:
        """OSC, DCS, APC, PM, SOS: up to ST (or BEL for OSC)."""
        buffer, at = self._buffer, self._at
        stop = _STRING_STOP.search(buffer, max(self._scan, at + 2))
        if stop is None:
            self._scan = len(buffer)
            return self._hold(len(buffer) - at, STRING_LIMIT, "string")
        end = stop.start()
        if buffer[end] == 0x1B and end + 1 >= len(buffer):
            self._scan = end
            return False
        body = bytes(buffer[at + 2 : end])
        if buffer[end] == 0x1B and buffer[end + 1] == 0x5C:
            self._finish_string(body, end + 2)
        elif buffer[end] == 0x07 and buffer[at + 1] == 0x5D:
            self._finish_string(body, end + 1)
        else:
            self._abandon(end)
        return True

    def _finish_string(self, body: bytes, end: int) -> None:
        raw = bytes(self._buffer[self._at : end])
        kind = raw[1:2]
        if kind == b"]":
            found = sequences.osc(body, raw)
        elif kind == b"P":
            found = sequences.dcs(body, raw)
        elif kind == b"_" and body.startswith(b"G"):
            found = Reply("graphics", (body[1:].decode("utf-8", "replace"),))
        else:
            found = sequences.unknown(raw)
        self._emit(found, len(raw))

    def _step_swallow(self) -> bool:
        """Drop what belongs to a sequence over its limit."""
        pattern = _SWALLOW_CSI if self._swallowing == "csi" else _STRING_STOP
        stop = pattern.search(self._buffer, self._at)
        if stop is None:
            self._at = len(self._buffer)
            return False
        self._at = stop.start()
        byte = self._buffer[self._at]
        if byte == 0x1B and self._swallowing == "string":
            if self._at + 1 >= len(self._buffer):
                return False
            self._at += 2 if self._buffer[self._at + 1] == 0x5C else 0
        elif byte == 0x07 or 0x40 <= byte <= 0x7E:
            self._at += 1
        self._swallowing = ""
        return True

    def _abandon(self, end: int) -> None:
        """Make what can be made of the incomplete sequence up to `end`."""
        raw = bytes(self._buffer[self._at : end])
        self._at, self._scan = end, 0
        while raw.startswith(b"\x1b\x1b"):
            self._out.append(Key("esc"))
            raw = raw[1:]
        if len(raw) == 1:
            self._out.append(Key("esc"))
        elif len(raw) == 2 and 0x20 < raw[1] < 0x7F:
            self._out.append(Key(_with_meta(chr(raw[1]))))
        elif re.fullmatch(rb"\x1b\[[0-9]{1,2}\$", raw) and int(raw[2:-1]) in tables.TILDES:  # rxvt
            self._out.append(Key(chord(tables.TILDES[int(raw[2:-1])], "S")))
        else:
            self._out.append(sequences.unknown(raw))

    def _begin_paste(self) -> None:
        self._paste, self._paste_size, self._stalled, self._scan = [], 0, False, 0
        self._paste_text.reset()

    def _step_paste(self) -> bool:
        if self._stalled and self._buffer[self._at] == 0x03:  # the way out when the end marker was lost
            self._paste = None
            return True
        self._stalled = False
        end = self._buffer.find(_PASTE_END, self._at)
        if end >= 0:
            self._take_paste(end, True)
            self._at = end + len(_PASTE_END)
            self._end_paste_piece()
            self._paste = None
            return True
        keep = _marker_part(self._buffer)
        self._take_paste(len(self._buffer) - keep, False)
        if self._paste_size > PASTE_LIMIT:
            self._end_paste_piece()
        return False

    def _take_paste(self, end: int, final: bool) -> None:
        assert self._paste is not None
        self._paste_size += end - self._at
        self._paste.append(self._paste_text.decode(bytes(self._buffer[self._at : end]), final))
        self._at = end

    def _end_paste_piece(self) -> None:
        """Hand out the paste so far. A carriage return at the end may be half a line end: it waits."""
        assert self._paste is not None
        text = "".join(self._paste)
        self._paste, self._paste_size = [], 0
        if text:
            self._out.append(Paste(text.replace("\r\n", "\n").replace("\r", "\n")))


def _marker_part(buffer: bytearray) -> int:
    """How many bytes at the end may be the beginning of the paste's end marker."""
    return next((n for n in range(min(5, len(buffer)), 0, -1) if buffer.endswith(_PASTE_END[:n])), 0)


def _control(byte: int) -> Key:
    name = tables.CONTROLS[byte]
    return Key(name)


def _ascii(char: str) -> Key:
    return Key("space", " ") if char == " " else Key(char, char)


def _character(char: str, held: str) -> Input:
    if "\x80" <= char < "\xa0":
        return Unknown(char.encode())
    return Key(chord(char, held), "" if held else char)


def _with_meta(text: str) -> str:
    """The chord with alt held too: `C-a` to `C-M-a`."""
    if text.startswith("C-") and len(text) > 2:
        return "C-M-" + text[2:] if not text.startswith("C-M-") else text
    return text if text.startswith("M-") else f"M-{text}"
