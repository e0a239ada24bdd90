"""Commands, and waiting for what they bring about."""

import shutil
import subprocess
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final, TypeVar

ROOT: Final = Path(__file__).resolve().parents[3]
_SHOWN: Final = 6000

Value = TypeVar("Value")


def run(*command: str, seconds: float = 60, environment: Mapping[str, str] | None = None, told: str = "") -> str:
    """What the command said; `told` goes to its standard input.

    Raises:
        AssertionError: it failed; holds the end of what it said.
    """
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=environment,
        input=told,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=seconds,
        check=False,
    )
    assert done.returncode == 0, f"{' '.join(command)} ended with {done.returncode}:\n{done.stdout[-_SHOWN:]}"
    return done.stdout


def succeeds(*command: str) -> bool:
    """False also where there is no such program."""
    there = shutil.which(command[0]) is not None
    return there and subprocess.run(command, cwd=ROOT, capture_output=True, check=False).returncode == 0


def wait_until(condition: Callable[[], Value], seconds: float, what: str) -> Value:
    """The first value that counts as true."""
    deadline = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < deadline, f"not within {seconds:g} s: {what}"
        time.sleep(0.2)
    return value
