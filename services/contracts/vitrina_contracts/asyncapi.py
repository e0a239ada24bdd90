"""AsyncAPI 3 of all that is on NATS, made from the events and the subjects; `make contracts` writes it down."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from vitrina_contracts import events
from vitrina_contracts.events import (
    AccessRevoked,
    AlertChanged,
    CloudEvent,
    DeviceStatusChanged,
    ExporterChanged,
    ExporterStatusChanged,
)
from vitrina_contracts.subjects import ALERTS, AUTH, DEVICES, EXPORTERS, StreamSpec

CONTENT_TYPE: Final = "application/cloudevents+json"
_TOKEN: Final = "Bytes outside A-Za-z0-9_- are written %XX, so that any text is one token of a subject."  # noqa: S105 - of a subject
_HEADERS: Final = {
    "type": "object",
    "properties": {
        "Nats-Msg-Id": {"type": "string", "description": "The event's `id`: stored once within the duplicate window."},
        "Content-Type": {"type": "string", "const": CONTENT_TYPE},
    },
    "required": ["Nats-Msg-Id"],
}


@dataclass(frozen=True)
class Channel:
    """One kind of subject, and the one kind of event on it."""

    name: str
    address: str
    """Subject; what stands in braces is one token."""
    stream: StreamSpec
    event: type[BaseModel]
    type: str
    sender: str
    receivers: Sequence[str]
    parameters: Mapping[str, str]
    """Meaning by name."""


CHANNELS: Final = (
    Channel(
        "exporterChanged",
        "exporters.changed.{exporter}",
        EXPORTERS,
        ExporterChanged,
        events.TYPE_EXPORTER_CHANGED,
        "registry",
        ("orchestrator", "gateway"),
        {"exporter": "Name of the exporter."},
    ),
    Channel(
        "exporterStatus",
        "exporters.status.{exporter}",
        EXPORTERS,
        ExporterStatusChanged,
        events.TYPE_EXPORTER_STATUS,
        "orchestrator",
        ("registry",),
        {"exporter": "Name of the exporter."},
    ),
    Channel(
        "deviceStatus",
        "devices.status.{platform}.{source}.{device}",
        DEVICES,
        DeviceStatusChanged,
        events.TYPE_DEVICE_STATUS,
        "gateway",
        ("subscriber",),
        {"platform": "The vendor's system.", "source": "Name of the source.", "device": "The device's id."},
    ),
    Channel(
        "alertChanged",
        "alerts.{severity}.{name}",
        ALERTS,
        AlertChanged,
        events.TYPE_ALERT_CHANGED,
        "gateway",
        ("subscriber",),
        {"severity": "critical, warning, info.", "name": "Name of the alert."},
    ),
    Channel(
        "accessRevoked",
        "auth.revoked.{sid}",
        AUTH,
        AccessRevoked,
        events.TYPE_ACCESS_REVOKED,
        "auth",
        ("registry", "gateway"),
        {"sid": "What the revoked tokens carry as `sid`."},
    ),
)


def document() -> dict[str, Any]:
    envelopes = {channel.name: _envelope(channel) for channel in CHANNELS}
    schemas = models_json_schema(
        [(envelope, "serialization") for envelope in envelopes.values()], ref_template="#/components/schemas/{model}"
    )[1]["$defs"]
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Vitrina events",
            "version": "1.0.0",
            "description": "CloudEvents 1.0 in structured JSON on NATS JetStream. Delivery is at least once; an event "
            "is known by (subject, stream sequence). See memory-bank/events.md.",
        },
        "defaultContentType": CONTENT_TYPE,
        "servers": {"nats": {"host": "localhost:4222", "protocol": "nats", "description": "JetStream of this system."}},
        "channels": {channel.name: _channel(channel) for channel in CHANNELS},
        "operations": {name: operation for channel in CHANNELS for name, operation in _operations(channel).items()},
        "components": {
            "messages": {channel.event.__name__: _message(channel, envelopes[channel.name]) for channel in CHANNELS},
            "schemas": schemas,
        },
    }


def _envelope(channel: Channel) -> type[BaseModel]:
    return CloudEvent[channel.event]  # type: ignore[name-defined]  # the parameter is known at run time only


def _channel(channel: Channel) -> dict[str, Any]:
    stream = channel.stream
    return {
        "address": channel.address,
        "description": f"Stream {stream.name}: the newest {stream.max_msgs_per_subject} messages of each subject.",
        "parameters": {name: {"description": f"{text} {_TOKEN}"} for name, text in channel.parameters.items()},
        "messages": {channel.event.__name__: {"$ref": f"#/components/messages/{channel.event.__name__}"}},
    }


def _operations(channel: Channel) -> dict[str, Any]:
    message = {"$ref": f"#/channels/{channel.name}/messages/{channel.event.__name__}"}
    common = {"channel": {"$ref": f"#/channels/{channel.name}"}, "messages": [message]}
    sent = {f"{channel.sender}Sends{channel.event.__name__}": {"action": "send", **common}}
    received = {f"{who}Receives{channel.event.__name__}": {"action": "receive", **common} for who in channel.receivers}
    return sent | received


def _message(channel: Channel, envelope: type[BaseModel]) -> dict[str, Any]:
    return {
        "name": channel.type,
        "title": channel.event.__name__,
        "contentType": CONTENT_TYPE,
        "headers": _HEADERS,
        "payload": {"$ref": f"#/components/schemas/{_schema_name(envelope)}"},
    }


def _schema_name(envelope: type[BaseModel]) -> str:
    """As pydantic names it: brackets become underscores."""
    return envelope.__name__.replace("[", "_").replace("]", "_")
