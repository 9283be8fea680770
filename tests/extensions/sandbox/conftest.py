"""Makes the bundled extensions importable here. Does not: provide anything else."""

from __future__ import annotations

from pathlib import Path

from csm.host import roots

roots.mount([roots.Root("bundled", Path(__file__).resolve().parents[3], 0)])
