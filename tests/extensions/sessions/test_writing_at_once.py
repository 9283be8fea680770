"""A log written for several tools at a time."""

from pathlib import Path

from csm.protocol import events
from csm_extensions.sessions.disk import Disk
from csm_extensions.sessions.writer import Writer

THREAD = "01890000-0000-7000-8000-000000000001"


class Overtaken(Disk):
    """A disk on which, while a folder is brought to it, another tool asks for the same."""

    def __init__(self) -> None:
        self.writer: Writer | None = None
        self.folders: list[Path] = []

    def sync_folder(self, folder: Path) -> None:
        self.folders.append(folder)
        writer, self.writer = self.writer, None
        if writer is not None:
            writer.sync()


def test_two_syncs_at_once_bring_every_folder_to_the_disk(tmp_path: Path) -> None:
    disk = Overtaken()
    first = ("2026-01-01T00:00:00.000Z", events.ThreadStarted(THREAD, str(tmp_path)))
    path = tmp_path / "sessions" / "2026" / "rollout.jsonl"
    writer = Writer(tmp_path, path, THREAD, first, disk)
    writer.append([("2026-01-01T00:00:00.000Z", events.TurnStarted("t", 0))])
    disk.writer = writer
    writer.sync()
    assert set(disk.folders) >= {path.parent, path.parent.parent, tmp_path}
    disk.folders.clear()
    writer.sync()
    assert disk.folders == []
    writer.close()
