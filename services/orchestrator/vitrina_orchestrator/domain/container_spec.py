"""Pure: the bodies that containers are created from, all hardened alike. `container_policy` sees each of them."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Final

from vitrina_orchestrator.domain.containers import (
    CHECK,
    CONFIG_DIR,
    EXPORTER,
    INSTALLATION,
    MADE_FROM,
    SHARD,
    SPEC,
    STANDBY,
    STATE_DIR,
    USER,
    WRITER,
    ContainerSettings,
    config_volume,
    image_reference,
    state_volume,
)
from vitrina_orchestrator.domain.desired import InstanceSpec
from vitrina_orchestrator.domain.program import Program

Body = dict[str, Any]

TMPFS: Final = "rw,noexec,nosuid,nodev,size=16m,mode=1777"


def exporter_body(spec: InstanceSpec, settings: ContainerSettings) -> Body:
    """The container that polls and is scraped. It has its way out; it joins `scrape_network` before its start."""
    body = _exporter_body(spec, settings)
    body["Labels"] |= {
        EXPORTER: spec.exporter,
        SHARD: str(spec.shard),
        SPEC: json.dumps(asdict(spec), sort_keys=True),
        MADE_FROM: made_from(spec, settings),
    }
    return body


def standby_body(spec: InstanceSpec, settings: ContainerSettings) -> Body:
    """The same image and limits, but neither configuration nor way out: it starts, answers, and polls nobody."""
    body = _body(image_reference(spec.image, settings), settings, network=settings.scrape_network)
    body["Env"] = _environment(spec, settings)
    if spec.program is not None:  # it cannot start without its files, and polls nobody by itself
        body["Cmd"] = _arguments(spec, spec.program)
        body["HostConfig"]["Mounts"] = [_mount(config_volume(spec.name, settings), CONFIG_DIR, read_only=True)]
    body["Labels"] |= {STANDBY: spec.name}
    return body


def writer_body(instance: str, image: str, settings: ContainerSettings) -> Body:
    """Never started; `image` is a whole reference to any image of ours. The volume's folder stays root's."""
    body = _body(image, settings, network="none")
    mount = _mount(config_volume(instance, settings), CONFIG_DIR, read_only=False)
    body["HostConfig"]["Mounts"] = [mount | {"VolumeOptions": {"NoCopy": True}}]
    body["Labels"] |= {WRITER: instance}
    return body


def check_body(exporter_type: str, image: str, arguments: list[str], settings: ContainerSettings) -> Body:
    """Gets a source on standard input, asks its vendor once, prints what it found, and ends."""
    body = _body(image_reference(image, settings), settings, network=settings.egress_network)
    body["Labels"] |= {CHECK: exporter_type}
    return body | {"Cmd": arguments, "OpenStdin": True, "StdinOnce": True, "AttachStdin": True}


def made_from(spec: InstanceSpec, settings: ContainerSettings) -> str:
    """Changes when this installation would make the container of the same specification differently."""
    facts = [settings.scrape_network, _exporter_body(spec, settings)]
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()


def spec_from(labels: Mapping[str, str]) -> InstanceSpec | None:
    """None for a label that no version of ours wrote: the container is then made anew."""
    try:
        fields = json.loads(labels[SPEC])
        program = fields.get("program")
        return InstanceSpec(**(fields | {"program": Program.from_stored(program) if program is not None else None}))
    except (KeyError, TypeError, ValueError):
        return None


def _exporter_body(spec: InstanceSpec, settings: ContainerSettings) -> Body:
    body = _body(image_reference(spec.image, settings), settings, network=settings.egress_network)
    body["Env"] = _environment(spec, settings)
    if spec.program is not None:
        body["Cmd"] = _arguments(spec, spec.program)
    else:
        body["Env"].append(f"VITRINA_STATE_DIR={STATE_DIR}")
    body["HostConfig"]["Mounts"] = [
        _mount(config_volume(spec.name, settings), CONFIG_DIR, read_only=True),
        _mount(state_volume(spec.name, settings), STATE_DIR, read_only=False),
    ]
    return body


def _body(image: str, settings: ContainerSettings, network: str) -> Body:
    limits = settings.limits
    return {
        "Image": image,
        "User": USER,
        "Labels": {INSTALLATION: settings.installation},
        "HostConfig": {
            "NetworkMode": network,
            "ReadonlyRootfs": True,
            "CapDrop": ["ALL"],
            "SecurityOpt": ["no-new-privileges:true"],
            "Memory": limits.memory_bytes,
            "MemorySwap": limits.memory_bytes,
            "NanoCpus": limits.nano_cpus,
            "PidsLimit": limits.pids,
            "Init": True,
            "IpcMode": "none",
            "RestartPolicy": {"Name": "no"},  # the orchestrator starts what died, with its pauses and reasons
            "LogConfig": {"Type": "json-file", "Config": {"max-size": str(limits.log_bytes), "max-file": "2"}},
            "Tmpfs": {"/tmp": TMPFS},  # noqa: S108 - the container's own
        },
    }


def _arguments(spec: InstanceSpec, program: Program) -> list[str]:
    return program.argument_list(host="0.0.0.0", port=spec.port, files=CONFIG_DIR)


def _environment(spec: InstanceSpec, settings: ContainerSettings) -> list[str]:
    if spec.program is not None:
        return [f"{name}={value}" for name, value in spec.program.environment]
    return [
        "VITRINA_EXPORTER_HOST=0.0.0.0",
        f"VITRINA_EXPORTER_PORT={spec.port}",
        f"VITRINA_CONFIG_DIR={CONFIG_DIR}",
        f"VITRINA_LOG_LEVEL={settings.log_level}",
    ]


def _mount(volume: str, target: str, *, read_only: bool) -> dict[str, Any]:
    return {"Type": "volume", "Source": volume, "Target": target, "ReadOnly": read_only}
