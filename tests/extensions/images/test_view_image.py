"""view_image: what reaches the model, and what is refused. What 0.169 takes and refuses was recorded file by file."""

import asyncio
import base64
import os
import stat
import struct
import zlib

import pytest

from csm.api import Offer, ToolError, codec, items, model, tools
from csm.api.testing import Bench, FakeToolContext, bundled

BROKEN = "unable to process image: invalid or unsupported image data"
ROW = b"\0" + b"\1\2\3" * 4


def chunk(kind, content, *, spoil=0):
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content) ^ spoil)


def png(width=4, height=2, data=ROW * 2, *, colour=2, bits=8, interlaced=0, packed=None, extra=b"", end=True, spoil=0):
    head = struct.pack(">IIBBBBB", width, height, bits, colour, 0, 0, interlaced)
    body = chunk(b"IHDR", head) + extra + chunk(b"IDAT", zlib.compress(data) if packed is None else packed, spoil=spoil)
    return b"\x89PNG\r\n\x1a\n" + body + (chunk(b"IEND", b"") if end else b"")


PACKED = zlib.compress(ROW * 2)
PALETTE = chunk(b"PLTE", b"\1\2\3")
#: A still GIF of one pixel and its parts.
GIF_HEAD = b"GIF89a" + struct.pack("<HHBBB", 1, 1, 0x80, 0, 0) + bytes(6)
FRAME = b"\x2c" + struct.pack("<HHHHB", 0, 0, 1, 1, 0) + b"\x02\x02\x44\x01\x00"
CONTROL = b"\x21\xf9\x04\x00\x0a\x00\x00\x00"
STILL = GIF_HEAD + CONTROL + FRAME + b"\x3b"
JPEG = (
    b"\xff\xd8\xff\xe0\x00\x04ab"
    + b"\xff\xc0\x00\x0b\x08"
    + struct.pack(">HH", 2, 3)
    + b"\x01\x01\x11\x00"
    + b"\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00"
    + b"\x12\x34\xff\xd9"
)
VP8X = b"\x00\x00\x00\x00" + (3).to_bytes(3, "little") + (1).to_bytes(3, "little")


def webp(kind=b"VP8L", content=b"\x2f\x03\x40\x00\x00" + bytes(5), *, cut=0):
    body = b"WEBP" + kind + struct.pack("<I", len(content)) + content
    whole = b"RIFF" + struct.pack("<I", len(body)) + body
    return whole[: len(whole) - cut] if cut else whole


GOOD = {
    "png": png(),
    "png, named otherwise": png(),
    "png, more after it": png() + b"more",
    "png, too much data": png(data=ROW * 9),
    "png, wrong sum of its data": png(packed=PACKED[:-1] + b"\0"),
    "png, wrong sum of a chunk nobody needs": png(extra=chunk(b"teXt", b"a", spoil=1)),
    "png, palette": png(data=(b"\0" + bytes(4)) * 2, colour=3, extra=PALETTE),
    "png, bits": png(9, 1, b"\0" + bytes(2), colour=0, bits=1),
    "png, 16 bits": png(1, 1, b"\0" + bytes(8), colour=6, bits=16),
    "png, interlaced": png(2, 2, b"\0\1\2\3" + b"\0\1\2\3" + b"\0\1\2\3\4\5\6", interlaced=1),
    "jpeg": JPEG,
    "jpeg, no end": JPEG[:-2],
    "jpeg, filled": JPEG[:8] + b"\xff\xff" + JPEG[8:],
    "webp": webp(),
    "webp, more after it": webp() + b"more",
    "webp, lossy": webp(b"VP8 ", b"\0\0\0\x9d\x01\x2a" + struct.pack("<HH", 3, 2)),
    "webp, extended": webp(b"VP8X", VP8X),
}
BAD = {
    "empty": b"",
    "text": b"not an image\n",
    "svg": b"<svg xmlns='http://www.w3.org/2000/svg'/>",
    "bmp": b"BM" + bytes(60),
    "png, signature alone": png()[:8],
    "png, cut": png()[:40],
    "png, no end": png(end=False),
    "png, wrong sum of a chunk": png(spoil=1),
    "png, too little data": png(data=ROW),
    "png, data cut": png(packed=PACKED[:-6]),
    "png, data no zlib": png(packed=b"nonsense"),
    "png, no data": png(packed=b""),
    "png, no such filter": png(data=(b"\x09" + ROW[1:]) * 2),
    "png, no such colours": png(colour=5),
    "png, bits that its colours cannot have": png(bits=4),
    "png, no palette": png(data=(b"\0" + bytes(4)) * 2, colour=3),
    "png, no width": png(0, 2, b""),
    "png, larger than memory": png(20_000, 20_000, b""),
    "png, interlaced but not its data": png(interlaced=1),
    "png, another chunk first": b"\x89PNG\r\n\x1a\n" + chunk(b"IDAT", PACKED) + chunk(b"IEND", b""),
    "jpeg, head alone": JPEG[:6],
    "jpeg, no frame": JPEG[:8] + JPEG[8 + 13 :],
    "jpeg, frame cut": JPEG[:14],
    "jpeg, no scan": JPEG[:-14],
    "jpeg, scan cut": JPEG[:-8],
    "jpeg, nonsense inside": JPEG[:8] + b"xx" + JPEG[8:],
    "jpeg, no lines": JPEG[:13] + b"\0\0" + JPEG[15:],
    "gif, head alone": GIF_HEAD[:10],
    "gif, no frame": GIF_HEAD + b"\x3b",
    "gif, frame cut": STILL[:-4],
    "gif, no pixels in it": GIF_HEAD + FRAME[:11] + b"\0\x3b",
    "webp, cut": webp(cut=2),
    "webp, head alone": webp()[:16],
    "webp, no such kind": webp(b"XXXX"),
    "webp, chunk longer than the file": webp()[:16] + struct.pack("<I", 99) + webp()[20:],
}


@pytest.fixture
def tool():
    return bundled("images").tools()[0]


def view(tool, cx, arguments):
    return asyncio.run(call(tool, cx, arguments))


async def call(tool, cx, arguments):
    text = arguments if isinstance(arguments, str) else codec.encode(arguments).decode()
    return await asyncio.to_thread(tool.run, tools.ToolCall("c", "view_image", text), cx)


def complaint(tool, cx, arguments):
    with pytest.raises(ToolError) as caught:
        view(tool, cx, arguments)
    return caught.value.message


@pytest.mark.parametrize("name", GOOD)
def test_images_go_as_they_are(tool, tmp_path, name):
    (tmp_path / "a.txt").write_bytes(GOOD[name])
    seen = model.ModelInfo("m", image_detail="original")
    result = view(tool, FakeToolContext(tmp_path, model=seen), {"path": "a.txt"})
    url = f"data:image/{name.split(',')[0]};base64,{base64.b64encode(GOOD[name]).decode()}"
    assert result.output == [{"type": "input_image", "image_url": url, "detail": "original"}]
    assert result.item == items.ImageView("c", str(tmp_path / "a.txt"))


@pytest.mark.parametrize("name", BAD)
def test_what_is_no_image(tool, tmp_path, name):
    (tmp_path / "a.png").write_bytes(BAD[name])
    assert complaint(tool, FakeToolContext(tmp_path), {"path": "a.png"}) == BROKEN


@pytest.mark.parametrize("after", [b"\x3b", b"", FRAME + b"\x3b", CONTROL + FRAME[:5], b"\x3bmore"])
def test_the_first_frame_of_a_gif_goes(tool, tmp_path, after):
    (tmp_path / "a.gif").write_bytes(STILL[:-1] + after)
    (image,) = view(tool, FakeToolContext(tmp_path), {"path": "a.gif"}).output
    data = base64.b64decode(image["image_url"].removeprefix("data:image/png;base64,"))
    assert data.startswith(b"\x89PNG") and struct.unpack_from(">II", data, 16) == (1, 1)


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ({"path": "none.png"}, "unable to locate image at `DIR/none.png`: No such file or directory (os error 2)"),
        ({"path": "../x/./n.png"}, "unable to locate image at `UP/x/n.png`: No such file or directory (os error 2)"),
        ({"path": "~/a.png"}, "unable to locate image at `DIR/~/a.png`: No such file or directory (os error 2)"),
        ({"path": "a.png/b"}, "unable to locate image at `DIR/a.png/b`: Not a directory (os error 20)"),
        ({"path": "."}, "image path `DIR` is not a file"),
        ({"path": ""}, "image path `DIR` is not a file"),
        ({"path": "pipe"}, "image path `DIR/pipe` is not a file"),
        (
            {"path": "a\0b"},
            "unable to resolve image path `a\0b` against environment cwd `file://DIR`: 'a\0b' is invalid on 'linux'",
        ),
        (
            {"path": "a.png", "detail": "low"},
            "view_image.detail only supports `high` or `original`; omit `detail` for default high resized behavior,"
            " got `low`",
        ),
        ({}, "failed to parse function arguments: missing field `path` at line 1 column 2"),
        ("{bad", "failed to parse function arguments: key must be a string at line 1 column 2"),
        ("", "failed to parse function arguments: EOF while parsing a value at line 1 column 0"),
        (
            '{"path": 5}',
            "failed to parse function arguments: invalid type: integer `5`, expected a string at line 1 column 10",
        ),
    ],
)  # fmt: skip
def test_complaints(tool, tmp_path, arguments, expected):
    (tmp_path / "a.png").write_bytes(png())
    os.mkfifo(tmp_path / "pipe")
    found = complaint(tool, FakeToolContext(tmp_path), arguments)
    assert found.replace(str(tmp_path), "DIR").replace(str(tmp_path.parent), "UP") == expected


def test_details_are_checked_and_the_model_decides(tool, tmp_path):
    (tmp_path / "a.png").write_bytes(png())
    for detail in ("original", "high"):
        cx = FakeToolContext(tmp_path, model=model.ModelInfo("m", image_detail=detail))
        for given in ({}, {"detail": "high"}, {"detail": "original"}, {"detail": None}, {"strange": 1}):
            assert view(tool, cx, {"path": str(tmp_path / "a.png"), **given}).output[0]["detail"] == detail


def test_a_file_that_is_too_large_or_cannot_be_read(tool, tmp_path, monkeypatch):
    large = tmp_path / "large.png"
    large.write_bytes(png())
    os.truncate(large, 64 * 1024 * 1024 + 1)
    assert complaint(tool, FakeToolContext(tmp_path), {"path": "large.png"}).endswith("it is larger than 64 MB")
    if os.geteuid():
        large.chmod(stat.S_IWUSR)
        told = complaint(tool, FakeToolContext(tmp_path), {"path": "large.png"})
        assert told == f"unable to read image at `{large}`: Permission denied (os error 13)"


def test_the_feature_may_be_switched_off(tool, tmp_path):
    with Bench(tmp_path, settings={"features.view_image": False}) as bench:
        offer = Offer(model.ModelInfo("m"), bench.host.settings, tools.SandboxPolicy())
        assert tool.offered(offer) is None
    told = codec.decode(bytes(tool.spec.raw))
    assert (told["name"], list(told["parameters"]["properties"])) == ("view_image", ["path"])


def test_a_turn_with_an_image(tool, tmp_path):
    with Bench(tmp_path, [{"call": ("view_image", {"path": "a.png"})}, {"text": "red"}], tools=[tool]) as bench:
        (bench.work / "a.png").write_bytes(png())
        found = bench.turn(bench.start(), "look")
        assert bench.outputs()[0][0]["type"] == "input_image"
    shown = [event.body.item for event in found if type(event.body).__name__ == "ItemCompleted"]
    assert items.ImageView in {type(item) for item in shown}
