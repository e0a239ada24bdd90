"""Pure: a Swarm service made of the container body that `container_policy` has seen, and the names around it.

The policy judges the body of the container that is wanted; this page only says the same in Swarm's words, so that both
runtimes harden alike. What Swarm has no word for (no IPC namespace, a limit for swap) is left out; engines before API
1.44 do not know `NoNewPrivileges` and ignore it: give their daemons `no-new-privileges`.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final, Self

from vitrina_orchestrator.domain.container_policy import check_container
from vitrina_orchestrator.domain.container_spec import exporter_body, standby_body
from vitrina_orchestrator.domain.containers import (
    CONFIG_DIR,
    INSTALLATION,
    USER,
    ContainerSettings,
    container_name,
    standby_name,
)
from vitrina_orchestrator.domain.desired import InstanceSpec

Body = dict[str, Any]

RECORD: Final = "vitrina.record"
"""On a service: `SwarmRecord` as JSON."""
CONFIG_OF: Final = "vitrina.config-of"
"""On a secret: name of the instance whose configuration it is a part of."""
REVISION: Final = "vitrina.revision"
DIGEST: Final = "vitrina.digest"
FILE: Final = "vitrina.file"
"""On a secret: its name as a file in the exporter's configuration folder."""
LARGEST_SECRET: Final = 500 * 1024
"""Bytes; Swarm's own limit."""

_GRACE_NANOSECONDS: Final = 5_000_000_000
_TMP_BYTES: Final = 16 * 1024 * 1024
_LONGEST_NAME: Final = 63
"""Of a service, as a label of DNS."""


@dataclass(frozen=True)
class SwarmRecord:
    """What tasks cannot tell once they are gone. Kept on the service, so that any manager can go on from it."""

    generation: int = 0
    """How often another specification took the former one's place."""
    halted: bool = False
    counted_task: str | None = None
    """The one whose end has been counted."""
    ended_at: str | None = None
    exit_code: int | None = None
    restarts: int = 0
    early_deaths: int = 0

    @classmethod
    def of(cls, labels: Mapping[str, str]) -> Self:
        """All of it may be lost: counts begin anew."""
        try:
            return cls(**json.loads(labels[RECORD]))
        except (KeyError, TypeError, ValueError):
            return cls()

    def as_label(self) -> dict[str, str]:
        return {RECORD: json.dumps(asdict(self), sort_keys=True)}

    @property
    def ended(self) -> datetime | None:
        return datetime.fromisoformat(self.ended_at) if self.ended_at else None


@dataclass(frozen=True)
class SecretFile:
    """A secret of the engine and the file that the exporter sees."""

    id: str
    name: str
    file: str


def service_name(instance: str, settings: ContainerSettings) -> str:
    """A service's name is one of DNS: a shard's dot becomes two hyphens, which no exporter's name ends in."""
    return _fitting(container_name(instance, settings).replace(".", "--"))


def standby_service_name(instance: str, settings: ContainerSettings) -> str:
    return _fitting(f"{service_name(instance, settings)}--next")


def secret_name(instance: str, revision: int, digest: str, number: int, settings: ContainerSettings) -> str:
    """Names tell the content: what has the same name is the same."""
    return f"{_fitting(service_name(instance, settings), 40)}.{revision}-{digest[:10]}.{number}"


def exporter_service(
    spec: InstanceSpec,
    settings: ContainerSettings,
    files: Sequence[SecretFile],
    record: SwarmRecord,
    constraints: Sequence[str],
) -> Body:
    """Raises `ContainerRefusedError`."""
    body = exporter_body(spec, settings)
    check_container(container_name(spec.name, settings), body, settings)
    networks = [settings.egress_network, settings.scrape_network]
    service = _service(service_name(spec.name, settings), body, networks, files, constraints)
    service["Labels"] |= record.as_label()
    return service


def standby_service(
    spec: InstanceSpec, settings: ContainerSettings, files: Sequence[SecretFile], constraints: Sequence[str]
) -> Body:
    """Starts, answers and polls nobody. Only a third party's program gets its files: they hold no credentials.

    Raises:
        ContainerRefusedError: the policy does not allow it.
    """
    body = standby_body(spec, settings)
    check_container(standby_name(spec.name, settings), body, settings)
    own = files if spec.program is not None else []
    return _service(standby_service_name(spec.name, settings), body, [settings.scrape_network], own, constraints)


def changed_service(
    spec: Mapping[str, Any],
    *,
    record: SwarmRecord | None = None,
    files: Sequence[SecretFile] | None = None,
    replicas: int | None = None,
    again: bool = False,
) -> Body:
    """The same service with another of these. `again`: its task is replaced though nothing else differs."""
    body: Body = json.loads(json.dumps(spec))
    if record is not None:
        body["Labels"] |= record.as_label()
    if files is not None:
        body["TaskTemplate"]["ContainerSpec"]["Secrets"] = [_secret(file) for file in files]
    if replicas is not None:
        body["Mode"] = {"Replicated": {"Replicas": replicas}}
    if again:
        body["TaskTemplate"]["ForceUpdate"] = body["TaskTemplate"].get("ForceUpdate", 0) + 1
    return body


def secret_ids(service: Mapping[str, Any]) -> frozenset[str]:
    """Of the secrets that this service's specification mounts."""
    secrets = service["Spec"]["TaskTemplate"]["ContainerSpec"].get("Secrets") or []
    return frozenset(secret["SecretID"] for secret in secrets)


def _service(
    name: str, body: Body, networks: Sequence[str], files: Sequence[SecretFile], constraints: Sequence[str]
) -> Body:
    host = body["HostConfig"]
    mounts: list[Body] = [
        {"Type": "volume", "Source": mount["Source"], "Target": mount["Target"]}
        for mount in host.get("Mounts", [])
        if mount["Target"] != CONFIG_DIR  # secrets take the place of the configuration's volume
    ]
    for mount in mounts:
        mount["VolumeOptions"] = {"Labels": {INSTALLATION: body["Labels"][INSTALLATION]}}
    mounts.append({"Type": "tmpfs", "Target": "/tmp", "TmpfsOptions": {"SizeBytes": _TMP_BYTES, "Mode": 0o1777}})  # noqa: S108 - the container's own
    return {
        "Name": name,
        "Labels": dict(body["Labels"]),
        "TaskTemplate": {
            "ContainerSpec": {
                "Image": body["Image"],
                "User": body["User"],
                "Env": body["Env"],
                "Args": body.get("Cmd", []),
                "Labels": {INSTALLATION: body["Labels"][INSTALLATION]},
                "ReadOnly": host["ReadonlyRootfs"],
                "CapabilityDrop": host["CapDrop"],
                "Privileges": {"NoNewPrivileges": True},
                "Init": host["Init"],
                "StopGracePeriod": _GRACE_NANOSECONDS,
                "Mounts": mounts,
                "Secrets": [_secret(file) for file in files],
            },
            "Resources": {
                "Limits": {
                    "MemoryBytes": host["Memory"],
                    "NanoCPUs": host["NanoCpus"],
                    "Pids": host["PidsLimit"],
                }
            },
            "RestartPolicy": {"Condition": "none"},  # the orchestrator starts what died, with its pauses and reasons
            "Placement": {
                "Constraints": list(constraints),
                "Preferences": [{"Spread": {"SpreadDescriptor": "node.id"}}],
            },
            "LogDriver": {"Name": host["LogConfig"]["Type"], "Options": host["LogConfig"]["Config"]},
            "Networks": [{"Target": network} for network in networks],
            "ForceUpdate": 0,
        },
        "Mode": {"Replicated": {"Replicas": 1}},
        "UpdateConfig": {"Parallelism": 1, "FailureAction": "pause", "Order": "stop-first"},  # never two that poll
        "EndpointSpec": {"Mode": "dnsrr"},
    }


def _fitting(name: str, longest: int = _LONGEST_NAME) -> str:
    """Cut where it is too long, and then still unlike any other."""
    if len(name) <= longest:
        return name
    return f"{name[: longest - 9]}-{hashlib.sha256(name.encode()).hexdigest()[:8]}"


def _secret(file: SecretFile) -> Body:
    owner, _, group = USER.partition(":")
    target = {"Name": f"{CONFIG_DIR}/{file.file}", "UID": owner, "GID": group, "Mode": 0o400}
    return {"SecretID": file.id, "SecretName": file.name, "File": target}
