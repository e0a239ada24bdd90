"""Pure: the readings of an exporter's shards, joined into one; a part of a source is not all of it."""

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from vitrina_gateway.domain.samples import DeviceSamples, Reading, SourceSamples


def joined(parts: Sequence[Reading], shards: Mapping[str, int]) -> Reading:
    """One reading of an exporter from those of its instances, one a shard, at least one.

    A source of which an instance is missing is told as one whose poll has not ended: what the others do not list may
    be there all the same. The time is the oldest scrape's, so that no status seems newer than it is.

    Args:
        parts: of all shards that are scraped, in any order.
        shards: by source, how many instances share its devices; 1 for a source that lives in one of them.
    """
    alive = sorted((part for part in parts if part.target.up), key=lambda part: part.target.scraped_at)
    if len(parts) == 1 and all(number == 1 for number in shards.values()):
        return parts[0]
    if not alive:
        return parts[0]
    names = {name for part in alive for name in part.sources}
    sources = {name: _source([part.sources.get(name) for part in alive], shards.get(name, 1)) for name in names}
    return Reading(alive[0].target, sources, _devices(alive))


def _source(parts: Iterable[SourceSamples | None], shards: int) -> SourceSamples:
    states = [part for part in parts if part is not None]
    failing = next((state for state in states if state.up is False), None)
    is_whole = len(states) >= shards and all(state.up is not None for state in states)
    successes = [state.last_success for state in states if state.last_success is not None]
    devices = [state.devices for state in states if state.devices is not None]
    return SourceSamples(
        up=False if failing else (True if is_whole else None),
        reason=failing.reason if failing else None,
        devices=sum(devices) if devices else None,
        last_success=min(successes) if len(successes) == len(states) else None,
        keeps_age=all(state.keeps_age for state in states),
    )


def _devices(parts: Sequence[Reading]) -> dict[str, dict[str, DeviceSamples]]:
    """Of a device that two shards show while it moves, what the later scrape says, unless only the other says more."""
    devices: dict[str, dict[str, DeviceSamples]] = {}
    for part in parts:
        for source, found in part.devices.items():
            known = devices.setdefault(source, {})
            for device_id, samples in found.items():
                if samples.up is not None or device_id not in known or known[device_id].up is None:
                    known[device_id] = samples
    return devices


class Joined(msgspec.Struct, frozen=True):
    """What was joined, and from what: the same parts give the same object."""

    parts: list[Reading]
    shards: dict[str, int]
    reading: Reading

    def is_of(self, parts: Sequence[Reading], shards: Mapping[str, int]) -> bool:
        same = len(parts) == len(self.parts) and all(map(_is_same, parts, self.parts))
        return same and shards == self.shards


def _is_same(one: Reading, other: Reading) -> bool:
    return one is other
