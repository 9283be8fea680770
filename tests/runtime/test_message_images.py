"""Images that a user adds to a message."""

import base64
import io
import os

import pytest
from PIL import Image

from csm.api.testing import Bench, bundled
from csm.protocol import codec, events, ops
from csm.runtime import images


class Reader:
    """Takes what begins with `img`, and turns what begins with `imgbig` into something small."""

    def ready(self, data, detail):
        if not data.startswith(b"img"):
            return None
        return ("image/png", f"small {detail}".encode()) if data.startswith(b"imgbig") else ("image/png", data)


def url(data, kind="image/png"):
    return f"data:{kind};base64,{base64.b64encode(data).decode()}"


def load(folder, *names, reader=None):
    return images.load(names, folder, reader or Reader(), "high")


def test_files_go_as_the_reader_has_them(tmp_path):
    (tmp_path / "a").write_bytes(b"img1")
    (tmp_path / "b").write_bytes(b"imgbig")
    found = load(tmp_path, "a", str(tmp_path / "b"))
    assert [(one.path, one.url) for one in found] == [
        ("a", url(b"img1")),
        (str(tmp_path / "b"), url(b"small high")),
    ]


def test_files_that_cannot_be_seen(tmp_path, monkeypatch):
    os.mkfifo(tmp_path / "pipe")
    monkeypatch.setattr(images, "LARGEST", 3)
    (tmp_path / "big").write_bytes(b"1234")
    (tmp_path / "text").write_bytes(b"abc")
    told = [found.problem for found in load(tmp_path, "pipe", ".", "big", "gone", "text")]
    assert told == [
        "pipe is no file",
        ". is no file",
        "The image big is larger than 0 MB",
        "The image gone cannot be read: No such file or directory",
        "text is no PNG, JPEG, GIF or WebP image",
    ]


@pytest.mark.parametrize(
    ("given", "sent"),
    [
        ("https://example.org/x.png", "https://example.org/x.png"),
        (url(b"img1"), url(b"img1")),
        (url(b"imgbig"), url(b"small high")),
        (url(b"img1", "image/jpeg"), url(b"img1")),
        ("data:image/png,img%31", url(b"img1")),
        (url(b"text"), None),
        ("data:image/png;base64,%%", None),
        ("data:image/png;base64", None),
        ("data:", None),
    ],
)
def test_urls(tmp_path, given, sent):
    (found,) = load(tmp_path, given)
    assert (found.path, found.url) == ("", sent or "")
    assert bool(found.problem) is (sent is None)


def test_without_an_extension_that_reads_images_none_is_seen(tmp_path):
    (tmp_path / "a").write_bytes(b"img1")
    (found,) = images.load(("a",), tmp_path, None, "high")
    assert found.problem == "No extension reads images."


def test_a_message_with_a_large_image(tmp_path):
    with Bench(tmp_path, [{"text": "seen"}], plugins=[bundled("images")]) as bench:
        Image.new("RGB", (7000, 400)).save(bench.work / "a.png")
        thread = bench.start()
        watcher = bench.port.attach(thread)
        ack = bench.submit(thread, ops.Submit("look", ("a.png", "none.png")))
        assert ack.accepted and ack.reason == "The image none.png cannot be read: No such file or directory"
        bench.until(watcher, events.TurnCompleted)
        content = codec.decode(bench.model.requests[0].input[-1])["content"]
    assert next(part["text"] for part in content if "text" in part) == '<image name=[Image #1] path="a.png">'
    (image,) = [part for part in content if part["type"] == "input_image"]
    data = base64.b64decode(image["image_url"].partition(",")[2])
    assert image["detail"] == "original" and Image.open(io.BytesIO(data)).size == (6000, 343)
