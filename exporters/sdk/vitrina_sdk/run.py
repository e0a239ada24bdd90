"""The process of an exporter: `run(platform)` is all that a platform's `__main__` has to say."""

import asyncio
import os
import signal
import sys
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from typing import Final

import structlog
import uvicorn
import uvloop
from vitrina_contracts.exporter import ExporterSelfStatus

from vitrina_sdk.check import run_check
from vitrina_sdk.clock import Clock, SystemClock
from vitrina_sdk.config_file import RELOAD_SECONDS, ConfigFile
from vitrina_sdk.exporter import Platform
from vitrina_sdk.exposition import Exposition
from vitrina_sdk.logging import configure_logging
from vitrina_sdk.own_metrics import ExporterState, OwnMetrics
from vitrina_sdk.probe.command import run_probe
from vitrina_sdk.server import ExporterApp
from vitrina_sdk.settings import Settings
from vitrina_sdk.shard import Shard
from vitrina_sdk.sources import Sources
from vitrina_sdk.state_file import SavedSource, StateFile

_SAVE_SECONDS: Final = 5.0
_log = structlog.get_logger()


def run(platform: Platform) -> None:
    """Serves the platform until SIGTERM or SIGINT; as `check` or `probe` it asks a vendor once instead."""
    if sys.argv[1:2] == ["check"]:
        sys.exit(run_check(platform, sys.argv[2:]))
    if sys.argv[1:2] == ["probe"]:
        sys.exit(run_probe(platform, sys.argv[2:]))
    settings = Settings.from_environment(os.environ)
    configure_logging(settings.log_level, sys.stdout)
    uvloop.run(ExporterProcess(platform, settings, SystemClock()).serve())


class ExporterProcess:
    """The parts of an exporter, joined."""

    def __init__(self, platform: Platform, settings: Settings, clock: Clock) -> None:
        self._platform = platform
        self._settings = settings
        self._state_file = StateFile(settings.state_dir) if settings.state_dir else None
        self._config = ConfigFile(settings.config_dir, platform.name)
        metrics = OwnMetrics(platform.name)
        self._shard: Shard | None = None
        """Null before the first configuration."""
        self._sources = Sources(platform, metrics, clock)
        records = self._sources.records
        metrics.registry.register(ExporterState(platform.name, platform.version, records, self._config_state))
        self.app = ExporterApp(
            Exposition(records, metrics.registry, clock), self.self_status, lambda: self._config.loaded is not None
        )

    async def serve(self) -> None:
        """Runs until a signal asks it to end; statuses are saved before it does."""
        # The first look comes before the first answer: a restart must not show an exporter without sources.
        await self._reload()
        server = _Server(
            uvicorn.Config(
                self.app,
                host=self._settings.host,
                port=self._settings.port,
                access_log=False,
                log_config=None,
                lifespan="off",
                server_header=False,
                timeout_graceful_shutdown=3,
            )
        )
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, server.ask_to_end)
        tasks = [asyncio.create_task(self._follow_config()), asyncio.create_task(self._save_often())]
        _log.info("starting", platform=self._platform.name, version=self._platform.version, port=self._settings.port)
        try:
            await server.serve()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)
            await self._sources.close()
            await self._save()
            _log.info("stopped")

    def self_status(self) -> ExporterSelfStatus:
        loaded = self._config.loaded
        return ExporterSelfStatus(
            exporter=loaded.exporter if loaded else self._platform.name,
            platform=self._platform.name,
            version=self._platform.version,
            config_revision=loaded.revision if loaded else None,
            config_error=self._config.error,
            sources=[record.state() for record in self._sources.records.values()],
            unmatched=[record.unmatched for record in self._sources.records.values() if record.unmatched],
        )

    def _config_state(self) -> tuple[int | None, bool]:
        loaded = self._config.loaded
        return (loaded.revision if loaded else None), self._config.error is None

    async def _reload(self) -> None:
        if self._config.look() and self._config.loaded is not None:
            config = self._config.loaded
            earlier, self._shard = self._shard, Shard.of(config)
            await self._sources.apply(config, self._saved() if self._shard != earlier else {})

    def _saved(self) -> Mapping[str, SavedSource]:
        """Statuses of an earlier process and of the other shards, by source."""
        return self._state_file.load(self._platform.name) if self._state_file else {}

    async def _follow_config(self) -> None:
        while True:
            await asyncio.sleep(RELOAD_SECONDS)
            await self._reload()

    async def _save_often(self) -> None:
        while True:
            await asyncio.sleep(_SAVE_SECONDS)
            await self._save()

    async def _save(self) -> None:
        if self._state_file is not None and self._shard is not None:
            await asyncio.to_thread(self._state_file.save, self._sources.saved_state(), self._shard)


class _Server(uvicorn.Server):
    """Leaves signals to us: uvicorn would raise them again and end the process before the statuses are saved."""

    def ask_to_end(self) -> None:
        self.should_exit = True

    @contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        yield
