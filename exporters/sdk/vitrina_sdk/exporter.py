"""What a platform has to bring. Everything else - polling, pacing, ageing, rendering - is the SDK's.

A platform is one of two kinds. A vendor with a list call is a `ListPlatform`: its answer counts only when read to the
end. A vendor that is asked about one device at a time is a `DevicePlatform`: each answer stands alone.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol, TypeVar, runtime_checkable

import msgspec

from vitrina_sdk.http import VendorClient
from vitrina_sdk.reading import Reading

Config = TypeVar("Config")


class Listing(msgspec.Struct):
    """A vendor's whole list, read to its end."""

    readings: list[Reading]
    rejected: int = 0
    """Records that could not be read."""
    problems: dict[str, int] = msgspec.field(default_factory=dict)
    """What was odd without being an error, counted by kind: `duplicate`, `unrecognised_state`, ..."""
    whole: bool = True
    """False if the vendor contradicts itself about the end: then a device that is missing was not removed."""


class Answer(msgspec.Struct):
    """A vendor's answer about one device."""

    reading: Reading
    problem: str | None = None


class AskedDevice(msgspec.Struct, frozen=True):
    """A device of the configuration: its identity, and what the vendor is asked with."""

    device_id: str
    ask_with: str


@runtime_checkable
class ListPlatform(Protocol[Config]):
    name: str
    """Name of the platform, as in the label `platform`."""
    version: str

    def configure(self, config: Mapping[str, Any]) -> Config:
        """Raises `ConfigurationError`, or pydantic's `ValidationError`."""
        ...

    async def list_devices(self, config: Config, vendor: VendorClient) -> Listing:
        """All devices of the source. Raises `PollError` when the list cannot be read to its end."""
        ...


@runtime_checkable
class DevicePlatform(Protocol[Config]):
    name: str
    version: str

    def configure(self, config: Mapping[str, Any]) -> Config:
        """As in `ListPlatform`."""
        ...

    def devices(self, config: Config) -> Sequence[AskedDevice]:
        """The devices to ask about, each identity once."""
        ...

    async def ask(self, config: Config, device: AskedDevice, vendor: VendorClient) -> Answer:
        """What the vendor says of this device. Raises `PollError` when it says nothing that counts."""
        ...


Platform = ListPlatform[Any] | DevicePlatform[Any]
