"""Pure: whom a multi-target exporter probes, and how Prometheus asks it to.

A name is asked for by the address that was checked, with the name beside it where the exporter can take that: else a
name could lead elsewhere between the check and the probe. A target without an address that may be probed is asked for
with a module that no exporter has: the probe fails, which says nothing of the device, and the device stays listed.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Self
from urllib.parse import SplitResult, urlsplit

from vitrina_contracts.exporter import DesiredExporter
from vitrina_contracts.sharding import device_key, shard_of
from vitrina_contracts.third_party import Probe

NO_MODULE: Final = "vitrina_refused"


@dataclass(frozen=True)
class Probing:
    """The targets of one exporter: (source, URL)."""

    probe: Probe
    targets: tuple[tuple[str, str], ...]
    shards: int

    @classmethod
    def of(cls, desired: DesiredExporter) -> Self | None:
        """Null for an exporter that probes nobody."""
        probe = desired.third_party.probe if desired.third_party is not None else None
        if probe is None:
            return None
        return cls(probe, tuple(dict.fromkeys(_targets(desired, probe))), desired.shards)

    def of_shard(self, shard: int) -> Iterator[tuple[str, str]]:
        for source, url in self.targets:
            if shard_of(device_key(source, url), self.shards) == shard:
                yield source, url


def host_of(url: str) -> str | None:
    """The host that a target names; null for one that names none."""
    try:
        return urlsplit(url).hostname
    except ValueError:
        return None


def parameters(probe: Probe, url: str, address: str | None) -> dict[str, str]:
    """What Prometheus sends with the probe; `address`: that of the target's host, null when it may not be probed."""
    parts = urlsplit(url) if host_of(url) is not None else None
    module = probe.modules.get(parts.scheme) if parts is not None else None
    if parts is None or module is None or address is None:
        return {"target": url, "module": NO_MODULE}
    place = _place(parts, address)
    if parts.scheme in probe.bare:
        return {"target": place, "module": module}
    found = {"target": parts._replace(netloc=place).geturl(), "module": module}
    if probe.host_parameter is not None and parts.hostname != address:
        found[probe.host_parameter] = parts.hostname or ""
    return found


def _targets(desired: DesiredExporter, probe: Probe) -> Iterator[tuple[str, str]]:
    for source in desired.sources:
        listed = source.config.get(probe.targets)
        if source.enabled and isinstance(listed, list):
            yield from ((source.name, url) for url in listed if isinstance(url, str))


def _place(parts: SplitResult, address: str) -> str:
    host = f"[{address}]" if ":" in address else address
    return f"{host}:{parts.port}" if parts.port is not None else host
