"""The document of export and apply, and what became of it."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field
from vitrina_contracts.sharding import MOST_SHARDS

from vitrina_registry.api.history_schemas import DifferenceView
from vitrina_registry.api.schemas import Body
from vitrina_registry.domain.declaration import Action, DeclaredExporter, DeclaredSource, PlannedChange


class SourceDocument(Body):
    name: str
    enabled: bool = True
    labels: Annotated[dict[str, str], Field(default_factory=dict)]
    config: Annotated[dict[str, Any], Field(repr=False, description="A secret that is not in it stays as it is.")]
    secrets: Annotated[
        list[str], Field(default_factory=list, description="Names of those that are set; told, never read.")
    ]


class ExporterDocument(Body):
    name: str
    type: str
    enabled: bool = True
    labels: Annotated[dict[str, str], Field(default_factory=dict)]
    shards: Annotated[int, Field(ge=1, le=MOST_SHARDS)] = 1
    sources: Annotated[list[SourceDocument], Field(default_factory=list, max_length=10_000)]


class Document(Body):
    version: Literal[1] = 1
    exporters: Annotated[list[ExporterDocument], Field(max_length=1000)]

    @classmethod
    def of(cls, declared: Sequence[DeclaredExporter]) -> "Document":
        return cls(exporters=[_exporter(item) for item in declared])

    def declared(self) -> list[DeclaredExporter]:
        return [
            DeclaredExporter(
                item.name,
                item.type,
                item.enabled,
                item.labels,
                item.shards,
                [DeclaredSource(source.name, source.config, source.labels, source.enabled) for source in item.sources],
            )
            for item in self.exporters
        ]


class ChangeView(BaseModel):
    action: Action
    exporter: str
    source: str | None
    diff: list[DifferenceView]

    @classmethod
    def of(cls, change: PlannedChange) -> "ChangeView":
        diff = [DifferenceView.of(difference) for difference in change.diff]
        return cls(action=change.action, exporter=change.exporter, source=change.source, diff=diff)


class ApplyReport(BaseModel):
    mode: Literal["plan", "apply"]
    changes: Annotated[list[ChangeView], Field(description="In the order they are made; empty when all is so already.")]

    @classmethod
    def of(cls, mode: Literal["plan", "apply"], changes: Sequence[PlannedChange]) -> "ApplyReport":
        return cls(mode=mode, changes=[ChangeView.of(change) for change in changes])


def _exporter(item: DeclaredExporter) -> ExporterDocument:
    sources = [
        SourceDocument(
            name=source.name,
            enabled=source.enabled,
            labels=dict(source.labels),
            config=dict(source.config),
            secrets=list(source.secrets),
        )
        for source in item.sources
    ]
    return ExporterDocument(
        name=item.name,
        type=item.type,
        enabled=item.enabled,
        labels=dict(item.labels),
        shards=item.shards,
        sources=sources,
    )
