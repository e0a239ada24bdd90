"""The registry's device facts in memory. Until it has answered once, what the checkpoint remembers of them stands."""

from collections.abc import Mapping

from vitrina_contracts.facts import FactsItem

from vitrina_gateway.domain.device import LocalFacts
from vitrina_gateway.domain.snapshot import SourceKey
from vitrina_gateway.use_cases.device_book import DeviceBook

_NONE: Mapping[str, LocalFacts] = {}


class FactBook(DeviceBook[FactsItem, LocalFacts]):
    def of(self, source: SourceKey) -> Mapping[str, LocalFacts]:
        """By device id."""
        return self._by_source.get(source, _NONE)

    def take_changed(self) -> set[SourceKey]:
        """Sources whose facts differ from when this was asked last."""
        return self._told_changes()

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
        "note": item.note,
    }
    told = {name: value for name, value in labels.items() if value}
    return LocalFacts(item.site, item.city, item.time_zone, told)
