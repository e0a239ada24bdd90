"""The catalogue: which types of exporters there are."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from vitrina_contracts.manifest import Manifest, Text
from vitrina_contracts.third_party import MetricMapping

from vitrina_registry.domain.errors import FieldFault

LANGUAGES = ("en", "ru")


@dataclass(frozen=True)
class ExporterType:
    manifest: Manifest
    served_schema: Mapping[str, Any]
    """The manifest's `source_schema` with the texts of its form (`x-text`)."""

    @property
    def name(self) -> str:
        return self.manifest.type

    @property
    def mapping(self) -> MetricMapping | None:
        """Which of a third-party exporter's metrics are devices."""
        return self.manifest.third_party.mapping if self.manifest.third_party is not None else None

    def splits_devices(self) -> bool:
        """Whether shards share the devices of each source; a platform that lists all devices shares out its sources."""
        return bool(self.manifest.device_fields()) and self.manifest.kind == "platform"

    def calls_of(self, config: Mapping[str, Any]) -> int:
        """Requests that one poll of a source with this configuration needs."""
        lists = (config.get(name) for name in self.manifest.device_fields())
        return max(1, sum(len(devices) for devices in lists if isinstance(devices, list)))


@dataclass(frozen=True)
class Catalogue:
    types: Mapping[str, ExporterType] = field(default_factory=dict)

    @classmethod
    def of(cls, types: Iterable[ExporterType]) -> "Catalogue":
        return cls({kind.name: kind for kind in sorted(types, key=lambda kind: kind.name)})

    def find(self, name: str) -> ExporterType | None:
        return self.types.get(name)

    def singletons(self) -> list[ExporterType]:
        return [kind for kind in self.types.values() if kind.manifest.singleton]


def with_texts(schema: Mapping[str, Any], strings: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """The schema with `x-text: {language: {title, description}}` in each property that has strings.

    Args:
        schema: a manifest's `source_schema`.
        strings: by language, the content of `strings/<language>.json`: `{"fields": {name: {title, description}}}`.
    """
    properties = {
        name: {**definition, "x-text": texts} if (texts := _texts_of(name, strings)) else definition
        for name, definition in schema.get("properties", {}).items()
    }
    return {**schema, "properties": properties}


def _texts_of(field_name: str, strings: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    found = {language: strings.get(language, {}).get("fields", {}).get(field_name) for language in LANGUAGES}
    return {language: text for language, text in found.items() if text}


def unknown_type_fault(name: str, catalogue: Catalogue) -> FieldFault:
    known = ", ".join(catalogue.types)
    shown = name[:80]
    return FieldFault(
        "type", Text(en=f"{shown!r} is no known type; known: {known}", ru=f"тип {shown!r} не известен; есть: {known}")
    )
