"""The registry's work states in memory, and which of them are over."""

from collections.abc import Mapping
from typing import Final

import msgspec
from vitrina_contracts.work import WorkItem

from vitrina_gateway.domain.device import NO_LOCAL_FACTS, LocalFacts, WorkState, state_of_work
from vitrina_gateway.domain.snapshot import SourceKey
from vitrina_gateway.use_cases.device_book import DeviceBook

_NONE: Final[Mapping[str, WorkState]] = {}


class WorkBook(DeviceBook[WorkItem, WorkState]):
    def take_changed(self, at: float) -> set[SourceKey]:
        """Sources of which something was said, or is over, since this was asked last. `at`: Unix seconds."""
        for source, works in self._by_source.items():
            over = [device_id for device_id, work in works.items() if work.until is not None and work.until <= at]
            for device_id in over:
                del works[device_id]
                self._changed.add(source)
        return self._told_changes()

    def added_to(self, facts: Mapping[str, LocalFacts], source: SourceKey) -> Mapping[str, LocalFacts]:
        """What people know of the devices of a source, their work states with it."""
        works = self._by_source.get(source, _NONE)
        if not works:
            return facts
        told = {
            device_id: msgspec.structs.replace(facts.get(device_id, NO_LOCAL_FACTS), work=work)
            for device_id, work in works.items()
        }
        return {**facts, **told}

    def _read(self, item: WorkItem) -> WorkState | None:
        return None if item.work is None else state_of_work(item.work)
