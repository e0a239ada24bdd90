"""Why a device is not online: what each layer between us and the device says, the nearest to us first. Pure.

The first layer that fails explains the ones behind it, so the chain ends there.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from vitrina_contracts.device import Cause, Status

from vitrina_gateway.domain.device import DeviceState
from vitrina_gateway.domain.index import Index
from vitrina_gateway.domain.judging import SourceHealth
from vitrina_gateway.domain.overview import count

_SITE_WORTH_TELLING = 2
_REPORTED = (Cause.REPORTED_OFFLINE, Cause.CLOSED)
"""The vendor's word itself, whatever the source does since."""


@dataclass(frozen=True)
class Evidence:
    """`kind`: the layer; `key`: what it says, a code to be put in words; `detail`: its own words; `at` in Unix
    seconds.
    """

    kind: str
    key: str
    detail: str = ""
    at: float | None = None


def evidence(
    state: DeviceState, health: SourceHealth | None, index: Index, as_of: float, *, answered: bool
) -> list[Evidence]:
    """Empty for a device that is online. `as_of`: the last instant at which Prometheus answered."""
    if state.status is Status.ONLINE:
        return []
    return [*_layers(state, health, as_of, answered=answered), *_site(state, index)]


def _layers(state: DeviceState, health: SourceHealth | None, as_of: float, *, answered: bool) -> Iterator[Evidence]:
    if not answered:
        yield Evidence("prometheus", "prometheus_silent", at=as_of)
        return
    yield Evidence("prometheus", "prometheus_answers", at=as_of)
    if health is None:
        return
    exporter = health.known.exporter
    if not health.known.enabled:
        yield Evidence("source", "source_disabled", health.known.source)
        return
    if not health.scraped:
        yield Evidence("exporter", "exporter_not_scraped", exporter, health.scraped_at)
        return
    yield Evidence("exporter", "exporter_scraped", exporter, health.scraped_at)
    yield _source(health)
    if health.up is not False or state.cause in _REPORTED:
        yield _device(state)


def _source(health: SourceHealth) -> Evidence:
    if health.up is None:
        return Evidence("source", "source_not_polled_yet", health.known.source)
    if health.up:
        return Evidence("source", "source_answers", health.known.source, health.last_success)
    return Evidence("source", "source_failing", health.reason or "", health.last_success)


def _device(state: DeviceState) -> Evidence:
    word = state.facts.vendor_state or ""
    if state.cause is None or state.cause is Cause.REPORTED_OFFLINE:
        return Evidence("device", "reported_offline", word, state.observed_at)
    return Evidence("device", state.cause.value, word, state.observed_at or state.last_seen)


def _site(state: DeviceState, index: Index) -> Iterator[Evidence]:
    """How the other devices of the source at the same site are: is it only this one?"""
    if state.local.site is None:
        return
    here = index.having("site", [state.local.site]) & index.by_source.get(state.source, 0)
    counts = count(index, here)
    if counts.total >= _SITE_WORTH_TELLING:
        key = "site_dark" if counts.offline == counts.total else "site_partly_online"
        yield Evidence("site", key, f"{counts.offline}/{counts.total}")
