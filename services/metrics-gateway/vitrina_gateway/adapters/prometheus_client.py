"""Reading Prometheus: which exporters were scraped when, and all samples of one scrape.

All samples of a target come by one query, because a query sees each scrape wholly or not at all; two queries might
see the devices of one scrape and the statuses of the one before. The body is decoded into typed structs, which skips
what is not asked for and takes a tenth of the time of a decoder that makes dicts.
"""

import time
from typing import Final, TypeVar

import httpx
import msgspec

from vitrina_gateway.adapters.scrape_body import COLLECTORS, SCRAPE_TIME, Answer, Sample, ScrapeReader
from vitrina_gateway.domain.device_queries import JOB, PROBES, quoted
from vitrina_gateway.domain.mapping import Labelled, MappedExporter, mapped_reading
from vitrina_gateway.domain.patience import Patience
from vitrina_gateway.domain.samples import Reading, Target
from vitrina_gateway.use_cases.ports import MonitoringError

_CONNECT_SECONDS: Final = 2.0


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


_decoder: Final = msgspec.json.Decoder(Answer)
_labelled_decoder: Final = msgspec.json.Decoder(_LabelledAnswer)
_AnyAnswer = TypeVar("_AnyAnswer", Answer, _LabelledAnswer)


class PrometheusClient:
    """Implements the port `Monitoring`."""

    def __init__(self, url: str) -> None:
        self._client = httpx.AsyncClient(base_url=url, trust_env=False)
        self._patience = Patience()
        self._readers: dict[tuple[str, str], ScrapeReader] = {}

    async def close(self) -> None:
        await self._client.aclose()

    async def targets(self, at: float) -> list[Target]:
        up: dict[tuple[str, str], Sample] = {}
        scraped: dict[tuple[str, str], float] = {}
        for sample in await self._query(_with_scrape_time(_up(), _up()), at):
            key = (sample.metric.exporter, sample.metric.instance)
            if sample.metric.of == SCRAPE_TIME:
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
        everything = f'{{__name__=~"{"|".join(COLLECTORS)}",{labels}}}'
        query = _with_scrape_time(everything, f"up{{{labels}}}")
        body = await self._ask("query", {"query": query, "time": f"{at:.3f}"})
        reader = self._readers.setdefault((target.exporter, target.instance), ScrapeReader())
        scraped = reader.read_changes(body) or reader.take(_checked(body, _decoder).result)
        scraped_at = target.scraped_at if scraped.at is None else scraped.at
        return Reading(msgspec.structs.replace(target, scraped_at=scraped_at), scraped.sources, scraped.devices)

    async def read_mapped(self, exporter: MappedExporter, at: float) -> Reading | None:
        job = PROBES if exporter.is_probe() else JOB
        labels = f'job="{job}",exporter={quoted(exporter.exporter)}'
        names = "|".join(sorted({*exporter.mapping.metrics(), "up"}))
        query = _with_scrape_time(f'{{__name__=~"{names}",{labels}}}', f"up{{{labels}}}")
        answer = _checked(await self._ask("query", {"query": query, "time": f"{at:.3f}"}), _labelled_decoder)
        samples = [Labelled(each.metric, float(each.value[1])) for each in (answer.data.result if answer.data else [])]
        scraped = [sample.value for sample in samples if sample.labels.get("of") == SCRAPE_TIME]
        found = [sample for sample in samples if sample.labels.get("of") != SCRAPE_TIME]
        return mapped_reading(exporter, found, max(scraped, default=at))

    async def _query(self, query: str, at: float) -> list[Sample]:
        return _checked(await self._ask("query", {"query": query, "time": f"{at:.3f}"}), _decoder).result

    async def _ask(self, route: str, form: dict[str, str]) -> bytes:
        timeout = httpx.Timeout(self._patience.seconds, connect=_CONNECT_SECONDS)
        asked = time.monotonic()
        try:
            response = await self._client.post(f"/api/v1/{route}", data=form, timeout=timeout)
        except httpx.HTTPError as error:
            if isinstance(error, httpx.ReadTimeout):
                self._patience.ran_out()
            raise MonitoringError(type(error).__name__) from None
        self._patience.answered(time.monotonic() - asked)
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
    return f'{query} or label_replace(timestamp({up}), "of", "{SCRAPE_TIME}", "", "")'


def _shard(value: str) -> int:
    return int(value) if value.isdecimal() else 0
