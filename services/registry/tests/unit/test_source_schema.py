"""Configurations checked against a schema, in words that name the field and never quote a secret."""

from typing import Any

import pytest
from vitrina_contracts.manifest import Manifest, Text
from vitrina_registry.adapters.source_schema import SchemaChecks
from vitrina_registry.domain.catalogue import Catalogue, ExporterType

TEXT = {"en": "x", "ru": "x"}


def checks(properties: dict[str, Any], **keywords: Any) -> SchemaChecks:
    schema = {"type": "object", "additionalProperties": False, "properties": properties, **keywords}
    manifest = Manifest.model_validate(
        {
            "type": "probe",
            "title": TEXT,
            "description": TEXT,
            "image": "i",
            "module": "m",
            "source_schema": schema,
            "metrics": [],
        }
    )
    return SchemaChecks(Catalogue.of([ExporterType(manifest, schema)]))


@pytest.mark.parametrize(
    ("definition", "value", "message"),
    [
        ({"type": "string"}, 7, "7 does not fit: must be of type string"),
        ({"type": "boolean"}, "yes", '"yes" does not fit: must be of type boolean'),
        ({"enum": ["fast", "slow"]}, "warp", '"warp" does not fit: must be one of fast, slow'),
        ({"minimum": 1}, 0, "0 does not fit: must be at least 1"),
        ({"maximum": 1}, 2, "2 does not fit: must be at most 1"),
        ({"exclusiveMinimum": 0}, 0, "0 does not fit: must be more than 0"),
        ({"minLength": 2}, "a", '"a" does not fit: must have at least 2 characters'),
        ({"maxLength": 2}, "abc", '"abc" does not fit: must have at most 2 characters'),
        ({"type": "array", "minItems": 1}, [], "must have at least 1 entries"),
        ({"type": "array", "maxItems": 1}, [1, 2], "must have at most 1 entries"),
        ({"type": "array", "uniqueItems": True}, [1, 1], "must not hold an entry twice"),
        ({"pattern": "^a$"}, "b", '"b" does not fit: does not fit the schema of this field'),
        ({"pattern": "^a$", "x-message": {"en": "an a", "ru": "буква"}}, "b", '"b" does not fit: an a'),
        (
            {"type": "string", "maxLength": 80},
            "x" * 81,
            f'"{"x" * 59}... does not fit: must have at most 80 characters',
        ),
    ],
)
def test_a_value_that_does_not_fit_is_named(definition: dict[str, Any], value: Any, message: str) -> None:
    faults = checks({"field": definition})("probe", {"field": value})
    assert [(fault.field, fault.message.en) for fault in faults] == [("config.field", message)]


@pytest.mark.parametrize("marker", ["x-secret", "x-endpoint"])
@pytest.mark.parametrize("value", ["canary", ["canary"], {"canary": "canary"}, 9911])
def test_neither_a_secret_nor_an_url_is_ever_quoted(marker: str, value: Any) -> None:
    definition = {"type": "string", "pattern": "^a$", marker: True}
    schema = checks({"field": definition}, anyOf=[{"properties": {"field": {"const": "b"}}}])
    faults = schema("probe", {"field": value})
    assert faults
    assert not any("canary" in str(fault) or "9911" in str(fault) for fault in faults)


def test_a_missing_field_is_told_with_what_it_should_be() -> None:
    message = {"en": "the token", "ru": "токен"}
    faults = checks({"token": {"x-message": message}, "other": {}}, required=["token", "other"])("probe", {})
    assert [(fault.field, fault.message) for fault in faults] == [
        ("config.token", Text(en="this field is required: the token", ru="это поле обязательно: токен")),
        ("config.other", Text(en="this field is required", ru="это поле обязательно")),
    ]


def test_unknown_fields_are_each_named() -> None:
    faults = checks({})("probe", {"one": "canary", "two": 2})
    assert sorted(fault.field for fault in faults) == ["config.one", "config.two"]
    assert "canary" not in str(faults)


def test_the_innermost_message_wins() -> None:
    items = {"type": "string", "x-message": {"en": "inner", "ru": "i"}}
    schema = checks({"list": {"type": "array", "items": items, "x-message": {"en": "outer", "ru": "o"}}})
    assert schema("probe", {"list": [1]})[0].message.en == "1 does not fit: inner"
    assert schema("probe", {"list": 1})[0].message.en == "1 does not fit: outer"
