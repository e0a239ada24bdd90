"""A platform's real exporter and its vendor's simulator, joined for the conformance suite."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar, Final, Protocol

from vitrina_sdk.testing.running import RunningExporter, RunningSimulator

SECRET: Final = "canary-4f1c9a-token"
"""Put into the configuration wherever the platform takes a credential; it must appear nowhere."""
DEVICES: Final = 24
FRESH: Final = 6.0
INTERVAL: Final = 1.0
BACK_OFF: Final = 4 * INTERVAL
HEALTHY: Final = "healthy"


class Platform(Protocol):
    """What a suite says about its platform."""

    module: ClassVar[str]

    def source_config(self, simulator: RunningSimulator, base: str) -> Mapping[str, Any]: ...


class World:
    """The exporter polls one simulated fleet in each of its sources, every source as a tenant of its own."""

    def __init__(self, platform: Platform, folder: Path, devices: int = DEVICES) -> None:
        self.simulator = RunningSimulator(platform.module, devices)
        self.exporter = RunningExporter(platform.module, platform.module.removeprefix("vitrina_"), folder)
        self._platform = platform
        self.configure(HEALTHY)
        self.exporter.start()

    def source(self, tenant: str) -> dict[str, Any]:
        return dict(self._platform.source_config(self.simulator, f"{self.simulator.url}/as/{tenant}"))

    def configure(self, *tenants: str, fresh: float = FRESH) -> int:
        sources = {tenant: self.source(tenant) for tenant in tenants}
        return self.exporter.configure(sources, interval=INTERVAL, fresh=fresh)

    def shows_truth(self, *tenants: str) -> bool:
        scrape, truth = self.exporter.scrape(), self.simulator.truth()
        return all(scrape.statuses(tenant) == truth and scrape.source_up(tenant) for tenant in tenants)

    def flip(self, count: int) -> None:
        """Turns the first `count` devices to the other status; fewer than a mass change."""
        for device, status in list(self.simulator.truth().items())[:count]:
            other = "offline" if status == "online" else "online"
            self.simulator.control("POST", f"devices/{device}", {"status": other})

    def secret_is_nowhere(self) -> bool:
        """Whether neither the credential nor the endpoint is in anything that the exporter shows or writes."""
        shown = [self.exporter.get(path) for path in ("/", "/metrics", "/status", "/-/ready")]
        said = b"".join([*shown, self.exporter.log_file.read_bytes()])
        return SECRET.encode() not in said and self.simulator.url.encode() not in said

    def close(self) -> None:
        self.exporter.stop()
        self.simulator.stop()
