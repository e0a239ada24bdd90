"""Whoever can create containers is root: sixty ways to ask for more, by bodies and by manifests; none passes."""

import copy
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from vitrina_orchestrator.domain.container_policy import check_container
from vitrina_orchestrator.domain.container_spec import check_body, exporter_body, standby_body, writer_body
from vitrina_orchestrator.domain.containers import (
    ContainerSettings,
    Limits,
    check_name,
    container_name,
    image_reference,
    standby_name,
    writer_name,
)
from vitrina_orchestrator.domain.desired import InstanceSpec
from vitrina_orchestrator.domain.errors import ContainerRefusedError

SETTINGS = ContainerSettings(
    installation="vitrina",
    image_prefix="",
    image_tag="0.1.0",
    scrape_network="vitrina-scrape",
    egress_network="vitrina-egress",
    limits=Limits(memory_bytes=256 * 1024 * 1024, nano_cpus=1_000_000_000, pids=128, log_bytes=5_000_000),
)
SPEC = InstanceSpec("screens", "screens", "vitrina/exporter-screens", "vitrina_screens", 9000, "/metrics", 0)
NAME = container_name("screens", SETTINGS)
Body = dict[str, Any]
SOCKET = "/var/run/docker.sock"


def host(**changes: Any) -> Callable[[Body], None]:
    return lambda body: body["HostConfig"].update(changes)


def top(**changes: Any) -> Callable[[Body], None]:
    return lambda body: body.update(changes)


def labels(**changes: Any) -> Callable[[Body], None]:
    return lambda body: body["Labels"].update({f"vitrina.{key}": value for key, value in changes.items()})


def without(*path: str) -> Callable[[Body], None]:
    def change(body: Body) -> None:
        for key in path[:-1]:
            body = body[key]
        del body[path[-1]]

    return change


def mount(**changes: Any) -> Callable[[Body], None]:
    return lambda body: body["HostConfig"]["Mounts"][0].update(changes)


def more(key: str, item: Any) -> Callable[[Body], None]:
    return lambda body: (body["HostConfig"]["Mounts"] if key == "Mounts" else body[key]).append(item)


HOSTILE: dict[str, Callable[[Body], None]] = {
    "privileged": host(Privileged=True),
    "privileged as a number": host(Privileged=1),
    "a capability": host(CapAdd=["SYS_ADMIN"]),
    "no capability, but a list of them": host(CapAdd=[]),
    "capabilities kept": host(CapDrop=[]),
    "some capabilities kept": host(CapDrop=["NET_RAW"]),
    "capabilities not said": without("HostConfig", "CapDrop"),
    "new privileges": host(SecurityOpt=[]),
    "no seccomp": host(SecurityOpt=["no-new-privileges:true", "seccomp=unconfined"]),
    "no AppArmor": host(SecurityOpt=["no-new-privileges:true", "apparmor=unconfined"]),
    "no-new-privileges taken back": host(SecurityOpt=["no-new-privileges:false"]),
    "a bind of the root": host(Binds=["/:/host"]),
    "a bind of the socket": host(Binds=[f"{SOCKET}:{SOCKET}"]),
    "a mount that binds": mount(Type="bind", Source="/"),
    "a mount that binds the socket": more("Mounts", {"Type": "bind", "Source": SOCKET, "Target": SOCKET}),
    "somebody else's volume": mount(Source="vitrina_secrets"),
    "another exporter's volume": mount(Source="vitrina-other.config"),
    "a volume with a driver that binds": mount(
        VolumeOptions={"DriverConfig": {"Name": "local", "Options": {"type": "none", "o": "bind", "device": "/"}}}
    ),
    "a configuration that can be written": mount(ReadOnly=False),
    "a configuration read-only as a number": mount(ReadOnly=1),
    "a mount over the system": mount(Target="/usr"),
    "a third volume": more("Mounts", {"Type": "volume", "Source": "vitrina-screens.more", "Target": "/more"}),
    "volumes of another container": host(VolumesFrom=["vitrina-registry-1"]),
    "anonymous volumes": top(Volumes={"/data": {}}),
    "the host's network": host(NetworkMode="host"),
    "the network of the services": host(NetworkMode="vitrina_internal"),
    "another container's network": host(NetworkMode="container:vitrina-registry-1"),
    "the default network": host(NetworkMode="bridge"),
    "more networks": top(NetworkingConfig={"EndpointsConfig": {"vitrina_internal": {}}}),
    "a published port": host(PortBindings={"9000/tcp": [{"HostPort": "9000"}]}),
    "all ports published": host(PublishAllPorts=True),
    "the host's processes": host(PidMode="host"),
    "the host's shared memory": host(IpcMode="host"),
    "the host's names": host(UTSMode="host"),
    "the host's users": host(UsernsMode="host"),
    "the host's control groups": host(CgroupnsMode="host"),
    "another control group": host(CgroupParent="/"),
    "a device": host(Devices=[{"PathOnHost": "/dev/sda", "PathInContainer": "/dev/sda", "CgroupPermissions": "rwm"}]),
    "devices by rule": host(DeviceCgroupRules=["a *:* rwm"]),
    "a graphics card": host(DeviceRequests=[{"Count": -1}]),
    "a root that can be written": host(ReadonlyRootfs=False),
    "a tmpfs with programs": host(Tmpfs={"/tmp": "rw,exec"}),  # noqa: S108 - inside
    "a tmpfs over the system": host(Tmpfs={"/etc": "rw"}),
    "no memory limit": host(Memory=0),
    "more memory": host(Memory=SETTINGS.limits.memory_bytes + 1),
    "memory as a truth": host(Memory=True),
    "endless swap": host(MemorySwap=-1),
    "no processor limit": host(NanoCpus=0),
    "no limit of processes": without("HostConfig", "PidsLimit"),
    "endless processes": host(PidsLimit=-1),
    "no OOM killer": host(OomKillDisable=True),
    "kernel settings": host(Sysctls={"net.ipv4.ip_forward": "1"}),
    "masked paths shown": host(MaskedPaths=[]),
    "another runtime": host(Runtime="evil"),
    "an endless log": host(LogConfig={"Type": "json-file", "Config": {}}),
    "a log sent away": host(LogConfig={"Type": "syslog", "Config": {"syslog-address": "udp://192.0.2.1"}}),
    "a policy that starts it": host(RestartPolicy={"Name": "always"}),
    "root": top(User="0:0"),
    "root's group": top(User="65532:0"),
    "no user": without("User"),
    "another program": top(Entrypoint=["sh", "-c", "id"]),
    "another command": top(Cmd=["id"]),
    "another working folder": top(WorkingDir="/etc"),
    "a check that runs a program": top(Healthcheck={"Test": ["CMD-SHELL", "id"]}),
    "a secret in the environment": more("Env", "API_TOKEN=canary"),
    "a library in the environment": more("Env", "LD_PRELOAD=/tmp/evil.so"),
    "a second line in the environment": more("Env", "VITRINA_LOG_LEVEL=info\nLD_PRELOAD=/x"),
    "another folder in the environment": more("Env", "VITRINA_CONFIG_DIR=/proc"),
    "another image": top(Image="alpine:0.1.0"),
    "an image of another registry": top(Image="evil.example/vitrina/exporter-screens:0.1.0"),
    "an image of ours that is no exporter": top(Image="vitrina/setup:0.1.0"),
    "another tag": top(Image="vitrina/exporter-screens:latest"),
    "an image by digest": top(Image=f"vitrina/exporter-screens@sha256:{'0' * 64}"),
    "an image by id": top(Image=f"sha256:{'0' * 64}"),
    "a list as image": top(Image=["vitrina/exporter-screens:0.1.0"]),
    "another installation": labels(installation="other"),
    "another shard": labels(shard="1"),
    "a label more": top(Labels={"com.docker.compose.project": "vitrina"}),
    "no labels": without("Labels"),
    "two roles": labels(writer="screens"),
    "a path as exporter": labels(exporter="../x"),
    "no limits at all": without("HostConfig"),
}


def accepted(name: str, body: Body) -> bool:
    try:
        check_container(name, body, SETTINGS)
    except ContainerRefusedError:
        return False
    return True


def test_what_we_make_ourselves_is_accepted() -> None:
    check_container(NAME, exporter_body(SPEC, SETTINGS), SETTINGS)
    check_container(standby_name("screens", SETTINGS), standby_body(SPEC, SETTINGS), SETTINGS)
    writer = writer_body("screens", image_reference(SPEC.image, SETTINGS), SETTINGS)
    check_container(writer_name("screens", SETTINGS), writer, SETTINGS)


def test_there_are_at_least_sixty_hostile_bodies() -> None:
    assert len(HOSTILE) >= 60


@pytest.mark.parametrize("hostile", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_body_is_refused(hostile: Callable[[Body], None]) -> None:
    body = exporter_body(SPEC, SETTINGS)
    kept = copy.deepcopy(body)
    hostile(body)
    assert json.dumps(body) != json.dumps(kept), "the change changed nothing"
    assert not accepted(NAME, body)


@pytest.mark.parametrize("name", ["vitrina-other", "vitrina-registry-1", "vitrina-screens.next", "screens", ""])
def test_another_name_is_refused(name: str) -> None:
    assert not accepted(name, exporter_body(SPEC, SETTINGS))


def test_a_writer_or_standby_gets_no_more_than_it_needs() -> None:
    writer = writer_body("screens", image_reference(SPEC.image, SETTINGS), SETTINGS)
    writer["HostConfig"]["NetworkMode"] = SETTINGS.egress_network
    assert not accepted(writer_name("screens", SETTINGS), writer)
    standby = standby_body(SPEC, SETTINGS)
    standby["HostConfig"]["Mounts"] = exporter_body(SPEC, SETTINGS)["HostConfig"]["Mounts"]
    assert not accepted(standby_name("screens", SETTINGS), standby)


CHECKED = ["check", "--timeout", "30", "--private-endpoints", "127.0.0.0/8,fd00::/8"]


def test_a_container_that_tries_a_source_has_a_standard_input_and_nothing_else() -> None:
    name, body = check_name("screens", "0123abcd", SETTINGS), check_body("screens", SPEC.image, CHECKED, SETTINGS)
    check_container(name, body, SETTINGS)
    assert "Mounts" not in body["HostConfig"]
    assert not accepted(NAME, exporter_body(SPEC, SETTINGS) | {"OpenStdin": True})
    assert not accepted(check_name("screens", "../../x", SETTINGS), body)
    assert not accepted(name, body | {"Labels": body["Labels"] | {"vitrina.exporter": "screens"}})


@pytest.mark.parametrize(
    "hostile",
    [
        top(Cmd=["sh"]),
        top(Cmd=[*CHECKED, "--more"]),
        top(Cmd=["check", "--timeout", "30; id", "--private-endpoints", ""]),
        top(Cmd="check"),
        without("Cmd"),
        top(Tty=True),
        top(StdinOnce=False),
        top(Image="docker.io/prom/blackbox-exporter:v0.25.0"),
        host(NetworkMode="host"),
        host(Mounts=[{"Type": "volume", "Source": "vitrina-screens.config", "Target": "/etc/vitrina"}]),
    ],
)
def test_a_hostile_try_of_a_source_is_refused(hostile: Callable[[Body], None]) -> None:
    body = check_body("screens", SPEC.image, CHECKED, SETTINGS)
    hostile(body)
    assert not accepted(check_name("screens", "0123abcd", SETTINGS), body)


@pytest.mark.parametrize(
    "image",
    [
        "alpine",
        "vitrina/setup",
        "vitrina/orchestrator",
        "vitrina/exporter-",
        "vitrina/exporter-x/../setup",
        "vitrina/exporter-X",
        "vitrina/exporter-x:other",
        "vitrina/exporter-x@sha256:0",
        "evil.example/vitrina/exporter-x",
        "vitrina/exporter-x\n",
        " vitrina/exporter-x",
        "",
        "vitrina/exporter-" + "x" * 200,
    ],
)
def test_a_manifest_with_a_hostile_image_gets_no_container(image: str) -> None:
    spec = InstanceSpec("screens", "screens", image, "os", 9000, "/metrics", 0)
    assert not accepted(NAME, exporter_body(spec, SETTINGS))
    assert not accepted(standby_name("screens", SETTINGS), standby_body(spec, SETTINGS))


@pytest.mark.parametrize("shard", [0, 1, 63])
def test_each_shard_has_its_own_name_and_volumes_and_no_other_shards(shard: int) -> None:
    spec = replace(SPEC, shard=shard)
    body = exporter_body(spec, SETTINGS)
    assert accepted(container_name(spec.name, SETTINGS), body)
    assert accepted(standby_name(spec.name, SETTINGS), standby_body(spec, SETTINGS))
    assert not accepted(container_name(replace(SPEC, shard=7).name, SETTINGS), body)
    body["HostConfig"]["Mounts"] = exporter_body(replace(SPEC, shard=7), SETTINGS)["HostConfig"]["Mounts"]
    assert not accepted(container_name(spec.name, SETTINGS), body)


@pytest.mark.parametrize("shard", ["00", "01", "-1", "100", "1.next", "", " 1", "1\n"])
def test_a_shard_that_is_no_number_is_refused(shard: str) -> None:
    body = exporter_body(SPEC, SETTINGS)
    body["Labels"]["vitrina.shard"] = shard
    assert not accepted(NAME, body)
    assert not accepted(f"{NAME}.{shard}", body)


def test_a_module_or_platform_of_a_manifest_never_gets_into_a_command() -> None:
    spec = InstanceSpec("screens", "$(id)", SPEC.image, "os; id", 9000, "/metrics;id", 0)
    body = exporter_body(spec, SETTINGS)
    assert accepted(NAME, body)
    assert not {"Cmd", "Entrypoint"} & set(body)
    del body["Labels"]
    assert "id" not in json.dumps(body).replace("PidsLimit", "").split('"')


def test_a_port_that_is_none_is_refused() -> None:
    spec = InstanceSpec("screens", "screens", SPEC.image, "m", 0, "/metrics", 0)
    assert not accepted(NAME, exporter_body(spec, SETTINGS))


def test_the_refusal_names_what_is_not_allowed() -> None:
    body = exporter_body(SPEC, SETTINGS)
    body["HostConfig"] |= {"Privileged": True, "NetworkMode": "host"}
    with pytest.raises(ContainerRefusedError, match=r"HostConfig\.Privileged; HostConfig\.NetworkMode"):
        check_container(NAME, body, SETTINGS)
