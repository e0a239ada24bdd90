"""Maintenance windows: when each is next, and which silences stand for them. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from vitrina_contracts.alerting import WINDOW_AUTHOR, Window, WindowMatcher

_DAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_CLOCKS_DIFFER: Final = timedelta(seconds=2)
_EXPIRED: Final = "expired"
_PENDING: Final = "pending"


@dataclass(frozen=True)
class WindowSilence:
    """A silence of Alertmanager that stands for a window; `id` and `state` are empty before it is made."""

    author: str
    matchers: tuple[WindowMatcher, ...]
    starts_at: datetime
    ends_at: datetime
    comment: str
    id: str = ""
    state: str = ""

    def stands_for(self, wanted: "WindowSilence") -> bool:
        begins = self.state != _PENDING or abs(self.starts_at - wanted.starts_at) < _CLOCKS_DIFFER
        return self.is_of(wanted) and begins and abs(self.ends_at - wanted.ends_at) < _CLOCKS_DIFFER

    def is_of(self, wanted: "WindowSilence") -> bool:
        """The same time of the same window, although a person may have ended it early."""
        return (self.author, self.comment) == (wanted.author, wanted.comment) and set(self.matchers) == set(
            wanted.matchers
        )


@dataclass(frozen=True)
class Changes:
    expire: tuple[str, ...]
    make: tuple[WindowSilence, ...]


def changes(windows: Iterable[Window], present: Sequence[WindowSilence], now: datetime) -> Changes:
    """What to do so that exactly the present or next time of each window is silenced.

    One that a person has ended stays ended until the window's next time.
    """
    wanted = [silence for window in windows if (silence := next_silence(window, now)) is not None]
    living = [silence for silence in present if silence.state != _EXPIRED]
    ended = [silence for silence in present if silence.state == _EXPIRED]
    kept: set[str] = set()
    make = []
    for each in wanted:
        standing = next((silence for silence in living if silence.stands_for(each)), None)
        if standing is not None:
            kept.add(standing.id)
        elif not any(silence.is_of(each) for silence in ended):
            make.append(each)
    return Changes(tuple(silence.id for silence in living if silence.id not in kept), tuple(make))


def next_silence(window: Window, now: datetime) -> WindowSilence | None:
    """Of the time that is on, or else the next within a week; None for a window that is off or over."""
    if not window.enabled:
        return None
    zone = ZoneInfo(window.time_zone)
    today = now.astimezone(zone).date()
    for day in (today + timedelta(days=number) for number in range(-1, 8)):
        if _DAYS[day.weekday()] not in window.days:
            continue
        if (window.first_day and day < window.first_day) or (window.last_day and day > window.last_day):
            continue
        last = day + timedelta(days=window.end <= window.begin)
        starts_at = datetime.combine(day, window.begin, zone).astimezone(UTC)
        ends_at = datetime.combine(last, window.end, zone).astimezone(UTC)
        if ends_at > now and ends_at > starts_at:
            comment = f"{window.comment} ({day} {window.begin:%H:%M}-{window.end:%H:%M} {window.time_zone})"
            return WindowSilence(WINDOW_AUTHOR + window.name, tuple(window.matchers), starts_at, ends_at, comment)
    return None
