"""The setting `model_catalog_json`, from the file to the request."""

import json

import pytest

from csm.protocol.errors import SettingError
from csm.protocol.items import Notice

MINE = {
    "slug": "mine",
    "default_reasoning_level": "high",
    "context_window": 1000,
    "support_verbosity": True,
    "default_verbosity": "high",
}


def test_from_the_file_to_the_request(bench, tmp_path):
    file = tmp_path / "models.json"
    file.write_text(json.dumps({"models": [MINE]}))
    made = bench({"text": "a"}, {"text": "b"}, settings={"model_catalog_json": str(file), "model": "mine"})
    thread = made.start()
    found = made.turn(thread, "hi")
    assert (made.model.requests[0].effort, made.model.requests[0].verbosity) == ("high", "high")
    assert found[0].body.context_window == 950
    assert made.port.query("models").result(10) == ["mine"]
    other = made.start(overrides={"model": "gpt-5.5"})
    watched = made.port.attach(other)
    made.turn(other, "hi")
    notices = [
        event.body.item.message for event in watched.drain() if isinstance(getattr(event.body, "item", 0), Notice)
    ]
    assert "Model metadata for `gpt-5.5` not found" in notices[0]


@pytest.mark.parametrize(
    ("text", "why"), [(None, "cannot be read"), ("{", "is no catalog"), ('{"models":[]}', "without")]
)
def test_a_bad_file_is_told_before_anything_begins(bench, tmp_path, text, why):
    file = tmp_path / "models.json"
    if text is not None:
        file.write_text(text)
    made = bench(settings={"model_catalog_json": str(file)})
    with pytest.raises(SettingError, match=why):
        made.start()
