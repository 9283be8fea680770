"""Images that are too large for the model, or of a kind it does not take: sizes as 0.169 makes them, file by file."""

import io
import struct
import zlib

import pytest
from PIL import Image, ImageCms

from csm.api.testing import bundled

#: Size, how closely the model looks, size sent.
SIZES = [
    (*row, "original")
    for row in [
        ((6000, 1), (6000, 1)),
        ((2500, 2500), (2500, 2500)),
        ((3000, 2000), (3000, 2000)),
        ((3200, 3200), (3200, 3200)),
        ((3201, 3201), (3200, 3200)),
        ((4000, 3000), (3669, 2752)),
        ((3000, 4000), (2752, 3669)),
        ((3300, 3217), (3216, 3136)),
        ((4097, 2731), (3888, 2592)),
        ((5999, 1800), (5759, 1728)),
        ((6001, 2), (6000, 2)),
        ((6500, 3000), (4645, 2144)),
        ((7000, 400), (6000, 343)),
        ((12000, 2), (6000, 1)),
        ((1, 9000), (1, 6000)),
        ((12000, 12000), (3200, 3200)),
    ]
] + [
    (*row, "high")
    for row in [
        ((1500, 1500), (1500, 1500)),
        ((1600, 1600), (1600, 1600)),
        ((2048, 2048), (1600, 1600)),
        ((2500, 2500), (1600, 1600)),
        ((4000, 3000), (1824, 1368)),
        ((2049, 100), (2048, 100)),
        ((7000, 400), (2048, 117)),
        ((6500, 3000), (2048, 945)),
        ((1, 9000), (1, 2048)),
    ]
]
LARGE = (2400, 1800)


@pytest.fixture
def reader():
    return bundled("images").image_readers()[0]


def picture(mode="RGB", size=LARGE):
    """Dark at the top, light at the bottom."""
    shade = Image.linear_gradient("L").resize(size)
    if mode in ("I;16", "1", "P", "L"):
        return shade.point(lambda value: value * 257, "I").convert("I;16") if mode == "I;16" else shade.convert(mode)
    return Image.merge("RGB", [shade] * 3).convert(mode)


def stored(image, kind, **more):
    out = io.BytesIO()
    image.save(out, kind, **more)
    return out.getvalue()


def opened(found):
    kind, data = found
    image = Image.open(io.BytesIO(data))
    assert kind == f"image/{image.format.lower()}"
    image.load()
    return image


@pytest.mark.parametrize(("size", "wanted", "detail"), SIZES)
def test_sizes(size, wanted, detail):
    bounds = bundled("images", "bounds")
    assert bounds.fit(*size, detail) == wanted


@pytest.mark.parametrize(("size", "wanted", "detail"), [SIZES[6], SIZES[12], SIZES[14], SIZES[-3]])
def test_the_image_sent_has_that_size(reader, size, wanted, detail):
    assert opened(reader.ready(stored(Image.new("L", size, 7), "png"), detail)).size == wanted


@pytest.mark.parametrize("kind", ["png", "jpeg", "webp"])
def test_what_fits_stays_as_it_is_to_the_byte(reader, kind):
    data = stored(picture(size=(1500, 1500)), kind)
    assert reader.ready(data, "high") == (f"image/{kind}", data)


@pytest.mark.parametrize(
    ("kind", "mode", "becomes"),
    [
        ("png", "RGB", ("PNG", "RGB")),
        ("png", "RGBA", ("PNG", "RGBA")),
        ("png", "LA", ("PNG", "LA")),
        ("png", "L", ("PNG", "L")),
        ("png", "P", ("PNG", "RGB")),
        ("png", "1", ("PNG", "L")),
        ("png", "I;16", ("PNG", "L")),
        ("jpeg", "RGB", ("JPEG", "RGB")),
        ("jpeg", "L", ("JPEG", "L")),
        ("jpeg", "CMYK", ("JPEG", "RGB")),
        ("webp", "RGB", ("WEBP", "RGB")),
        ("webp", "RGBA", ("WEBP", "RGB")),  # nothing in it is clear
        ("gif", "P", ("PNG", "L")),  # it has shades of grey only
    ],
)
def test_every_mode_shrinks_and_keeps_its_looks(reader, kind, mode, becomes):
    image = opened(reader.ready(stored(picture(mode), kind), "high"))
    assert (image.format, image.mode, image.size) == (*becomes, (1824, 1368))
    shades = [image.convert("L").getpixel((900, row)) for row in (20, 684, 1348)]
    for shade, wanted in zip(shades, (4, 128, 251), strict=True):
        assert abs(shade - wanted) < 16 or mode == "1", shades
    assert shades == sorted(shades)


def test_a_colour_that_stands_for_none_stays_clear(reader):
    drawn = Image.new("P", LARGE, 0)
    drawn.putpalette([255, 0, 0])
    image = opened(reader.ready(stored(drawn, "png", transparency=0), "high"))
    assert image.mode == "RGBA" and image.getpixel((5, 5))[3] == 0


def test_a_gif_goes_as_a_png_of_its_first_frame(reader):
    first, second = Image.new("RGB", (40, 30), "red"), Image.new("RGB", (40, 30), "blue")
    image = opened(reader.ready(stored(first, "gif", save_all=True, append_images=[second]), "original"))
    assert (image.format, image.size, image.convert("RGB").getpixel((3, 3))) == ("PNG", (40, 30), (255, 0, 0))


@pytest.mark.parametrize("kind", ["png", "jpeg", "webp"])
def test_the_way_up_and_the_colours_stay_with_the_image(reader, kind):
    notes = Image.Exif()
    notes[0x0112] = 6
    colours = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    image = opened(reader.ready(stored(picture(), kind, exif=notes, icc_profile=colours), "high"))
    assert image.size == (1824, 1368) and image.getexif()[0x0112] == 6
    assert image.info["icc_profile"] == colours


def test_notes_that_are_too_long_are_left_out(reader):
    image = opened(reader.ready(stored(picture(), "png", exif=b"Exif\0\0" + bytes(90_000)), "high"))
    assert image.size == (1824, 1368) and "exif" not in image.info


def test_a_jpeg_that_ends_early_is_shown_as_far_as_it_goes(reader):
    data = stored(picture(), "jpeg")
    image = opened(reader.ready(data[: len(data) * 2 // 3], "high"))
    assert image.size == (1824, 1368) and image.convert("L").getpixel((5, 5)) < 10


@pytest.mark.parametrize("cut", [0.3, 0.9])
def test_other_kinds_must_be_whole(reader, cut):
    for kind in ("png", "webp"):
        data = stored(picture(), kind)
        assert reader.ready(data[: int(len(data) * cut)], "high") is None


def test_what_only_decoding_finds_is_no_image_either(reader):
    data = bytearray(stored(picture(), "webp"))
    data[40:] = bytes(len(data) - 40)
    assert reader.ready(bytes(data), "high") is None


def chunk(kind, content):
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


@pytest.mark.parametrize(("width", "height"), [(60_000, 60_000), (20_000, 20_000), (2**31 - 1, 1), (0, 5)])
def test_an_image_that_claims_to_be_huge_is_not_opened(reader, monkeypatch, width, height):
    monkeypatch.setattr(Image.core, "new", None)
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    png = b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(bytes(1_000_000))) + chunk(b"IEND", b"")
    frame = struct.pack(">BHHB", 8, min(height, 65_535), min(width, 65_535), 3) + bytes(9)
    jpeg = b"\xff\xd8\xff\xc0" + struct.pack(">H", len(frame) + 2) + frame + b"\xff\xda\x00\x02" + bytes(9)
    gif = b"GIF89a" + struct.pack("<HHBBB", 65_535, 65_535, 0, 0, 0) + b"\x2c" + struct.pack("<HHHHB", 0, 0, 1, 1, 0)
    gif += b"\x02\x02\x44\x01\x00\x3b"
    body = b"WEBPVP8X" + struct.pack("<I", 10) + bytes(4) + b"\xff\xff\xff" * 2 + bytes(20)
    webp = b"RIFF" + struct.pack("<I", len(body)) + body
    for data in (png, gif, webp) if width < 2**31 - 1 else (png,):
        assert reader.ready(data, "original") is None
    assert width < 30_000 or width > 65_535 or reader.ready(jpeg, "original") is None
