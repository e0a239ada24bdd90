"""How long devices were on, added up over days. Days are those of UTC."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from vitrina_contracts.availability import DAY_SECONDS

LOOK_BACK_DAYS: Final = 14
"""Prometheus keeps 15 days unless told otherwise: older ones cannot be computed."""
_SETTLED: Final = timedelta(minutes=15)
"""After midnight; by then the last samples of the day are stored."""
LONGEST_DAYS: Final = 3700


class Group(StrEnum):
    """What a report adds up."""

    SOURCE = "source"
    SITE = "site"
    DEVICE = "device"


@dataclass(frozen=True)
class Question:
    first: date
    last: date
    """Both included."""
    group: Group
    source: str | None = None


@dataclass(frozen=True)
class Sums:
    """Seconds, over all devices and days of a group. `site`, `device_id`: of reports that tell them apart."""

    platform: str
    source: str
    site: str | None
    device_id: str | None
    devices: int
    device_days: int
    online: int
    offline: int
    planned: int
    unknown: int

    @property
    def not_measured(self) -> int:
        return self.device_days * DAY_SECONDS - self.online - self.offline - self.planned - self.unknown

    @property
    def online_share(self) -> float | None:
        """Of the time in which they should have been on and a status was told; None when there was none."""
        told = self.online + self.offline
        return self.online / told if told else None


def closed_days(now: datetime, since: date) -> Iterator[date]:
    """Days that have ended, from `since` on, as far back as they may still be computed; the newest first."""
    day = (now - _SETTLED).date() - timedelta(days=1)
    first = max(since, day - timedelta(days=LOOK_BACK_DAYS - 1))
    while day >= first:
        yield day
        day -= timedelta(days=1)
