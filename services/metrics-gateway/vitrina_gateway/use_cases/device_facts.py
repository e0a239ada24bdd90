"""The registry's device facts in memory. Until it has answered once, what the checkpoint remembers of them stands."""

from collections.abc import Mapping

from vitrina_contracts.facts import FactsDelta, FactsItem

from vitrina_gateway.domain.device import LocalFacts
from vitrina_gateway.domain.snapshot import SourceKey

_NONE: Mapping[str, LocalFacts] = {}


class FactBook:
    def __init__(self) -> None:
        self.version = 0
        self.known = False
        """Whether the registry has answered."""
        self._by_source: dict[SourceKey, dict[str, LocalFacts]] = {}
        self._changed: set[SourceKey] = set()

    def learn(self, delta: FactsDelta) -> None:
        if delta.full:
            self._changed.update(self._by_source)
            self._by_source = {}
        for item in delta.items:
            self._take(item)
        self.known = True
        self.version = delta.version

    def of(self, source: SourceKey) -> Mapping[str, LocalFacts]:
        """By device id."""
        return self._by_source.get(source, _NONE)

    def take_changed(self) -> set[SourceKey]:
        """Sources whose facts differ from when this was asked last."""
        changed, self._changed = self._changed, set()
        return changed

    def _take(self, item: FactsItem) -> None:
        source = (item.platform, item.source)
        self._changed.add(source)
        facts = _local(item)
        if facts == LocalFacts():
            self._by_source.get(source, {}).pop(item.device_id, None)
        else:
            self._by_source.setdefault(source, {})[item.device_id] = facts


def _local(item: FactsItem) -> LocalFacts:
    coordinates = None if item.latitude is None or item.longitude is None else f"{item.latitude}, {item.longitude}"
    labels = {
        "address": item.address,
        "coordinates": coordinates,
        "opening_hours": item.opening_hours,
        "tags": ", ".join(item.tags),
        "contact": item.contact,
        "note": item.note,
    }
    told = {name: value for name, value in labels.items() if value}
    return LocalFacts(item.site, item.city, item.time_zone, told)
