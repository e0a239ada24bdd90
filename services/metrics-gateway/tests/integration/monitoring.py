"""Real programs of monitoring, run for a test: each tells at `/-/ready` when it is."""

import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx


def wait_until_ready(url: str) -> None:
    deadline = time.monotonic() + 30
    while not _is_ready(url):
        assert time.monotonic() < deadline, f"{url} does not start"
        time.sleep(0.05)  # it offers nothing to wait on


@contextmanager
def served(url: str, command: Sequence[str], folder: Path | None = None) -> Iterator[str]:
    """The program answers at `url` inside the block."""
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_until_ready(url)
        yield url
    finally:
        process.kill()
        process.wait()


def _is_ready(url: str) -> bool:
    try:
        return httpx.get(f"{url}/-/ready").status_code == 200
    except httpx.HTTPError:
        return False
