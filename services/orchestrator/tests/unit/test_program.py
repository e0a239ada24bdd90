"""Programs that somebody else wrote: how they are run, and what they may never be given."""

import json
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest
from vitrina_contracts.exporter import DesiredExporter
from vitrina_contracts.third_party import ThirdParty
from vitrina_orchestrator.adapters.programs import Programs
from vitrina_orchestrator.domain.container_policy import check_container
from vitrina_orchestrator.domain.container_spec import exporter_body, spec_from, standby_body, writer_body
from vitrina_orchestrator.domain.containers import (
    ContainerSettings,
    Limits,
    container_name,
    image_reference,
    is_third_party_image,
    standby_name,
    writer_name,
)
from vitrina_orchestrator.domain.desired import InstanceSpec, Polling, wanted_from
from vitrina_orchestrator.domain.errors import ContainerRefusedError, StartRefusedError
from vitrina_orchestrator.domain.program import Program, files_in

IMAGE = "docker.io/prom/blackbox-exporter:v0.25.0"
SETTINGS = ContainerSettings(
    installation="vitrina",
    image_prefix="",
    image_tag="0.1.0",
    scrape_network="vitrina-scrape",
    egress_network="vitrina-egress",
    limits=Limits(memory_bytes=256 * 1024 * 1024, nano_cpus=1_000_000_000, pids=128, log_bytes=5_000_000),
    third_party_images=("docker.io/prom/blackbox-exporter",),
)
NAME = container_name("web", SETTINGS)
FIELDS: dict[str, Any] = {
    "arguments": ["--config.file={files}/own.yml", "--listen={host}:{port}"],
    "environment": {"LEVEL": "warn"},
    "files": {"own.yml": "modules: {}"},
    "process": {"command": ["missing_exporter", "blackbox_exporter"]},
    "health_path": "/-/healthy",
}


def desired(image: str = IMAGE, **changes: Any) -> DesiredExporter:
    return DesiredExporter(
        name="web",
        type="blackbox-exporter",
        platform="blackbox-exporter",
        image=image,
        module="",
        port=9115,
        metrics_path="/metrics",
        enabled=True,
        revision=3,
        third_party=ThirdParty.model_validate(FIELDS | changes),
    )


def spec(**changes: Any) -> InstanceSpec:
    return wanted_from(desired(**changes), Polling(60, 300, 20)).spec


def program(**changes: Any) -> Program:
    found = spec(**changes).program
    assert found is not None
    return found


def accepted(name: str, body: dict[str, Any]) -> bool:
    try:
        check_container(name, body, SETTINGS)
    except ContainerRefusedError:
        return False
    return True


def test_the_places_of_an_instance_are_filled_in() -> None:
    arguments = program().argument_list(host="127.0.0.1", port=4000, files="/somewhere")
    assert arguments == ["--config.file=/somewhere/own.yml", "--listen=127.0.0.1:4000"]


def test_its_files_are_its_configuration_and_sources_are_none_of_its_business() -> None:
    wanted = wanted_from(desired(), Polling(60, 300, 20))
    assert files_in(wanted.config) == {"own.yml": b"modules: {}"}
    assert set(json.loads(wanted.config)) == {"exporter", "revision", "files"}


def test_other_files_or_arguments_need_a_new_instance() -> None:
    assert spec() == spec()
    assert spec() != spec(files={"own.yml": "modules: {a: {}}"})
    assert spec() != spec(arguments=[])
    assert spec() != spec(environment={"LEVEL": "debug"})


def test_a_stored_specification_compares_equal_to_the_wish_that_it_was_made_from() -> None:
    labels = exporter_body(spec(), SETTINGS)["Labels"]
    assert spec_from(labels) == spec()
    assert InstanceSpec(**(json.loads(json.dumps(asdict(spec()))) | {"program": program()})) == spec()


def test_it_runs_in_a_container_as_hardened_as_ours_with_its_arguments_and_variables() -> None:
    body = exporter_body(spec(), SETTINGS)
    assert body["Image"] == image_reference(IMAGE, SETTINGS) == IMAGE
    assert body["Cmd"] == ["--config.file=/etc/vitrina/own.yml", "--listen=0.0.0.0:9115"]
    assert body["Env"] == ["LEVEL=warn"]
    assert accepted(NAME, body)
    standby = standby_body(spec(), SETTINGS)
    assert accepted(standby_name("web", SETTINGS), standby)
    assert [mount["ReadOnly"] for mount in standby["HostConfig"]["Mounts"]] == [True]
    assert accepted(writer_name("web", SETTINGS), writer_body("web", IMAGE, SETTINGS))


@pytest.mark.parametrize(
    "image",
    [
        "docker.io/prom/blackbox-exporter:",
        "docker.io/prom/blackbox-exporter@sha256:12",
        "prom/blackbox-exporter:v1",
        "docker.io/prom/blackbox-exporter-evil:v1",
        "docker.io/prom/../evil/blackbox-exporter:v1",
        "evil.example/docker.io/prom/blackbox-exporter:v1",
        "docker.io/prom/blackbox-exporter:v1\n",
        "docker.io/prom/blackbox-exporter:v1 --privileged",
        "alpine:latest",
        "",
    ],
)
def test_an_image_that_is_not_on_the_list_gets_no_container(image: str) -> None:
    assert not accepted(NAME, exporter_body(spec(image=image), SETTINGS))
    assert not accepted(standby_name("web", SETTINGS), standby_body(spec(image=image), SETTINGS))


def test_an_image_without_a_version_is_none_that_a_manifest_may_name() -> None:
    assert is_third_party_image(IMAGE, SETTINGS)
    assert not is_third_party_image("docker.io/prom/blackbox-exporter", SETTINGS)


@pytest.mark.parametrize(
    "change",
    [
        {"Cmd": "sh"},
        {"Cmd": ["a\nb"]},
        {"Cmd": ["x"] * 65},
        {"Cmd": [1]},
        {"Entrypoint": ["sh"]},
        {"Env": ["LD_PRELOAD=/x.so"]},
        {"Env": ["PATH=/x"]},
        {"Env": ["lower=x"]},
        {"Env": ["A=b\nLD_PRELOAD=x"]},
        {"Env": "A=b"},
        {"User": "root"},
    ],
)
def test_what_would_change_what_the_program_is_gets_no_container(change: dict[str, Any]) -> None:
    assert not accepted(NAME, exporter_body(spec(), SETTINGS) | change)


@pytest.mark.parametrize(
    "change",
    [
        {"Privileged": True},
        {"Binds": ["/:/host"]},
        {"CapAdd": ["NET_RAW"]},
        {"NetworkMode": "host"},
        {"PidMode": "host"},
    ],
)
def test_it_gets_no_more_of_the_host_than_ours_do(change: dict[str, Any]) -> None:
    body = exporter_body(spec(), SETTINGS)
    body["HostConfig"] |= change
    assert not accepted(NAME, body)


def test_our_own_images_take_no_arguments() -> None:
    own = replace(spec(), image="vitrina/exporter-screens")
    assert not accepted(NAME, exporter_body(own, SETTINGS))


def test_the_first_of_its_names_that_is_here_and_allowed_is_run(tmp_path: Path) -> None:
    (tmp_path / "usr" / "bin").mkdir(parents=True)
    here = tmp_path / "usr" / "bin" / "blackbox_exporter"
    here.write_text("#!/bin/sh\n")
    here.chmod(0o755)
    names = ("missing_exporter", "blackbox_exporter")
    assert Programs(tmp_path, names).find(program()) == here
    with pytest.raises(StartRefusedError, match="allows none of what its manifest names"):
        Programs(tmp_path, ("node_exporter",)).find(program())
    with pytest.raises(StartRefusedError, match="not on this machine"):
        Programs(tmp_path, ("missing_exporter",)).find(program())


def test_a_program_that_runs_in_containers_alone_says_so_where_there_are_none(tmp_path: Path) -> None:
    with pytest.raises(StartRefusedError, match="no program"):
        Programs(tmp_path, ("sh",)).find(program(process=None))
