"""Ask something about a folder and watch the answer come, from a plain Python program: `python embed.py WORDS...`"""

import sys

from csm.api import Session, events, items

with Session(".", settings={"sandbox_mode": "read-only"}) as session:
    for event in session.turn(" ".join(sys.argv[1:]) or "What is this project about?"):
        match event.body:
            case events.TextDelta(text=text):
                print(text, end="", flush=True)
            case events.ItemCompleted(item=items.CommandExecution() as command):
                print(f"\n$ {command.command} -> {command.exit_code}")
            case events.TurnFailed(message=message):
                sys.exit(message)
