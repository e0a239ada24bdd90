"""A registry over real HTTP that obeys the contract of the internal routes and can be told to fail."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, Final

from fastapi import Depends, FastAPI
from vitrina_contracts.exporter import DesiredExporter, DesiredSummary, KnownSource
from vitrina_contracts.operations import CleanupReport, CleanupTask, FoundOrphan
from vitrina_kit.health import Health
from vitrina_kit.http_app import create_internal_app, require_bearer
from vitrina_kit.problem_handlers import conflict, not_found, unavailable
from vitrina_kit.serving import Listener, serve
from vitrina_kit.testing.ports import free_port

TOKEN: Final = "token-for-the-registry"
STUB: Final = "vitrina_orchestrator.testing.stub_exporter"


class RegistryStandIn:
    def __init__(self) -> None:
        self.port = free_port()
        self.exporters: dict[str, DesiredExporter] = {}
        self.failing = False
        self.reads = 0
        """Complete reads of the list."""
        self.known: list[KnownSource] = []
        self.tasks: dict[int, CleanupTask] = {}
        """Operations that are due; each leaves when it is freed."""
        self.reports: list[tuple[int, CleanupReport]] = []
        self.orphans: list[FoundOrphan] = []
        self.on_report: Callable[[CleanupReport], None] = lambda _report: None
        """Called before a report is stored; what it raises is the answer."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def set(self, name: str, **changes: Any) -> DesiredExporter:
        """An accepted change: the exporter with these fields and the next revision."""
        known = self.exporters.get(name)
        fields: dict[str, Any] = known.model_dump() if known is not None else _fresh(name)
        fields |= {"revision": fields["revision"] + 1} | changes
        self.exporters[name] = DesiredExporter.model_validate(fields)
        return self.exporters[name]

    @asynccontextmanager
    async def served(self) -> AsyncIterator["RegistryStandIn"]:
        stop = asyncio.Event()
        task = asyncio.create_task(serve(Listener(self._app(), "127.0.0.1", self.port), stop=stop))
        try:
            yield self
        finally:
            stop.set()
            await task

    def _app(self) -> FastAPI:
        app = create_internal_app(Health())
        allowed = [Depends(require_bearer(TOKEN))]

        @app.get("/internal/v1/desired", dependencies=allowed)
        async def summaries() -> list[DesiredSummary]:
            self._fail_if_told()
            self.reads += 1
            return [
                DesiredSummary.model_validate(exporter.model_dump(include=set(DesiredSummary.model_fields)))
                for exporter in self.exporters.values()
            ]

        @app.get("/internal/v1/desired/{name}", dependencies=allowed)
        async def desired(name: str) -> DesiredExporter:
            self._fail_if_told()
            if name not in self.exporters:
                raise not_found(f"There is no exporter {name}.")
            return self.exporters[name]

        self._add_operations(app)
        return app

    def _add_operations(self, app: FastAPI) -> None:
        allowed = [Depends(require_bearer(TOKEN))]

        @app.get("/internal/v1/sources", dependencies=allowed)
        async def sources() -> list[KnownSource]:
            return self.known

        @app.get("/internal/v1/operations", dependencies=allowed)
        async def operations() -> list[CleanupTask]:
            self._fail_if_told()
            return list(self.tasks.values())

        @app.post("/internal/v1/operations/{number}", dependencies=allowed, status_code=204)
        async def report(number: int, told: CleanupReport) -> None:
            if number not in self.tasks:
                raise conflict("It was cancelled.")
            self.on_report(told)
            self.reports.append((number, told))
            self.tasks[number] = self.tasks[number].model_copy(update={"state": told.state})
            if told.freed:
                del self.tasks[number]

        @app.post("/internal/v1/orphans", dependencies=allowed, status_code=204)
        async def orphans(found: list[FoundOrphan]) -> None:
            self.orphans = found

    def _fail_if_told(self) -> None:
        if self.failing:
            raise unavailable("told to fail")


def _fresh(name: str) -> dict[str, Any]:
    return {
        "name": name,
        "type": name,
        "platform": name,
        "image": f"vitrina/{name}",
        "module": STUB,
        "port": 9000,
        "metrics_path": "/metrics",
        "enabled": True,
        "revision": 0,
        "sources": [],
    }


def source(name: str = "shop-1", *, enabled: bool = True, **config: Any) -> dict[str, Any]:
    return {"name": name, "enabled": enabled, "config": config}
