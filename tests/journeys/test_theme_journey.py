"""A theme that follows the terminal: it answers late, in pieces, turns light, never answers."""

from __future__ import annotations

from typing import Any

READY = "What shall be done?"
#: The dim words of `dark` and of `light`.
DARK, LIGHT = b"38;2;150;158;171m", b"38;2;91;100;112m"


def test_the_theme_follows_the_terminal(bench: Any) -> None:
    bench.serve({"text": "Hello."}, config="[csm]\ntheme = 'auto'")
    bench.env["COLORTERM"] = "truecolor"
    shell = bench.csm()
    shell.wait_for(READY)
    shell.wait(lambda: b"\x1b]11;?\x1b\\" in shell.raw and b"\x1b[?2031h" in shell.raw)
    assert DARK in shell.raw and LIGHT not in shell.raw
    for piece in ("\x1b", "]11;rgb:ff", "ff/ffff/ffff\x1b", "\\\x1b[?62", ";4c"):
        shell.send(piece)
        shell.read(0.02)
    shell.wait(lambda: LIGHT in shell.raw)
    asked = shell.raw.count(b"\x1b]11;?")
    shell.send("\x1b[?997;1n")
    shell.wait(lambda: shell.raw.count(b"\x1b]11;?") > asked)
    start = len(shell.raw)
    shell.send("\x1b]11;rgb:1010/1010/1010\x07\x1b[?62;4c")
    shell.wait(lambda: DARK in shell.raw[start:])
    shell.send("and now")
    assert "› and now" in shell.wait_for("and now")
    shell.send("\x03\x03\x03")
    assert shell.end() == 0
    assert shell.raw.rfind(b"\x1b[?2031l") > shell.raw.rfind(b"\x1b[?2031h")
    shell.restored()
