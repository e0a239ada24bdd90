"""Answers of Prometheus become samples; what is no complete answer is refused as a whole."""

from typing import Any

import httpx
import pytest
from vitrina_gateway.adapters.prometheus_client import PrometheusClient
from vitrina_gateway.domain.samples import DeviceInfo, DeviceSamples, Reading, SourceSamples, Target
from vitrina_gateway.use_cases.ports import MonitoringError

TARGET = Target("acme", 'host:1"\\', "acme", True, 990.0)


def client(answer: Any, seen: list[httpx.Request] | None = None, status: int = 200) -> PrometheusClient:
    def handle(request: httpx.Request) -> httpx.Response:
        if seen is not None:
            seen.append(request)
        if isinstance(answer, Exception):
            raise answer
        return httpx.Response(status, json=answer) if isinstance(answer, dict) else httpx.Response(status, text=answer)

    made = PrometheusClient("http://prometheus")
    made._client = httpx.AsyncClient(base_url="http://prometheus", transport=httpx.MockTransport(handle))
    return made


def vector(*samples: tuple[dict[str, str], str], **more: Any) -> dict[str, Any]:
    result = [{"metric": labels, "value": [1000, value]} for labels, value in samples]
    return {"status": "success", "data": {"resultType": "vector", "result": result}, **more}


IDENTITY = {"source": "north", "device_id": "d"}


async def read(*samples: tuple[dict[str, str], str]) -> Reading:
    return await client(vector(*samples)).read(TARGET, 1000)


async def test_targets_are_joined_with_the_time_of_their_scrape() -> None:
    labels = {"exporter": "acme", "instance": "host:1", "platform": "acme"}
    answer = vector(
        ({"__name__": "up", **labels}, "1"),
        ({"__name__": "up", **labels, "instance": "host:2"}, "0"),
        ({"of": "scrape_time", **labels}, "990.5"),
    )
    assert await client(answer).targets(1000) == [Target("acme", "host:1", "acme", True, 990.5)]


async def test_samples_are_sorted_by_source_and_device() -> None:
    reading = await read(
        ({"__name__": "signage_device_up", **IDENTITY}, "0"),
        ({"__name__": "signage_device_info", **IDENTITY, "name": "Screen", "ip": "", "vendor_state": "off"}, "1"),
        ({"__name__": "signage_device_last_seen_timestamp_seconds", **IDENTITY}, "1.7e+09"),
        ({"__name__": "signage_device_playing", **IDENTITY}, "1"),
        ({"__name__": "signage_device_activated", **IDENTITY}, "0"),
        ({"__name__": "signage_source_up", "source": "north"}, "0"),
        ({"__name__": "signage_source_failing", "source": "north", "reason": "timeout"}, "1"),
        ({"__name__": "signage_source_devices", "source": "north"}, "12"),
        ({"__name__": "signage_source_last_success_timestamp_seconds", "source": "north"}, "900"),
        ({"__name__": "something_else", "source": "elsewhere"}, "1"),
        ({"of": "scrape_time", "exporter": "acme"}, "995"),
    )
    info = DeviceInfo("Screen", None, None, None, None, "off")
    assert reading.devices == {"north": {"d": DeviceSamples(False, info, 1.7e9, True, False)}}
    assert reading.sources == {"north": SourceSamples(False, "timeout", 12, 900.0)}
    assert reading.target.scraped_at == 995


@pytest.mark.parametrize("value", ["NaN", "+Inf", "-Inf", "0.5", "2"])
async def test_a_status_that_is_neither_one_nor_zero_tells_nothing(value: str) -> None:
    reading = await read(({"__name__": "signage_device_up", **IDENTITY}, value))
    assert reading.devices["north"]["d"].up is None


@pytest.mark.parametrize("value", ["NaN", "+Inf", "-Inf"])
async def test_a_time_that_is_no_number_is_none(value: str) -> None:
    reading = await read(({"__name__": "signage_device_last_seen_timestamp_seconds", **IDENTITY}, value))
    assert reading.devices["north"]["d"].last_seen is None


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        (vector(warnings=["a part is missing"]), 200),
        ({"status": "error", "errorType": "timeout", "error": "too slow"}, 200),
        ({"status": "success"}, 200),
        ('{"status":"succ', 200),
        ("<html>", 200),
        ({"status": "error", "error": "busy"}, 503),
        (httpx.ReadTimeout("slow"), 200),
        (httpx.ConnectError("refused"), 200),
    ],
)
async def test_what_is_no_complete_answer_is_refused(answer: Any, status: int) -> None:
    with pytest.raises(MonitoringError):
        await client(answer, status=status).targets(1000)


async def test_a_name_cannot_break_out_of_the_query() -> None:
    seen: list[httpx.Request] = []
    await client(vector(), seen).read(TARGET, 1000)
    query = httpx.QueryParams(seen[0].content.decode())["query"]
    assert 'instance="host:1\\"\\\\"' in query
