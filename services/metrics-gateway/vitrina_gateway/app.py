"""Joins the parts of the gateway."""

from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import structlog
from fastapi import FastAPI
from vitrina_contracts.endpoints import parse_networks
from vitrina_contracts.subjects import ALERTS, DEVICES, EXPORTER_CHANGED_ALL
from vitrina_contracts.tokens import Audience
from vitrina_kit.bus import Bus
from vitrina_kit.health import Health
from vitrina_kit.http_app import create_api, create_internal_app
from vitrina_kit.settings import read_secret
from vitrina_kit.tasks import background
from vitrina_kit.token_check import TokenVerifier, install_token_check
from vitrina_kit.workbook import Workbooks

from vitrina_gateway import loops
from vitrina_gateway.adapters.alert_publisher import AlertPublisher
from vitrina_gateway.adapters.alertmanager_client import AlertmanagerClient
from vitrina_gateway.adapters.chain_reader import ChainReader
from vitrina_gateway.adapters.checkpoint import CheckpointFile
from vitrina_gateway.adapters.outside_consumers import OutsideConsumers
from vitrina_gateway.adapters.prometheus_client import PrometheusClient
from vitrina_gateway.adapters.raw_prometheus import RawPrometheusClient
from vitrina_gateway.adapters.registry_client import RegistryClient
from vitrina_gateway.adapters.status_publisher import StatusFollower, StatusPublisher
from vitrina_gateway.adapters.webhook_line import WebhookLine
from vitrina_gateway.adapters.webhook_receiver import OutsideWorld
from vitrina_gateway.api import (
    alerts,
    device_detail,
    device_files,
    devices,
    history,
    overview,
    prometheus,
    storage,
    stream,
    told_alerts,
)
from vitrina_gateway.api import (
    webhooks as webhook_routes,
)
from vitrina_gateway.api.deps import ERRORS, Parts
from vitrina_gateway.api.fast_lane import FastLane
from vitrina_gateway.domain.judging import Rules
from vitrina_gateway.settings import GatewaySettings
from vitrina_gateway.use_cases.alerts import Alerts
from vitrina_gateway.use_cases.answer_cache import AnswerCache
from vitrina_gateway.use_cases.cached_past import CachedPast
from vitrina_gateway.use_cases.cached_ranges import CachedRanges
from vitrina_gateway.use_cases.catching_up import CatchingUp
from vitrina_gateway.use_cases.daily_rows import DailyRows
from vitrina_gateway.use_cases.feed import Feed
from vitrina_gateway.use_cases.fleet import Fleet
from vitrina_gateway.use_cases.guarded_query import GuardedQueries
from vitrina_gateway.use_cases.history import DevicePast
from vitrina_gateway.use_cases.refresh import CHECKPOINT_VERSION, Refresh
from vitrina_gateway.use_cases.told_alerts import ToldAlerts
from vitrina_gateway.use_cases.transitions import Transitions
from vitrina_gateway.use_cases.webhooks import Webhooks

log = structlog.get_logger(__name__)

VERSION: Final = "0.1.0"

_MISSED_SCRAPES: Final = 3
_SHORTEST_SCRAPE_LIMIT_SECONDS: Final = 10.0


@dataclass(frozen=True)
class Gateway:
    """The running gateway's two HTTP apps, and the feed to be closed before they stop."""

    api: FastAPI
    internal: FastAPI
    feed: Feed


def create_gateway_api() -> FastAPI:
    api = create_api("Vitrina metrics gateway", VERSION, ERRORS)
    # The route of one device comes last: a device id may hold slashes, so its path would match the others', too.
    for router in (
        alerts.router,
        overview.router,
        stream.router,
        storage.router,
        webhook_routes.router,
        device_files.router,
        devices.router,
        history.router,
        device_detail.router,
    ):
        api.include_router(router, prefix="/api/v1")
    api.include_router(prometheus.router, prefix="/api/prometheus/api/v1")
    return api


def openapi() -> dict[str, Any]:
    """The API's description, made without a running gateway."""
    return create_gateway_api().openapi()


@asynccontextmanager
async def running(settings: GatewaySettings) -> AsyncIterator[Gateway]:
    """Runs the loops while the block runs; a last checkpoint is written at its end."""
    bus = Bus(settings, "metrics-gateway", [DEVICES, ALERTS])
    monitoring = PrometheusClient(settings.prometheus_url)
    raw = RawPrometheusClient(settings.prometheus_url)
    registry = RegistryClient(settings.registry_internal_url, read_secret(settings.registry_token_file))
    verifier = TokenVerifier(settings.jwks_url, Audience.GATEWAY)
    checkpoints = CheckpointFile(settings.checkpoint_file, CHECKPOINT_VERSION)
    alerting = AlertmanagerClient(settings.alertmanager_url)
    workbooks = Workbooks(settings.checkpoint_file.parent)  # on disk; a container's own is read-only, or memory
    cache = AnswerCache(settings.cache_bytes)
    ranges = CachedRanges(cache, settings.cache_bytes)
    bus.listen(EXPORTER_CHANGED_ALL, ranges.clear)
    fleet, feed, transitions = Fleet(), Feed(settings.stream_clients), Transitions(StatusPublisher(bus))
    webhooks = Webhooks(partial(WebhookLine, bus), _outside(settings).receiver)
    refresh = Refresh(monitoring, fleet, feed, transitions, _rules(settings))
    catching_up = CatchingUp(refresh, transitions, settings.tick_seconds, settings.scrape_interval)
    _restore(refresh, checkpoints)
    try:
        async with (
            bus,
            aclosing(webhooks),
            background(
                follow_revocations=partial(verifier.revocations.follow, bus),
                tick=loops.Ticking(refresh, transitions, catching_up, settings.tick_seconds).run,
                store_transitions=partial(loops.store_transitions, transitions),
                follow_record=partial(loops.follow_record, StatusFollower(bus, transitions, fleet.find)),
                forget_ended_chains=partial(loops.forget_ended_chains, transitions, settings.removed_grace_seconds),
                keep_outside_consumers=partial(
                    loops.keep_outside_consumers, OutsideConsumers(bus, settings.nats_subscribers).ensure
                ),
                ask_registry=partial(loops.ask_registry, registry, refresh, settings.sources_seconds),
                ask_facts=partial(loops.ask_facts, registry, refresh.facts, settings.sources_seconds),
                ask_work_states=partial(loops.ask_work_states, registry, refresh.work, settings.sources_seconds),
                ask_webhooks=partial(loops.ask_webhooks, registry, webhooks, settings.sources_seconds),
                ask_hidden=partial(loops.ask_hidden, registry, fleet, settings.sources_seconds),
                keep_daily_rows=partial(
                    loops.keep_daily_rows, DailyRows(raw, registry, refresh.facts, settings.scrape_interval)
                ),
                keep_checkpoint=partial(loops.keep_checkpoint, refresh, checkpoints),
            ),
        ):
            past = DevicePast(fleet, refresh.facts, CachedPast(raw, ranges), settings.scrape_interval)
            queries, alerting_view = GuardedQueries(raw, cache, ranges), Alerts(alerting)
            parts = Parts(fleet, feed, past, ChainReader(bus), queries, alerting_view, raw, webhooks, workbooks)
            internal = _internal(settings, _health(fleet, bus, verifier), ToldAlerts(AlertPublisher(bus)))
            yield Gateway(_api(parts, verifier), internal, feed)
    finally:
        feed.close_all()
        workbooks.close()
        await loops.save_checkpoint(refresh, checkpoints)
        await cache.close()
        for client in (monitoring, raw, alerting, registry, verifier):
            await client.close()


def _restore(refresh: Refresh, checkpoints: CheckpointFile) -> None:
    """The checkpoint is let go of afterwards: it is as large as the list."""
    checkpoint = checkpoints.load()
    if checkpoint is not None:
        refresh.restore(checkpoint)
        log.info("checkpoint_restored", devices=len(checkpoint.devices), as_of=checkpoint.as_of)


def _outside(settings: GatewaySettings) -> OutsideWorld:
    return OutsideWorld(settings.way_out, parse_networks(settings.private_endpoints))


def _rules(settings: GatewaySettings) -> Rules:
    limit = max(_MISSED_SCRAPES * settings.scrape_interval, _SHORTEST_SCRAPE_LIMIT_SECONDS)
    return Rules(settings.fresh_seconds, limit)


def _api(parts: Parts, verifier: TokenVerifier) -> FastAPI:
    api = create_gateway_api()
    api.state.parts = parts
    api.add_middleware(FastLane, verifier=verifier, fleet=parts.fleet)
    install_token_check(api, verifier)
    return api


def _internal(settings: GatewaySettings, health: Health, told: ToldAlerts) -> FastAPI:
    internal = create_internal_app(health)
    if settings.alertmanager_caller_token_file is not None:
        token = read_secret(settings.alertmanager_caller_token_file)
        internal.include_router(told_alerts.create_alert_router(token, told))
    return internal


def _health(fleet: Fleet, bus: Bus, verifier: TokenVerifier) -> Health:
    """Without NATS or Prometheus the list goes on; without any list there is nothing to serve."""
    health = Health()

    async def has_list() -> str | None:
        return None if fleet.snapshot else "there is no list of devices yet"

    async def prometheus_answers() -> str | None:
        return None if fleet.snapshot and fleet.snapshot.answered else "Prometheus does not answer completely"

    health.add("devices", has_list)
    health.add("prometheus", prometheus_answers, required=False)
    health.add("nats", bus.check, required=False)
    health.add("revocations", verifier.revocations.check, required=False)
    return health
