"""What a Prometheus outside is shown of the exporters that run."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Discovered:
    """One target of Prometheus' HTTP discovery."""

    targets: list[str]
    labels: dict[str, str]

    def through(self, host: str, scheme: str, prefix: str) -> "Discovered":
        """The same, scraped by way of our API at `host`, below `prefix`."""
        labels = {name: value for name, value in self.labels.items() if not name.startswith("__")}
        path = f"{prefix}/exporters/{labels['exporter']}/metrics"
        own = {"__scheme__": scheme, "__metrics_path__": path, "__param_shard": labels.get("shard", "0")}
        return Discovered([host], {**labels, **own})


@dataclass(frozen=True)
class Scraped:
    """`content` is as the exporter has encoded it; `headers` say how."""

    headers: Mapping[str, str]
    content: AsyncIterator[bytes]


class ExporterMetrics(Protocol):
    async def targets(self) -> list[Discovered]:
        """All that runs. Raises `UnavailableError` rather than a part of it."""
        ...

    def scrape(self, exporter: str, shard: int, headers: Mapping[str, str]) -> AbstractAsyncContextManager[Scraped]:
        """`headers` are those of whoever scrapes. Raises `NotFoundError`, `UnavailableError`."""
        ...

    def orchestrator(self, headers: Mapping[str, str]) -> AbstractAsyncContextManager[Scraped]:
        """The orchestrator's own: what should run, and what does."""
        ...
