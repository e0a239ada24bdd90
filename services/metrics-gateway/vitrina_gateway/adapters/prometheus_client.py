"""Reading Prometheus: which exporters were scraped when, and all samples of one scrape.

All samples of a target come by one query, because a query sees each scrape wholly or not at all; two queries might
see the devices of one scrape and the statuses of the one before. The body is decoded into typed structs, which skips
what is not asked for and takes a tenth of the time of a decoder that makes dicts.
"""

import math
from collections.abc import Callable
from typing import Final, TypeVar

import httpx
import msgspec
from vitrina_contracts import metrics

from vitrina_gateway.domain.device_queries import JOB, PROBES, quoted
from vitrina_gateway.domain.mapping import Labelled, MappedExporter, mapped_reading
from vitrina_gateway.domain.samples import DeviceInfo, DeviceSamples, Reading, SourceSamples, Target
from vitrina_gateway.use_cases.ports import MonitoringError

_DEADLINE: Final = httpx.Timeout(10, connect=2)
_SCRAPE_TIME: Final = "scrape_time"


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


class _Sample(msgspec.Struct, gc=False):
    metric: _Labels
    value: tuple[float, str]


class _Data(msgspec.Struct):
    result: list[_Sample]


class _Answer(msgspec.Struct):
    status: str
    data: _Data | None = None
    error: str = ""
    warnings: list[str] = []


class _LabelledSample(msgspec.Struct):
    metric: dict[str, str]
    value: tuple[float, str]


class _LabelledData(msgspec.Struct):
    result: list[_LabelledSample]


class _LabelledAnswer(msgspec.Struct):
    status: str
    data: _LabelledData | None = None
    error: str = ""
    warnings: list[str] = []


_decoder: Final = msgspec.json.Decoder(_Answer)
_labelled_decoder: Final = msgspec.json.Decoder(_LabelledAnswer)
_AnyAnswer = TypeVar("_AnyAnswer", _Answer, _LabelledAnswer)


class PrometheusClient:
    """Implements the port `Monitoring`."""

    def __init__(self, url: str) -> None:
        self._client = httpx.AsyncClient(base_url=url, timeout=_DEADLINE, trust_env=False)

    async def close(self) -> None:
        await self._client.aclose()

    async def targets(self, at: float) -> list[Target]:
        up: dict[tuple[str, str], _Sample] = {}
        scraped: dict[tuple[str, str], float] = {}
        for sample in await self._query(_with_scrape_time(_up(), _up()), at):
            key = (sample.metric.exporter, sample.metric.instance)
            if sample.metric.of == _SCRAPE_TIME:
                scraped[key] = float(sample.value[1])
            else:
                up[key] = sample
        return [
            Target(
                key[0],
                key[1],
                sample.metric.platform,
                sample.value[1] == "1",
                scraped[key],
                _shard(sample.metric.shard),
            )
            for key, sample in up.items()
            if key in scraped
        ]

    async def read(self, target: Target, at: float) -> Reading:
        labels = f'job="{JOB}",exporter={quoted(target.exporter)},instance={quoted(target.instance)}'
        everything = f'{{__name__=~"{"|".join(_COLLECTORS)}",{labels}}}'
        collected = _Collected()
        scraped_at = target.scraped_at
        for sample in await self._query(_with_scrape_time(everything, f"up{{{labels}}}"), at):
            if sample.metric.of == _SCRAPE_TIME:
                scraped_at = float(sample.value[1])
            elif sample.metric.metric in _COLLECTORS:
                _COLLECTORS[sample.metric.metric](collected, sample.metric, sample.value[1])
        return Reading(msgspec.structs.replace(target, scraped_at=scraped_at), collected.sources, collected.devices)

    async def read_mapped(self, exporter: MappedExporter, at: float) -> Reading | None:
        job = PROBES if exporter.is_probe() else JOB
        labels = f'job="{job}",exporter={quoted(exporter.exporter)}'
        names = "|".join(sorted({*exporter.mapping.metrics(), "up"}))
        query = _with_scrape_time(f'{{__name__=~"{names}",{labels}}}', f"up{{{labels}}}")
        answer = _checked(await self._ask("query", {"query": query, "time": f"{at:.3f}"}), _labelled_decoder)
        samples = [Labelled(each.metric, float(each.value[1])) for each in (answer.data.result if answer.data else [])]
        scraped = [sample.value for sample in samples if sample.labels.get("of") == _SCRAPE_TIME]
        found = [sample for sample in samples if sample.labels.get("of") != _SCRAPE_TIME]
        return mapped_reading(exporter, found, max(scraped, default=at))

    async def _query(self, query: str, at: float) -> list[_Sample]:
        answer = _checked(await self._ask("query", {"query": query, "time": f"{at:.3f}"}), _decoder)
        return answer.data.result if answer.data else []

    async def _ask(self, route: str, form: dict[str, str]) -> bytes:
        try:
            response = await self._client.post(f"/api/v1/{route}", data=form)
        except httpx.HTTPError as error:
            raise MonitoringError(type(error).__name__) from None
        if response.status_code != httpx.codes.OK:
            raise MonitoringError(f"HTTP {response.status_code}")
        return response.content


def _checked(body: bytes, decoder: "msgspec.json.Decoder[_AnyAnswer]") -> _AnyAnswer:
    """A whole answer; a part of one is none."""
    try:
        answer = decoder.decode(body)
    except msgspec.DecodeError as error:
        raise MonitoringError(f"no answer of Prometheus: {error}") from None
    if answer.status != "success" or answer.data is None:
        raise MonitoringError(f"refused: {answer.error}")
    if answer.warnings:
        raise MonitoringError(f"incomplete: {answer.warnings[0]}")
    return answer


def _up() -> str:
    return f'up{{job="{JOB}"}}'


def _with_scrape_time(query: str, up: str) -> str:
    """Adds the time of the newest scrape of each target, marked by a label `of`."""
    return f'{query} or label_replace(timestamp({up}), "of", "{_SCRAPE_TIME}", "", "")'


class _Collected:
    def __init__(self) -> None:
        self.sources: dict[str, SourceSamples] = {}
        self.devices: dict[str, dict[str, DeviceSamples]] = {}

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
            labels.player_version or None,
            labels.ip or None,
            labels.external_ip or None,
            labels.time_zone or None,
            labels.vendor_state or None,
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


_COLLECTORS: Final[dict[str, Callable[[_Collected, _Labels, str], None]]] = {
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


def _shard(value: str) -> int:
    return int(value) if value.isdecimal() else 0


def _flag(value: str) -> bool | None:
    """Anything but 1 and 0 tells nothing."""
    if value == "1":
        return True
    return False if value == "0" else None


def _number(value: str) -> float | None:
    number = float(value)
    return number if math.isfinite(number) else None
