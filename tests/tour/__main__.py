"""`python -m tests.tour`: write `docs/tour.md` and `docs/tour/*.svg` anew."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.tour import page


def main() -> int:
    """Write what changed; the exit status."""
    docs = Path(__file__).resolve().parents[2] / "docs"
    made = page.files()
    for name, text in made.items():
        path = docs / name
        path.parent.mkdir(exist_ok=True)
        if not path.exists() or path.read_text("utf-8") != text:
            path.write_text(text, "utf-8")
            sys.stdout.write(f"{path}\n")
    for path in (docs / "tour").glob("*.svg"):
        if f"tour/{path.name}" not in made:
            path.unlink()
            sys.stdout.write(f"{path} is gone\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
