"""The lessons: what the tutor says and does, and how it takes what the person did.

Does not: stream, or know keys by heart. Keys come from the keymap in force, so a lesson is right in every keymap.
"""

from __future__ import annotations

from collections.abc import Callable

from .further import FURTHER
from .history import Story
from .script import Edit, Lesson, Move, React, Run, Say, World, rest

FIX = """*** Begin Patch
*** Update File: total.sh
@@ while read -r price; do
-    sum=$((sum - price))
+    sum=$((sum + price))
 done < prices.txt
*** End Patch"""

COAT = "A new coat. It lasts until you leave; `/theme NAME --save` keeps one."


def _hello(world: World) -> list[Move]:
    return [
        Say(
            f"Hello. I am a model made of rules: I live inside csm, and need no key and no network. The rest is "
            f"real: "
            f"the shell, the sandbox, and the scratch repository in `{world.folder}`.\n\n"
            f"You write below, in the **composer**. What you sent just now and what I answer is one **turn**.\n\n"
            f"- {world.key('composer.submit')} sends what you wrote\n"
            f"- {world.key('composer.newline')} starts a new line\n"
            f"- {world.key('help.open-or-insert ?')} on an empty line shows the keys, "
            f"{world.key('buffer.close')} closes what lies on top\n\n"
            "Words I know at any time: `again`, `skip`, `lesson 5`, `lessons`. You can leave with `/quit` "
            "whenever you like: "
            "next time `csm tutor` goes on where you were.\n\n"
            "**Your turn:** write `go` and send it."
        )
    ]


def _look(world: World) -> list[Move]:
    return [
        Say("I run a command to look around. It is a real one, in a real shell."),
        Run("ls -l && echo && cat poem.txt"),
        Say("That is all there is. Now I try to write *outside* the repository, which I may not."),
        Run("touch ../not-mine"),
        React(_held),
        Say(
            f"Long output is folded. {world.key('tool.toggle-all')} unfolds it and folds it again; "
            f"{world.key('view.scroll page-up')} and {world.key('view.scroll page-down')} turn pages.\n\n"
            f"**Your turn:** unfold the output with {world.key('tool.toggle-all')}, look, then send `done`."
        ),
    ]


def _held(story: Story, world: World) -> str:
    if story.turn.outputs and "code 0" not in story.turn.outputs[-1]:
        return f"Refused, as it should be: **{world.sandbox}** lets me write in this folder and nowhere else.\n"
    return "That went through: this session runs with full access, so nothing holds me back. Mind that.\n"


def _ask(world: World) -> list[Move]:
    return [
        Say(
            "Inside the folder `.git` is protected too, so a commit has to leave the sandbox. For that I must ask "
            "you. A question shows what I want, why, and one key for each answer. Say yes, or no, or no with a word "
            "on what to do instead: the turn goes on either way."
        ),
        Run(
            "git add -A && git commit -q -m 'Begin a poem' && git log --oneline | head -3",
            why="A commit writes to .git, which the sandbox protects.",
        ),
        React(_answered),
        Say("**Your turn:** send `next`."),
    ]


def _answered(story: Story, world: World) -> str:
    last = story.turn.outputs[-1] if story.turn.outputs else ""
    if "code 0" in last:
        return "You said yes, and the commit is made. An answer can also hold for the whole session.\n"
    if "Never" in last or "never" in last:
        return "Nobody can be asked here, so it was refused. In the shell you would have been asked.\n"
    return "You said no, so nothing was done: I was told, and I go on without it.\n"


def _edit(world: World) -> list[Move]:
    return [
        Say("`total.sh` should add up three prices. Let me see."),
        Run("cat total.sh prices.txt && sh total.sh"),
        Say("It subtracts. I mend it with a patch; you see every changed line."),
        Edit(FIX),
        Run("sh total.sh"),
        React(_mended),
        Say(
            f"Jump between turns with {world.key('view.previous-turn')} and {world.key('view.next-turn')}.\n\n"
            "**Your turn:** send `next`."
        ),
    ]


def _mended(story: Story, world: World) -> str:
    if story.turn.outputs and "total: 12" in story.turn.outputs[-1]:
        return "Twelve. That is how an agent works: look, change, check.\n"
    return "Still not twelve: the patch was not applied. Such things happen; you would see why above.\n"


def _write(world: World) -> list[Move]:
    table = _emacs_keys(world) if world.normal is None else _vi_keys(world, world.normal)
    return [
        Say(
            f"The composer is an editor. A few keys carry you far:\n\n| | |\n|---|---|\n{table}"
            f"| {world.key('composer.line-up')} | what you sent before |\n\n"
            f"**Your turn:** send two lines, `one` and `two`, with {world.key('composer.newline')} between them."
        )
    ]


def _emacs_keys(world: World) -> str:
    return (
        f"| {world.key('move.word-left')} · {world.key('move.word-right')} | by words |\n"
        f"| {world.key('move.line-start')} · {world.key('move.line-end')} | to the ends of the line |\n"
        f"| {world.key('kill.word-left')} · {world.key('kill.line-end')} | cut a word · to the line's end |\n"
        f"| {world.key('edit.yank')} | put back what was cut |\n"
        f"| {world.key('edit.undo')} · {world.key('edit.redo')} | undo · redo |\n"
    )


def _vi_keys(world: World, normal: Callable[[str], str]) -> str:
    cut = normal("operator.start delete")
    return (
        f"| {world.key('turn.interrupt')} | stop typing: keys are commands now, as below |\n"
        f"| {normal('mode.insert')} · {normal('mode.insert after')} | type again, before · after the cursor |\n"
        f"| {normal('move.word-backward')} · {normal('move.word-forward')} | by words |\n"
        f"| {normal('move.zero')} · {normal('move.line-end')} | to the ends of the line |\n"
        f"| {cut} {normal('move.word-forward')} · {cut} {cut} | cut a word · the line |\n"
        f"| {normal('register.put')} | put back what was cut |\n"
        f"| {normal('edit.undo')} · {normal('edit.redo')} | undo · redo |\n"
    )


def _stop(world: World) -> list[Move]:
    count = " ".join(f"{number}" for number in range(1, 201))
    stops, then = f"{world.key('turn.interrupt')} stops me.", "then send `ok`"
    if world.normal is not None:
        stops = f"{world.key('turn.interrupt')} twice stops me: once to stop typing, once for me."
        then = f"then {world.normal('mode.insert')}, and send `ok`"
    return [
        Say(
            f"Now I count to two hundred, slowly. {stops} What I said until then stays. You can write while I speak: "
            f"{world.key('composer.submit')} adds it to this turn, {world.key('composer.queue')} makes it the next "
            f"one.\n\n**Your turn:** stop me, {then}.\n\n"
        ),
        Say(count, pause=0.15),
        Say("\n\nTwo hundred. You are patient. Send `again` to try it, or `skip`."),
    ]


def _palette(world: World) -> list[Move]:
    return [
        Say(
            "Everything here is a **command** with a name, and every key only runs one. The palette finds "
            "commands by "
            f"a few letters and shows their keys: {world.key('palette.open')}. Your draft stays as it is.\n\n"
            "- `theme` changes the colours, `keymap` the keys: `codex`, `emacs`, `vim`\n"
            "- `describe` tells what a key or a command does\n"
            "- with `/` at the start of a message you run a command too: `/theme light`\n\n"
            f"**Your turn:** open the palette, choose another theme, then send `done`."
        )
    ]


def _end(world: World) -> list[Move]:
    return [
        Say(
            "That is all I have. What now:\n\n"
            "- leave with `/quit`; this scratch repository goes with it\n"
            "- set `OPENAI_API_KEY`, or a local model in `~/.codex/config.toml`, and start `csm` in a project\n"
            "- `csm resume --last` goes on where you stopped\n"
            "- `~/.config/csm/init.py` makes it yours: keys, commands, hooks\n\n"
            "Send `lessons` for the list, and `lesson` with a number to see one again. In another keymap they "
            "are other "
            "lessons: `csm tutor --keymap vim`, `csm tutor --keymap emacs`."
        )
    ]


def _always(story: Story, world: World) -> bool:
    return True


LESSONS: tuple[Lesson, ...] = (
    Lesson("a turn", _hello, _always, lambda world: ""),
    Lesson(
        "commands and the sandbox",
        _look,
        lambda story, world: bool(world.ran & {"tool.toggle-all", "tool.toggle"}) or story.tries > 1,
        lambda world: (
            f"You did not unfold anything yet. Press {world.key('tool.toggle-all')} while the composer is "
            "where you type, and look at the output above. Then send `done`."
        ),
        lambda story, world: "You found the fold." if world.ran & {"tool.toggle-all", "tool.toggle"} else "",
    ),
    Lesson("a question", _ask, _always, lambda world: ""),
    Lesson("an edit", _edit, _always, lambda world: ""),
    Lesson(
        "the composer",
        _write,
        lambda story, world: story.turn.words.split() == ["one", "two"] and "\n" in story.turn.words,
        lambda world: (
            f"That was one line. Write `one`, then {world.key('composer.newline')}, then `two`, and send it. "
            "Or send `skip`."
        ),
        lambda story, world: "Two lines: right.",
    ),
    Lesson(
        "stopping",
        _stop,
        lambda story, world: world.interrupted,
        lambda world: (
            f"I was not stopped. Send `again` and press {world.key('turn.interrupt')} while I count, or `skip`."
        ),
        lambda story, world: "You stopped me in time.",
    ),
    Lesson(
        "the palette",
        _palette,
        lambda story, world: bool(world.ran & {"theme.use", "palette.open"}) or story.tries > 1,
        lambda world: f"The palette was not opened yet: {world.key('palette.open')}. Then send `done`.",
        lambda story, world: COAT if "theme.use" in world.ran else "",
    ),
    *FURTHER,
    Lesson("what now", _end, _always, lambda world: ""),
)


def opening(number: int, world: World) -> list[Move]:
    """The whole script of lesson `number` (from 1), its heading first."""
    lesson = LESSONS[number - 1]
    return [Say(f"## Lesson {number} · {lesson.title}\n\n"), *lesson.open(world)]


def _asked_for(words: str, current: int) -> int | None:
    """The lesson that the person names, if any."""
    match words.lower().strip(" .!`").split():
        case ["again"]:
            return max(current, 1)
        case ["skip"]:
            return current + 1
        case ["lesson", number] if number.isdigit():
            return int(number)
        case _:
            return None


def passed(story: Story, world: World) -> bool:
    """Whether the lesson that stands last in the story is done, and not left."""
    if not story.lesson or _asked_for(story.turn.words, story.lesson) is not None:
        return False
    return LESSONS[story.lesson - 1].passed(story, world)


def _contents(world: World) -> list[Move]:
    rows = "\n".join(
        f"{number}. {lesson.title}{' ✓' if number in world.passed else ''}" for number, lesson in enumerate(LESSONS, 1)
    )
    return [Say(f"{rows}\n\nSend `lesson` and a number.")]


def reply(story: Story, world: World) -> list[Move]:
    """What the tutor does next: the rest of a half-told lesson, the next one, or a hint."""
    last = len(LESSONS)
    if story.tries == 0 and story.lesson:
        return rest(opening(story.lesson, world), len(story.turn.outputs))
    if story.turn.words.lower().strip() == "lessons":
        return _contents(world)
    wanted = _asked_for(story.turn.words, story.lesson)
    if wanted is not None:
        return rest(opening(min(max(wanted, 1), last), world), 0)
    if story.lesson == 0:
        return rest(opening(1, world), 0)
    lesson = LESSONS[story.lesson - 1]
    if not lesson.passed(story, world):
        return [Say(lesson.hint(world))]
    praise = lesson.praise(story, world)
    before: list[Move] = [Say(praise + "\n\n")] if praise else []
    return before + rest(opening(min(story.lesson + 1, last), world), 0)
