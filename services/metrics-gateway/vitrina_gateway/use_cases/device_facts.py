"""The registry's device facts in memory. Until it has answered once, what the checkpoint remembers of them stands."""

from collections.abc import Mapping
from typing import Final

from vitrina_contracts.device import DeviceKey
from vitrina_contracts.facts import FactsItem

from vitrina_gateway.domain.device import NO_LOCAL_FACTS, LocalFacts
from vitrina_gateway.domain.snapshot import SourceKey
from vitrina_gateway.use_cases.device_book import DeviceBook

_NONE: Mapping[str, LocalFacts] = {}
_MOST_REPLACED: Final = 5
"""So many players one after the other in one place are followed back."""


class FactBook(DeviceBook[FactsItem, LocalFacts]):
    def of(self, source: SourceKey) -> Mapping[str, LocalFacts]:
        """By device id."""
        return self._by_source.get(source, _NONE)

    def take_changed(self) -> set[SourceKey]:
        """Sources whose facts differ from when this was asked last."""
        return self._told_changes()

    def replaced_by(self, key: DeviceKey) -> list[str]:
        """Ids of the devices whose place it took, one after the other, the last one first."""
        facts, found = self.of(key[:2]), [key[2]]
        while len(found) <= _MOST_REPLACED:
            before = facts.get(found[-1], NO_LOCAL_FACTS).labels.get("replaces")
            if before is None or before in found:
                break
            found.append(before)
        return found[1:]

    def _read(self, item: FactsItem) -> LocalFacts | None:
        facts = _local(item)
        return None if facts == LocalFacts() else facts


def _local(item: FactsItem) -> LocalFacts:
    coordinates = None if item.latitude is None or item.longitude is None else f"{item.latitude}, {item.longitude}"
    labels = {
        "address": item.address,
        "coordinates": coordinates,
        "opening_hours": item.opening_hours,
        "tags": ", ".join(item.tags),
        "contact": item.contact,
        "replaces": item.replaces,
        "note": item.note,
    }
    told = {name: value for name, value in labels.items() if value}
    return LocalFacts(item.site, item.city, item.time_zone, told)
