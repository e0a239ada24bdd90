"""What a source sets of a program that somebody else wrote."""

from typing import Any

from vitrina_contracts.manifest import Manifest
from vitrina_registry.domain.third_party import program_of

TEXT = {"en": "x", "ru": "x"}
PROPERTIES: dict[str, Any] = {
    "level": {"enum": ["debug", "warn"], "x-argument": "--log.level"},
    "verbose": {"type": "boolean", "x-environment": "VERBOSE"},
    "only": {"type": "array", "x-argument": "--only"},
    "note": {"type": "string"},
}


def manifest(**changes: Any) -> Manifest:
    fields: dict[str, Any] = {
        "type": "some",
        "kind": "third_party",
        "title": TEXT,
        "description": TEXT,
        "image": "docker.io/prom/some:v1",
        "source_schema": {"type": "object", "properties": PROPERTIES},
        "metrics": [],
        "third_party": {"arguments": ["--first"], "environment": {"FIXED": "1"}},
    }
    return Manifest.model_validate(fields | changes)


def test_values_of_marked_properties_become_arguments_and_variables_behind_the_manifests_own() -> None:
    program = program_of(manifest(), {"level": "debug", "verbose": True, "only": ["a", "b"], "note": "kept to itself"})
    assert program is not None
    assert program.arguments == ["--first", "--log.level=debug", "--only=a,b"]
    assert program.environment == {"FIXED": "1", "VERBOSE": "true"}


def test_what_is_not_set_is_left_to_the_program() -> None:
    program = program_of(manifest(), {})
    assert program is not None
    assert (program.arguments, program.environment) == (["--first"], {"FIXED": "1"})


def test_a_value_is_one_argument_whatever_it_holds() -> None:
    program = program_of(manifest(), {"level": "debug --web.listen-address=:1; id"})
    assert program is not None
    assert program.arguments == ["--first", "--log.level=debug --web.listen-address=:1; id"]


def test_a_platform_of_ours_has_no_such_program() -> None:
    ours = manifest(
        kind="platform",
        module="vitrina_some",
        third_party=None,
        source_schema={"type": "object", "properties": {"note": {"type": "string"}}},
    )
    assert program_of(ours, {}) is None
