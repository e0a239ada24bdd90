"""Shard: this instance's part of an exporter that is spread over several. Pure.

A platform that is asked about each device is split by devices, one with a list by sources: its list is read as a whole.
"""

from dataclasses import dataclass

from vitrina_contracts.sharding import device_key, shard_of
from vitrina_contracts.source_file import ExporterConfig


@dataclass(frozen=True)
class Shard:
    number: int = 0
    count: int = 1

    @classmethod
    def of(cls, config: ExporterConfig) -> "Shard":
        return cls(config.shard, config.shards)

    def serves_device(self, source: str, device_id: str) -> bool:
        return self.count == 1 or shard_of(device_key(source, device_id), self.count) == self.number

    def serves_source(self, source: str) -> bool:
        """`source`: of several that share an account the one that names it, so that one shard polls it."""
        return self.count == 1 or shard_of(source, self.count) == self.number

    def part_of(self, budget: float) -> float:
        """Requests a second of a source that all shards ask about: together they keep its budget."""
        return budget / self.count


WHOLE = Shard()
