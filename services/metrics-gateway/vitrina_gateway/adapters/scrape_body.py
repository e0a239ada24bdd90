"""The samples of one scrape: decoded whole, or, of a body that is the last one with a few other values, only these.

Between two scrapes little changes, but a body of a hundred thousand devices is 70 MB. The instant of evaluation stands
in every sample; split at it, the rest can be compared piece by piece. A piece holds the value of one sample and the
labels of the next, and no text in a label can look like the split, because quotes are escaped in it. Whatever else
differs than values makes the whole body be decoded. Remembered is a hash of 64 bits of each piece instead of the body.
"""

import math
from array import array
from collections.abc import Callable, Iterable, Sequence
from itertools import compress
from operator import ne
from sys import intern
from typing import Final

import msgspec
from vitrina_contracts import metrics

from vitrina_gateway.domain.samples import DeviceInfo, DeviceSamples, SourceSamples

SCRAPE_TIME: Final = "scrape_time"
"""Value of the label `of` of the sample that tells when the target was scraped."""

_BEFORE_TIME: Final = b'},"value":['
_BEFORE_LABELS: Final = b'{"metric":{'
_WORTH_COMPARING: Final = 0.2
"""Share of changed pieces above which decoding everything is quicker."""


class _Labels(msgspec.Struct, gc=False):
    metric: str = msgspec.field(default="", name="__name__")
    of: str = ""
    exporter: str = ""
    instance: str = ""
    platform: str = ""
    source: str = ""
    shard: str = ""
    device_id: str = ""
    reason: str = ""
    name: str = ""
    player_version: str = ""
    ip: str = ""
    external_ip: str = ""
    time_zone: str = ""
    vendor_state: str = ""


class Sample(msgspec.Struct, gc=False):
    metric: _Labels
    value: tuple[float, str]


class _Data(msgspec.Struct):
    result: list[Sample]


class Answer(msgspec.Struct):
    status: str
    data: _Data | None = None
    error: str = ""
    warnings: list[str] = []

    @property
    def result(self) -> list[Sample]:
        return self.data.result if self.data else []


class Scraped(msgspec.Struct, frozen=True):
    """`at`: when the target was scraped, Unix seconds."""

    sources: dict[str, SourceSamples]
    devices: dict[str, dict[str, DeviceSamples]]
    at: float | None


class ScrapeReader:
    """Remembers the last body of one target."""

    def __init__(self) -> None:
        self._unread: list[bytes] = []
        self._pieces = _hashes(())
        self._labels = _hashes(())
        """Of the pieces without the value that they begin with."""
        self._scraped: Scraped | None = None

    def read_changes(self, body: bytes) -> Scraped | None:
        """The samples, if the body differs from the last in values alone; samples that did not change are the same
        objects. None: decode it, and give the samples to `take`.
        """
        pieces = self._unread = _split(body)
        scraped, before = self._scraped, self._pieces
        if scraped is None or len(pieces) != len(before) or len(pieces) < 2:  # noqa: PLR2004 - one holds no value
            return None
        hashes = _hashes(pieces)
        changed = list(compress(range(len(pieces)), map(ne, hashes, before)))
        if len(changed) > _WORTH_COMPARING * len(pieces):
            return None
        collected = _Changed(scraped)
        for number in changed:
            if hash(_without_value(pieces[number])) != self._labels[number]:
                return None
            labels = _labels(pieces[number - 1]) if number else None
            if labels is None or labels.metric == metrics.SOURCE_FAILING:
                return None
            collected.take(labels, _value(pieces[number]))
        self._pieces, self._scraped = hashes, collected.scraped()
        self._unread = []
        return self._scraped

    def take(self, samples: Sequence[Sample]) -> Scraped:
        """The samples of the body that `read_changes` could not make use of."""
        collected = _Collected()
        for sample in samples:
            collected.take(sample.metric, sample.value[1])
        self._pieces, self._labels = _hashes(self._unread), _hashes(map(_without_value, self._unread))
        self._scraped, self._unread = collected.scraped(), []
        return self._scraped


def _split(body: bytes) -> list[bytes]:
    start = body.rfind(_BEFORE_TIME)
    end = body.find(b",", start + len(_BEFORE_TIME))
    return body.split(body[start : end + 1]) if 0 <= start < end else []


def _hashes(pieces: Iterable[bytes]) -> "array[int]":
    """Keyed anew in each process, so nobody can make two pieces look alike."""
    return array("q", map(hash, pieces))


def _without_value(piece: bytes) -> bytes:
    """All but the quoted number that all pieces but the first begin with."""
    return piece[piece.find(b'"', 1) :] if piece[:1] == b'"' else b"no value" + piece


def _value(piece: bytes) -> str:
    return piece[1 : piece.find(b'"', 1)].decode()


_labels_decoder: Final = msgspec.json.Decoder(_Labels)


def _labels(piece: bytes) -> _Labels | None:
    start = piece.rfind(_BEFORE_LABELS)
    if start < 0:
        return None
    try:
        return _labels_decoder.decode(piece[start + len(_BEFORE_LABELS) - 1 :] + b"}")
    except msgspec.DecodeError:
        return None


class _Collected:
    def __init__(self) -> None:
        self.sources: dict[str, SourceSamples] = {}
        self.devices: dict[str, dict[str, DeviceSamples]] = {}
        self.at: float | None = None

    def scraped(self) -> Scraped:
        return Scraped(self.sources, self.devices, self.at)

    def take(self, labels: _Labels, value: str) -> None:
        if labels.of == SCRAPE_TIME:
            self.at = float(value)
        elif labels.metric in COLLECTORS:
            COLLECTORS[labels.metric](self, labels, value)

    def source(self, labels: _Labels) -> SourceSamples:
        found = self.sources.get(labels.source)
        if found is None:
            found = self.sources[labels.source] = SourceSamples()
        return found

    def device(self, labels: _Labels) -> DeviceSamples:
        devices = self.devices.get(labels.source)
        if devices is None:
            devices = self.devices[labels.source] = {}
        found = devices.get(labels.device_id)
        if found is None:
            found = devices[labels.device_id] = DeviceSamples()
        return found

    def device_up(self, labels: _Labels, value: str) -> None:
        self.device(labels).up = _flag(value)

    def device_info(self, labels: _Labels, _value: str) -> None:
        self.device(labels).info = DeviceInfo(
            labels.name or None,
            _shared(labels.player_version),
            labels.ip or None,
            _shared(labels.external_ip),
            _shared(labels.time_zone),
            _shared(labels.vendor_state),
        )

    def last_seen(self, labels: _Labels, value: str) -> None:
        self.device(labels).last_seen = _number(value)

    def playing(self, labels: _Labels, value: str) -> None:
        self.device(labels).playing = _flag(value)

    def activated(self, labels: _Labels, value: str) -> None:
        self.device(labels).activated = _flag(value)

    def source_up(self, labels: _Labels, value: str) -> None:
        self.source(labels).up = _flag(value)

    def source_failing(self, labels: _Labels, value: str) -> None:
        if _flag(value):
            self.source(labels).reason = labels.reason or None

    def source_devices(self, labels: _Labels, value: str) -> None:
        number = _number(value)
        self.source(labels).devices = None if number is None else int(number)

    def last_success(self, labels: _Labels, value: str) -> None:
        number = _number(value)
        self.source(labels).last_success = number or None


class _Changed(_Collected):
    """Begins with the samples of the scrape before, and copies what is changed before it changes it."""

    def __init__(self, before: Scraped) -> None:
        super().__init__()
        self._before = before
        self.sources, self.devices, self.at = dict(before.sources), dict(before.devices), before.at

    def source(self, labels: _Labels) -> SourceSamples:
        found = super().source(labels)
        if found is self._before.sources.get(labels.source):
            found = self.sources[labels.source] = msgspec.structs.replace(found)
        return found

    def device(self, labels: _Labels) -> DeviceSamples:
        known = self._before.devices.get(labels.source)
        if known is not None and self.devices.get(labels.source) is known:
            self.devices[labels.source] = dict(known)
        found = super().device(labels)
        if known is not None and found is known.get(labels.device_id):
            found = self.devices[labels.source][labels.device_id] = msgspec.structs.replace(found)
        return found


COLLECTORS: Final[dict[str, Callable[[_Collected, _Labels, str], None]]] = {
    metrics.DEVICE_UP: _Collected.device_up,
    metrics.DEVICE_INFO: _Collected.device_info,
    metrics.DEVICE_LAST_SEEN: _Collected.last_seen,
    metrics.DEVICE_PLAYING: _Collected.playing,
    metrics.DEVICE_ACTIVATED: _Collected.activated,
    metrics.SOURCE_UP: _Collected.source_up,
    metrics.SOURCE_FAILING: _Collected.source_failing,
    metrics.SOURCE_DEVICES: _Collected.source_devices,
    metrics.SOURCE_LAST_SUCCESS: _Collected.last_success,
}


def _shared(text: str) -> str | None:
    """What thousands of devices have alike is one string."""
    return intern(text) if text else None


def _flag(value: str) -> bool | None:
    """Anything but 1 and 0 tells nothing."""
    if value == "1":
        return True
    return False if value == "0" else None


def _number(value: str) -> float | None:
    number = float(value)
    return number if math.isfinite(number) else None
