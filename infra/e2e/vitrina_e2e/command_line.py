"""`vitrina` as a person runs it, with sign-ins of its own."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class CommandLine:
    """`folder` holds its sign-ins; `settings` are further variables of the environment."""

    url: str
    folder: Path
    settings: Mapping[str, str] = field(default_factory=dict)

    def run(self, *arguments: str, given: str = "") -> subprocess.CompletedProcess[str]:
        """`given` is what comes on stdin."""
        others = {name: value for name, value in os.environ.items() if not name.startswith("VITRINA_")}
        own = {"VITRINA_URL": self.url, "XDG_CONFIG_HOME": str(self.folder), "COLUMNS": "200"}
        return subprocess.run(
            [sys.executable, "-m", "vitrina_cli", *arguments],
            env={**others, **own, **self.settings},
            input=given,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def done(self, *arguments: str, given: str = "") -> str:
        """What it printed; it must succeed."""
        ran = self.run(*arguments, given=given)
        assert ran.returncode == 0, ran.stderr
        return ran.stdout

    def read(self, *arguments: str) -> Any:
        return json.loads(self.done(*arguments, "--output", "json"))
