"""Events: CloudEvents 1.0 in structured JSON mode. The subject of NATS says where, `type` says what."""

from datetime import datetime
from typing import Annotated, Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from vitrina_contracts.device import Device, Status
from vitrina_contracts.exporter import ObservedExporter
from vitrina_contracts.names import ExporterName

Data = TypeVar("Data", bound=BaseModel)


class CloudEvent(BaseModel, Generic[Data]):
    """`id` is also the `Nats-Msg-Id`, so that a doubled publish is stored once within the stream's duplicate window."""

    model_config = ConfigDict(frozen=True)

    specversion: Literal["1.0"] = "1.0"
    id: str
    source: Annotated[str, Field(description="/vitrina/<service>")]
    type: str
    subject: str | None = None
    time: datetime
    datacontenttype: Literal["application/json"] = "application/json"
    data: Data


class ExporterChanged(BaseModel):
    """Something of an exporter's desired state changed: look again. Carries no configuration and no secret."""

    model_config = ConfigDict(frozen=True)

    exporter: ExporterName
    revision: int
    change: Annotated[
        str,
        Field(
            description="created, updated, reverted, restarted, deleted; source_created, source_updated, "
            "source_devices_changed, source_reverted, source_deleted"
        ),
    ]
    source: Annotated[str | None, Field(description="Name of the source, when the change is about one.")] = None


class ExporterStatusChanged(BaseModel):
    model_config = ConfigDict(frozen=True)

    exporter: ExporterName
    observed: ObservedExporter


class DeviceStatusChanged(BaseModel):
    """One link of a device's chain: `previous` is the status of the link before, null for the first.

    `removed` ends the chain: the device left its source or the source left the configuration.
    """

    model_config = ConfigDict(frozen=True)

    device: Device
    previous: Status | None
    removed: bool = False
    evaluated_at: Annotated[datetime, Field(description="The aligned instant of the evaluation that saw the change.")]


class AccessRevoked(BaseModel):
    """Access tokens with this `sid` are refused from now on, and streams that were opened with one end."""

    model_config = ConfigDict(frozen=True)

    sid: str


class AlertChanged(BaseModel):
    """An alert that people are told of began, still is, or has ended. Known by `fingerprint` and `starts_at`."""

    model_config = ConfigDict(frozen=True)

    state: Literal["firing", "resolved"]
    fingerprint: Annotated[str, Field(description="Of its labels.")]
    name: str
    severity: str
    labels: dict[str, str]
    annotations: Annotated[dict[str, str], Field(description="summary_en, summary_ru, description_en, link, ...")]
    starts_at: datetime
    ends_at: Annotated[datetime | None, Field(description="Null while it fires.")]


TYPE_EXPORTER_CHANGED = "vitrina.exporter.changed.v1"
TYPE_EXPORTER_STATUS = "vitrina.exporter.status.v1"
TYPE_DEVICE_STATUS = "vitrina.device.status.v1"
TYPE_ALERT_CHANGED = "vitrina.alert.changed.v1"
TYPE_ACCESS_REVOKED = "vitrina.access.revoked.v1"
