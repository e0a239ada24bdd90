"""`GET /metrics/declared`: what people declared, as series that rules can join with what exporters measure.

Apart from `/metrics`, because there may be a line a device: `signage_device_up * on (platform, source, device_id)
group_left (site, city) signage_device_site_info` groups screens by site.
"""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime, time

from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from vitrina_contracts.metrics import DEVICE_OPEN, DEVICE_SITE_INFO, IDENTITY_LABELS, SOURCE_LABELS, SOURCE_OPEN
from vitrina_kit.http_app import Inside

from vitrina_registry.api.deps import WorldDep
from vitrina_registry.api.trouble_metrics import trouble_series
from vitrina_registry.domain.facts import DeviceKey
from vitrina_registry.use_cases.opening import DeclaredPlace, DeclaredPlaces, OpenNow, open_now
from vitrina_registry.use_cases.ports import World
from vitrina_registry.use_cases.secrets import SecretExpiry, secret_expiries
from vitrina_registry.use_cases.troubles import troubles

router = APIRouter()


@router.get("/metrics/declared", dependencies=[Inside])
async def declared_metrics(request: Request, world: WorldDep) -> Response:
    return await render_declared(request.app.state.places, world)


async def render_declared(places: DeclaredPlaces, world: World) -> Response:
    """Everything, in Prometheus' text format."""
    await places.renew(world)
    now, expiries = await open_now(world, places), await secret_expiries(world)
    told = await troubles(world)
    # In a thread: with a line for each of 100,000 devices it takes long enough for others to notice.
    text = await asyncio.to_thread(_rendered, dict(places.by_device), now, [_expiries(expiries), *trouble_series(told)])
    return Response(text, media_type=CONTENT_TYPE_LATEST)


def _rendered(places: Mapping[DeviceKey, DeclaredPlace], now: OpenNow, others: list[Metric]) -> bytes:
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Series([_site_info(places), *_open(now), *others]))
    return generate_latest(registry)


class _Series(Collector):
    def __init__(self, metrics: list[Metric]) -> None:
        self._metrics = metrics

    def collect(self) -> list[Metric]:
        return self._metrics


def _site_info(places: Mapping[DeviceKey, DeclaredPlace]) -> Metric:
    info = GaugeMetricFamily(
        DEVICE_SITE_INFO,
        "1 for each device whose site or city people have told.",
        labels=[*IDENTITY_LABELS, "site", "city"],
    )
    for key, place in places.items():
        if place.site or place.city:
            info.add_metric([*key, place.site, place.city], 1)
    return info


def _open(now: OpenNow) -> tuple[Metric, Metric]:
    devices = GaugeMetricFamily(
        DEVICE_OPEN, "1 in opening hours, 0 outside: devices with hours or a zone of their own.", labels=IDENTITY_LABELS
    )
    for key, is_open in now.devices.items():
        devices.add_metric(key, is_open)
    sources = GaugeMetricFamily(
        SOURCE_OPEN, "1 in opening hours, 0 outside: sources with default hours.", labels=SOURCE_LABELS
    )
    for source, is_open in now.sources.items():
        sources.add_metric(source, is_open)
    return devices, sources


def _expiries(expiries: list[SecretExpiry]) -> Metric:
    metric = GaugeMetricFamily(
        "vitrina_secret_expires_timestamp_seconds",
        "Beginning of the day (UTC) on which a credential expires, as people have told.",
        labels=["exporter", "source", "field"],
    )
    for expiry in expiries:
        day = datetime.combine(expiry.expires_on, time.min, UTC)
        metric.add_metric([expiry.exporter, expiry.source, expiry.field], day.timestamp())
    return metric
