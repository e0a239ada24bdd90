"""The newest reading of every exporter, from the one instance of each of its shards that counts.

Devices are read only of targets that were scraped since the last time; of the others nothing can have changed.
"""

from collections.abc import Collection, Iterable, Mapping

from prometheus_client import Gauge
from vitrina_contracts.exporter import KnownSource

from vitrina_gateway.domain.joining import Joined, joined
from vitrina_gateway.domain.mapping import mapped_exporters
from vitrina_gateway.domain.samples import Reading, Target
from vitrina_gateway.use_cases.ports import Monitoring

SURPLUS_TARGETS = Gauge(
    "vitrina_gateway_surplus_targets", "Scraped instances of an exporter's shard beyond the one that counts."
)
REFUSED_TARGETS = Gauge(
    "vitrina_gateway_refused_targets", "Scraped targets that the registry does not know as an exporter."
)

Shard = tuple[str, int]
"""`(exporter, number)`."""


class Readings:
    def __init__(self, monitoring: Monitoring) -> None:
        self._monitoring = monitoring
        self._parts: dict[Shard, Reading] = {}
        self._joined: dict[str, Joined] = {}
        self.by_exporter: Mapping[str, Reading] = {}

    async def renew(self, known: Collection[KnownSource], at: float) -> None:
        """All of it or nothing.

        Raises:
            MonitoringError: Prometheus did not answer completely; everything stays as it was.
        """
        mapped = mapped_exporters(known)
        targets = _accepted(await self._monitoring.targets(at), {source.exporter for source in known})
        for exporter in mapped:
            targets = {shard: target for shard, target in targets.items() if shard[0] != exporter.exporter}
        parts = {shard: await self._part(shard, target, at) for shard, target in targets.items()}
        readings = {exporter.exporter: await self._monitoring.read_mapped(exporter, at) for exporter in mapped}
        self._parts = parts
        self._joined = self._join(parts, _shards(known))
        found = {exporter: whole.reading for exporter, whole in self._joined.items()}
        self.by_exporter = found | {exporter: reading for exporter, reading in readings.items() if reading is not None}

    async def _part(self, shard: Shard, target: Target, at: float) -> Reading:
        known = self._parts.get(shard)
        if known is not None and known.target == target:
            return known
        return await self._monitoring.read(target, at) if target.up else Reading(target, {}, {})

    def _join(self, parts: Mapping[Shard, Reading], shards: Mapping[str, dict[str, int]]) -> dict[str, Joined]:
        by_exporter: dict[str, list[Reading]] = {}
        for exporter, number in sorted(parts):
            by_exporter.setdefault(exporter, []).append(parts[exporter, number])
        return {exporter: self._whole(exporter, found, shards[exporter]) for exporter, found in by_exporter.items()}

    def _whole(self, exporter: str, parts: list[Reading], shards: dict[str, int]) -> Joined:
        before = self._joined.get(exporter)
        if before is not None and before.is_of(parts, shards):
            return before
        return Joined(parts, shards, joined(parts, shards))


def _accepted(targets: Collection[Target], exporters: Collection[str]) -> dict[Shard, Target]:
    """One instance for each shard of the registry's exporters: the one that was scraped well last."""
    accepted: dict[Shard, Target] = {}
    refused = 0
    for target in targets:
        shard = (target.exporter, target.shard)
        if target.exporter not in exporters:
            refused += 1
        elif shard not in accepted or _rank(target) > _rank(accepted[shard]):
            accepted[shard] = target
    REFUSED_TARGETS.set(refused)
    SURPLUS_TARGETS.set(len(targets) - refused - len(accepted))
    return accepted


def _rank(target: Target) -> tuple[bool, float, str]:
    return (target.up, target.scraped_at, target.instance)


def _shards(known: Iterable[KnownSource]) -> dict[str, dict[str, int]]:
    """By exporter and source, how many instances share the devices of the source."""
    shards: dict[str, dict[str, int]] = {}
    for source in known:
        shards.setdefault(source.exporter, {})[source.source] = source.shards
    return shards
