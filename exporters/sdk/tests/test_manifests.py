"""Every platform folder is complete: its manifest is valid, and its words exist in both languages."""

import importlib
import json
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import yaml
from vitrina_contracts.manifest import Manifest

EXPORTERS = Path(__file__).parents[2]
FOLDERS = sorted(path.parent for path in EXPORTERS.glob("*/manifest.yaml"))
PLATFORMS = [folder for folder in FOLDERS if (folder / "pyproject.toml").exists()]


@pytest.fixture(params=FOLDERS, ids=lambda folder: folder.name)
def folder(request: pytest.FixtureRequest) -> Path:
    found: Path = request.param
    return found


def manifest_of(folder: Path) -> Manifest:
    return Manifest.model_validate(yaml.safe_load((folder / "manifest.yaml").read_text()))


def test_every_type_is_named_like_its_folder(folder: Path) -> None:
    manifest = manifest_of(folder)
    assert manifest.type == folder.name
    assert (manifest.kind == "platform") == (folder in PLATFORMS)


@pytest.mark.parametrize("folder", PLATFORMS, ids=lambda folder: folder.name)
def test_a_platforms_image_and_module_are_named_like_its_folder(folder: Path) -> None:
    manifest = manifest_of(folder)
    assert (manifest.type, manifest.image, manifest.module) == (
        folder.name,
        f"vitrina/exporter-{folder.name}",
        f"vitrina_{folder.name}",
    )
    jsonschema_rs.validator_for(manifest.source_schema)
    assert manifest.source_schema["additionalProperties"] is False
    assert manifest.endpoint_fields()
    importlib.import_module(f"{manifest.module}.platform")


@pytest.mark.parametrize("language", ["en", "ru"])
def test_every_field_has_its_words(folder: Path, language: str) -> None:
    strings: dict[str, Any] = json.loads((folder / "strings" / f"{language}.json").read_text())
    assert set(strings["fields"]) == set(manifest_of(folder).source_schema["properties"])
    for words in strings["fields"].values():
        assert words["title"]
        assert words["description"]


def test_every_field_that_can_be_wrong_says_what_would_be_right(folder: Path) -> None:
    for name, schema in manifest_of(folder).source_schema["properties"].items():
        assert set(schema["x-message"]) == {"en", "ru"}, name
