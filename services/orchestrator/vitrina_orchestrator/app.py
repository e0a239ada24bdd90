"""The composition root: what is joined to what, and in which order it starts and stops.

Stopping is the reverse of starting: no new requests, no new wake-ups, the pass under way ends, then the connections.
Exporters go on.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial

import httpx
from fastapi import FastAPI
from prometheus_client import REGISTRY
from vitrina_contracts.endpoints import parse_networks
from vitrina_contracts.subjects import EXPORTERS
from vitrina_kit.bus import Bus
from vitrina_kit.clock import utc_now
from vitrina_kit.health import Health
from vitrina_kit.http_app import create_internal_app
from vitrina_kit.serving import Listener, serve
from vitrina_kit.settings import read_secret
from vitrina_kit.tasks import background

from vitrina_orchestrator.adapters.addresses import Addresses
from vitrina_orchestrator.adapters.exporter_client import ExporterClient, exporter_http_client
from vitrina_orchestrator.adapters.prometheus_admin import PrometheusAdmin, prometheus_http_client
from vitrina_orchestrator.adapters.registry_client import RegistryClient, registry_http_client
from vitrina_orchestrator.adapters.runtime_choice import choose_checks, choose_runtime
from vitrina_orchestrator.adapters.status_publisher import StatusPublisher
from vitrina_orchestrator.api.checks import check_routes
from vitrina_orchestrator.api.discovery import discovery_routes
from vitrina_orchestrator.api.logs import log_routes
from vitrina_orchestrator.api.scraping import scrape_routes
from vitrina_orchestrator.loops import cleanup_loop, resync_loop, runtime_loop, watch_loop
from vitrina_orchestrator.messages import subscribe
from vitrina_orchestrator.metrics import RestartMeter, expose, measured
from vitrina_orchestrator.settings import OrchestratorSettings
from vitrina_orchestrator.use_cases.cleanup import Cleanup
from vitrina_orchestrator.use_cases.ports import Checks, Runtime
from vitrina_orchestrator.use_cases.reconcile import Reconciler
from vitrina_orchestrator.workqueue import WorkQueue


async def serve_orchestrator(settings: OrchestratorSettings) -> None:
    """Runs until a signal comes."""
    async with running(settings) as app:
        await serve(Listener(app, settings.host, settings.internal_port))


@asynccontextmanager
async def running(settings: OrchestratorSettings) -> AsyncIterator[FastAPI]:
    """The orchestrator at work inside the block; gives its internal HTTP app."""
    async with AsyncExitStack() as stack:
        runtime = await stack.enter_async_context(await choose_runtime(settings))
        checks = await stack.enter_async_context(choose_checks(runtime.name, settings))
        token = read_secret(settings.registry_token_file)
        registries = [
            await stack.enter_async_context(registry_http_client(url.strip(), token))
            for url in settings.registry_internal_url.split(",")
        ]
        exporters = await stack.enter_async_context(exporter_http_client())
        registry_client, changed = RegistryClient(*registries), asyncio.Event()
        bus = Bus(settings, "orchestrator", [EXPORTERS])
        reconciler = Reconciler(
            runtime=runtime,
            registry=registry_client,
            exporters=ExporterClient(exporters),
            statuses=StatusPublisher(bus),
            meter=RestartMeter(),
            polling=settings.polling,
            now=utc_now,
        )
        queue = WorkQueue(measured(reconciler.reconcile))
        stack.callback(REGISTRY.unregister, expose(queue, reconciler.memories.standings))

        def wake(exporter: str) -> None:
            queue.add(exporter)
            changed.set()

        subscribe(bus, wake)
        bus.on_connect(partial(_publish_anew, reconciler, queue))
        await stack.enter_async_context(bus)
        await stack.enter_async_context(queue)
        await stack.enter_async_context(
            background(
                resync=resync_loop(reconciler, queue, settings.resync_interval),
                runtime=runtime_loop(runtime, queue),
                watch=watch_loop(reconciler, queue),
            )
        )
        if settings.prometheus_admin_url is not None:
            prometheus = await stack.enter_async_context(prometheus_http_client(settings.prometheus_admin_url))
            cleanup = Cleanup(
                registry_client, PrometheusAdmin(prometheus), time.monotonic, settings.series_cleanup_rest
            )
            await stack.enter_async_context(
                background(cleanup=cleanup_loop(cleanup, changed, settings.resync_interval))
            )
        yield _internal_app(settings, runtime, reconciler, bus, checks, exporters=exporters)


async def _publish_anew(reconciler: Reconciler, queue: WorkQueue) -> None:
    for exporter in reconciler.memories.publish_anew():
        queue.add(exporter)


def _internal_app(
    settings: OrchestratorSettings,
    runtime: Runtime,
    reconciler: Reconciler,
    bus: Bus,
    checks: Checks,
    *,
    exporters: httpx.AsyncClient,
) -> FastAPI:
    token = read_secret(settings.orchestrator_token_file)

    async def has_listed() -> str | None:
        return None if reconciler.has_listed else "what runs has not been listed yet"

    async def desired_state() -> str | None:
        return reconciler.unread

    health = Health()
    health.add("runtime", has_listed)
    health.add("bus", bus.check, required=False)
    health.add("registry", desired_state, required=False)
    app = create_internal_app(health)
    addresses = Addresses(parse_networks(settings.private_endpoints))
    app.include_router(
        discovery_routes(runtime, lambda: reconciler.has_listed, reconciler.memories.probing_of, addresses, token)
    )
    app.include_router(log_routes(runtime, token))
    app.include_router(scrape_routes(runtime, exporters, token))
    app.include_router(check_routes(checks, token))
    return app
