"""Where a log's bytes lie: lines from any address on, and pieces read in few goes however they lie."""

import random
from array import array

import pytest

from csm.api.testing import bundled

sections = bundled("sessions", "sections")
history = bundled("sessions", "history")
sums = bundled("sessions", "sums")


@pytest.fixture
def made(tmp_path):
    """Three files as a fork has them, with lines of all lengths; and their lines by address."""
    chance = random.Random(4)
    own, base = tmp_path / "own", tmp_path / "base"
    head = b'{"timestamp":"t","type":"session_meta","payload":{"id":"x"}}\n'
    lengths = [chance.choice([0, 3, 200, 70_000, 400_000]) for _ in range(120)]
    rest = [bytes([97 + number % 26]) * length + b"\n" for number, length in enumerate(lengths)]
    own.write_bytes(head + b"".join(rest) + b"torn")
    base.write_bytes(b"one\ntwo\nthree\n")
    found = sections.Sections(
        [
            sections.Section(own, 0, len(head)),
            sections.Section(base, 0, 8),
            sections.Section(own, len(head), None),
        ]
    )
    return found, [head, b"one\n", b"two\n", *rest, b"torn"]


def test_lines_come_in_the_order_in_which_they_are_read(made):
    found, lines = made
    assert [line for _, line in found.lines()] == lines
    addresses = [at for at, _ in found.lines()]
    assert addresses == sorted(addresses)
    for number in (0, 1, 2, 3, 50, len(lines) - 1):
        assert [line for _, line in found.lines(addresses[number])] == lines[number:]


def test_what_is_watched_is_the_own_file_up_to_its_last_line_end(made):
    found, _ = made
    seen = sums.Sums()
    for _ in found.blocks(0, seen.feed):
        pass
    whole = sums.Sums()
    whole.feed(found.path.read_bytes()[:-4])
    assert (seen.sums, seen.last, seen.size) == (whole.sums, whole.last, whole.size)
    assert seen.sound(found.path) == seen.size and seen.ends(found.path)


@pytest.mark.parametrize("seed", range(8))
def test_pieces_are_read_as_they_stand(made, seed):
    found, _ = made
    chance = random.Random(seed)
    known = [(at, line) for at, line in found.lines() if len(line) > 1]
    few = sorted(chance.sample(known, chance.choice([1, 5, len(known)])))
    starts, lengths, wanted = array("Q"), array("I"), []
    for at, line in few:
        skip = chance.randrange(len(line))
        size = chance.choice([1, len(line) - skip])
        starts.append(at + skip)
        lengths.append(size)
        wanted.append(line[skip : skip + size])
    assert found.read(starts, lengths) == wanted


def test_what_is_no_longer_there_is_no_piece(made):
    found, _ = made
    size = found.path.stat().st_size
    with pytest.raises(ValueError):
        found.read(array("Q", [sections.address(2, size - 2)]), array("I", [9]))


def test_items_that_stand_nowhere_are_kept():
    places = history.Places()
    places.add(0, b'{"payload":{"a":1},"x":2}', b'{"a":1}')
    places.add(99, b'{"payload": {"a":1}}', b'{"a":1}')
    places.add(0, b"", b"made up")
    assert (list(places.lengths), places.inline) == ([7, 7, 7], [b'{"a":1}', b"made up"])
    assert places.starts[0] == 11
    short = places.until(2)
    assert (len(short), short.inline, len(places)) == (2, [b'{"a":1}'], 3)
    places.put(1000, b'{"replacement":[{"b":2},{"b":2}, {"c":3}]}', [b'{"b":2}', b'{"b":2}', b'{"c":3}', b"else"])
    assert [start - 1000 for start in places.starts[:3]] == [16, 24, 33]
    assert places.inline == [b"else"]


@pytest.mark.parametrize("size", [0, 1, sums.PIECE - 1, sums.PIECE, sums.PIECE + 1, 3 * sums.PIECE + 7])
def test_sums_tell_where_a_change_begins(tmp_path, size):
    data = random.Random(1).randbytes(size)
    path = tmp_path / "file"
    path.write_bytes(data + b"more")
    known = sums.Sums()
    for at in range(0, size, 1000):
        known.feed(data[at : at + 1000])
    assert known.sound(path) == size and known.ends(path)
    cut = size * 2 // 3
    again = known.cut(path, cut)
    assert again.size == cut and again.sound(path) == cut
    again.feed(data[cut:])
    assert (again.sums, again.last) == (known.sums, known.last)
    if size:
        path.write_bytes(data[:cut] + bytes([data[cut] ^ 1]) + data[cut + 1 :])
        assert known.sound(path) == cut // sums.PIECE * sums.PIECE
        path.write_bytes(data[:-1])
        assert known.sound(path) == (size - 1) // sums.PIECE * sums.PIECE
        assert not known.ends(path)
