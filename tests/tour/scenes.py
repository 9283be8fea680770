"""What the tour shows: for each screen its heading, own words, and how one comes to it.

Does not: print or write.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from csm.api.testing import Gate, ScreenDriver
from csm.ui.plain import Plain
from csm.view.lines import wrap
from csm.view.shot import Shot
from tests.tour.stage import Stage

FIX = """*** Begin Patch
*** Update File: total.sh
@@ while read -r price; do
-    sum=$((sum - price))
+    sum=$((sum + price))
 done < "${1:-prices.txt}"
*** End Patch"""
#: The turn that most scenes begin with: look, try, mend, try again.
MENDED = [
    [{"text": "I look at what there is and run it."}, {"call": ("exec_command", {"cmd": "ls"})}],
    {"call": ("exec_command", {"cmd": "cat total.sh test.sh"})},
    {"call": ("exec_command", {"cmd": "sh test.sh; sh total.sh"})},
    [{"text": "It subtracts where it should add."}, {"custom": ("apply_patch", FIX)}],
    {"call": ("exec_command", {"cmd": "sh test.sh"})},
    {"text": "The total is **12** now, and `test.sh` says so: the loop in `total.sh` subtracted each price."},
]
ASKED = "total.sh prints a wrong sum"
TABLE = """Three ways to add a column of numbers:

| way | starts in | needs |
| --- | ---: | --- |
| a shell loop | 2 ms | nothing |
| `awk` | 3 ms | awk, which is everywhere |
| Python | 15 ms | Python 3 |

`awk` is one line, and knows fractions:

```sh
# prices with cents
awk '{ sum += $1 } END { printf "total: %.2f\\n", sum }' prices.txt
```

In Python that wou"""


#: Hours ago, what was asked, what was answered.
EARLIER = (
    (70, "why is the build slow?", "Two thirds of it is the linker: try another one."),
    (26, "draft the release notes", "- Negative prices are taken\n- `prices.txt` may end without a newline"),
    (3, "where do the prices come from?", "From a file, one a line; nothing else writes it."),
)


class Scene(NamedTuple):
    """`keys` are what was pressed, for people; `play` comes to the screen; `theme` colours its picture."""

    name: str
    title: str
    words: str
    keys: str
    play: Callable[[Stage], Shot]
    theme: str = "dark"


def _mended(stage: Stage, **options: object) -> ScreenDriver:
    """A shell with the whole turn behind it."""
    driver = stage.open(*MENDED, *options.pop("more", []), **options)  # type: ignore[arg-type,misc]
    _say(driver, ASKED, "The total is")
    return driver


def _say(driver: ScreenDriver, text: str, answer: str) -> None:
    driver.type(f"{text}\n")
    driver.wait_for(answer)
    driver.wait(lambda: driver.shell.session.thread.running is None)
    driver.settle()


def first(stage: Stage) -> Shot:
    """An empty session."""
    return stage.open(rows=18).shot()


def turn(stage: Stage) -> Shot:
    """A turn from prompt to answer."""
    driver = _mended(stage, rows=30)
    driver.type("and add a test for cents")
    return driver.shot()


def streaming(stage: Stage) -> Shot:
    """An answer half way."""
    driver = stage.open({"text": [TABLE, Gate()]}, rows=28)
    driver.type("which other ways are there?\n")
    driver.wait_for("In Python that wou")
    driver.type("and with bc")
    return driver.shot()


def approval(stage: Stage) -> Shot:
    """A question, its command being changed."""
    push = {
        "cmd": "git commit -am 'Add prices instead of subtracting them' && git push --force origin main",
        "sandbox_permissions": "require_escalated",
        "justification": "The mended script should reach the others.",
    }
    driver = _mended(stage, rows=30, more=[{"call": ("exec_command", push)}])
    driver.type("commit it\n")
    driver.wait_for("git push")
    return driver.shot()


def diff(stage: Stage) -> Shot:
    """The turn's changes, old and new beside each other."""
    driver = _mended(stage, columns=110, rows=26)
    driver.shell.run("diff.open turn")
    driver.wait_for("sum + price")
    driver.keys("|")
    driver.settle()
    return driver.shot()


def windows(stage: Stage) -> Shot:
    """Transcript, changes and a live terminal."""
    watch = {"cmd": "sh watch.sh", "tty": True, "yield_time_ms": 250}
    driver = _mended(
        stage, columns=120, rows=36, more=[{"call": ("exec_command", watch)}, {"text": "It waits for prices."}]
    )
    _say(driver, "run watch.sh and let me type", "It waits for prices.")
    driver.keys("C-x w v")
    driver.shell.run("diff.open turn")
    driver.wait_for("sum + price")
    driver.keys("C-x j")
    driver.wait_for("one a line")
    driver.type("12\n")
    driver.wait_for("so far: 12")
    driver.type("30\n")
    driver.wait_for("so far: 42")
    return driver.shot()


def palette(stage: Stage) -> Shot:
    """Commands by a few letters."""
    driver = _mended(stage, rows=26)
    driver.type("a draft that stays")
    driver.keys("M-x")
    driver.type("win spl")
    return driver.shot()


def which_key(stage: Stage) -> Shot:
    """What may follow a prefix."""
    driver = _mended(stage, columns=110, rows=26)
    driver.keys("C-x w")
    driver.wait(lambda: driver.shell.dispatcher.popup)
    return driver.shot()


def sessions(stage: Stage) -> Shot:
    """Earlier sessions with a look at one."""
    for ago, prompt, answer in EARLIER:
        earlier = stage.open({"text": answer}, ago=ago)
        _say(earlier, prompt, answer.split()[-1])
        stage.keep(earlier, ago)
    driver = stage.open(columns=110, rows=28)
    driver.keys("C-x r")
    driver.wait_for("why is the build slow?")
    driver.keys("down")
    driver.wait_for("Negative prices are taken")
    return driver.shot()


def visual(stage: Stage) -> Shot:
    """Vim's visual mode over what was said."""
    driver = _mended(stage, rows=30, csm__keymap="vim")
    driver.keys("esc C-w k")
    driver.keys("? s u b t r a c t s space w enter V 6 j")
    driver.settle()
    return driver.shot()


def inline(stage: Stage) -> Shot:
    """In the terminal's own screen."""
    driver = _mended(stage, rows=30, inline=True)
    driver.screen()
    taken = driver.shot()
    taken.lines = [*driver.printed, *taken.lines]
    taken.rows = len(taken.lines)
    return taken


def plain(stage: Stage) -> Shot:
    """The same turn in plain lines."""
    driver = stage.open(*MENDED, rows=30)
    told: list[str] = []
    talk = Plain(driver.shell, told.append)
    driver.wait(lambda: talk.news() or "".join(told).endswith("You: "))
    told.append(f"{ASKED}\n")
    talk.take([ASKED])

    def done() -> bool:
        talk.news()
        return "subtracted each price" in " ".join("".join(told).split()) and "".join(told).endswith("You: ")

    driver.wait(done)
    lines = [row for line in "".join(told).split("\n") for row in wrap([("", line)], 80)]
    return Shot(80, len(lines), lines, (5, len(lines) - 1))


_FIRST = """The transcript is empty and says where to begin. Below it are the composer, where one writes, the status
line with model, folder, branch and what commands may touch, and the keys that matter at this moment. They change with
the place one is in."""
_TURN = """A prompt, what the model did, and its answer. Commands that only looked around take one line each; others
show their output, edits show every changed line. `tab` or `C-t` unfolds what is folded, and the next prompt can be
written at any time."""
_STREAMING = """An answer is drawn as it comes: what is finished stays as it is, tables are measured to fit, code is
coloured. The rule above the composer says for how long the turn runs; what is written meanwhile is added to it with
`enter`, or sent after it with `tab`."""
_APPROVAL = """The question says what would run, why the model wants it, and what could go wrong, with one key for
each answer. `e` changes the command before it is allowed; `tab` goes to the composer and leaves the question
standing. Nothing here has to be answered at once."""
_DIFF = """What a turn changed, old and new beside each other, the changed words marked. From here a hunk can be
staged, taken back, edited or commented on; a comment goes to the composer with its place."""
_WINDOWS = """Transcript, changes, and the terminal of a command that the model left running. The keys go to that
command now: it was typed into. Every window shows any buffer, and an arrangement can be kept under a name."""
_PALETTE = """Every command by a few letters of its title or name, with the keys it has. The draft below is untouched.
Keys, slash commands, the `:` line and scripts run these same commands."""
_WHICH = """After any prefix, a moment later, the popup tells what may follow. There is nothing to learn by heart, and
chords may be as long as one likes."""
_SESSIONS = """Earlier sessions of this folder, the last used first, beside them what was last said in the chosen one.
Letters filter; other keys take all folders, sort, rename, fork, archive and search in what was said."""
_VISUAL = """The keymap `vim`. The cursor stands in the transcript, some lines are selected. Motions, counts, search,
marks, registers and text objects work in everything that is read, not only in the composer."""
_INLINE = """`csm --no-alt-screen`. What is finished is printed once and belongs to the terminal from then on, with
its scrollback, search and selection. Only the lines from the rule downwards are drawn again."""

_PLAIN = """`csm --plain`, also where `TERM` is `dumb`. Everything is said in lines, in words and not by colours,
marks or boxes, and nothing that was written changes: made for screen readers, and right on a printer. Questions and
lists are answered by number or letter."""
_INTO_WINDOWS = "`C-x w v`, `M-x`, `diff.open turn`, `enter`; `C-x j`, `12`, `enter`, `30`, `enter`"
_INTO_VISUAL = "`esc`, `C-w k`, `?subtracts w`, `enter`, `V`, `6 j`"
#: Heading, words and keys of each, in the order of the page.
SCENES = (
    Scene("first", "The first screen", _FIRST, "", first),
    Scene("turn", "A turn", _TURN, "a prompt and `enter`; then the next one is begun", turn),
    Scene(
        "streaming", "An answer on its way", _STREAMING, "a prompt and `enter`; then words to add", streaming, "harbor"
    ),
    Scene("approval", "A question", _APPROVAL, "", approval),
    Scene("diff", "Changes", _DIFF, "`M-x`, `diff.open turn`, `enter`, `|`", diff, "forest"),
    Scene(
        "windows",
        "Windows",
        _WINDOWS,
        "`C-x w v`, then the turn's changes; `C-x j`, `12`, `enter`, `30`, `enter`",
        windows,
    ),
    Scene("palette", "Every command by name", _PALETTE, "`M-x`, `win spl`", palette, "ember"),
    Scene("which-key", "What may follow", _WHICH, "`C-x w`, and waited a moment", which_key, "light"),
    Scene("sessions", "Earlier sessions", _SESSIONS, "`C-x r`, `down`", sessions, "dusk"),
    Scene("visual", "Vim, everywhere", _VISUAL, _INTO_VISUAL, visual, "rosehip"),
    Scene("inline", "In the terminal's own screen", _INLINE, "a prompt and `enter`", inline, "linen"),
    Scene("plain", "In plain lines", _PLAIN, "a prompt and `enter`", plain, "mono"),
)
