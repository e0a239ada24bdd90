"""The catalogue from `<folder>/*/manifest.yaml` and the strings beside each."""

import json
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError
from vitrina_contracts.manifest import Manifest

from vitrina_registry.domain.catalogue import LANGUAGES, Catalogue, ExporterType, with_texts


class ManifestError(Exception):
    """A manifest does not fit; the message names file and field."""


def load_catalogue(folder: Path) -> Catalogue:
    """Raises ManifestError: none there, one does not fit, or two describe one type."""
    found = [_load(path) for path in sorted(folder.glob("*/manifest.yaml"))]
    types = [kind for kind in found if kind.manifest.offered]
    if not types:
        msg = f"no exporter type in {folder}: VITRINA_EXPORTERS_DIR must hold <type>/manifest.yaml"
        raise ManifestError(msg)
    catalogue = Catalogue.of(types)
    if len(catalogue.types) != len(types):
        msg = f"two manifests in {folder} describe the same type"
        raise ManifestError(msg)
    return catalogue


def _load(path: Path) -> ExporterType:
    try:
        manifest = Manifest.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except ValidationError as error:
        first = error.errors()[0]
        msg = f"{path}: {'.'.join(str(part) for part in first['loc'])}: {first['msg']}"
        raise ManifestError(msg) from error
    except yaml.YAMLError as error:
        msg = f"{path}: not YAML: {error}"
        raise ManifestError(msg) from error
    strings = {language: _strings(path.parent / "strings" / f"{language}.json") for language in LANGUAGES}
    return ExporterType(manifest, with_texts(manifest.source_schema, strings))


def _strings(path: Path) -> dict[str, Any]:
    if not path.exists():
        return {}
    try:
        strings: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        msg = f"{path}: not JSON: {error}"
        raise ManifestError(msg) from error
    return strings
