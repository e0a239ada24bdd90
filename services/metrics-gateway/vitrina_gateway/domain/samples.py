"""What Prometheus said at one instant, sorted by exporter, source and device; no judgement yet.

Structs of msgspec instead of dataclasses: a tick makes one for each device, and these cost a tenth.
"""

import msgspec


class Target(msgspec.Struct, frozen=True):
    """One scraped instance of an exporter. `scraped_at`: Unix seconds of its newest scrape, good or not."""

    exporter: str
    instance: str
    platform: str
    up: bool
    scraped_at: float
    shard: int = 0


class SourceSamples(msgspec.Struct):
    """`up` is None while the exporter has not ended its first poll; `last_success` None while it remembers none.

    `keeps_age`: it counts the age of its answers and leaves out a status that is not fresh, as our own exporters do.
    """

    up: bool | None = None
    reason: str | None = None
    devices: int | None = None
    last_success: float | None = None
    keeps_age: bool = True


class DeviceInfo(msgspec.Struct, frozen=True, gc=False):
    """Labels of `signage_device_info`; an empty label is None."""

    name: str | None
    player_version: str | None
    ip: str | None
    external_ip: str | None
    time_zone: str | None
    vendor_state: str | None


class DeviceSamples(msgspec.Struct, gc=False):
    up: bool | None = None
    info: DeviceInfo | None = None
    last_seen: float | None = None
    playing: bool | None = None
    activated: bool | None = None


class Reading(msgspec.Struct, frozen=True):
    """All samples of one scrape of one target; never a mixture of two scrapes."""

    target: Target
    sources: dict[str, SourceSamples]
    devices: dict[str, dict[str, DeviceSamples]]
    """By source, then by device id."""
