"""Locks the Python dependencies: exact versions with hashes, no index URL, valid for every platform.

`requirements-dev.lock` is the whole; the others are parts of it at the same versions: what the embedded way runs on,
and what an image of a service or of an exporter holds.
"""

import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
COMPILE = [
    sys.executable, "-m", "uv", "pip", "compile", "--quiet", "--universal", "--python-version", "3.11",
    "--generate-hashes", "--no-emit-index-url", "--no-header",
]  # fmt: skip
IMAGES = {
    "requirements-service.lock": "services/*/pyproject.toml",
    "requirements-exporter.lock": "exporters/*/pyproject.toml",
}
CONTRACTS = "services/contracts/pyproject.toml"
SPEED = ["httptools", "uvloop"]  # uvicorn takes them when they are there


def main() -> None:
    upgrade = ["--upgrade"] if "--upgrade" in sys.argv else []
    subprocess.run([*COMPILE, *upgrade, "requirements-dev.in", "-o", "requirements-dev.lock"], cwd=ROOT, check=True)
    subprocess.run(
        [*COMPILE, "requirements.in", "-c", "requirements-dev.lock", "-o", "requirements.lock"], cwd=ROOT, check=True
    )
    for lock, members in IMAGES.items():
        needed = sorted({*dependencies(members), *dependencies(CONTRACTS), *SPEED})
        subprocess.run(
            [*COMPILE, "-", "-c", "requirements-dev.lock", "-o", lock],
            cwd=ROOT, input="\n".join(needed), text=True, check=True,
        )  # fmt: skip


def dependencies(members: str) -> set[str]:
    """What our packages ask for of others."""
    asked: set[str] = set()
    for path in ROOT.glob(members):
        asked.update(tomllib.loads(path.read_text(encoding="utf-8"))["project"]["dependencies"])
    return {name for name in asked if not name.startswith("vitrina-")}


if __name__ == "__main__":
    main()
