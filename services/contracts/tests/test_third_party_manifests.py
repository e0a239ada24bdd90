"""Manifests of exporters that somebody else wrote: what one may say, and what is refused before anything runs."""

from typing import Any

import pytest
from pydantic import ValidationError
from vitrina_contracts.manifest import Manifest

TEXT = {"en": "x", "ru": "x"}
URLS = {"type": "array", "items": {"type": "string"}, "x-endpoint": True, "x-devices": True}


def manifest(
    program: dict[str, Any] | None = None, properties: dict[str, Any] | None = None, **changes: Any
) -> Manifest:
    fields: dict[str, Any] = {
        "type": "some-exporter",
        "kind": "third_party",
        "title": TEXT,
        "description": TEXT,
        "image": "docker.io/prom/some-exporter:v1",
        "source_schema": {"type": "object", "properties": properties or {}},
        "metrics": [],
        "third_party": program if program is not None else {},
    }
    return Manifest.model_validate(fields | changes)


def test_image_and_port_are_enough_to_run_and_be_scraped() -> None:
    bare = manifest(port=9100)
    assert bare.third_party is not None
    assert (bare.third_party.mapping, bare.third_party.probe) == (None, None)
    assert bare.one_source_only()


def test_a_platform_needs_its_module_and_a_third_party_has_none() -> None:
    with pytest.raises(ValidationError, match="module belongs to kind: platform"):
        manifest(module="vitrina_cubicmedia")
    with pytest.raises(ValidationError, match="third_party belongs to kind: third_party"):
        manifest(kind="platform", module="vitrina_cubicmedia")


def test_settings_of_a_source_become_variables_and_arguments() -> None:
    settings = {"level": {"x-environment": "LOG_LEVEL"}, "timeout": {"x-argument": "--timeout"}}
    found = manifest(properties=settings)
    assert found.variables() == {"level": "LOG_LEVEL"}
    assert found.flags() == {"timeout": "--timeout"}


@pytest.mark.parametrize("keyword", [{"x-environment": "TOKEN"}, {"x-argument": "--token"}])
def test_a_secret_can_be_neither_a_variable_nor_an_argument(keyword: dict[str, str]) -> None:
    with pytest.raises(ValidationError, match="a secret can be neither"):
        manifest(properties={"token": {"type": "string", "x-secret": True} | keyword})


@pytest.mark.parametrize("name", ["LD_PRELOAD", "PATH", "PYTHONPATH", "VITRINA_CONFIG_DIR", "lower", "A=B", "A\n", ""])
def test_variables_that_change_how_programs_are_loaded_are_refused(name: str) -> None:
    with pytest.raises(ValidationError):
        manifest({"environment": {name: "x"}})
    with pytest.raises(ValidationError):
        manifest(properties={"level": {"x-environment": name}})


@pytest.mark.parametrize(
    "program",
    [
        {"process": {"command": ["/bin/sh"]}},
        {"process": {"command": ["../sh"]}},
        {"process": {"command": []}},
        {"arguments": ["two\nlines"]},
        {"arguments": ["nul\0"]},
        {"files": {"../passwd": "x"}},
        {"files": {"current": "x"}},
        {"files": {"config-1.json": "x"}},
        {"health_path": "http://elsewhere/"},
        {"privileged": True},
        {"mapping": {"device": "target", "status": {"metric": "probe_success"}}},
        {"mapping": {"device": "label", "status": {"metric": "up"}}},
        {"mapping": {"device": "exporter", "status": {"metric": 'up"} or vector(1)'}}},
        {"probe": {"targets": "urls", "modules": {"http": "http_2xx"}}},
    ],
)
def test_hostile_or_half_programs_are_refused(program: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        manifest(program)


def test_targets_of_a_probe_are_devices_and_endpoints_with_the_schemes_of_its_modules() -> None:
    probe = {"targets": "urls", "modules": {"http": "http_2xx", "tcp": "tcp_connect"}}
    mapping = {"device": "target", "status": {"metric": "probe_success"}}
    found = manifest({"probe": probe, "mapping": mapping}, {"urls": URLS})
    assert found.endpoint_schemes("urls") == {"http", "tcp"}
    assert found.endpoint_schemes("other") == {"http", "https"}
    assert not found.one_source_only()
