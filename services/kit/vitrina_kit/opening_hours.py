"""Whether a place is open: hours as OpenStreetMap writes them, read off the clock on the place's own wall. Pure.

Hours are wall time, so that a shop opens at 10:00 on the days on which clocks change, too. The library is given wall
times without a zone; zones are `zoneinfo`'s, the same for all services.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from opening_hours import OpeningHours, validate

RULE_LABEL: Final = "opening_hours"
ZONE_LABEL: Final = "time_zone"
"""Labels of a source that hold the hours of its devices which have none of their own."""

_FARTHEST_DAYS: Final = 366
"""Without a bound the search for the end of hours that never end takes seconds."""
_MOST_CHANGES: Final = 20
"""Of the state on the way to the next opening; comments and unknown times are changes too."""
_DISTINCT_HOURS: Final = 10_000


class Hours(NamedTuple):
    """`rule` such as `Mo-Sa 09:00-21:00; Dec 31 off`; `time_zone` of the tz database."""

    rule: str
    time_zone: str


def hours_of(rule: str | None, time_zone: str | None, source_labels: Mapping[str, str]) -> Hours | None:
    """The hours that hold for a device: each part its own, if that can be read, else its source's."""
    known_rule = rule if rule and is_rule(rule) else source_labels.get(RULE_LABEL, "")
    known_zone = time_zone if time_zone and is_time_zone(time_zone) else source_labels.get(ZONE_LABEL, "")
    return Hours(known_rule, known_zone) if is_rule(known_rule) and is_time_zone(known_zone) else None


def is_rule(rule: str) -> bool:
    """Whether hours are written as they must be."""
    return _parsed(rule) is not None


def is_time_zone(name: str) -> bool:
    return _zone(name) is not None


def is_open(hours: Hours, at: datetime) -> bool | None:
    """None when hours or zone are not readable. A time that is written as unknown counts as open: it hides nothing."""
    rule, zone = _parsed(hours.rule), _zone(hours.time_zone)
    if rule is None or zone is None:
        return None
    return not rule.is_closed(_wall(at, zone))


def opens_at(hours: Hours, at: datetime) -> datetime | None:
    """In UTC, when a place that is closed at the instant `at` opens; None when not within a year, or not readable."""
    rule, zone = _parsed(hours.rule), _zone(hours.time_zone)
    if rule is None or zone is None:
        return None
    wall = _wall(at, zone)
    for _ in range(_MOST_CHANGES):
        change = rule.next_change(wall)
        if change is None:
            return None
        wall = change.replace(tzinfo=None)
        if not rule.is_closed(wall):
            return _instant(wall, zone, at)
    return None


def _wall(at: datetime, zone: ZoneInfo) -> datetime:
    return at.astimezone(zone).replace(tzinfo=None)


def _instant(wall: datetime, zone: ZoneInfo, after: datetime) -> datetime:
    """The first instant after `after` at which the clock shows `wall` or, where that hour is left out, more."""
    first, second = (wall.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    if _wall(first, zone) != wall:
        return _change_of_clocks(second, first, zone)
    return first if first > after else second


def _change_of_clocks(before: datetime, behind: datetime, zone: ZoneInfo) -> datetime:
    offset = before.astimezone(zone).utcoffset()
    while behind - before > timedelta(seconds=1):
        middle = before + (behind - before) / 2
        if middle.astimezone(zone).utcoffset() == offset:
            before = middle
        else:
            behind = middle
    return behind.replace(microsecond=0)


@lru_cache(maxsize=_DISTINCT_HOURS)
def _parsed(rule: str) -> OpeningHours | None:
    return OpeningHours(rule, max_interval_days=_FARTHEST_DAYS) if validate(rule) else None


@lru_cache(maxsize=_DISTINCT_HOURS)
def _zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # OSError: the name is one of a folder
        return None
