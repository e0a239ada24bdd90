"""What a benched gateway asks: 100,000 devices of ten exporters as Prometheus would tell of them, sources, and keys.

Runs in a process of its own, so that making its answers costs the gateway and the load nothing but a turn on the cores.
"""

import random
import time
from collections.abc import Iterator
from multiprocessing.connection import Connection
from typing import Any

from aiohttp import web
from joserfc.jwk import OKPKey

EXPORTERS = 10
IN_EXPORTER = 10_000
SOURCES = 20
SCRAPE_SECONDS = 15
FLIPS_IN_SCRAPE = 10
PLOT_SERIES, PLOT_POINTS, PLOT_START, PLOT_STEP = 20, 120, 1_790_000_040, 60
_INSTANT = "@instant@"


def plot_query() -> str:
    """The same for the gateway and for a plain cache before Prometheus."""
    end = PLOT_START + (PLOT_POINTS - 1) * PLOT_STEP
    return f"query=signage_device_up&start={PLOT_START}&end={end}&step={PLOT_STEP}"


def serve(port: int, key: dict[str, Any], ready: Connection) -> None:
    """Until the process is ended."""
    web.run_app(
        _Fleet(OKPKey.import_key(key)).app(ready), host="127.0.0.1", port=port, print=None, handle_signals=False
    )


class _Fleet:
    def __init__(self, key: OKPKey) -> None:
        self._key = key
        self._up = [[1] * IN_EXPORTER for _ in range(EXPORTERS)]
        self._steady = [",".join(_steady(number)) for number in range(EXPORTERS)]
        self._scrapes: dict[int, tuple[int, str]] = {}

    def app(self, ready: Connection) -> web.Application:
        app = web.Application()
        app.router.add_post("/api/v1/query", self._query)
        app.router.add_route("*", "/api/v1/query_range", self._query_range)
        app.router.add_get("/internal/v1/sources", self._sources)
        app.router.add_get("/jwks", self._jwks)

        async def tell(_app: web.Application) -> None:
            ready.send(True)

        app.on_startup.append(tell)
        return app

    async def _query(self, request: web.Request) -> web.Response:
        form = await request.post()
        at, query = str(form["time"]), str(form["query"])
        for number in range(EXPORTERS):
            if f'exporter="acme{number}"' in query:
                return _answer(at, self._scraped(number)[1])
        targets = [_sample(f'"__name__":"up",{_target(number)}', 1) for number in range(EXPORTERS)]
        times = [_scrape_time(number, self._scraped(number)[0]) for number in range(EXPORTERS)]
        return _answer(at, ",".join([*targets, *times]))

    def _scraped(self, number: int) -> tuple[int, str]:
        """When the exporter was scraped last, and what it told."""
        offset = number * SCRAPE_SECONDS // EXPORTERS
        at = (int(time.time()) - offset) // SCRAPE_SECONDS * SCRAPE_SECONDS + offset
        if number not in self._scrapes or self._scrapes[number][0] != at:
            up = self._up[number]
            for device in random.sample(range(IN_EXPORTER), FLIPS_IN_SCRAPE):
                up[device] ^= 1
            ups = (
                _sample(f'"__name__":"signage_device_up",{_identity(number, device)}', value)
                for device, value in enumerate(up)
            )
            self._scrapes[number] = (at, ",".join([self._steady[number], *ups, _scrape_time(number, at)]))
        return self._scrapes[number]

    async def _query_range(self, _request: web.Request) -> web.Response:
        times = [PLOT_START + number * PLOT_STEP for number in range(PLOT_POINTS)]
        result = [
            {
                "metric": {"__name__": "signage_device_up", "device_id": f"d{each}"},
                "values": [[at, "1"] for at in times],
            }
            for each in range(PLOT_SERIES)
        ]
        return web.json_response({"status": "success", "data": {"resultType": "matrix", "result": result}})

    async def _sources(self, _request: web.Request) -> web.Response:
        return web.json_response(
            [
                {
                    "exporter": f"acme{source * EXPORTERS // SOURCES}",
                    "platform": "acme",
                    "source": f"source{source}",
                    "enabled": True,
                }
                for source in range(SOURCES)
            ]
        )

    async def _jwks(self, _request: web.Request) -> web.Response:
        return web.json_response({"keys": [self._key.as_dict(private=False)]})


def _steady(number: int) -> Iterator[str]:
    """Samples that do not change between scrapes."""
    for device in range(IN_EXPORTER):
        told = f'"name":"Screen {device} Kazan","ip":"10.0.0.1","player_version":"4.1","vendor_state":"ONLINE"'
        yield _sample(f'"__name__":"signage_device_info",{_identity(number, device)},{told}', 1)
    for source in range(number * 2, number * 2 + 2):
        yield _sample(f'"__name__":"signage_source_up",{_target(number)},"source":"source{source}"', 1)


def _target(number: int) -> str:
    return f'"exporter":"acme{number}","instance":"acme{number}","job":"exporters","platform":"acme"'


def _identity(number: int, device: int) -> str:
    return f'{_target(number)},"source":"source{number * 2 + device % 2}","device_id":"d{number}-{device:05}"'


def _sample(labels: str, value: int) -> str:
    return f'{{"metric":{{{labels}}},"value":[{_INSTANT},"{value}"]}}'


def _scrape_time(number: int, at: int) -> str:
    return _sample(f'"of":"scrape_time",{_target(number)}', at)


def _answer(at: str, result: str) -> web.Response:
    text = f'{{"status":"success","data":{{"resultType":"vector","result":[{result.replace(_INSTANT, at)}]}}}}'
    return web.Response(text=text, content_type="application/json")
