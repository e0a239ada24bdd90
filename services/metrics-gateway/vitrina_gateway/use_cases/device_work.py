"""The registry's work states in memory, and which of them are over."""

from collections.abc import Mapping
from typing import Final

import msgspec
from vitrina_contracts.work import WorkDelta, WorkItem

from vitrina_gateway.domain.device import NO_LOCAL_FACTS, LocalFacts, WorkState, state_of_work
from vitrina_gateway.domain.snapshot import SourceKey

_NONE: Final[Mapping[str, WorkState]] = {}


class WorkBook:
    def __init__(self) -> None:
        self.version = 0
        self.known = False
        """Whether the registry has answered."""
        self._by_source: dict[SourceKey, dict[str, WorkState]] = {}
        self._changed: set[SourceKey] = set()

    def learn(self, delta: WorkDelta) -> None:
        if delta.full:
            self._changed.update(self._by_source)
            self._by_source = {}
        for item in delta.items:
            self._take(item)
        self.known = True
        self.version = delta.version

    def take_changed(self, at: float) -> set[SourceKey]:
        """Sources of which something was said, or is over, since this was asked last. `at`: Unix seconds."""
        for source, works in self._by_source.items():
            over = [device_id for device_id, work in works.items() if work.until is not None and work.until <= at]
            for device_id in over:
                del works[device_id]
                self._changed.add(source)
        changed, self._changed = self._changed, set()
        return changed

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

    def _take(self, item: WorkItem) -> None:
        source = (item.platform, item.source)
        self._changed.add(source)
        if item.work is None:
            self._by_source.get(source, {}).pop(item.device_id, None)
            return
        self._by_source.setdefault(source, {})[item.device_id] = state_of_work(item.work)
