"""Pure: names and labels of an installation's containers and volumes. Labels say what is ours, names are the fence.

A running exporter container alone carries `EXPORTER` and `SHARD`; what only helps for a moment carries its own label,
whose value is the instance's name. An instance's name ends in a number behind a dot, or has none, and everything that
is added here begins with another dot and a letter: no name made here can be another instance's.
"""

import re
from dataclasses import dataclass
from typing import Final

from vitrina_orchestrator.domain.naming import instance_parts
from vitrina_orchestrator.domain.third_party_policy import is_allowed_third_party

INSTALLATION: Final = "vitrina.installation"
EXPORTER: Final = "vitrina.exporter"
SHARD: Final = "vitrina.shard"
STANDBY: Final = "vitrina.standby"
"""On the container that tries a new version out, without a configuration and without a way out."""
WRITER: Final = "vitrina.writer"
"""On the container, never started, through which a configuration gets into its volume."""
CHECK: Final = "vitrina.check"
"""On the container that tries a source once, before it is saved."""
SPEC: Final = "vitrina.spec"
"""The `InstanceSpec` as JSON."""
MADE_FROM: Final = "vitrina.made-from"
"""Digest of everything else that the container was made from."""
VOLUME: Final = "vitrina.volume"
"""On a volume: the name of the instance whose it is."""
VOLUME_ID: Final = "vitrina.volume-id"
"""On a volume: what tells it from a former one of the same name."""
ROLES: Final = (EXPORTER, STANDBY, WRITER, CHECK)

USER: Final = "65532:65532"
CONFIG_DIR: Final = "/etc/vitrina"
STATE_DIR: Final = "/var/lib/vitrina"

_IMAGE: Final = re.compile(r"vitrina/exporter-[a-z0-9]+(?:-[a-z0-9]+)*")


@dataclass(frozen=True)
class Limits:
    memory_bytes: int
    nano_cpus: int
    pids: int
    log_bytes: int
    """Of one log file; two are kept."""


@dataclass(frozen=True)
class ContainerSettings:
    """What all containers of this installation share."""

    installation: str
    image_prefix: str
    """Put before an image's name, like `registry.example.org/`; without it, images are never pulled."""
    image_tag: str
    scrape_network: str
    egress_network: str
    limits: Limits
    log_level: str = "info"
    third_party_images: tuple[str, ...] = ()
    """Repositories whose images manifests may name, like `docker.io/prom/blackbox-exporter`."""


def is_allowed_image(image: str) -> bool:
    """Whether a manifest may name this image: one of our exporters', without registry, tag or digest."""
    return len(image) <= 128 and _IMAGE.fullmatch(image) is not None  # noqa: PLR2004 - longer than any real name


def is_third_party_image(image: str, settings: ContainerSettings) -> bool:
    return is_allowed_third_party(image, settings.third_party_images)


def image_reference(image: str, settings: ContainerSettings) -> str:
    """A third party's image is named in full by its manifest."""
    if is_third_party_image(image, settings):
        return image
    return f"{settings.image_prefix}{image}:{settings.image_tag}"


def container_name(instance: str, settings: ContainerSettings) -> str:
    return f"{settings.installation}-{instance}"


def standby_name(instance: str, settings: ContainerSettings) -> str:
    return f"{container_name(instance, settings)}.next"


def former_name(instance: str, settings: ContainerSettings) -> str:
    """Of the stopped container that a replacement can be rolled back to."""
    return f"{container_name(instance, settings)}.former"


def writer_name(instance: str, settings: ContainerSettings) -> str:
    return f"{container_name(instance, settings)}.writer"


def check_name(exporter_type: str, serial: str, settings: ContainerSettings) -> str:
    return f"{container_name(exporter_type, settings)}.check-{serial}"


def config_volume(instance: str, settings: ContainerSettings) -> str:
    return f"{container_name(instance, settings)}.config"


def state_volume(instance: str, settings: ContainerSettings) -> str:
    """One for all shards of an exporter: a device that comes to another one brings its status along."""
    return f"{container_name(instance_parts(instance)[0], settings)}.state"
