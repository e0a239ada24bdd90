"""Composition root: the one place where ways in, use cases and ways out meet."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

from fastapi import FastAPI
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine
from vitrina_contracts.endpoints import parse_networks
from vitrina_contracts.subjects import EXPORTER_STATUS_ALL, EXPORTERS
from vitrina_contracts.tokens import Audience
from vitrina_kit.bus import Bus
from vitrina_kit.clock import utc_now
from vitrina_kit.database import create_engine, database_url, session_factory
from vitrina_kit.health import Health
from vitrina_kit.http_app import create_api, create_internal_app
from vitrina_kit.serving import Listener, serve
from vitrina_kit.settings import read_secret
from vitrina_kit.tasks import background
from vitrina_kit.token_check import TokenVerifier, install_token_check
from vitrina_kit.workbook import Workbooks

from vitrina_registry.adapters.answers import KeptAnswers
from vitrina_registry.adapters.exporter_metrics import ExporterMetrics
from vitrina_registry.adapters.manifest_files import load_catalogue
from vitrina_registry.adapters.name_service import NameService
from vitrina_registry.adapters.orchestrator_client import OrchestratorClient
from vitrina_registry.adapters.outbox import Outbox, OutboxListener
from vitrina_registry.adapters.smtp_mailer import mailer_of
from vitrina_registry.adapters.source_schema import SchemaChecks
from vitrina_registry.adapters.unit_of_work import SqlUnitOfWork
from vitrina_registry.adapters.vault import FernetVault
from vitrina_registry.api import (
    availability,
    availability_files,
    declared_metrics,
    devices,
    diagnostics,
    exporter_types,
    exporters,
    facts,
    history,
    log_stream,
    monitoring,
    notifications,
    operations,
    reports,
    sources,
    transfer,
    trying,
    webhooks,
    windows,
    work_states,
)
from vitrina_registry.api.internal import create_internal_router
from vitrina_registry.api.refusals import install_refusals
from vitrina_registry.api.writing import install_repetitions
from vitrina_registry.domain.pace import Allowance
from vitrina_registry.loops import begin, prune, relay_outbox, send_reports
from vitrina_registry.messages import DURABLE, status_handler
from vitrina_registry.settings import RegistrySettings
from vitrina_registry.use_cases.catalogue import ensure_singletons
from vitrina_registry.use_cases.opening import DeclaredPlaces
from vitrina_registry.use_cases.operations import keep_house
from vitrina_registry.use_cases.ports import Pace, World
from vitrina_registry.use_cases.report_sending import plan_due, send_next

VERSION = "1.0.0"
PREFIX = "/api/registry/v1"


@dataclass(frozen=True)
class Registry:
    """A running registry's two apps."""

    api: FastAPI
    internal: FastAPI
    begun: asyncio.Event
    """Set when the exporters of the first start exist."""


def create_registry_api() -> FastAPI:
    api = create_api("Vitrina registry", VERSION)
    install_refusals(api)
    install_repetitions(api)
    for part in (
        exporter_types,
        exporters,
        log_stream,
        monitoring,
        diagnostics,
        trying,
        sources,
        devices,
        history,
        facts,
        work_states,
        transfer,
        operations,
        availability,
        availability_files,
        reports,
        webhooks,
        notifications,
        windows,
    ):
        api.include_router(part.router, prefix=PREFIX)
    return api


def openapi() -> dict[str, Any]:
    """The API's description, which clients and the web's types are generated from."""
    return create_registry_api().openapi()


@asynccontextmanager
async def running(settings: RegistrySettings) -> AsyncIterator[Registry]:
    """Everything but the listeners. Neither the database nor NATS need to be there yet."""
    engine = create_engine(settings)
    names = NameService()
    workbooks = Workbooks()
    orchestrator = OrchestratorClient(settings.orchestrator_internal_url, settings.orchestrator_token_file)
    exporter_metrics = ExporterMetrics(settings.orchestrator_internal_url, settings.orchestrator_token_file)
    tokens = TokenVerifier(settings.jwks_url, Audience.REGISTRY)
    try:
        world = _world(settings, engine, names, orchestrator, workbooks)
        bus = Bus(settings, "registry", [EXPORTERS])
        bus.subscribe(EXPORTER_STATUS_ALL, DURABLE, EXPORTERS, status_handler(world))
        begun = asyncio.Event()
        health = _health(engine, bus, tokens, begun)
        following = background(follow_revocations=lambda: tokens.revocations.follow(bus))
        async with bus, following, _loops(settings, engine, bus, world, begun):
            yield Registry(_api(world, tokens, exporter_metrics), _internal(settings, world, health), begun)
    finally:
        workbooks.close()
        names.close()
        await orchestrator.close()
        await exporter_metrics.close()
        await tokens.close()
        await engine.dispose()


async def run(settings: RegistrySettings) -> None:
    """Serves until SIGTERM."""
    async with running(settings) as registry:
        await serve(
            Listener(registry.api, settings.host, settings.api_port),
            Listener(registry.internal, settings.host, settings.internal_port),
        )


def _world(
    settings: RegistrySettings,
    engine: AsyncEngine,
    names: NameService,
    orchestrator: OrchestratorClient,
    workbooks: Workbooks,
) -> World:
    catalogue = load_catalogue(settings.exporters_dir)
    sessions = session_factory(engine)
    return World(
        unit_of_work=partial(SqlUnitOfWork, sessions, utc_now),
        answers=KeptAnswers(sessions, utc_now),
        catalogue=catalogue,
        check_config=SchemaChecks(catalogue),
        vault=FernetVault.from_file(settings.secret_key_file),
        resolve=names,
        private_endpoints=parse_networks(settings.private_endpoints),
        read_logs=orchestrator.read_logs,
        follow_logs=orchestrator.follow_logs,
        follows=Allowance(times=120, window_seconds=60, at_once=20),
        check_source=orchestrator.check_source,
        tests=Allowance(times=10, window_seconds=60, at_once=4),
        messages=Allowance(times=10, window_seconds=60, at_once=4),
        pace=Pace(settings.poll_interval, settings.request_budget),
        cleanup=settings.cleanup,
        workbooks=workbooks,
        mailer=mailer_of(settings),
        now=utc_now,
        seconds=time.monotonic,
    )


@asynccontextmanager
async def _loops(
    settings: RegistrySettings, engine: AsyncEngine, bus: Bus, world: World, begun: asyncio.Event
) -> AsyncIterator[None]:
    outbox = Outbox(session_factory(engine), bus.publish, utc_now)
    woken = asyncio.Event()
    listener = OutboxListener(database_url(settings), woken)

    async def wake() -> None:
        woken.set()

    bus.on_connect(wake)
    async with background(
        begin=lambda: begin(lambda: ensure_singletons(world), begun),
        listen=listener.listen,
        reports=lambda: send_reports(partial(plan_due, world), partial(send_next, world)),
        relay=lambda: relay_outbox(woken, lambda: bus.connected, outbox.drain, outbox.measure),
        prune=lambda: prune(
            outbox.prune, KeptAnswers(session_factory(engine), utc_now).prune, partial(keep_house, world)
        ),
    ):
        yield


def _api(world: World, tokens: TokenVerifier, exporter_metrics: ExporterMetrics) -> FastAPI:
    api = create_registry_api()
    api.state.world = world
    api.state.exporter_metrics = exporter_metrics
    api.state.places = DeclaredPlaces()
    install_token_check(api, tokens)
    return api


def _internal(settings: RegistrySettings, world: World, health: Health) -> FastAPI:
    internal = create_internal_app(health)
    internal.state.world = world
    internal.state.places = DeclaredPlaces()
    install_refusals(internal)
    callers = (
        settings.orchestrator_caller_token_file,
        settings.gateway_caller_token_file,
        settings.alerting_caller_token_file,
    )
    internal.include_router(create_internal_router(*map(read_secret, callers)))
    internal.include_router(declared_metrics.router)
    return internal


def _health(engine: AsyncEngine, bus: Bus, tokens: TokenVerifier, begun: asyncio.Event) -> Health:
    async def database() -> str | None:
        async with engine.connect() as connection:
            await connection.execute(text("SELECT 1"))
        return None

    async def exporters_exist() -> str | None:
        return None if begun.is_set() else "the exporters of the first start are not there yet"

    health = Health()
    health.add("database", database)
    health.add("exporters", exporters_exist)
    health.add("bus", bus.check, required=False)  # writes go on without it; their events wait
    health.add("revocations", tokens.revocations.check, required=False)
    return health
