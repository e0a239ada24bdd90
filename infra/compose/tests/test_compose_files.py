"""compose.yaml, `.env.example`, the images' file and the version say the same."""

import re
import tomllib

import yaml
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


def test_grafana_comes_with_its_profile_alone_and_finds_what_it_is_provisioned_with() -> None:
    services = yaml.safe_load(COMPOSE)["services"]
    grafana = services["grafana"]
    assert grafana["profiles"] == ["grafana"]
    mounts = dict(volume.split(":")[:2] for volume in grafana["volumes"])
    assert {source for source in mounts if source.startswith("./") and not (ROOT / source).is_dir()} == set()
    provider = yaml.safe_load((ROOT / "infra/grafana/provisioning/dashboards/vitrina.yml").read_text("utf-8"))
    assert provider["providers"][0]["options"]["path"] in mounts.values()
    source = (ROOT / "infra/grafana/provisioning/datasources/vitrina.yml").read_text("utf-8")
    assert set(re.findall(r"\$\{(\w+)\}", source)) <= set(grafana["environment"])
    listens = next(part for part in services["prometheus"]["command"] if "listen-address" in part)
    assert listens.partition("=")[2] in grafana["environment"]["VITRINA_PROMETHEUS_URL"]


def test_what_alerting_writes_is_what_alertmanager_reads() -> None:
    services = yaml.safe_load(COMPOSE)["services"]
    volumes = {name: services[name]["volumes"] for name in ("alerting", "alertmanager")}
    assert "config-alertmanager:/run/vitrina/alertmanager" in volumes["alerting"]
    assert "config-alertmanager:/run/secrets/vitrina:ro" in volumes["alertmanager"]
    written = services["alerting"]["environment"]["VITRINA_ALERTMANAGER_FILE"]
    assert written == "/run/vitrina/alertmanager/alertmanager.yml"
    assert "--config.file=/run/secrets/vitrina/alertmanager.yml" in services["alertmanager"]["command"]
