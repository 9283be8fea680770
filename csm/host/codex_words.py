"""Slash words of Codex that mean nothing here, and what to do instead: one line for each.

Does not: hold words that run something; those are commands.
"""

from __future__ import annotations

INSTEAD = {
    "approve": "what a reviewing model declined can be asked for again in your own words",
    "cd": "csm -C FOLDER begins in another folder",
    "daemon": "csm has no server behind it",
    "fast": "/config sets service_tier; /model chooses another model or effort",
    "feedback": "nothing is sent anywhere; /export writes the session to a file",
    "ide": "there is no editor to share with; @ brings files in, and C-g edits the draft",
    "import": "only Codex's own sessions and settings are read, and those as they are",
    "logout": "there is no login: the key is in the environment or in auth.json",
    "memories": "csm keeps no memories; AGENTS.md tells what shall always be known",
    "pets": "there are none",
    "plugins": "extensions lie in ~/.config/csm/extensions",
    "presets": "macros do that: /macros",
    "recap": "/compact sums the session up; /export writes it out",
    "tui": "csm --no-alt-screen, or tui.alternate_screen, keeps the terminal's own screen",
    "voice": "there is no voice",
    "worktree": "csm --worktree begins in a new work tree",
}
