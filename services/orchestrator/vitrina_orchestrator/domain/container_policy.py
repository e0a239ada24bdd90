"""Pure: the one function that sees every body before a container is created from it.

Whoever can create containers is root on this machine. So this is a list of what is allowed, in full: a key that is not
named here, or a value other than ours, is refused, wherever it came from - a manifest, the API, or a bug of ours.
It does not share the code that makes the bodies.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from vitrina_orchestrator.domain.containers import (
    CHECK,
    CONFIG_DIR,
    EXPORTER,
    INSTALLATION,
    MADE_FROM,
    ROLES,
    SHARD,
    SPEC,
    STANDBY,
    STATE_DIR,
    USER,
    WRITER,
    ContainerSettings,
    check_name,
    config_volume,
    container_name,
    is_allowed_image,
    standby_name,
    state_volume,
    writer_name,
)
from vitrina_orchestrator.domain.errors import ContainerRefusedError
from vitrina_orchestrator.domain.naming import is_exporter_name, is_instance_name
from vitrina_orchestrator.domain.third_party_policy import (
    are_allowed_arguments,
    are_allowed_variables,
    is_allowed_third_party,
)

_BODY_KEYS: Final = {"Image", "User", "Env", "Cmd", "Labels", "HostConfig"}
_FIXED: Final[Mapping[str, Any]] = {
    "ReadonlyRootfs": True,
    "CapDrop": ["ALL"],
    "SecurityOpt": ["no-new-privileges:true"],
    "Init": True,
    "IpcMode": "none",
    "RestartPolicy": {"Name": "no"},
    "Tmpfs": {"/tmp": "rw,noexec,nosuid,nodev,size=16m,mode=1777"},  # noqa: S108 - the container's own
}
_LIMITED: Final = ("NetworkMode", "Memory", "MemorySwap", "NanoCpus", "PidsLimit", "LogConfig", "Mounts")
_LABELS: Final = {
    EXPORTER: {INSTALLATION, EXPORTER, SHARD, SPEC, MADE_FROM},
    STANDBY: {INSTALLATION, STANDBY},
    WRITER: {INSTALLATION, WRITER},
    CHECK: {INSTALLATION, CHECK},
}
_NAMES: Final = {EXPORTER: container_name, STANDBY: standby_name, WRITER: writer_name}
_CHECK_SERIAL: Final = re.compile(r"[0-9a-f]{8}")
_STDIN: Final[Mapping[str, Any]] = {"OpenStdin": True, "StdinOnce": True, "AttachStdin": True}
"""Of a container that tries a source; nobody else has a standard input."""
_CHECK_ARGUMENTS: Final = re.compile(
    r"check\x00--timeout\x00[0-9]+(\.[0-9]+)?\x00--private-endpoints\x00[0-9a-f.:/,]*", re.IGNORECASE
)
_VARIABLE: Final = re.compile(
    r"VITRINA_EXPORTER_HOST=0\.0\.0\.0"
    r"|VITRINA_EXPORTER_PORT=[1-9][0-9]{0,4}"
    rf"|VITRINA_CONFIG_DIR={CONFIG_DIR}"
    rf"|VITRINA_STATE_DIR={STATE_DIR}"
    r"|VITRINA_LOG_LEVEL=[a-z]{1,10}"
)


def check_container(name: str, body: Mapping[str, Any], settings: ContainerSettings) -> None:
    """Raises `ContainerRefusedError`, naming everything that is not allowed."""
    faults = list(_faults(name, body, settings))
    if faults:
        raise ContainerRefusedError(f"not an allowed container: {'; '.join(faults)}")


def _faults(name: str, body: Mapping[str, Any], settings: ContainerSettings) -> Iterator[str]:
    labels = body.get("Labels")
    labels = labels if isinstance(labels, dict) else {}
    roles = [role for role in ROLES if role in labels]
    role = roles[0] if len(roles) == 1 else ""
    instance = _instance_of(role, labels)
    if instance is None:
        yield "its labels do not say whose it is"
        return
    if set(labels) != _LABELS[role] or not _are_ours(labels, settings):
        yield "labels that are not ours"
    if not _is_named(name, role, instance, settings):
        yield "name"
    stdin = _STDIN if role == CHECK else {}
    yield from (f"key {key}" for key in sorted(map(str, set(body) - _BODY_KEYS - set(stdin))))
    yield from (f"key {key}" for key, value in stdin.items() if not _is_same(body.get(key), value))
    is_foreign = role != CHECK and _is_third_partys(body.get("Image"), settings)
    if not is_foreign and not _is_our_image(body.get("Image"), settings):
        yield "image"
    if body.get("User") != USER:
        yield "user"
    if not (are_allowed_variables if is_foreign else _is_our_environment)(body.get("Env", [])):
        yield "environment"
    if not _are_arguments(role, body, is_foreign=is_foreign):
        yield "arguments"
    host = body.get("HostConfig")
    if isinstance(host, dict):
        yield from _host_faults(role, host, settings)
        if not _is_same(host.get("Mounts", []), _allowed_mounts(role, instance, settings, is_foreign=is_foreign)):
            yield "HostConfig.Mounts"
    else:
        yield "no HostConfig"


def _is_named(name: str, role: str, instance: str, settings: ContainerSettings) -> bool:
    if role == CHECK:
        serial = name.rpartition("-")[2]
        return _CHECK_SERIAL.fullmatch(serial) is not None and name == check_name(instance, serial, settings)
    return name == _NAMES[role](instance, settings)


def _are_arguments(role: str, body: Mapping[str, Any], *, is_foreign: bool) -> bool:
    words = body.get("Cmd")
    if role == CHECK:
        is_list = isinstance(words, list) and all(isinstance(word, str) for word in words)
        return is_list and _CHECK_ARGUMENTS.fullmatch("\x00".join(words or [])) is not None
    return "Cmd" not in body or (is_foreign and role != WRITER and are_allowed_arguments(words))


def _instance_of(role: str, labels: Mapping[str, Any]) -> str | None:
    """Name of the instance that the labels tell of."""
    whose, shard = labels.get(role), labels.get(SHARD)
    if not isinstance(whose, str):
        return None
    if role != EXPORTER:
        return whose if is_instance_name(whose) else None
    name = f"{whose}.{shard}" if shard != "0" else whose
    return name if is_exporter_name(whose) and is_instance_name(name) else None


def _are_ours(labels: Mapping[str, Any], settings: ContainerSettings) -> bool:
    if not all(isinstance(value, str) for value in labels.values()):
        return False
    return bool(labels.get(INSTALLATION) == settings.installation)


def _is_third_partys(reference: object, settings: ContainerSettings) -> bool:
    return isinstance(reference, str) and is_allowed_third_party(reference, settings.third_party_images)


def _is_our_image(reference: object, settings: ContainerSettings) -> bool:
    if not isinstance(reference, str) or not reference.startswith(settings.image_prefix):
        return False
    image, colon, tag = reference.removeprefix(settings.image_prefix).partition(":")
    return bool(colon) and tag == settings.image_tag and is_allowed_image(image)


def _is_our_environment(variables: object) -> bool:
    if not isinstance(variables, list):
        return False
    return all(isinstance(variable, str) and _VARIABLE.fullmatch(variable) for variable in variables)


def _host_faults(role: str, host: Mapping[str, Any], settings: ContainerSettings) -> Iterator[str]:
    yield from (f"HostConfig.{key}" for key in sorted(map(str, set(host) - set(_FIXED) - set(_LIMITED))))
    yield from (f"HostConfig.{key}" for key, value in _FIXED.items() if not _is_same(host.get(key), value))
    limits = settings.limits
    bounds = {
        "Memory": limits.memory_bytes,
        "MemorySwap": limits.memory_bytes,
        "NanoCpus": limits.nano_cpus,
        "PidsLimit": limits.pids,
    }
    yield from (f"HostConfig.{key}" for key, bound in bounds.items() if not _is_within(host.get(key), bound))
    logs = {"Type": "json-file", "Config": {"max-size": str(limits.log_bytes), "max-file": "2"}}
    if not _is_same(host.get("LogConfig"), logs):
        yield "HostConfig.LogConfig"
    networks = {
        EXPORTER: settings.egress_network,
        STANDBY: settings.scrape_network,
        WRITER: "none",
        CHECK: settings.egress_network,
    }
    if host.get("NetworkMode") != networks[role]:
        yield "HostConfig.NetworkMode"


def _allowed_mounts(role: str, instance: str, settings: ContainerSettings, *, is_foreign: bool) -> list[dict[str, Any]]:
    config = {"Type": "volume", "Source": config_volume(instance, settings), "Target": CONFIG_DIR}
    if role == WRITER:
        return [config | {"ReadOnly": False, "VolumeOptions": {"NoCopy": True}}]
    if role == CHECK:
        return []
    if role == STANDBY:
        return [config | {"ReadOnly": True}] if is_foreign else []
    state = {"Type": "volume", "Source": state_volume(instance, settings), "Target": STATE_DIR, "ReadOnly": False}
    return [config | {"ReadOnly": True}, state]


def _is_within(value: object, bound: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value <= bound


def _is_same(value: object, allowed: object) -> bool:
    """Equal as JSON: unlike Python, where True is 1."""
    try:
        return json.dumps(value, sort_keys=True) == json.dumps(allowed, sort_keys=True)
    except (TypeError, ValueError):
        return False
