"""A command hook for `PreToolUse` with the matcher `Bash`: no command pushes with force.

`docs/hooks.md` says where to set it up.
"""

import json
import shlex
import sys


def forced(command: str) -> bool:
    """Whether a command line pushes with force."""
    try:
        words = shlex.split(command)
    except ValueError:
        words = command.split()
    return "git" in words and "push" in words and any(word in ("-f", "--force") for word in words)


def main() -> int:
    """Exit status 2 blocks the command; what is on standard error is the reason that the model reads."""
    told = json.load(sys.stdin)
    if not forced(told["tool_input"]["command"]):
        return 0
    sys.stderr.write("pushing with force is not done here; use --force-with-lease after asking\n")
    return 2


if __name__ == "__main__":
    sys.exit(main())
