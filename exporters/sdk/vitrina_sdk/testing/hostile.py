"""Vendors that send anything: strategies of hypothesis, and what must hold whatever they make up. In virtual time."""

import asyncio
import json
from collections.abc import Callable, Mapping
from typing import Any, Final

from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families
from vitrina_contracts import metrics
from vitrina_contracts.device import Status
from vitrina_contracts.source_file import ExporterConfig, SourceConfig

from vitrina_sdk.errors import PollError
from vitrina_sdk.exporter import Platform
from vitrina_sdk.exposition import Exposition
from vitrina_sdk.own_metrics import OwnMetrics
from vitrina_sdk.reading import MAX_TEXT
from vitrina_sdk.source_record import SourceRecord
from vitrina_sdk.sources import Sources
from vitrina_sdk.testing.in_process import InProcessVendor
from vitrina_sdk.testing.simulator import Answer, Request, VendorApi
from vitrina_sdk.testing.virtual_time import VirtualClock, run_in_virtual_time

HOSTILE_PATH: Final = "/hostile"
_POLLS: Final = 3
_INTERVAL: Final = 60.0

odd_texts = st.one_of(
    st.text(max_size=30),
    st.sampled_from(["", "\x00\n\r", "Я" * 300, '"}\n# HELP x', "\u2028\u202e", "online ", "OFFLINE", "\\", "NaN"]),
)
scalars = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), odd_texts)
values = st.recursive(
    scalars,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(odd_texts, inner, max_size=3)),
    max_leaves=8,
)
"""Anything that Python's JSON can write, NaN and Infinity included."""


def records(
    needed: Mapping[str, st.SearchStrategy[Any]], others: Mapping[str, st.SearchStrategy[Any]]
) -> st.SearchStrategy[dict[str, Any]]:
    """A vendor's record that can be read: what is `needed` is right, every other field may be missing or anything."""
    spoiled = {name: st.one_of(right, values) for name, right in others.items()}
    return st.fixed_dictionaries(dict(needed), optional=spoiled)


def spoiled_records(fields: Mapping[str, st.SearchStrategy[Any]]) -> st.SearchStrategy[Any]:
    """A record in which each field may be missing, right, or anything; or no record at all."""
    spoiled = {name: st.one_of(right, values) for name, right in fields.items()}
    return st.one_of(st.fixed_dictionaries({}, optional=spoiled), values)


def bodies(answers: st.SearchStrategy[Any]) -> st.SearchStrategy[bytes]:
    """The answers as JSON, whole or cut, and bytes that are none."""
    written = answers.map(lambda answer: json.dumps(answer).encode())
    cut = st.tuples(written, st.integers(0, 400)).map(lambda pair: pair[0][: pair[1]])
    return st.one_of(
        written, written, cut, values.map(lambda value: json.dumps(value).encode()), st.binary(max_size=60)
    )


class _HalfHostile:
    """Says `body` below `HOSTILE_PATH`, and the truth elsewhere."""

    def __init__(self, api: VendorApi, body: bytes) -> None:
        self.fleet = api.fleet
        self.faults = api.faults
        self._api = api
        self._body = body

    def answer(self, request: Request, faults: frozenset[str]) -> Answer:
        if request.path.startswith(HOSTILE_PATH):
            return Answer(200, self._body)
        return self._api.answer(request, faults)

    def control(self, request: Request) -> Answer | None:
        return self._api.control(request)


def shown_of(
    platform: Platform, api: VendorApi, body: bytes, config_at: Callable[[str], Mapping[str, Any]]
) -> dict[str, Status]:
    """Polls a source whose vendor says `body` to everything, beside a healthy one. Returns what is shown of the first.

    Fails when the healthy source is disturbed, a failure is not counted with its reason or is a mistake of ours, or
    the exposition cannot be read. `config_at(base)` is the configuration of a source whose vendor is at that URL.
    """

    async def main() -> dict[str, Status]:
        clock, own = VirtualClock(), OwnMetrics(platform.name)
        vendor = InProcessVendor(_HalfHostile(api, body), latency=(0.0, 0.01))
        sources = Sources(platform, own, clock, vendor.connect)
        bases = {"hostile": f"https://vendor.example{HOSTILE_PATH}", "healthy": "https://vendor.example"}
        await sources.apply(_config(platform, {name: config_at(base) for name, base in bases.items()}), {})
        await asyncio.sleep(_POLLS * _INTERVAL)
        _check_healthy(sources.records["healthy"], api, clock.monotonic())
        _check_failure(sources.records["hostile"], own)
        parts, _ = Exposition(sources.records, own.registry, clock).take(openmetrics=False)
        _check_text(b"".join(parts).decode())
        await sources.close()
        return sources.records["hostile"].board.statuses(clock.monotonic())

    return run_in_virtual_time(main())


def _config(platform: Platform, sources: Mapping[str, Mapping[str, Any]]) -> ExporterConfig:
    return ExporterConfig(
        exporter=platform.name,
        platform=platform.name,
        revision=1,
        poll_interval_seconds=_INTERVAL,
        fresh_seconds=300,
        sources=[SourceConfig(name=name, config=dict(config), request_budget=1000) for name, config in sources.items()],
    )


def _check_healthy(record: SourceRecord, api: VendorApi, now: float) -> None:
    assert record.up, "the other source was disturbed"
    assert record.board.statuses(now) == {device.id: Status(device.status) for device in api.fleet.devices}


def _check_failure(record: SourceRecord, own: OwnMetrics) -> None:
    assert record.up is not None, "the poll has not ended"
    if record.failure is None:
        return
    reason = record.failure.reason
    assert reason != PollError.reason, f"a mistake of ours: {record.failure.detail}"
    labels = {"platform": record.board.platform, "source": record.name, "reason": reason}
    assert own.registry.get_sample_value(metrics.SOURCE_POLL_ERRORS, labels), "the failure was not counted"


def _check_text(text: str) -> None:
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            assert all(len(value) <= MAX_TEXT for value in sample.labels.values())
