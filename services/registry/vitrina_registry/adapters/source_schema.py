"""Checks of a source's configuration against its type's JSON Schema, in words for people.

The library's own messages quote the value, so none of them is used: a credential must not come back in an error. Texts
come from the manifest's `x-message` or the table below; only scalar values of fields that are neither secret nor a URL
are quoted.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

import jsonschema_rs
from vitrina_contracts.manifest import Manifest, Text

from vitrina_registry.adapters.schema_texts import text_of
from vitrina_registry.domain.catalogue import Catalogue
from vitrina_registry.domain.errors import FieldFault

MOST_FAULTS: Final = 50
_LONGEST_QUOTE: Final = 60
_UNKNOWN: Final = Text(en="this field is not known here", ru="такого поля здесь нет")
_MISSING: Final = Text(en="this field is required", ru="это поле обязательно")


class SchemaChecks:
    """Compiled schemas of all types."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._checks = {name: _Check(kind.manifest) for name, kind in catalogue.types.items()}

    def __call__(self, kind: str, config: Mapping[str, Any]) -> list[FieldFault]:
        """What does not fit, fifty at most, in the order of the schema."""
        return self._checks[kind].faults(config)


class _Check:
    def __init__(self, manifest: Manifest) -> None:
        self._schema = manifest.source_schema
        self._unquotable = manifest.secret_fields() | manifest.endpoint_fields()
        self._validator = jsonschema_rs.Draft202012Validator(self._schema)

    def faults(self, config: Mapping[str, Any]) -> list[FieldFault]:
        faults: list[FieldFault] = []
        for error in self._validator.iter_errors(dict(config)):
            faults.extend(self._faults_of(error))
            if len(faults) >= MOST_FAULTS:
                break
        return faults[:MOST_FAULTS]

    def _faults_of(self, error: jsonschema_rs.ValidationError) -> list[FieldFault]:
        kind = error.kind
        path = list(error.instance_path)
        if isinstance(kind, jsonschema_rs.ValidationErrorKind.AdditionalProperties):
            return [FieldFault(_path([*path, name]), _UNKNOWN) for name in kind.unexpected]
        if isinstance(kind, jsonschema_rs.ValidationErrorKind.Required):
            name = str(kind.property)
            return [FieldFault(_path([*path, name]), self._advice([*path, name]) or _MISSING)]
        message = self._message(error.schema_path) or text_of(kind.name, kind.as_dict())
        return [FieldFault(_path(path), self._quoting(path, error.instance, message))]

    def _quoting(self, path: Sequence[str | int], value: Any, message: Text) -> Text:
        if not path or path[0] in self._unquotable or not isinstance(value, str | int | float):
            return message
        shown = json.dumps(value, ensure_ascii=False)
        shown = shown if len(shown) <= _LONGEST_QUOTE else f"{shown[:_LONGEST_QUOTE]}..."
        return Text(en=f"{shown} does not fit: {message.en}", ru=f"{shown} не подходит: {message.ru}")

    def _message(self, schema_path: Sequence[str | int]) -> Text | None:
        """The innermost `x-message` on the way to the keyword that failed."""
        node: Any = self._schema
        found: Text | None = None
        for step in schema_path:
            node = _child(node, step)
            if isinstance(node, dict) and "x-message" in node:
                found = Text.model_validate(node["x-message"])
        return found

    def _advice(self, path: Sequence[str | int]) -> Text | None:
        """For a missing field: that it is required, and what it should be."""
        message = self._message([step for name in path for step in ("properties", name)])
        if message is None:
            return None
        return Text(en=f"{_MISSING.en}: {message.en}", ru=f"{_MISSING.ru}: {message.ru}")


def _child(node: Any, step: str | int) -> Any:
    if isinstance(node, list) and isinstance(step, int):
        return node[step]
    return node.get(step) if isinstance(node, dict) else None


def _path(steps: Sequence[str | int]) -> str:
    return "config" + "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps)
