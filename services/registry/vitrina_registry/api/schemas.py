"""Bodies and answers of the API. Unknown fields are refused by name."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Any, Final, Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field
from vitrina_contracts.exporter import ObservedExporter, SourceState
from vitrina_contracts.manifest import Text
from vitrina_contracts.sharding import MOST_SHARDS

from vitrina_registry.domain.catalogue import Catalogue, ExporterType
from vitrina_registry.domain.scope import VisibleExporter
from vitrina_registry.use_cases.sources import VisibleSource

MOST_SHARED: Final = 1000

Item = TypeVar("Item")


def _without_default(schema: dict[str, Any]) -> None:
    """In a PATCH an absent field keeps what is there: the schema must not promise the default of the model."""
    schema.pop("default", None)


Kept = Field(json_schema_extra=_without_default)
"""For the fields of a PATCH."""


Shards = Annotated[
    int, Field(ge=1, le=MOST_SHARDS, description="Instances that share its devices, or its sources of a list platform.")
]


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, hide_input_in_errors=True)


class ExporterCreate(Body):
    type: Annotated[str, Field(description="One of /exporter-types.")]
    name: Annotated[str | None, Field(description="Null or absent: named after the type.")] = None
    enabled: bool = True
    labels: dict[str, str] = {}
    shards: Shards = 1


class ExporterPatch(Body):
    enabled: Annotated[bool, Kept] = True
    labels: Annotated[dict[str, str], Kept] = {}
    shards: Annotated[Shards, Kept] = 1


SecretsExpire = Annotated[
    dict[str, Annotated[date | None, Field(strict=False)]],
    Field(description="By name of the secret: the day its vendor stops taking it; null forgets the day."),
]


class SourceCreate(Body):
    name: Annotated[str, Field(description="Unique in the installation; cannot be changed later.")]
    config: Annotated[dict[str, Any], Field(repr=False, description="By the type's source_schema.")]
    labels: dict[str, str] = {}
    enabled: bool = True
    secrets_expire: SecretsExpire = {}


class SourcePatch(Body):
    config: Annotated[
        dict[str, Any],
        Field(
            repr=False,
            json_schema_extra=_without_default,
            description="Replaced as a whole; a secret that is absent or sent back masked stays, null clears it.",
        ),
    ] = {}
    labels: Annotated[dict[str, str], Kept] = {}
    enabled: Annotated[bool, Kept] = True
    secrets_expire: Annotated[SecretsExpire, Kept] = {}


class Items(BaseModel, Generic[Item]):
    items: Sequence[Item]
    next_cursor: Annotated[str | None, Field(description="`cursor` of the next page; null on the last.")] = None


class ExporterTypeView(BaseModel):
    type: str
    kind: Annotated[
        Literal["platform", "third_party"],
        Field(description="third_party: an exporter that somebody else wrote; its sources cannot be tried."),
    ] = "platform"
    lists_devices: Annotated[bool, Field(description="Whether its devices are in the list of devices.")] = True
    title: Text
    description: Text
    singleton: bool
    source_schema: Annotated[
        dict[str, Any],
        Field(
            description="JSON Schema 2020-12 with x-secret, x-endpoint, x-message and, for the form, "
            'x-text: {"en": {"title", "description"}, "ru": {...}}.'
        ),
    ]
    metrics: list[str]

    @classmethod
    def of(cls, kind: ExporterType) -> "ExporterTypeView":
        manifest = kind.manifest
        return cls(
            type=manifest.type,
            kind=manifest.kind,
            lists_devices=manifest.kind == "platform" or kind.mapping is not None,
            title=manifest.title,
            description=manifest.description,
            singleton=manifest.singleton,
            source_schema=dict(kind.served_schema),
            metrics=manifest.metrics,
        )


class ExporterView(BaseModel):
    name: str
    type: str
    platform: str
    title: Text
    enabled: bool
    labels: dict[str, str]
    shards: int
    revision: Annotated[int, Field(description="Also the ETag. `observed` never changes it.")]
    created_at: datetime
    updated_at: datetime
    source_count: Annotated[int, Field(description="Sources that the caller may see.")]
    lists_devices: Annotated[
        bool, Field(description="Its sources hold a list of their devices, which `.../devices` adds to.")
    ] = False
    observed: Annotated[
        ObservedExporter | None, Field(description="Null before anything was seen; narrowed to the caller's sources.")
    ]
    sources: Annotated[
        "list[SourceView] | None",
        Field(description="With `include=sources` only: those that the caller may see, each with an empty `config`."),
    ] = None

    @classmethod
    def of(
        cls, visible: VisibleExporter, catalogue: Catalogue, sources: Sequence[VisibleSource] | None = None
    ) -> "ExporterView":
        exporter = visible.exporter
        kind = catalogue.find(exporter.type)
        return cls(
            name=exporter.name,
            type=exporter.type,
            platform=exporter.type,
            title=kind.manifest.title if kind else Text(en=exporter.type, ru=exporter.type),
            enabled=exporter.enabled,
            labels=dict(exporter.labels),
            shards=exporter.shards,
            revision=exporter.revision,
            created_at=exporter.created_at,
            updated_at=exporter.updated_at,
            source_count=visible.source_count,
            lists_devices=kind is not None and len(kind.manifest.device_fields()) == 1,
            observed=visible.observed,
            sources=None if sources is None else [SourceView.of(source) for source in sources],
        )


class SharedDeviceView(BaseModel):
    device_id: str
    source: Annotated[str, Field(description="Another source that has this device.")]


class SourceView(BaseModel):
    name: str
    exporter: str
    config: Annotated[
        dict[str, Any],
        Field(description='Secrets as {"set": true, "set_at", "set_by", "expires_on"}; empty for managers.'),
    ]
    labels: dict[str, str]
    enabled: bool
    revision: Annotated[int, Field(description="The exporter's revision at this source's last change; also the ETag.")]
    created_at: datetime
    updated_at: datetime
    observed: SourceState | None
    cycle_seconds: Annotated[float, Field(description="How long one poll of all devices takes at least.")]
    shared_devices: Annotated[
        list[SharedDeviceView],
        Field(description="After a write of `config`, also a dry one: devices that another source has; 1000 at most."),
    ] = []

    @classmethod
    def of(cls, visible: VisibleSource) -> "SourceView":
        source = visible.source
        return cls(
            name=source.name,
            exporter=source.exporter,
            config=dict(visible.config),
            labels=dict(source.labels),
            enabled=source.enabled,
            revision=source.revision,
            created_at=source.created_at,
            updated_at=source.updated_at,
            observed=visible.observed,
            cycle_seconds=visible.cycle_seconds,
            shared_devices=[SharedDeviceView(**vars(shared)) for shared in visible.shared[:MOST_SHARED]],
        )


class LogLines(BaseModel):
    lines: Annotated[list[str], Field(description="Oldest first.")]
