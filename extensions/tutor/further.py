"""The lessons after the first hour: reading, windows, macros, asking csm, and a command of one's own.

Does not: know keys by heart. They come from the keymap in force.
"""

from __future__ import annotations

from .history import Story
from .script import Lesson, Move, React, Run, Say, World

_RECORDS = frozenset({"macro.record", "macro.toggle"})
_PLAYS = frozenset({"macro.play", "macro.play-letter"})
_SEARCHES = frozenset({"search.start", "search.transcript"})
_SPLITS = frozenset({"window.split-right", "window.split-below"})
_CLOSES = frozenset({"window.close", "window.only"})
_DESCRIBES = frozenset({"help.describe-key", "help.describe-command", "help.where-is", "help.bindings"})

GREET = '''mkdir -p .csm/extensions/greet && cat > .csm/extensions/greet/__init__.py <<'END'
"""A command of my own."""

from csm.api import command


@command("greet.say", title="Say hello", slash="greet")
def say(cx, name="world"):
    """Greet somebody."""
    cx.screen.message(f"Hello, {name}.")
END'''


def _there(world: World) -> str:
    """How one comes to the transcript."""
    if world.normal is None:
        return world.key("focus.transcript")
    return f"{world.key('turn.interrupt')} and {world.normal('window.up')}"


def _reading(world: World) -> list[Move]:
    return [
        Say(
            f"What is above is a text, and you can go there: {_there(world)}. In it, letters are commands:\n\n| "
            f"| |\n|---|---|\n"
            f"| {world.reading('search.start')} | search: the text, then `Enter` |\n"
            f"| {world.reading('move.search-again')} · {world.reading('move.search-again-reverse')} | the next "
            f"match · the one "
            f"before |\n"
            f"| {world.reading('block.previous prompt')} · {world.reading('block.next prompt')} | "
            "the prompt before · the next one |\n"
            f"| {world.reading('block.copy')} · {world.reading('block.copy code')} | copy the block · its code |\n"
            f"| {world.reading('focus.composer')} | back to writing |\n\n"
            "A word to look for: the first lesson speaks of the **composer**.\n\n"
            "**Your turn:** go up, search for `composer`, come back, and send `done`."
        )
    ]


def _windows(world: World) -> list[Move]:
    key = world.key if world.normal is None else world.normal
    first = f" {world.key('turn.interrupt')} first: these keys are commands." if world.normal is not None else ""
    onward = key("window.next") if world.normal is None else key("window.go")
    return [
        Say(
            f"Windows show buffers: the transcript, help, changes, a running command.{first}\n\n| | |\n|---|---|\n"
            f"| {key('window.split-right')} · {key('window.split-below')} | split: beside · below |\n"
            f"| {onward} | the next window; the composer is one |\n"
            f"| {key('window.zoom')} | this one alone, and back |\n"
            f"| {key('window.close')} · {key('window.only')} | close it · close all others |\n"
            f"| {key('buffer.choose')} | another buffer here |\n\n"
            "Press only the beginning of such keys and wait: csm tells what may follow.\n\n"
            "**Your turn:** split the window, close one of the two, and send `done`."
        )
    ]


def _macros(world: World) -> list[Move]:
    if world.normal is None:
        how = (
            f"{world.key('macro.record')} begins to record what you press, {world.key('macro.stop')} ends it, "
            f"{world.key('macro.play')} plays it."
        )
        task = "record the letters `la`, end, play it twice"
    else:
        how = (
            f"After {world.key('turn.interrupt')}, {world.normal('macro.toggle')} and a letter record under "
            f"that letter, "
            f"{world.normal('macro.toggle')} ends it, {world.normal('macro.play-letter')} and the letter play it."
        )
        task = "press `Esc`, `q a`, then `A`, `la`, `Esc`, `q`; play it by `@ a`"
    return [
        Say(
            f"What you do twice, csm can do a third time. {how} Commands in it are played too, not only letters; "
            f"`macro.save` keeps one for good, and it can have a key of its own.\n\n**Your turn:** {task}, and "
            f"send what you have."
        )
    ]


def _asking(world: World) -> list[Move]:
    if world.normal is None:
        key, command, everything = map(world.key, ("help.describe-key", "help.describe-command", "help.bindings"))
    else:
        key, command, everything = "`:help.describe-key`", "`:help WORD`", "`:help.bindings`"
    first = f" These are lines: {world.key('turn.interrupt')} and `:` begin one." if world.normal is not None else ""
    return [
        Say(
            f"csm knows itself.{first}\n\n| | |\n|---|---|\n"
            f"| {key} | what a key does, and who said so: file and line |\n"
            f"| {command} | what a command does, and its keys |\n"
            f"| {everything} | every key that works here |\n\n"
            "Keys of your own stand in `~/.config/csm/keymaps/`, or in `init.py`: `csm.bind('f5', "
            "'help.open')`. What is wrong "
            "in such a file is told when csm starts, and csm starts all the same.\n\n"
            f"**Your turn:** ask what a key does, {world.key('buffer.close')} closes the answer, and send `done`."
        )
    ]


def _own(world: World) -> list[Move]:
    return [
        Say(
            "Everything on this screen is made of commands like the one I write now: a file, a function, a "
            "name. It goes into "
            "the folder `.csm` of this repository, which is protected, so I have to ask."
        ),
        Run(GREET, why="The folder .csm is protected: what is in it becomes part of csm."),
        React(_written),
        Say(
            "csm takes up what changes in such folders by itself. In `~/.config/csm/extensions` it would be "
            "there in every "
            "project; `init.py` can hold commands too.\n\n"
            "**Your turn:** run it with a name, `/greet` and yours, and send `done`."
        ),
    ]


def _written(story: Story, world: World) -> str:
    if story.turn.outputs and "code 0" in story.turn.outputs[-1]:
        return (
            "It is written:\n\n```python\n"
            '@command("greet.say", title="Say hello", slash="greet")\n'
            'def say(cx, name="world"):\n    """Greet somebody."""\n    cx.screen.message(f"Hello, {name}.")\n```\n\n'
            "The title is what the palette shows, the words after `/greet` are the arguments.\n"
        )
    return "You said no, so it is not written. Send `again` to be asked once more, or `skip`.\n"


FURTHER: tuple[Lesson, ...] = (
    Lesson(
        "reading",
        _reading,
        lambda story, world: bool(world.ran & _SEARCHES),
        lambda world: (
            f"You did not search. {_there(world)} goes up, then {world.reading('search.start')}, `composer` and "
            f"`Enter`; "
            f"{world.reading('focus.composer')} comes back. Then send `done`."
        ),
        lambda story, world: "You found it: search works in everything that can be read.",
    ),
    Lesson(
        "windows",
        _windows,
        lambda story, world: bool(world.ran & _SPLITS and world.ran & _CLOSES),
        lambda world: (
            (
                "There were no two windows yet, as far as I saw. "
                if not world.ran & _SPLITS
                else "You did split. Now close one of the two. "
            )
            + "Then send `done`."
        ),
        lambda story, world: "One window again.",
    ),
    Lesson(
        "a macro",
        _macros,
        lambda story, world: bool(world.ran & _RECORDS and world.ran & _PLAYS),
        lambda world: (
            ("Nothing was recorded. " if not world.ran & _RECORDS else "It is recorded, and was not played yet. ")
            + "Look above for the keys, then send what you have."
        ),
        lambda story, world: "Recorded and played.",
    ),
    Lesson(
        "asking csm",
        _asking,
        lambda story, world: bool(world.ran & _DESCRIBES),
        lambda world: "Nothing was asked yet: `describe` in the palette finds it too. Then send `done`.",
        lambda story, world: "So every key can be asked for.",
    ),
    Lesson(
        "a command of your own",
        _own,
        lambda story, world: "greet.say" in world.ran,
        lambda world: "`/greet` was not run yet. Send `again` if it was not written, or `skip`.",
        lambda story, world: "That was your own command. The palette has it too.",
    ),
)
