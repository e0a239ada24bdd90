"""The Prometheus API tells a manager what a Prometheus with nothing but the manager's series would tell.

That Prometheus exists here: the oracle. The one behind the gateway holds other sources' series, too, and ours.
"""

import asyncio
import math
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from vitrina_embedded.downloads import Monitoring, fetch_monitoring, find_monitoring
from vitrina_kit.testing.ports import free_port

from .monitoring import served
from .promql_queries import LABELS, Writer

START = int(time.time()) // 3600 * 3600 - 2 * 86400
MINUTES = 30
OWN = ("north", "east")
API = "/api/prometheus/api/v1"


def _lines(*, everything: bool) -> Iterator[str]:
    """OpenMetrics with times; values are whole numbers, so that sums do not depend on their order."""
    for number, (series, is_own) in enumerate(_series()):
        if is_own or everything:
            for minute in range(MINUTES):
                yield f"{series} {(number * 7 + minute * (number % 5)) % 13} {START + 60 * minute}"
    yield "# EOF\n"


def _series() -> list[tuple[str, bool]]:
    found = []
    for source, exporter in (("north", "exporter-1"), ("south", "exporter-1"), ("east", "exporter-2")):
        target = f'job="exporters",exporter="{exporter}",instance="{exporter}:9000",platform="acme",source="{source}"'
        found += [(f"{metric}{{{target}}}", source) for metric in ("signage_source_up",)]
        found += [
            (f'signage_source_poll_errors_total{{{target},reason="{reason}"}}', source) for reason in ("timeout", "a")
        ]
        for number in range(1, 5):
            device = f'{target},device_id="d{number}"'
            name = {3: 'Odd \\"name\\"', 4: "back\\\\slash"}.get(number, f"Screen {number}")
            found.append((f'signage_device_info{{{device},name="{name}"}}', source))
            found += [
                (f"{metric}{{{device}}}", source)
                for metric in ("signage_device_up", "signage_device_last_seen_timestamp_seconds")
            ]
        probed = f'job="probes",exporter="{exporter}",instance="{source}.example",platform="website",source="{source}"'
        found += [(f'{metric}{{{probed},device_id="site"}}', source) for metric in ("probe_success", "up")]
    found += [(f'up{{job="{job}",instance="{job}:1"}}', "") for job in ("exporters", "registry")]
    found.append(('vitrina_secret_total{job="registry",source="north"}', ""))
    return sorted((series, source in OWN) for series, source in found)


@contextmanager
def _prometheus(tools: Monitoring, folder: Path, *, everything: bool) -> Iterator[str]:
    folder.mkdir()
    (folder / "samples").write_text("\n".join(_lines(everything=everything)))
    command = [str(tools.promtool), "tsdb", "create-blocks-from", "openmetrics", "samples", "data"]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    (folder / "prometheus.yml").write_text("global: {}\n")
    url = f"http://127.0.0.1:{free_port()}"
    command = [
        str(tools.prometheus),
        f"--config.file={folder / 'prometheus.yml'}",
        f"--storage.tsdb.path={folder / 'data'}",
        f"--web.listen-address={url.removeprefix('http://')}",
        "--log.level=error",
    ]
    with served(url, command):
        yield url


@pytest.fixture
async def oracle(world: Any, tmp_path: Path) -> Any:
    """The world's gateway asks a Prometheus that holds everything; the fixture is the one with the own series."""
    tools = find_monitoring() or fetch_monitoring()
    with (
        _prometheus(tools, tmp_path / "all", everything=True) as everything,
        _prometheus(tools, tmp_path / "own", everything=False) as own,
    ):
        world.surroundings.prometheus_url = everything
        async with world.gateway(), httpx.AsyncClient(base_url=f"{own}/api/v1", timeout=20) as client:
            yield client


def _told(response: httpx.Response) -> Any:
    """An answer in a form in which equal ones are equal: series in order, numbers as numbers."""
    body = response.json()
    if body["status"] != "success":
        return body["errorType"]
    data = body["data"]
    if not isinstance(data, dict) or "result" not in data:
        return sorted(data, key=str) if isinstance(data, list) else data
    result = data["result"]
    if data["resultType"] in {"scalar", "string"}:
        return result
    series = [(sorted(each["metric"].items()), each.get("values") or [each["value"]]) for each in result]
    return sorted((labels, [(at, _number(value)) for at, value in points]) for labels, points in series)


def _number(text: str) -> Any:
    """Rounded, because sums may be made in another order; NaN equals itself."""
    number = float(text)
    return "NaN" if math.isnan(number) else float(f"{number:.9g}")


async def _compare(world: Any, oracle: httpx.AsyncClient, seed: int, queries: int) -> Counter[str]:
    outcomes: Counter[str] = Counter()
    writer = Writer(seed)
    asked = [writer.query() for _ in range(queries)]
    at = START + 60 * (MINUTES - 6)  # a whole number of steps: ranges are aligned

    async def ask(number: int, manager: Any) -> None:
        query = asked[number]
        route, when = "query", {"time": str(at)}
        if number % 4 == 0:
            route, when = "query_range", {"start": str(at - 900), "end": str(at), "step": "180"}
        method = "POST" if number % 2 else "GET"
        form = {"query": query, **when}
        sent = {"data": form} if method == "POST" else {"params": form}
        own = await manager.http.request(method, f"{API}/{route}", **sent)
        assert own.status_code < 500, (query, own.text)
        if own.status_code == 400 and own.json()["error"].endswith("here"):
            outcomes["refused"] += 1
            return
        alone = _told(await oracle.post(f"/{route}", data=form))
        outcomes["error" if isinstance(alone, str) else "answered" if alone else "empty"] += 1
        assert _told(own) == alone, query
        assert "south" not in own.text or "south" in query, query

    async with world.client(*OWN) as manager:
        for start in range(0, queries, 4):
            await asyncio.gather(*(ask(number, manager) for number in range(start, min(start + 4, queries))))
    return outcomes


async def test_every_answer_is_that_of_a_prometheus_with_the_own_series_alone(world: Any, oracle: Any) -> None:
    outcomes = await _compare(world, oracle, seed=1, queries=1000)
    assert outcomes["answered"] > 300, outcomes
    assert outcomes["refused"] < 50, outcomes


@pytest.mark.long
@pytest.mark.timeout(1200)
async def test_ten_thousand_answers_are_those_of_the_own_series_alone(world: Any, oracle: Any) -> None:
    outcomes = await _compare(world, oracle, seed=2, queries=10_000)
    assert outcomes["answered"] > 3000, outcomes


async def test_labels_values_series_and_metadata_are_of_the_own_series(world: Any, oracle: Any) -> None:
    writer = Writer(3)
    window = {"start": str(START), "end": str(START + 60 * MINUTES)}
    async with world.client(*OWN) as manager:
        for number in range(60):
            match = {"match[]": writer.selector()} if number else {}
            routes = ["/labels", f"/label/{LABELS[number % len(LABELS)]}/values", *(["/series"] if match else [])]
            for route in routes:
                own = await manager.http.get(f"{API}{route}", params={**window, **match})
                alone = await oracle.get(route, params={**window, **match})
                assert _told(own) == _told(alone), (route, match)
        assert (await manager.http.get(f"{API}/metadata")).json() == {"status": "success", "data": {}}
        assert (await manager.http.get(f"{API}/status/buildinfo")).json()["data"]["version"]


async def test_a_manager_without_sources_gets_what_an_empty_prometheus_tells(world: Any, oracle: Any) -> None:
    at = str(START + 60)
    async with world.client() as nobody:
        for query, told in (("up", []), ('{__name__=~".+"}', []), ("count(signage_device_up)", [])):
            answer = await nobody.http.get(f"{API}/query", params={"query": query, "time": at})
            assert answer.json()["data"]["result"] == told
        labels = await nobody.http.get(f"{API}/label/__name__/values", params={"start": str(START)})
        assert labels.json()["data"] == []


async def test_an_admin_sees_our_own_series_too(world: Any, oracle: Any) -> None:
    async with world.client("*", role="admin") as admin, world.client("*") as manager:
        at = str(START + 60)
        for client, count in ((admin, 5), (manager, 3)):
            answer = await client.http.get(f"{API}/query", params={"query": "up", "time": at})
            assert len(answer.json()["data"]["result"]) == count


async def test_sixteen_equal_cold_plots_are_one_question_to_prometheus(world: Any) -> None:
    async with world.gateway(), world.client("north") as manager:
        plot = {"query": "signage_device_up", "start": "1000000", "end": "1003600", "step": "60"}
        answers = await asyncio.gather(*(manager.http.get(f"{API}/query_range", params=plot) for _ in range(16)))
        assert {answer.status_code for answer in answers} == {200}
        assert world.surroundings.prometheus_asked.count("query_range") == 1


BAD = [
    ("query", {}),
    ("query", {"query": "x" * 9000}),
    ("query", {"query": "("}),
    ("query", {"query": "x", "time": "yesterday"}),
    ("query", {"query": "x", "time": "NaN"}),
    ("query", {"query": "x", "time": "-1"}),
    ("query", {"query": "x", "time": "1e400"}),
    ("query_range", {"query": "x", "start": "1", "end": "2"}),
    ("query_range", {"query": "x", "start": "2", "end": "1", "step": "1"}),
    ("query_range", {"query": "x", "start": "1", "end": "2", "step": "0"}),
    ("query_range", {"query": "x", "start": "0", "end": "3000000000", "step": "1d"}),
    ("query_range", {"query": "x", "start": "0", "end": "86400", "step": "1"}),
    ("query_range", {"query": "x", "start": "0", "end": "86400", "step": "99999999999y"}),
    ("series", {}),
    ("series", {"match[]": "rate(x[5m])"}),
    ("labels", {"match[]": 'x{a="1" or b="2"}'}),
    ("label/a%20b/values", {}),
    ("label/__name__%2Fx/values", {}),
]


@pytest.mark.parametrize(("route", "parameters"), BAD)
async def test_what_does_not_fit_never_reaches_prometheus(world: Any, route: str, parameters: dict[str, str]) -> None:
    async with world.gateway(), world.client("north") as manager:
        asked = world.surroundings.prometheus_asked
        for method in ("GET", "POST"):
            sent = {"data": parameters} if method == "POST" else {"params": parameters}
            answer = await manager.http.request(method, f"{API}/{route}", **sent)
            assert answer.status_code in {400, 404}, answer.text
            assert answer.json()["status"] == "error"
        assert set(asked) <= {"query"}  # the tick's own
        assert all(each == "query" for each in asked)


@pytest.mark.parametrize(
    "path", ["targets", "rules", "alerts", "status/config", "admin/tsdb/delete_series", "write", ""]
)
async def test_the_rest_of_prometheus_api_is_not_offered(world: Any, path: str) -> None:
    async with world.gateway(), world.client("*", role="admin") as admin:
        answer = await admin.http.post(f"{API}/{path}")
        assert (answer.status_code, answer.json()["status"]) == (404, "error")


async def test_refusals_before_the_query_have_the_envelope_too(world: Any) -> None:
    async with world.gateway(), world.client("north") as manager:
        twice = await manager.http.post(f"{API}/query?query=up", data={"query": "x"})
        assert (twice.status_code, twice.json()["error"]) == (400, 'parameter "query" is given twice')
        large = await manager.http.post(f"{API}/query", data={"query": "x" * 1_000_000})
        assert large.status_code == 413
        odd = await manager.http.post(f"{API}/query", json={"query": "x"})
        assert odd.status_code == 400
        broken = await manager.http.get(f"{API}/query?query=%FF")
        assert broken.status_code == 400
        del manager.http.headers["authorization"]
        nobody = await manager.http.get(f"{API}/query", params={"query": "x"})
        assert (nobody.status_code, nobody.json()["errorType"]) == (401, "unauthorized")


async def test_without_prometheus_the_answer_is_an_error_never_empty(world: Any) -> None:
    async with world.gateway(), world.client("north") as manager:
        world.surroundings.fault = "refuse"
        answer = await manager.http.get(f"{API}/query", params={"query": "x"})
        assert (answer.status_code, answer.json()["errorType"]) == (503, "unavailable")


@pytest.mark.usefixtures("oracle")
async def test_a_deleted_source_is_gone_for_everybody_from_queries_series_and_labels(world: Any) -> None:
    """Its names stay in Prometheus' lists until its head is compacted, which takes hours."""
    at = {"time": str(START + 60 * MINUTES)}
    window = {"start": str(START), "end": str(START + 60 * MINUTES)}
    world.surroundings.hidden = ["south"]

    for caller in (world.client("*", role="admin"), world.client("*"), world.client("north", "east", "south")):
        async with caller as client:

            async def asked(route: str, client: Any = client, **parameters: str) -> Any:
                return (await client.http.get(f"{API}/{route}", params=parameters)).json()["data"]

            async def measured(asked: Any = asked) -> set[str]:
                found = await asked("query", query="count by (source) (signage_device_up)", **at)
                return {each["metric"]["source"] for each in found["result"]}

            async def is_hidden(measured: Any = measured) -> bool:
                return bool(await measured() == {"north", "east"})

            await world.eventually(is_hidden)
            assert set(await asked("label/source/values", **window)) == {"north", "east"}
            assert await asked("series", **{"match[]": '{source="south"}'}, **window) == []
            assert (await asked("query", query='signage_device_up{source="south"}', **at))["result"] == []
