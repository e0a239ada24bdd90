"""An exporter as desired (registry), as observed (orchestrator), and as it tells about itself (SDK's `/status`)."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from vitrina_contracts.names import ExporterName, SourceName
from vitrina_contracts.selection import DeviceSelection
from vitrina_contracts.sharding import MOST_SHARDS
from vitrina_contracts.third_party import MetricMapping, ThirdParty


class Phase(StrEnum):
    PENDING = "pending"
    STARTING = "starting"
    RUNNING = "running"
    DEGRADED = "degraded"
    """Runs, but a source of it fails."""
    CRASH_LOOPING = "crash_looping"
    STOPPED = "stopped"
    FAILED = "failed"


class SourceState(BaseModel):
    """What an exporter knows about one of its sources."""

    model_config = ConfigDict(frozen=True)

    name: SourceName
    up: Annotated[bool | None, Field(description="Null before the first poll has ended.")] = None
    reason: Annotated[str | None, Field(description="Code of the failure, as in signage_source_failing.")] = None
    detail: Annotated[str | None, Field(description="The failure in words, without secrets.")] = None
    devices: int | None = None
    last_success_at: datetime | None = None
    next_poll_at: datetime | None = None
    cycle_seconds: Annotated[float | None, Field(description="How long one poll of all devices takes at least.")] = None


class UnmatchedDevice(BaseModel):
    model_config = ConfigDict(frozen=True)

    device_id: str
    name: str | None = None


class UnmatchedDevices(BaseModel):
    """Devices of an account that none of its sources selects: the vendor lists them and nobody sees them."""

    model_config = ConfigDict(frozen=True)

    sources: Annotated[list[SourceName], Field(description="Enabled sources that share the account.")]
    count: int
    sample: Annotated[list[UnmatchedDevice], Field(description="The first of them by id, a hundred at most.")]


class ExporterSelfStatus(BaseModel):
    """Answer of an exporter's `GET /status`."""

    model_config = ConfigDict(frozen=True)

    exporter: ExporterName
    platform: str
    version: str
    config_revision: int | None
    config_error: str | None = None
    sources: list[SourceState]
    unmatched: Annotated[list[UnmatchedDevices], Field(description="By account, where there are any.")] = []


class DesiredSource(BaseModel):
    model_config = ConfigDict(frozen=True)

    name: SourceName
    enabled: bool
    config: Annotated[dict[str, Any], Field(repr=False, description="Without the fields of the selection.")]
    account: Annotated[
        SourceName | None, Field(description="First source, by name, of those that share its account.")
    ] = None
    selection: Annotated[DeviceSelection | None, Field(description="Null: every device of the account.")] = None


class DesiredExporter(BaseModel):
    """Answer of the registry's `GET /internal/v1/desired/{name}`: the only answer with credentials in clear."""

    model_config = ConfigDict(frozen=True)

    name: ExporterName
    type: ExporterName
    platform: str
    image: str
    module: str
    port: int
    metrics_path: str
    enabled: bool
    deleted: bool = False
    revision: int
    restart_generation: Annotated[
        int, Field(description="Grows with each restart asked for; a difference replaces the instance.")
    ] = 0
    shards: Annotated[int, Field(ge=1, le=MOST_SHARDS, description="Instances that share its devices or sources.")] = 1
    sources: list[DesiredSource] = []
    third_party: Annotated[
        ThirdParty | None, Field(description="Of a third-party type: its manifest, with the source's settings in it.")
    ] = None


class DesiredSummary(BaseModel):
    """Element of the registry's `GET /internal/v1/desired`: every exporter, deleted ones included."""

    model_config = ConfigDict(frozen=True)

    name: ExporterName
    revision: int
    enabled: bool
    deleted: bool


class KnownSource(BaseModel):
    """Element of the registry's `GET /internal/v1/sources`: which (exporter, source) pairs the gateway may show."""

    model_config = ConfigDict(frozen=True)

    exporter: ExporterName
    platform: str
    source: SourceName
    enabled: Annotated[bool, Field(description="The source and its exporter are both enabled.")]
    labels: dict[str, str] = {}
    shards: Annotated[
        int, Field(description="Instances that share the devices of this source; one of many is not all of them.")
    ] = 1
    mapping: Annotated[
        MetricMapping | None, Field(description="Of a third-party exporter: which of its metrics are devices.")
    ] = None


class ObservedShard(BaseModel):
    """One instance of an exporter that has several."""

    model_config = ConfigDict(frozen=True)

    shard: int
    phase: Phase
    reason: str | None = None
    applied_revision: int | None = None
    instance: str | None = None
    restarts: int = 0
    exit_code: int | None = None
    started_at: datetime | None = None


class ObservedExporter(BaseModel):
    """What the orchestrator saw; published on `exporters.status.<name>` when it changes.

    With several shards: the worst phase, the oldest applied revision, the sum of restarts, sources joined.
    """

    model_config = ConfigDict(frozen=True)

    phase: Phase
    reason: Annotated[str | None, Field(description="In words, for people; null when all is well.")] = None
    applied_revision: Annotated[
        int | None, Field(description="Newest revision that the exporter itself has confirmed.")
    ] = None
    runtime: str | None = None
    instance: Annotated[str | None, Field(description="Container id or process id.")] = None
    image: str | None = None
    restarts: int = 0
    exit_code: int | None = None
    started_at: datetime | None = None
    sources: list[SourceState] = []
    unmatched: Annotated[
        list[UnmatchedDevices], Field(description="Devices of shared accounts that no source selects; admins only.")
    ] = []
    shards: Annotated[list[ObservedShard], Field(description="Each of them, when there are several.")] = []
    observed_at: datetime
