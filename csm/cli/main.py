"""The entry point. Does not: import anything before it knows what is asked."""

import sys


def main() -> int:
    """Run the command line; the exit status."""
    sys.stderr.write("csm: nothing here yet\n")
    return 1
