"""The wheel holds the package and the three roots, no more and no less than git knows."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BUNDLED = ("extensions", "keymaps", "themes")


def tracked(*folders: str) -> set[str]:
    listing = subprocess.run(
        ["git", "ls-files", "--", *folders], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout.split()
    return {name for name in listing if (ROOT / name).exists()}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wheel and the sdist of a clean copy of what git tracks."""
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout: nothing to compare the wheel with")
    source = tmp_path_factory.mktemp("source")
    for name in tracked("."):
        target = source / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes((ROOT / name).read_bytes())
    out = tmp_path_factory.mktemp("dist")
    build = [sys.executable, "-m", "hatchling", "build", "-d", str(out)]
    subprocess.run(build, cwd=source, check=True, capture_output=True)
    return out


def expected_in_wheel() -> set[str]:
    ours = tracked("csm")
    return ours | {f"csm/_bundled/{name}" for name in tracked(*BUNDLED)}


def test_wheel_holds_what_git_tracks(built: Path) -> None:
    wheel = next(built.glob("*.whl"))
    inside = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    assert inside == expected_in_wheel()


def test_sdist_holds_sources_tests_and_docs(built: Path) -> None:
    with tarfile.open(next(built.glob("*.tar.gz"))) as archive:
        inside = {name.split("/", 1)[1] for name in archive.getnames() if "/" in name}
    wanted = tracked("csm", *BUNDLED, "tests", "docs", "examples") | {"README.md", "LICENSE", "pyproject.toml"}
    assert wanted - inside == set()


def test_installed_wheel_finds_its_bundled_roots(built: Path, tmp_path: Path) -> None:
    """In a virtual environment of its own (sharing only the libraries), csm starts and sees its extensions."""
    place = tmp_path / "venv"
    venv.EnvBuilder(with_pip=False, symlinks=True).create(place)
    libraries = [path for path in sys.path if path.endswith("site-packages")]
    site = next((place / "lib").glob("python*/site-packages"))
    zipfile.ZipFile(next(built.glob("*.whl"))).extractall(site)
    probe = (
        "import sys; sys.path[1:1] = []\n"
        "from csm.host.roots import bundled\n"
        "import csm; print(csm.__file__); root = bundled(); print(root)\n"
        "print(sorted(p.name for p in (root / 'extensions').iterdir() if p.is_dir() and not p.name.startswith('_')))\n"
    )
    env = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "PYTHONPATH": os.pathsep.join([str(site), *libraries])}
    done = subprocess.run(
        [place / "bin/python", "-c", probe], cwd=tmp_path, env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    where, root, names = done.stdout.splitlines()
    assert where.startswith(str(site))
    assert root.startswith(str(site))
    assert "shell" in names
