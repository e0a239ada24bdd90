"""The configuration file that the orchestrator writes and an exporter reads (mode 0400: it holds credentials).

Layout of the folder: `config-<revision>.json` (an `ExporterConfig`) and then a small `current` (a `CurrentConfig`) that
names it with its SHA-256. A write is therefore never half visible: a reader whose digest differs reads again.
"""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from vitrina_contracts.names import ExporterName, SourceName
from vitrina_contracts.selection import DeviceSelection
from vitrina_contracts.sharding import MOST_SHARDS

CURRENT_FILE = "current"


def config_file_name(revision: int) -> str:
    return f"config-{revision}.json"


class WayOut(BaseModel):
    """How this installation reaches vendors."""

    model_config = ConfigDict(frozen=True)

    https_proxy: Annotated[
        str | None, Field(repr=False, description="URL of the proxy for every request; may hold a password.")
    ] = None
    no_proxy: Annotated[tuple[str, ...], Field(description="Hosts, domains and CIDRs that are asked straight.")] = ()
    ca_certificates: Annotated[str, Field(repr=False, description="Authorities besides the usual ones, as PEM.")] = ""


class SourceConfig(BaseModel):
    """One source to poll. `config` follows the type's `source_schema` and holds credentials in clear."""

    model_config = ConfigDict(frozen=True)

    name: SourceName
    config: Annotated[dict[str, Any], Field(repr=False)]
    request_budget: Annotated[float, Field(gt=0, description="Requests a second; wins over the poll interval.")]
    way_out: WayOut = WayOut()
    account: Annotated[
        SourceName | None,
        Field(description="Sources with the same one share an account and are polled together; null: polled alone."),
    ] = None
    selection: Annotated[DeviceSelection | None, Field(description="Null: every device of the account.")] = None


class SetAside(BaseModel):
    """A disabled source: what it selects is shown by nobody else meanwhile."""

    model_config = ConfigDict(frozen=True)

    name: SourceName
    account: SourceName
    selection: DeviceSelection


class ExporterConfig(BaseModel):
    model_config = ConfigDict(frozen=True)

    exporter: ExporterName
    platform: str
    revision: int
    poll_interval_seconds: Annotated[float, Field(gt=0)]
    fresh_seconds: Annotated[float, Field(gt=0)]
    private_endpoints: Annotated[list[str], Field(description="CIDRs that the endpoint rule lets through.")] = []
    shard: Annotated[int, Field(ge=0, description="Number of this instance; it serves what `shard_of` gives it.")] = 0
    shards: Annotated[int, Field(ge=1, le=MOST_SHARDS, description="Instances of this exporter.")] = 1
    sources: list[SourceConfig]
    """Enabled sources only; all of them, whichever shard reads it."""
    set_aside: list[SetAside] = []


class CurrentConfig(BaseModel):
    model_config = ConfigDict(frozen=True)

    file: str
    sha256: str
