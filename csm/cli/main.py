"""The entry point: answers `--version` at once, and imports for the rest what is asked and no more.

Does not: know any command (`csm.cli.table`).
"""

import sys


def main() -> int:
    """Run the command line; the exit status."""
    words = sys.argv[1:]
    if words and words[0] in ("--version", "-V"):
        from csm import __version__

        sys.stdout.write(f"csm {__version__}\n")
        return 0
    from csm.cli.launch import launch

    return launch(words)
