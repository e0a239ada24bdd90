"""Manifests of the exporters folder, and what is said of one that does not fit."""

from pathlib import Path

import pytest
from vitrina_registry.adapters.manifest_files import ManifestError, load_catalogue

GOOD = """
type: probe
title: {en: Probe, ru: Зонд}
description: {en: d, ru: d}
image: i
module: m
source_schema: {type: object, properties: {a: {type: string}}}
metrics: []
"""


def write(folder: Path, text: str, name: str = "probe") -> Path:
    (folder / name).mkdir()
    path = folder / name / "manifest.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_strings_become_texts_of_the_form(tmp_path: Path) -> None:
    strings = write(tmp_path, GOOD).parent / "strings"
    strings.mkdir()
    (strings / "ru.json").write_text('{"fields": {"a": {"title": "Имя"}}}', encoding="utf-8")
    kind = load_catalogue(tmp_path).types["probe"]
    assert kind.served_schema["properties"]["a"] == {"type": "string", "x-text": {"ru": {"title": "Имя"}}}
    assert kind.manifest.source_schema["properties"]["a"] == {"type": "string"}


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (GOOD.replace("type: probe", "type: Probe"), "type: String should match pattern"),
        (GOOD.replace("image: i\n", ""), "image: Field required"),
        (f"{GOOD}colour: red\n", "colour: Extra inputs are not permitted"),
        (GOOD.replace("{en: Probe, ru: Зонд}", "{en: Probe}"), "title.ru: Field required"),
        ("a: [", "not YAML"),
        ("", "Input should be a valid dictionary"),
    ],
)
def test_a_manifest_that_does_not_fit_is_named_with_its_field(tmp_path: Path, text: str, sentence: str) -> None:
    path = write(tmp_path, text)
    with pytest.raises(ManifestError) as caught:
        load_catalogue(tmp_path)
    assert str(path) in str(caught.value)
    assert sentence in str(caught.value)


def test_an_empty_folder_and_a_doubled_type_are_told(tmp_path: Path) -> None:
    with pytest.raises(ManifestError, match="VITRINA_EXPORTERS_DIR"):
        load_catalogue(tmp_path)
    write(tmp_path, GOOD)
    write(tmp_path, GOOD, "second")
    with pytest.raises(ManifestError, match="same type"):
        load_catalogue(tmp_path)
