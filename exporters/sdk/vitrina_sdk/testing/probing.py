"""The probe of a platform as a process, and a recording played to the platform's own client."""

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from vitrina_contracts.source_file import SourceConfig

_PATIENCE_SECONDS = 60


def probe(module: str, config: Mapping[str, Any], recording: Path) -> dict[str, Any]:
    """What it printed."""
    source = SourceConfig(name="probed", config=dict(config), request_budget=1000)
    options = ["--private-endpoints", "127.0.0.0/8", "--recording", str(recording)]
    done = subprocess.run(  # noqa: S603 - our own module
        [sys.executable, "-m", module, "probe", *options],
        input=source.model_dump_json().encode(),
        capture_output=True,
        timeout=_PATIENCE_SECONDS,
        check=False,
    )
    said: dict[str, Any] = json.loads(done.stdout)
    assert done.returncode == (1 if said.get("error") else 0), done.stderr
    return said


def outcomes(probed: Mapping[str, Any]) -> dict[str, str]:
    """Outcome of each assumption."""
    return {verdict["assumption"]: verdict["outcome"] for verdict in probed["verdicts"]}
