"""The day before the demo's first start in Prometheus: blocks that it finds when it starts."""

import bisect
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from vitrina_contracts.device import Status
from vitrina_contracts.metrics import DEVICE_INFO, DEVICE_PLAYING, DEVICE_UP
from vitrina_sdk.testing.incident import DAY, SITE

from vitrina_embedded.demo_past.block import Block, Stretch
from vitrina_embedded.demo_past.screens import Screen

_STRETCH_SECONDS: Final = 3600
_BLOCK_SECONDS: Final = 2 * 3600
"""Prometheus' own are aligned to this. The one that it is in the midst of is a block apart, small enough to be
joined with what it measures itself."""
_NUMBERS: Final = {Status.ONLINE: 1.0, Status.OFFLINE: 0.0}
_EVER_ONLINE: Final = "vitrina:device_ever_online"
_DARK_SECONDS: Final = "vitrina:device_dark_seconds"
_DARK_SITE: Final = "vitrina:dark_device_site"
_SOURCE_EXISTS: Final = "vitrina:source_exists"
"""What the rules of infra/prometheus/rules remember: without it the incident that is in progress would alert nobody."""


def write_measured(folder: Path, screens: Iterable[Screen], began: float, scrape_seconds: int) -> list[Path]:
    """Returns the folders of the blocks; `folder` is the database's."""
    end = int(began)
    middle = end // _BLOCK_SECONDS * _BLOCK_SECONDS
    parts = (_Part(end - DAY, middle, scrape_seconds), _Part(middle, end, scrape_seconds))
    for screen in screens:
        for part in parts:
            part.add(screen)
    return [written for part in parts if (written := part.block.write(folder)) is not None]


@dataclass
class _Part:
    """One block, from `start` up to and without `end`, in Unix seconds."""

    start: int
    end: int
    step: int
    block: Block = field(default_factory=Block)
    _even: dict[tuple[int, float], Stretch] = field(default_factory=dict)
    _sources: set[str] = field(default_factory=set)

    def add(self, screen: Screen) -> None:
        labels = _labels(screen)
        times = [at for at, _, _ in screen.told]
        self.block.add({"__name__": DEVICE_UP, **labels}, self._statuses(screen, times))
        if any(status is Status.UNKNOWN for _, status, _ in screen.told):
            # Known also while nothing is told of it: that sets unknown apart from not measured.
            info = {"name": screen.name, "player_version": screen.device.player_version, "vendor_state": "online"}
            self.block.add({"__name__": DEVICE_INFO, **labels, **info}, self._all(1.0))
        elif labels["platform"] == "addreality":
            self.block.add({"__name__": DEVICE_PLAYING, **labels}, self._all(0.0 if screen.device.paused else 1.0))
        self._add_remembered(screen)

    def _add_remembered(self, screen: Screen) -> None:
        platform, source, device_id = screen.key
        key = {"platform": platform, "source": source, "device_id": device_id}
        if source not in self._sources:  # else what is dark there counts as gone until the source is first scraped
            self._sources.add(source)
            exists = {"__name__": _SOURCE_EXISTS, "exporter": platform, "platform": platform, "source": source}
            self.block.add(exists, self._all(1.0))
        if any(status is Status.ONLINE for _, status, _ in screen.told):
            self.block.add({"__name__": _EVER_ONLINE, "exporter": platform, **key}, self._all(1.0))
        if screen.site == SITE:
            dark_since = int(screen.told[-1][0])
            scrapes = range(max(self.start, dark_since), self.end, self.step)
            seconds = [float(at - dark_since) for at in scrapes]
            if seconds:
                dark = {"__name__": _DARK_SECONDS, "exporter": platform, **key}
                self.block.add(dark, [Stretch(scrapes[0] * 1000, self.step * 1000, seconds)])
                # Without it each screen's own alert would begin without a site, and the site's could not explain it.
                self.block.add({"__name__": _DARK_SITE, "site": SITE, **key}, self._all(1.0))

    def _all(self, value: float) -> Iterator[Stretch]:
        for start, end in self._stretches():
            yield self._evenly(start, end, value)

    def _statuses(self, screen: Screen, times: list[float]) -> Iterator[Stretch]:
        """What `told` says at each scrape; nothing while it was unknown."""
        for start, end in self._stretches():
            first, last = (max(0, bisect.bisect_right(times, at) - 1) for at in (start, end - self.step))
            if first == last:
                status = screen.told[first][1]
                if status is not Status.UNKNOWN:
                    yield self._evenly(start, end, _NUMBERS[status])
                continue
            scrapes = range(start, end, self.step)
            told = [screen.told[max(0, bisect.bisect_right(times, at) - 1)][1] for at in scrapes]
            values = [_NUMBERS[status] for status in told if status is not Status.UNKNOWN]
            if values:  # a status that got lost does not come back within the day
                yield Stretch(start * 1000, self.step * 1000, values)

    def _stretches(self) -> Iterator[tuple[int, int]]:
        """In whole scrapes."""
        length = max(self.step, _STRETCH_SECONDS // self.step * self.step)
        for start in range(self.start, self.end, length):
            yield start, min(start + length, self.end)

    def _evenly(self, start: int, end: int, value: float) -> Stretch:
        if (start, value) not in self._even:
            count = len(range(start, end, self.step))
            self._even[start, value] = Stretch(start * 1000, self.step * 1000, [value] * count)
        return self._even[start, value]


def _labels(screen: Screen) -> dict[str, str]:
    """Those that Prometheus gives to what it scrapes, so that the series go on."""
    platform, source, device_id = screen.key
    return {
        "job": "exporters", "instance": platform, "exporter": platform, "platform": platform, "shard": "0",
        "source": source, "device_id": device_id,
    }  # fmt: skip
