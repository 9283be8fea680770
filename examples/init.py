"""An example of `~/.config/csm/init.py`: keys, a theme, commands, a hook, a segment and a handler of one's own.

Copy what you like. If something here fails, csm still starts, and the messages (F2) hold the traceback.
"""

import time

from csm.api import CommandError, command, events, hook, ops


@command("mine.ask-again", title="Send the last prompt again", slash="again")
def ask_again(cx):
    """Send again what was said last, word for word."""
    for turn in reversed(cx.screen.session().thread.turns):
        for entry in turn.entries:
            if type(entry.item).__name__ == "UserMessage":
                cx.screen.session().submit(ops.Submit(entry.item.text))
                return
    raise CommandError("nothing was said yet")


@command("mine.date", title="Insert the date")
def insert_date(cx, form: str = "%Y-%m-%d"):
    """Insert today's date at the cursor. FORM is that of strftime."""
    cx.screen.editor.insert(time.strftime(form))


@hook
def on_event(host, event):
    """Count the turns that failed; `mine.failures` tells."""
    if isinstance(event.body, events.TurnFailed):
        own = host.state.setdefault("mine", {})
        own["failures"] = own.get("failures", 0) + 1


@command("mine.failures", title="How many turns failed")
def failures(cx):
    """Tell how many turns failed since csm started."""
    count = cx.host.state.get("mine", {}).get("failures", 0)
    cx.screen.message(f"{count} failed" if count else "none failed")


@hook
def instructions(host):
    """Words that every new thread begins with."""
    return ["Keep answers short."]


def configure(csm):
    """Called once, when everything else is loaded. `csm -c csm.keymap=vim` stays above it."""
    csm.use(keymap="emacs", theme="light")
    csm.bind("C-c d", "mine.date")
    csm.bind("C-c r", "mine.ask-again", place="composer")
    csm.bind("C-c e", "mine.failures ; message.show")
    csm.unbind("C-z")
    csm.set("model_reasoning_effort", "medium")
    csm.abbreviate("tnx", "Thanks.")
    csm.status("time", "date +%H:%M", every=30)

    @csm.on("turn-end")
    def ended(cx):
        if not cx.screen.focused:
            cx.screen.popup("the turn is over", seconds=30, title="csm")
