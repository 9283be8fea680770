"""The entry point: answers `--version` and `--help` at once, and imports for the rest what is asked and no more.

`help.txt` is rendered from the table of commands (`python -m csm.cli.usage`); a test fails when it is stale.

Does not: know any command (`csm.cli.table`).
"""

import sys


def main() -> int:
    """Run the command line; the exit status. Ctrl-C before a command listens for it ends quietly, with 1."""
    try:
        return _main(sys.argv[1:])
    except KeyboardInterrupt:
        return 1


def _main(words: list[str]) -> int:
    if words and words[0] in ("--version", "-V"):
        from csm import __version__

        return _say(f"csm {__version__}\n")
    if len(words) == 1 and words[0] in ("--help", "-h"):
        with open(f"{__file__.removesuffix('main.py')}help.txt", encoding="utf-8") as text:  # noqa: PTH123
            return _say(text.read())
    import gc

    gc.disable()  # importing makes many objects and no garbage; each command enables it again when it has begun
    from csm.cli.launch import launch, leave

    return leave(launch(words))


def _say(text: str) -> int:
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        from csm.cli.launch import closed_pipe

        return closed_pipe()
    return 0
