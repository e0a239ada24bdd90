"""Locks the Python dependencies: exact versions with hashes, no index URL, valid for every platform."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
COMPILE = [
    sys.executable, "-m", "uv", "pip", "compile", "--quiet", "--universal", "--python-version", "3.11",
    "--generate-hashes", "--no-emit-index-url", "--no-header",
]  # fmt: skip


def main() -> None:
    """The development set first: what runs is a subset of it at the same versions."""
    upgrade = ["--upgrade"] if "--upgrade" in sys.argv else []
    subprocess.run([*COMPILE, *upgrade, "requirements-dev.in", "-o", "requirements-dev.lock"], cwd=ROOT, check=True)
    subprocess.run(
        [*COMPILE, "requirements.in", "-c", "requirements-dev.lock", "-o", "requirements.lock"], cwd=ROOT, check=True
    )


if __name__ == "__main__":
    main()
