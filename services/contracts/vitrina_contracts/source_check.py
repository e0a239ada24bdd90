"""What an exporter's `check` says of a source: `python -m <module> check`, with a `TriedSource` on standard input."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from vitrina_contracts.device import Status
from vitrina_contracts.names import ExporterName, SourceName
from vitrina_contracts.selection import DeviceSelection
from vitrina_contracts.source_file import SourceConfig


class CheckedDevice(BaseModel):
    model_config = ConfigDict(frozen=True)

    device_id: str
    name: str | None
    status: Status


class CheckError(BaseModel):
    model_config = ConfigDict(frozen=True)

    reason: Annotated[str, Field(description="Code of the failure, as in signage_source_failing.")]
    detail: Annotated[str, Field(description="The failure in words, without secrets.")]


class SourceCheck(BaseModel):
    """Printed on standard output as one line of JSON; the exit status is 0 exactly when `ok`."""

    model_config = ConfigDict(frozen=True)

    ok: bool
    devices: Annotated[
        int | None,
        Field(description="Devices of the source: listed by the vendor, or else configured. Null if unknown."),
    ] = None
    asked: Annotated[
        int, Field(description="Devices that the vendor answered about: a vendor asked one by one is asked about some.")
    ] = 0
    problems: Annotated[
        dict[str, int], Field(description="What was odd without being an error, by kind: not_known, duplicate, ...")
    ] = {}
    sample: Annotated[list[CheckedDevice], Field(description="The first few of them.")] = []
    unmatched: Annotated[
        int | None,
        Field(description="Devices of the account that no source would select; null where a source has all of them."),
    ] = None
    error: CheckError | None = None
    seconds: float


class TriedSource(SourceConfig):
    """Standard input of `check`: a `SourceConfig`, and what the sources that share its account select."""

    others: Annotated[
        dict[SourceName, DeviceSelection],
        Field(default_factory=dict, description="Of the other sources that share the account."),
    ]


class CheckRequest(BaseModel):
    """Body of the orchestrator's internal `POST /internal/v1/check`; answered with a `SourceCheck`."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    type: ExporterName
    image: Annotated[str, Field(max_length=200, description="Of the type's manifest.")]
    module: Annotated[str, Field(pattern=r"^[a-z_][a-z0-9_]*(\.[a-z_][a-z0-9_]*)*$", max_length=100)]
    name: SourceName = "check"
    config: Annotated[dict[str, Any], Field(repr=False, description="By the type's source_schema, secrets in clear.")]
    timeout_seconds: Annotated[float, Field(gt=0, le=60)] = 30
    selection: Annotated[DeviceSelection | None, Field(description="Null: every device of the account.")] = None
    others: Annotated[
        dict[SourceName, DeviceSelection], Field(description="Of the other sources that share the account.")
    ] = {}
