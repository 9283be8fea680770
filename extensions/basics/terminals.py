"""Which of the user's commands need a terminal to be run in: editors, pagers, whatever asks or draws.

Does not: run them.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable

#: Programs that draw on a screen of their own, or talk to whoever sits there.
PROGRAMS = frozenset(
    """
    vi vim nvim view vimdiff nano pico emacs emacsclient micro helix hx kak joe mcedit less more most man info
    top htop btop atop iotop nload watch tig lazygit gitui ranger nnn lf mc ncdu fzf sk
    ssh mosh telnet ftp sftp su sudo doas passwd login visudo crontab
    python python3 ipython bpython node irb ghci psql mysql sqlite3 redis-cli gdb lldb pdb
    bash sh zsh fish dash ksh screen tmux byobu script dialog whiptail gpg ssh-keygen ssh-add
    codex claude csm aider opencode vifm w3m lynx links elinks mutt neomutt irssi weechat
    """.split()
)
#: Programs that need none where they have something to do: a file, a command, `-c`.
_BUSY = frozenset("python python3 node irb ghci bash sh zsh fish dash ksh redis-cli script csm codex".split())
_SAID = ("-m", "-F", "-C", "--message", "--file", "--no-edit", "--fixup")
_ASKING = {
    "rebase": ("-i", "--interactive"),
    "add": ("-p", "-i", "-e", "--patch", "--interactive", "--edit"),
    "checkout": ("-p", "--patch"),
    "stash": ("-p", "--patch"),
    "restore": ("-p", "--patch"),
    "reset": ("-p", "--patch"),
}
_ASSIGNMENT = re.compile(r"[A-Za-z_]\w*=")
_BREAKS = re.compile(r"&&|\|\||[;|&\n]")


def wanted(line: str, more: Iterable[str] = ()) -> bool:
    """Whether one of the programs on a command line needs a terminal. `more` are names of others that do."""
    known = PROGRAMS | frozenset(more)
    return any(_needs(part, known) for part in _BREAKS.split(line))


def _needs(part: str, known: frozenset[str]) -> bool:
    try:
        words = shlex.split(part, comments=True)
    except ValueError:
        words = part.split()
    while words and (_ASSIGNMENT.match(words[0]) or words[0] in ("env", "exec", "command", "nice", "nohup", "time")):
        words = words[1:]
    if not words:
        return False
    name, rest = words[0].rpartition("/")[2], words[1:]
    if name == "git":
        return _git(rest)
    if name not in known or "<" in part:
        return False
    plain = [word for word in rest if not word.startswith("-")]
    if name == "ssh":
        return len(plain) < 2 or "-t" in rest
    if name in ("psql", "mysql", "sqlite3"):
        return not any(word.startswith(("-c", "-e", "--command", "--execute")) for word in rest) and len(plain) < 2
    return not (name in _BUSY and (plain or "-c" in rest or "--version" in rest))


def _git(words: list[str]) -> bool:
    if not words:
        return False
    if words[0] == "commit":
        return not any(word.startswith(_SAID) or re.match(r"-[a-z]*m", word) for word in words[1:])
    return any(word in _ASKING.get(words[0], ()) for word in words[1:])
