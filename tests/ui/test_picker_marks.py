"""Lists of which several rows can be taken, other orders of rows, and looks that are longer than their room."""

from __future__ import annotations

from typing import NamedTuple

from csm.ui.picker import Picker
from csm.view.lines import line_width, plain


class Row(NamedTuple):
    value: object
    label: str
    detail: str = ""
    section: str = ""


ROWS = [Row("b", "beta", "10"), Row("a", "alpha", "9"), Row("c", "日本語", "1")]


def make(**how):
    taken = []
    return Picker("Some", ROWS, taken.append, **how), taken


def shown(made, columns=60, rows=12):
    found = made.render(columns, rows)[0]
    assert all(line_width(line) <= columns for line in found) and len(found) <= rows
    return [plain(line).rstrip() for line in found]


def test_what_is_marked_is_taken_in_the_order_of_the_rows():
    made, taken = make(several=True)
    made.move(2)
    made.mark()
    made.move(-2)
    made.mark()
    assert shown(made)[0].endswith("2 marked") and [line[0] for line in shown(made)[2:]] == ["✓", " ", "✓"]
    made.accept()()
    assert taken == [["b", "c"]]


def test_without_a_mark_the_chosen_row_is_taken():
    made, taken = make(several=True)
    made.move(1)
    made.accept()()
    made.editor.set_text("zzz")
    assert taken == [["a"]] and made.accept() is None
    made.mark()
    assert shown(made)[2] == "  nothing fits"


def test_marks_stay_where_other_things_are_typed_and_go_with_a_second_one():
    done = []
    made, _ = make(several=True, actions={"drop": ("drop", done.append)})
    made.mark()
    made.editor.set_text("alp")
    made.mark()
    made.act("drop")()
    assert done == [["b", "a"]]
    made.mark()
    made.act("drop")()
    assert done[1] == ["b"]


def test_rows_come_in_other_orders_and_back():
    made, _ = make(sorts={"name": lambda row: row.label, "size": lambda row: int(row.detail)})
    made.move(2)
    orders = []
    for _ in range(3):
        made.sort()
        orders.append([row.value for row in made.rows()])
        assert made.chosen() == "c"
    assert orders == [["a", "b", "c"], ["c", "a", "b"], ["b", "a", "c"]]
    made.sort()
    assert "by name" in shown(made)[0]


def test_one_row_alone_is_marked_where_lists_take_one():
    made, taken = make()
    made.mark()
    made.accept()()
    assert taken == ["b"] and "marked" not in shown(made)[0]


def test_a_long_look_is_moved_through_and_begins_anew_with_another_row():
    made, _ = make(preview=lambda value, columns, rows: [[("", f"{value} {n}")] for n in range(100)])
    assert "b 0" in shown(made, 100)[2]
    made.scroll_look(5)
    assert "b 5" in shown(made, 100)[2]
    made.scroll_look(1000)
    assert "b 99" in shown(made, 100)[-1]
    made.move(1)
    assert "a 0" in shown(made, 100)[2]


def test_all_of_it_fits_the_smallest_screens():
    made, _ = make(several=True, sorts={"name": lambda row: row.label}, preview=lambda *_: [[("", "x" * 99)]] * 50)
    made.mark()
    made.sort()
    for columns in (1, 5, 20, 40, 200):
        for rows in (1, 2, 3, 7, 12, 50):
            shown(made, columns, rows)
