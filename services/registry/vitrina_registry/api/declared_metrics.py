"""`GET /metrics/declared`: what people declared, as series that rules can join with what exporters measure.

Apart from `/metrics`, because there may be a line a device: `signage_device_up * on (platform, source, device_id)
group_left (site, city) signage_device_site_info` groups screens by site.
"""

from datetime import UTC, datetime, time

from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from vitrina_contracts.facts import FactsItem
from vitrina_contracts.metrics import DEVICE_SITE_INFO, IDENTITY_LABELS
from vitrina_kit.http_app import Inside

from vitrina_registry.api.deps import WorldDep
from vitrina_registry.use_cases.facts import device_sites
from vitrina_registry.use_cases.secrets import SecretExpiry, secret_expiries

router = APIRouter()


@router.get("/metrics/declared", dependencies=[Inside])
async def declared_metrics(world: WorldDep) -> Response:
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Series([_site_info(await device_sites(world)), _expiries(await secret_expiries(world))]))
    return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)


class _Series(Collector):
    def __init__(self, metrics: list[Metric]) -> None:
        self._metrics = metrics

    def collect(self) -> list[Metric]:
        return self._metrics


def _site_info(items: list[FactsItem]) -> Metric:
    info = GaugeMetricFamily(
        DEVICE_SITE_INFO,
        "1 for each device whose site or city people have told.",
        labels=[*IDENTITY_LABELS, "site", "city"],
    )
    for item in items:
        info.add_metric([item.platform, item.source, item.device_id, item.site or "", item.city or ""], 1)
    return info


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
