"""Which runtime `VITRINA_RUNTIME=auto` means here, told in the log with its reason.

Two runtimes at the same time would poll every vendor twice. So whoever finds exporters of one kind stays with it.
"""

from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import structlog

from vitrina_orchestrator.adapters.check_container import CheckContainers
from vitrina_orchestrator.adapters.check_process import CheckProcesses
from vitrina_orchestrator.adapters.docker_runtime import DockerRuntime
from vitrina_orchestrator.adapters.engine import Engine
from vitrina_orchestrator.adapters.process_runtime import ProcessRuntime
from vitrina_orchestrator.adapters.programs import Programs
from vitrina_orchestrator.adapters.source_checks import SourceChecks
from vitrina_orchestrator.adapters.swarm_runtime import SwarmRuntime
from vitrina_orchestrator.domain.containers import image_reference
from vitrina_orchestrator.domain.errors import OrchestratorError
from vitrina_orchestrator.settings import OrchestratorSettings
from vitrina_orchestrator.use_cases.ports import Runtime

log = structlog.get_logger(__name__)

_RECORDS: Final = ".docker"
"""Below the runtime's folder; no exporter's name."""


@dataclass(frozen=True)
class Choice:
    runtime: str
    reason: str


async def choose_runtime(settings: OrchestratorSettings) -> AbstractAsyncContextManager[Runtime]:
    """Ready to be entered."""
    choice = (
        Choice(settings.runtime, "VITRINA_RUNTIME says so") if settings.runtime != "auto" else await _auto(settings)
    )
    log.info("runtime_chosen", runtime=choice.runtime, reason=choice.reason)
    if choice.runtime == "docker":
        return DockerRuntime(
            settings.docker_host,
            _records(settings),
            settings.containers,
            patience_seconds=settings.engine_patience,
        )
    if choice.runtime == "swarm":
        return SwarmRuntime(settings.docker_host, settings.containers, settings.exporter_constraints)
    programs = Programs(settings.tools_dir, settings.allowed_programs)
    return ProcessRuntime(settings.runtime_dir, log_level=settings.log_level, run_id=settings.run_id, programs=programs)


def choose_checks(runtime: str, settings: OrchestratorSettings) -> AbstractAsyncContextManager[SourceChecks]:
    """Sources are tried where they will be asked from."""
    if runtime in {"docker", "swarm"}:
        return CheckContainers(settings.docker_host, settings.containers, settings.polling)
    return nullcontext(CheckProcesses(settings.polling))


async def _auto(settings: OrchestratorSettings) -> Choice:
    if _has_records(_records(settings)):
        return Choice("docker", "exporters of this installation are containers; VITRINA_RUNTIME=process changes that")
    if await _process_runs(settings):
        return Choice("process", "exporters of this installation run as processes")
    return await _look_at_engine(settings)


async def _look_at_engine(settings: OrchestratorSettings) -> Choice:
    if not _has_socket(settings.docker_host):
        return Choice("process", f"there is no container engine at {settings.docker_host}")
    pattern = image_reference("vitrina/exporter-*", settings.containers)
    try:
        async with Engine(settings.docker_host, settings.containers) as engine:
            version, images = await engine.version(), await engine.images(pattern)
            has_network = await engine.has_network(settings.containers.egress_network)
    except OrchestratorError as error:
        return Choice("process", str(error))
    if not images:
        return Choice("process", f"Docker Engine {version} answers, but has no image {pattern}")
    if not has_network:  # whoever set the system up has not put it within reach of containers
        return Choice(
            "process", f"Docker Engine {version} answers, but has no network {settings.containers.egress_network}"
        )
    return Choice("docker", f"Docker Engine {version} answers and has {len(images)} images {pattern}")


def _has_socket(host: str) -> bool:
    return not host.startswith("unix://") or Path(host.removeprefix("unix://")).is_socket()


def _records(settings: OrchestratorSettings) -> Path:
    return settings.runtime_dir / _RECORDS


def _has_records(folder: Path) -> bool:
    """Removed exporters leave none."""
    return folder.is_dir() and any(folder.iterdir())


async def _process_runs(settings: OrchestratorSettings) -> bool:
    async with ProcessRuntime(settings.runtime_dir, run_id=settings.run_id) as runtime:
        return any(instance.running for instance in await runtime.list())
