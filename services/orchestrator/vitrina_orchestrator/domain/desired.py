"""What should run: the registry's answer, turned into an instance's specification and its configuration's bytes."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any, Final

from vitrina_contracts.exporter import DesiredExporter, DesiredSource
from vitrina_contracts.source_file import ExporterConfig, SetAside, SourceConfig, WayOut

from vitrina_orchestrator.domain.naming import instance_name
from vitrina_orchestrator.domain.program import Program, program_config

_REQUEST_BUDGET: Final = "request_budget"
"""Field of a source's config that is meant for the polling loop, not for the platform's client."""


@dataclass(frozen=True)
class InstanceSpec:
    """Everything that needs a new instance when it changes. Holds no secret: it is stored and shown."""

    exporter: str
    platform: str
    image: str
    module: str
    port: int
    metrics_path: str
    restart_generation: int
    shard: int = 0
    program: Program | None = None
    """Of a third-party exporter; null for those that are built on our SDK."""

    @property
    def name(self) -> str:
        return instance_name(self.exporter, self.shard)


DIRECT: Final = WayOut()


@dataclass(frozen=True)
class Polling:
    """Settings of this installation that every exporter's configuration carries. Seconds; requests a second."""

    interval_seconds: float
    fresh_seconds: float
    request_budget: float
    private_endpoints: tuple[str, ...] = ()
    way_out: WayOut = DIRECT


@dataclass(frozen=True)
class Wanted:
    """The desired state of one shard of an exporter, ready to compare."""

    spec: InstanceSpec
    revision: int
    enabled: bool
    deleted: bool
    config: bytes = field(repr=False)
    """An `ExporterConfig` as JSON, credentials in clear: never logged, never kept longer than one pass.

    Of a third-party exporter its files: it gets no credentials.
    """

    @property
    def config_digest(self) -> str:
        return hashlib.sha256(self.config).hexdigest()


class Absent(Enum):
    """Why there is no desired state."""

    UNREAD = auto()
    """The registry could not be asked: what runs goes on."""
    UNKNOWN = auto()
    """The registry answered that it does not know this exporter."""


def wanted_from(desired: DesiredExporter, polling: Polling, shard: int = 0) -> Wanted:
    """Compares equal, bytes included, for the same desired state and settings."""
    spec = InstanceSpec(
        exporter=desired.name,
        platform=desired.platform,
        image=desired.image,
        module=desired.module,
        port=desired.port,
        metrics_path=desired.metrics_path,
        restart_generation=desired.restart_generation,
        shard=shard,
        program=Program.of(desired.third_party) if desired.third_party is not None else None,
    )
    config = _config(desired, polling, shard)
    return Wanted(spec, desired.revision, desired.enabled, desired.deleted, config)


def _config(desired: DesiredExporter, polling: Polling, shard: int) -> bytes:
    if desired.third_party is not None:
        return program_config(desired.name, desired.revision, desired.third_party)
    config = ExporterConfig(
        exporter=desired.name,
        platform=desired.platform,
        revision=desired.revision,
        poll_interval_seconds=polling.interval_seconds,
        fresh_seconds=polling.fresh_seconds,
        private_endpoints=list(polling.private_endpoints),
        shard=shard,
        shards=desired.shards,
        sources=[_source(source, polling) for source in desired.sources if source.enabled],
        set_aside=[
            SetAside(name=source.name, account=source.account, selection=source.selection)
            for source in desired.sources
            if not source.enabled and source.account is not None and source.selection is not None
        ],
    )
    return config.model_dump_json().encode()


def _source(source: DesiredSource, polling: Polling) -> SourceConfig:
    config = source_config(source.name, source.config, polling)
    return config.model_copy(update={"account": source.account, "selection": source.selection})


def source_config(name: str, config: Mapping[str, Any], polling: Polling) -> SourceConfig:
    """As an exporter gets it: the budget, of the source or else of the installation, apart from the platform's fields.

    Raises:
        ValidationError: the budget is none.
    """
    fields = {field: value for field, value in config.items() if field != _REQUEST_BUDGET}
    budget = config.get(_REQUEST_BUDGET) or polling.request_budget
    return SourceConfig(name=name, config=fields, request_budget=budget, way_out=polling.way_out)
