"""All that the table of processes and the generated configuration are made from."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from vitrina_embedded.downloads import Monitoring
from vitrina_embedded.home import Home
from vitrina_embedded.ports import LOOPBACK
from vitrina_embedded.settings import Settings


@dataclass(frozen=True)
class Containers:
    """What other parts know of exporters as containers; `subnet` and `gateway` are those of their way to vendors."""

    docker_host: str
    image_prefix: str
    image_tag: str
    network: str
    subnet: str
    gateway: str


@dataclass(frozen=True)
class Installation:
    """`secrets` are paths of files; `ports` are those of `ports.NAMES`; `containers` are null for processes."""

    settings: Settings
    home: Home
    ports: Mapping[str, int]
    secrets: Mapping[str, Path]
    monitoring: Monitoring
    containers: Containers | None = None

    def address(self, port: str) -> str:
        return f"{LOOPBACK}:{self.ports[port]}"

    def http(self, port: str, path: str = "") -> str:
        return f"http://{self.address(port)}{path}"

    @property
    def prometheus(self) -> str:
        """Where the gateway asks: our own, or that of others."""
        return (self.settings.prometheus_url or self.http("prometheus")).rstrip("/")

    @property
    def vendor_host(self) -> str:
        """Where the demo's vendors listen: within reach of exporters, whatever they run as."""
        return self.containers.gateway if self.containers else LOOPBACK

    def simulator(self, platform: str, path: str = "") -> str:
        return f"http://{self.vendor_host}:{self.ports[f'{platform}_simulator']}{path}"

    @property
    def private_endpoints(self) -> str:
        subnet = self.containers.subnet if self.containers else ""
        return ",".join(filter(None, [self.settings.private_endpoints, subnet]))
