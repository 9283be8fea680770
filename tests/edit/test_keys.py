"""The terminal's input: a table of bytes and what they mean, however they are cut; and hostile bytes."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest

from csm.edit import keys as keys_module
from csm.edit.inputs import Focus, Input, Key, Mouse, Paste, Reply, Unknown
from csm.edit.keys import Decoder

E = "\x1b"
C = "\x1b["


def fed(data: bytes, cuts: list[int] | None = None) -> list[Input]:
    """What a decoder makes of bytes cut at `cuts`, silence at the end included."""
    decoder = Decoder()
    out: list[Input] = []
    places = [0, *(cuts or []), len(data)]
    for start, end in pairwise(places):
        out += decoder.feed(data[start:end], 0.0)
    for now in (10.0, 20.0):
        out += decoder.flush(now)
    assert decoder.deadline is None
    return out


def shown(found: list[Input]) -> list[str]:
    """Short texts: a key is its chord, with =text where that differs, and marks for the rest."""
    return [_shown(one) for one in found]


def _shown(one: Input) -> str:
    if isinstance(one, Key):
        text = "" if one.text == ("" if len(one.chord) > 1 else one.chord) else f"={one.text}"
        event = "" if one.event == "press" else f"!{one.event}"
        return one.chord + text + event + (f"~{one.alternate}" if one.alternate else "")
    if isinstance(one, Paste):
        return f"<{one.text}>"
    if isinstance(one, Mouse):
        return f"{one.modifiers}{one.kind}:{one.button}@{one.x},{one.y}"
    if isinstance(one, Focus):
        return "focus" if one.gained else "blur"
    if isinstance(one, Reply):
        return f"{one.kind}{one.values}".replace(" ", "")
    return f"?{one.raw.decode('latin-1')}"


#: bytes (text is UTF-8) -> what they mean, one blank between.
KEYS = [
    ("a", "a"),
    ("aB1?", "a B 1 ?"),
    (" ", "space= "),
    ("é日😀", "é 日 😀"),
    ("e\u0301", "e \u0301"),
    ("\x00", "C-space"),
    ("\x01\x1a", "C-a C-z"),
    ("\x09", "tab"),
    ("\r", "enter"),
    ("\n", "C-j"),
    ("\x08", "C-h"),
    ("\x7f", "backspace"),
    ("\x1c\x1d\x1e\x1f", "C-\\ C-] C-^ C-_"),
    (E, "esc"),
    (E + E, "esc esc"),
    (E + E + "a", "esc M-a"),
    (E + "a", "M-a"),
    (E + "A", "M-A"),
    (E + " ", "M-space"),
    (E + "\r", "M-enter"),
    (E + "\t", "M-tab"),
    (E + "\x7f", "M-backspace"),
    (E + "\x01", "C-M-a"),
    (E + "\x00", "C-M-space"),
    (E + "\x08", "C-M-h"),
    (E + "é", "M-é"),
    (E + "😀x", "M-😀 x"),
    (E + "[", "M-["),
    (E + "O", "M-O"),
    (E + "]", "M-]"),
    (E + "P", "M-P"),
    (E + "_", "M-_"),
    (E + "<", "M-<"),
    # cursor and function keys
    (C + "A", "up"),
    (C + "B" + C + "C" + C + "D", "down right left"),
    (C + "H" + C + "F" + C + "E", "home end begin"),
    (E + "OA" + E + "OH", "up home"),
    (E + "OP" + E + "OQ" + E + "OR" + E + "OS", "f1 f2 f3 f4"),
    (C + "1;5C", "C-right"),
    (C + "1;2A", "S-up"),
    (C + "1;3B", "M-down"),
    (C + "1;6D", "C-S-left"),
    (C + "1;7H", "C-M-home"),
    (C + "1;9F", "s-end"),
    (C + "1;5P", "C-f1"),
    (C + "1;2R", "S-f3"),
    (C + "1;5S", "C-f4"),
    (E + "O5C", "C-right"),
    (C + "Z", "S-tab"),
    (C + "2~" + C + "3~", "insert delete"),
    (C + "5~" + C + "6~", "page-up page-down"),
    (C + "1~" + C + "4~" + C + "7~" + C + "8~", "home end home end"),
    (C + "3;5~", "C-delete"),
    (C + "5;3~", "M-page-up"),
    (C + "15~" + C + "17~" + C + "21~" + C + "24~", "f5 f6 f10 f12"),
    (C + "15;2~", "S-f5"),
    (C + "11~", "f1"),
    (C + "[A" + C + "[E", "f1 f5"),
    (C + "a" + E + "Oc", "S-up C-right"),
    (C + "7^" + C + "7@", "C-home C-S-home"),
    (C + "3$", "S-delete"),
    (E + C + "A", "M-up"),
    (E + E + "OD", "M-left"),
    (E + "OM" + E + "Ok" + E + "Op", "enter + 0"),
    # modifyOtherKeys and CSI-u
    (C + "27;5;105~", "C-i"),
    (C + "27;2;13~", "S-enter"),
    (C + "27;6;97~", "C-S-a"),
    (C + "27;6;65~", "C-S-a"),
    (C + "27;5;32~", "C-space"),
    (C + "27;6;33~", "C-!"),
    (C + "27;2;65~", "A"),
    (C + "105;5u", "C-i"),
    (C + "13;2u", "S-enter"),
    (C + "13;5u", "C-enter"),
    (C + "9;5u", "C-tab"),
    (C + "127;5u", "C-backspace"),
    (C + "32;2u", "S-space= "),
    (C + "91;5u", "C-["),
    # kitty
    (C + "27u", "esc"),
    (C + "97u", "a"),
    (C + "97;1:1u", "a"),
    (C + "97;1:2u", "a!repeat"),
    (C + "97;1:3u", "a=!release"),
    (C + "97:65;2u", "A"),
    (C + "97:65;2:3u", "A=!release"),
    (C + "97;2u", "A"),
    (C + "97:65;6u", "C-S-a"),
    (C + "49:33;2u", "!"),
    (C + "49:33;6u", "C-!"),
    (C + "97;3u", "M-a"),
    (C + "97:65;4u", "M-A"),
    (C + "97;9u", "s-a"),
    (C + "97;17u", "H-a"),
    (C + "97;65u", "a"),
    (C + "97;133u", "C-a"),
    (C + "1089::99;5u", "C-с~C-c"),
    (C + "1089::99u", "с~c"),
    (C + "97;;229u", "a=å"),
    (C + "97;3;229u", "M-a=å"),
    (C + "57399u", "0"),
    (C + "57414u", "enter"),
    (C + "57376u", "f13"),
    (C + "57417;5u", "C-left"),
    (C + "57428u", "media-play"),
    (C + "1;1:3A", "up!release"),
    (C + "1;5:2C", "C-right!repeat"),
    (C + "3;1:3~", "delete!release"),
    (C + "13;1:3u", "enter!release"),
    (C + "57441;2u", "?\x1b[57441;2u"),
    # paste
    (C + "200~hello" + C + "201~", "<hello>"),
    (C + "200~" + C + "201~a", "a"),
    (C + "200~a\r\nb\rc\nd" + C + "201~", "<a\nb\nc\nd>"),
    (C + "200~a" + E + "[Ab" + E + C + "201~c", "<a\x1b[Ab\x1b> c"),
    (C + "200~\x03\x00" + C + "20~" + C + "201~", "<\x03\x00\x1b[20~>"),
    (C + "200~é日" + C + "201~" + C + "200~x" + C + "201~", "<é日> <x>"),
    (C + "200~" + C + "200~" + C + "201~", "<\x1b[200~>"),
    (C + "201~a", "a"),
    (C + "200~lost", "<lost>"),
    # mouse
    (C + "<0;1;1M", "press:left@0,0"),
    (C + "<0;10;20m", "release:left@9,19"),
    (C + "<1;3;4M" + C + "<2;3;4M", "press:middle@2,3 press:right@2,3"),
    (C + "<32;3;4M", "drag:left@2,3"),
    (C + "<35;3;4M", "move:none@2,3"),
    (C + "<64;3;4M" + C + "<65;3;4M", "scroll:wheel-up@2,3 scroll:wheel-down@2,3"),
    (C + "<66;3;4M" + C + "<67;3;4M", "scroll:wheel-left@2,3 scroll:wheel-right@2,3"),
    (C + "<4;1;1M" + C + "<8;1;1M" + C + "<16;1;1M", "S-press:left@0,0 M-press:left@0,0 C-press:left@0,0"),
    (C + "<28;1;1M", "C-M-S-press:left@0,0"),
    (C + "<128;1;1M", "press:button-8@0,0"),
    (C + "<0;500;300M", "press:left@499,299"),
    (C + "M !!", "press:left@0,0"),
    (C + "M#!!", "release:none@0,0"),
    (C + "M`*+", "scroll:wheel-up@9,10"),
    (C + "32;5;6M", "press:left@4,5"),
    # focus and replies
    (C + "I" + C + "O", "focus blur"),
    (C + "0n", "status(0,)"),
    (C + "12;40R", "cursor(11,39)"),
    (C + "1;1R", "cursor(0,0)"),
    (C + "?1;5R", "cursor(0,4)"),
    (C + "?62;1;4c", "primary-attributes(62,1,4)"),
    (C + ">41;354;0c", "secondary-attributes(41,354,0)"),
    (E + "P!|00000000" + E + "\\", "tertiary-attributes('00000000',)"),
    (C + "?2026;2$y", "mode(2026,2)"),
    (C + "4;1$y", "ansi-mode(4,1)"),
    (C + "?5u", "keyboard(5,)"),
    (C + ">4;2m", "modify-other-keys(2,)"),
    (C + "?997;1n", "color-scheme('dark',)"),
    (C + "?997;2n", "color-scheme('light',)"),
    (C + "8;24;80t", "window(8,24,80)"),
    (C + "48;24;80;480;800t", "resize(24,80,480,800)"),
    (E + "]11;rgb:1e1e/1e1e/2e2e\x07", "background((30,30,46),)"),
    (E + "]10;rgb:ff/80/00" + E + "\\", "foreground((255,128,0),)"),
    (E + "]12;#0a0b0c\x07", "cursor-color((10,11,12),)"),
    (E + "]11;rgba:0000/0000/0000/ffff\x07", "background((0,0,0),)"),
    (E + "]4;7;rgb:c0/c0/c0\x07", "palette(7,(192,192,192))"),
    (E + "]52;c;aGVsbG8=\x07", "clipboard('c','hello')"),
    (E + "P>|xterm(370)" + E + "\\", "terminal('xterm(370)',)"),
    (E + "P1$r0m" + E + "\\", "setting(True,'0m')"),
    (E + "P1+r524742=38" + E + "\\", "capability(True,'RGB','8')"),
    (E + "P0+r524742" + E + "\\", "capability(False,'RGB','')"),
    (E + "_Gi=1;OK" + E + "\\", "graphics('i=1;OK',)"),
    # what is not known is swallowed whole
    (C + "?1;2;3x" + "a", "?\x1b[?1;2;3x a"),
    (C + "99~a", "?\x1b[99~ a"),
    (C + "1 5qa", "?\x1b[1 5q a"),
    (C + "=1Xa", "?\x1b[=1X a"),
    (E + "]0;title\x07a", "?\x1b]0;title\x07 a"),
    (E + "]11;nonsense\x07a", "?\x1b]11;nonsense\x07 a"),
    (E + "]52;c;***\x07a", "?\x1b]52;c;***\x07 a"),
    (E + "^private" + E + "\\a", "?\x1b^private\x1b\\ a"),
    (E + "Xsos" + E + "\\a", "?\x1bXsos\x1b\\ a"),
    (E + "Oz", "?\x1bOz"),
    # sequences cut short
    (C + "1;\x03", "?\x1b[1; C-c"),
    (C + "1;" + C + "A", "?\x1b[1; up"),
    (E + "]0;ti\x03", "?\x1b]0;ti C-c"),
    (E + "]0;ti" + C + "A", "?\x1b]0;ti up"),
    (E + "Pabc\x07", "?\x1bPabc C-g"),
    (C + "1;5", "?\x1b[1;5"),
    (E + "]11;rgb", "?\x1b]11;rgb"),
    (C + "M \x03", "?\x1b[M space=  C-c"),
    (E + E + C + "A", "esc M-up"),
]
RAW = [
    (b"\xff", ["\ufffd"]),
    (b"a\xffb", ["a", "\ufffd", "b"]),
    (b"\xe2\x82", []),
    (b"\xe2\x82a", ["\ufffd", "a"]),
    (b"\xe2\x82\x1b[A", ["\ufffd", "up"]),
    (b"\xc3\x28", ["\ufffd", "("]),
    (b"\xf0\x9f\x98\x80", ["😀"]),
    (b"\xc2\x9b", ["?\xc2\x9b"]),
    (b"\x1b\xff", ["M-\ufffd"]),
    (b"\x1b\xc3(", ["M-\ufffd", "("]),
    (b"\x1b[200~\xff\xe2\x82\x1b[201~", ["<\ufffd\ufffd>"]),
    (b"\x1b[M\xff\xff\xff", ["C-M-S-scroll:wheel-right@222,222"]),
]


@pytest.mark.parametrize(("text", "expected"), KEYS, ids=[repr(text) for text, _ in KEYS])
def test_table(text: str, expected: str) -> None:
    data = text.encode()
    found = fed(data)
    assert " ".join(shown(found)) == expected
    assert fed(data, list(range(1, len(data)))) == found


@pytest.mark.parametrize(("data", "expected"), RAW)
def test_bytes_that_are_no_text(data: bytes, expected: list[str]) -> None:
    found = fed(data)
    assert shown(found) == expected
    assert fed(data, list(range(1, len(data)))) == found


def test_a_key_after_every_case_is_still_a_key() -> None:
    whole = "".join(text + "q" for text, _ in KEYS if text.startswith(C) and text.endswith(("~", "u", "A", "M")))
    assert shown(fed(whole.encode())).count("q") >= 30


def test_lone_esc_waits_50_ms() -> None:
    decoder = Decoder()
    assert decoder.feed(b"\x1b", 1.0) == []
    assert decoder.deadline == pytest.approx(1.05)
    assert decoder.flush(1.04) == []
    assert decoder.flush(1.06) == [Key("esc")]
    assert decoder.deadline is None


def test_how_long_esc_waits_can_be_said() -> None:
    decoder = Decoder()
    decoder.esc_wait = 0.5
    assert decoder.feed(b"\x1b", 0) == []
    assert decoder.deadline == 0.5
    assert decoder.feed(b"x", 0.4) == [Key("M-x")]
    assert decoder.feed(b"\x1b", 1) == []
    assert decoder.flush(1.49) == []
    assert decoder.flush(1.5) == [Key("esc")]


def test_esc_and_a_late_letter_are_two_keys() -> None:
    decoder = Decoder()
    decoder.feed(b"\x1b", 1.0)
    assert shown(decoder.feed(b"a", 2.0)) == ["esc", "a"]


def test_a_sequence_that_goes_silent_is_given_up_after_a_second() -> None:
    decoder = Decoder()
    decoder.feed(b"\x1b]11;rgb", 1.0)
    assert decoder.deadline == pytest.approx(2.0)
    assert decoder.flush(2.1) == [Unknown(b"\x1b]11;rgb")]
    assert shown(decoder.feed(b"a", 3.0)) == ["a"]


def test_a_stalled_paste_is_handed_out_and_goes_on() -> None:
    decoder = Decoder()
    assert decoder.feed(b"\x1b[200~one\r", 1.0) == []
    assert decoder.deadline == pytest.approx(3.0)
    assert decoder.flush(3.0) == [Paste("one")]
    assert decoder.deadline is None
    assert decoder.feed(b"\ntwo\x1b[201~x", 9.0) == [Paste("\ntwo"), Key("x", "x")]


def test_control_c_ends_a_paste_whose_end_was_lost() -> None:
    decoder = Decoder()
    decoder.feed(b"\x1b[200~one", 1.0)
    decoder.flush(4.0)
    assert shown(decoder.feed(b"\x03a", 5.0)) == ["C-c", "a"]


def test_a_position_that_was_asked_for_is_no_key() -> None:
    decoder = Decoder()
    decoder.expect_cursor()
    assert decoder.feed(b"\x1b[1;2R", 0.0) == [Reply("cursor", (0, 1))]
    assert shown(decoder.feed(b"\x1b[1;2R", 0.0)) == ["S-f3"]


@pytest.mark.parametrize("start", [b"\x1b]0;", b"\x1bP", b"\x1b[", b"\x1b[?", b"\x1bO", b"\x1b_G", b"\x1b\x1b["])
def test_endless_sequences_stay_bounded_and_let_control_c_through(start: bytes) -> None:
    decoder = Decoder()
    out = decoder.feed(start, 0.0)
    for _ in range(64):
        out += decoder.feed(b"1" * 65536, 0.0)
        assert len(decoder._buffer) <= keys_module.STRING_LIMIT + 65536
    out += decoder.feed(b"\x03", 0.0)
    assert [one for one in out if isinstance(one, Key)][-1] == Key("C-c")
    assert all(len(one.raw) <= 64 for one in out if isinstance(one, Unknown))
    assert shown(decoder.feed(b"a", 0.0)) == ["a"]


def test_a_large_paste_comes_in_small_chunks() -> None:
    body = ("0123456789abcdé\r\n" * 120_000).encode()
    data = b"\x1b[200~" + body + b"\x1b[201~"
    decoder = Decoder()
    out: list[Input] = []
    for start in range(0, len(data), 1000):
        out += decoder.feed(data[start : start + 1000], 0.0)
    assert out == [Paste(body.decode().replace("\r\n", "\n"))]


def test_a_paste_over_the_limit_comes_in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("csm.edit.pasting.LIMIT", 100)
    decoder = Decoder()
    out = decoder.feed(b"\x1b[200~", 0.0)
    for _ in range(50):
        out += decoder.feed(b"0123456789\r\n", 0.0)
    out += decoder.feed(b"\x1b[201~", 0.0)
    assert len(out) > 3
    assert "".join(one.text for one in out if isinstance(one, Paste)) == "0123456789\n" * 50


ALPHABET = [b"\x1b", b"[", b"]", b"O", b"P", b"1", b";", b":", b"5", b"~", b"u", b"A", b"M", b"<", b"m", b"\x07", b"\\",
            b"\x1b[200~", b"\x1b[201~", b"\x1b\\", b"\xc3", b"\xa9", b"\xf0\x9f", b" ", b"$", b"y", b"?", b"\x03", b"R",
            b"\r", b"a", b"\x1b[<", b"27;"]  # fmt: skip


@pytest.mark.parametrize("seed", range(150))
def test_any_bytes_however_cut_mean_the_same(seed: int) -> None:
    rng = random.Random(seed)
    if seed % 3:
        data = b"".join(rng.choice(ALPHABET) for _ in range(rng.randint(1, 60)))
    else:
        data = rng.randbytes(rng.randint(1, 200))
    whole = fed(data)
    assert fed(data, list(range(1, len(data)))) == whole
    assert fed(data, sorted(rng.sample(range(len(data) + 1), min(3, len(data))))) == whole
