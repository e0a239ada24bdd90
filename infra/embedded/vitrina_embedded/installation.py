"""All that the table of processes and the generated configuration are made from."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from vitrina_embedded.downloads import Monitoring
from vitrina_embedded.home import Home
from vitrina_embedded.ports import LOOPBACK
from vitrina_embedded.settings import Settings


@dataclass(frozen=True)
class Installation:
    """`secrets` are paths of files; `ports` are those of `ports.NAMES`."""

    settings: Settings
    home: Home
    ports: Mapping[str, int]
    secrets: Mapping[str, Path]
    monitoring: Monitoring

    def address(self, port: str) -> str:
        return f"{LOOPBACK}:{self.ports[port]}"

    def http(self, port: str, path: str = "") -> str:
        return f"http://{self.address(port)}{path}"
