"""compose.yaml, `.env.example`, the images' file and the version say the same."""

import re
import tomllib

from vitrina_compose_testing.commands import ROOT

COMPOSE = (ROOT / "compose.yaml").read_text("utf-8")
EXAMPLE = dict(re.findall(r"^([A-Z_]+)=(.*)$", (ROOT / ".env.example").read_text("utf-8"), re.MULTILINE))
VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]


def test_every_setting_of_compose_is_documented_with_its_default() -> None:
    used = set(re.findall(r"\$\{(VITRINA_[A-Z_]+):-([^{}$]*)\}", COMPOSE))
    wrong = [(name, default) for name, default in used if EXAMPLE.get(name, default + "?") not in {"", default}]
    assert wrong == []
    assert {name for name, _ in used} - EXAMPLE.keys() == set()


def test_images_are_tagged_with_the_version() -> None:
    assert EXAMPLE["VITRINA_IMAGE_TAG"] == VERSION
    tags = re.findall(r"[:=](\d+\.\d+\.\d+)$", (ROOT / "infra/debian/images.env").read_text("utf-8"), re.MULTILINE)
    assert set(tags) == {VERSION}


def test_every_exporter_has_its_image_in_compose() -> None:
    manifests = [path.read_text("utf-8") for path in ROOT.glob("exporters/*/manifest.yaml")]
    offered = [text for text in manifests if "\noffered: false\n" not in text]
    images = {found for text in offered for found in re.findall(r"^image: (vitrina/\S+)$", text, re.MULTILINE)}
    assert images
    assert {image for image in images if f"}}{image}:${{VITRINA_IMAGE_TAG" not in COMPOSE} == set()


def test_images_hold_the_packages_that_are_tested() -> None:
    def pins(lock: str) -> set[str]:
        return set(re.findall(r"^[a-z0-9.\[\]_-]+==[^ ;]+", (ROOT / lock).read_text("utf-8"), re.MULTILINE))

    tested = pins("requirements-dev.lock")
    for lock in ("requirements-service.lock", "requirements-exporter.lock"):
        assert pins(lock)
        assert pins(lock) - tested == set(), lock
