"""A closed day of a source's devices, added up from counts of their samples in equal slots. Pure.

Slots are short where places have opening hours, because time in which a place is closed is told apart within them.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Final

from vitrina_contracts.availability import DAY_SECONDS, DeviceDay

from vitrina_gateway.domain.history import Counts, Span, uptime

Hours = tuple[str, str]
"""Rule and time zone."""

LONG_SLOT: Final = 21_600
SHORT_SLOT: Final = 1_800
"""Hours begin and end at whole and half hours, nearly always."""
_LOOKS: Final = 4
"""How often within a slot it is asked whether a place is open."""


@dataclass
class _Sums:
    online: float = 0
    offline: float = 0
    planned: float = 0
    unknown: float = 0


@dataclass
class Day:
    """`slot` seconds divide the day; `is_closed` says whether a place with these hours is closed at an instant."""

    day: date
    slot: int
    scrape_seconds: float
    is_closed: Callable[[Hours, datetime], bool]
    _sums: dict[str, _Sums] = field(default_factory=dict)
    _closed: dict[tuple[Hours, int], float] = field(default_factory=dict)

    def ends(self) -> Iterator[int]:
        """Unix seconds at which the slots end."""
        midnight = int(datetime(self.day.year, self.day.month, self.day.day, tzinfo=UTC).timestamp())
        return iter(range(midnight + self.slot, midnight + DAY_SECONDS + 1, self.slot))

    def add(self, end: int, counts: Mapping[str, Counts], hours: Callable[[str], Hours | None]) -> None:
        """The samples of one slot, by device."""
        span = Span(end - self.slot, end, self.slot)
        for device_id, of_slot in counts.items():
            told = uptime(span, {end: of_slot}, self.scrape_seconds)
            sums = self._sums.setdefault(device_id, _Sums())
            closed = told.offline * self._closed_share(hours(device_id), end) if told.offline else 0
            sums.online += told.online
            sums.offline += told.offline - closed
            sums.planned += closed
            sums.unknown += told.unknown

    def rows(self) -> list[DeviceDay]:
        """By device. Whole seconds, rounded down, so that they never are more than a day."""
        return [
            DeviceDay(
                device_id=device_id,
                online=int(sums.online),
                offline=int(sums.offline),
                planned=int(sums.planned),
                unknown=int(sums.unknown),
            )
            for device_id, sums in sorted(self._sums.items())
        ]

    def _closed_share(self, hours: Hours | None, end: int) -> float:
        if hours is None:
            return 0
        share = self._closed.get((hours, end))
        if share is None:
            share = self._closed[hours, end] = self._look(hours, end)
        return share

    def _look(self, hours: Hours, end: int) -> float:
        start = datetime.fromtimestamp(end - self.slot, UTC)
        looks = (start + timedelta(seconds=self.slot * (number + 0.5) / _LOOKS) for number in range(_LOOKS))
        return sum(self.is_closed(hours, look) for look in looks) / _LOOKS
