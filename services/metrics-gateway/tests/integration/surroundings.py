"""One web server that plays exporters, registry and keys, and may stand between a gateway and Prometheus."""

import asyncio
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx
from aiohttp import web
from joserfc import jwt
from joserfc.jwk import OKPKey
from vitrina_contracts.tokens import ISSUER, Audience
from vitrina_kit.testing.nats import NatsServer, nats_server  # noqa: F401 - fixture

PLATFORM = "acme"
_FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@dataclass
class FakeSource:
    """What an exporter says of one source. A device is its status: True, False or None for unknown."""

    devices: dict[str, bool | None] = field(default_factory=dict)
    up: bool | None = True
    reason: str | None = None
    polls: int = 1
    enabled: bool = True

    def lines(self, name: str) -> Iterator[str]:
        label = f'source="{name}"'
        if self.up is not None:
            yield f"signage_source_up{{{label}}} {int(self.up)}"
            yield f"signage_source_last_success_timestamp_seconds{{{label}}} {1_700_000_000 + self.polls}"
        if self.reason:
            yield f'signage_source_failing{{{label},reason="{self.reason}"}} 1'
        for device_id, up in self.devices.items():
            identity = f'{label},device_id="{device_id}"'
            yield f'signage_device_info{{{identity},name="Screen {device_id}",ip="10.0.0.1",vendor_state="word"}} 1'
            if up is not None:
                yield f"signage_device_up{{{identity}}} {int(up)}"


@dataclass
class FakeExporter:
    sources: dict[str, FakeSource] = field(default_factory=dict)
    others: str = ""
    """Metrics that are not by our standard."""
    alive: bool = True
    scrapes: int = 0


class Surroundings:
    """Everything that the gateway asks besides Prometheus and NATS."""

    def __init__(self, port: int, prometheus_url: str) -> None:
        self.port = port
        self.fault: str | None = None
        """What stands between the gateway and Prometheus: `refuse`, `partial` (a warning), `empty`, `garbage`,
        `slow`, `hang`."""
        self.prometheus_url = prometheus_url
        self._client = httpx.AsyncClient(trust_env=False)
        self.prometheus_asked: list[str] = []
        """Routes of Prometheus' API that were asked, in order."""
        self.exporters: dict[str, FakeExporter] = {}
        self.registry_answers = True
        self.registry_pairs: set[tuple[str, str]] | None = None
        """When set: the (exporter, source) pairs that the registry admits to know."""
        self.registry_asked = 0
        self.facts: list[dict[str, Any]] | None = None
        self.work: list[dict[str, Any]] = []
        """What people know of devices: source, device_id, site, city, ..."""
        self.hidden: list[str] = []
        """Deleted sources whose series are being removed."""
        self.mapped: list[dict[str, Any]] = []
        """Sources of exporters that somebody else wrote, as the registry tells them."""
        self.webhooks: list[dict[str, Any]] = []
        """As the registry tells them, secrets in clear."""
        self.registry_empty_answers = 0
        """How many answers to come are empty."""
        self._key = OKPKey.generate_key("Ed25519", {"kid": "test", "alg": "EdDSA", "use": "sig"})

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def token(self, *sources: str, role: str = "manager", seconds: int = 600, sid: str | None = None) -> str:
        now = int(time.time())
        claims = {
            "iss": ISSUER,
            "aud": [Audience.GATEWAY],
            "sub": "somebody",
            "jti": os.urandom(8).hex(),
            "iat": now,
            "exp": now + seconds,
            "role": role,
            "client_id": "test",
            "sid": sid,
            "sources": list(sources),
        }
        return jwt.encode({"alg": "EdDSA", "typ": "at+jwt", "kid": "test"}, claims, self._key, algorithms=["EdDSA"])

    def app(self) -> web.Application:
        app = web.Application()
        app.router.add_get("/metrics/{exporter}", self._metrics)
        app.router.add_get("/probe/{device}", self._probe)
        app.router.add_get("/internal/v1/sources", self._sources)
        app.router.add_get("/internal/v1/facts", self._facts)
        app.router.add_get("/internal/v1/work-states", self._work_states)
        app.router.add_get("/internal/v1/hidden-sources", self._hidden)
        app.router.add_get("/internal/v1/webhooks", self._webhooks)
        app.router.add_get("/jwks", self._jwks)
        app.router.add_route("*", "/prometheus/api/v1/{route:.*}", self._prometheus)
        return app

    async def _metrics(self, request: web.Request) -> web.Response:
        exporter = self.exporters.get(request.match_info["exporter"])
        if exporter is None or not exporter.alive:
            return web.Response(status=500)
        lines = [line for name, source in exporter.sources.items() for line in source.lines(name)]
        exporter.scrapes += 1
        return web.Response(text="\n".join([*lines, exporter.others]))

    @staticmethod
    async def _probe(request: web.Request) -> web.Response:
        """A checked address each, as blackbox_exporter tells of it; one of them is not told of."""
        device = request.match_info["device"]
        return web.Response(text=f"probe_success {int(device == 'lit')}\n", status=500 if device == "mute" else 200)

    async def _hidden(self, _request: web.Request) -> web.Response:
        return web.json_response(self.hidden, status=200 if self.registry_answers else 503)

    async def _sources(self, request: web.Request) -> web.Response:
        self.registry_asked += 1
        if not self.registry_answers or request.headers.get("Authorization") != "Bearer gateway-token":
            return web.Response(status=503)
        if self.registry_empty_answers:
            self.registry_empty_answers -= 1
            return web.json_response([])
        return web.json_response(
            [
                {"exporter": exporter, "platform": PLATFORM, "source": name, "enabled": source.enabled}
                for exporter, each in self.exporters.items()
                for name, source in each.sources.items()
                if self.registry_pairs is None or (exporter, name) in self.registry_pairs
            ]
            + self.mapped
        )

    async def _prometheus(self, request: web.Request) -> web.Response:
        self.prometheus_asked.append(request.match_info["route"])
        if self.fault == "hang":
            await asyncio.Event().wait()  # never
        if self.fault == "slow":
            await asyncio.sleep(0.7)
        if self.fault == "refuse":
            return web.Response(status=503)
        if self.fault == "garbage":
            return web.Response(text='{"status":"success","data":{"result":[{"metric"')
        if self.fault == "empty":
            return web.json_response({"status": "success", "data": {"resultType": "vector", "result": []}})
        url = httpx.URL(
            f"{self.prometheus_url}/api/v1/{request.match_info['route']}", query=request.url.raw_query_string.encode()
        )
        answer = await self._client.request(request.method, url, content=await request.read(), headers=_FORM)
        if self.fault == "partial":
            return web.json_response({**answer.json(), "warnings": ["a part of the storage does not answer"]})
        return web.Response(body=answer.content, status=answer.status_code, content_type="application/json")

    async def _facts(self, _request: web.Request) -> web.Response:
        """All of them, whatever was known; 404 while the registry is one that has none."""
        if self.facts is None:
            return web.Response(status=404)
        items = [{"platform": PLATFORM, **item} for item in self.facts]
        return web.json_response({"version": len(items), "full": True, "items": items})

    async def _work_states(self, _request: web.Request) -> web.Response:
        items = [{"platform": PLATFORM, **item} for item in self.work]
        return web.json_response({"version": len(items), "full": True, "items": items})

    async def _webhooks(self, _request: web.Request) -> web.Response:
        return web.json_response(self.webhooks)

    async def _jwks(self, _request: web.Request) -> web.Response:
        return web.json_response({"keys": [self._key.as_dict(private=False)]})
