"""Makes its standard input the controlling terminal, then becomes the command: `python -I -S terminal.py ARGV...`.

So Ctrl-C in a terminal session reaches the command and nobody else, whatever sandbox lies around it.

Does not: import anything of csm; it runs alone, inside the sandbox.
"""

import fcntl
import os
import sys
import termios


def main() -> None:
    """Exits 127 or 126 where the command cannot be run, as a shell does."""
    try:
        os.setsid()
    except PermissionError:
        pass  # Already the first process of a session.
    try:
        fcntl.ioctl(0, termios.TIOCSCTTY, 0)
    except OSError:
        pass
    try:
        os.execv(sys.argv[1], sys.argv[1:])
    except OSError as error:
        print(f"{sys.argv[1]}: {error.strerror}", file=sys.stderr)
        sys.exit(127 if isinstance(error, FileNotFoundError) else 126)


main()
