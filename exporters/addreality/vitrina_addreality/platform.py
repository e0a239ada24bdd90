"""Addreality as a platform of the SDK: one list call gives every device."""

from collections.abc import Mapping
from typing import Any

from vitrina_contracts.device import Status
from vitrina_sdk import Listing, Reading, VendorClient
from vitrina_sdk.probe.exchange import RecordingClient
from vitrina_sdk.probe.verdict import Verdict

from vitrina_addreality import probe as probing
from vitrina_addreality.client import DeviceList
from vitrina_addreality.config import AddrealityConfig


class Addreality:
    name = "addreality"
    version = "0.1.0"
    kept_fields = probing.KEPT

    def configure(self, config: Mapping[str, Any]) -> AddrealityConfig:
        return AddrealityConfig.model_validate(config)

    async def list_devices(self, config: AddrealityConfig, vendor: VendorClient) -> Listing:
        listed = DeviceList(config, vendor)
        listing = to_listing(await listed.read())
        if listed.offset_ignored:
            listing.problems["offset_ignored"] = 1
        if not listed.whole:
            listing.whole = False
            listing.problems["total_shrank"] = 1
        return listing

    async def probe(self, config: Mapping[str, Any], vendor: RecordingClient) -> list[Verdict]:
        return await probing.probe(self.configure(config), vendor)


def to_listing(read: list[Reading | None]) -> Listing:
    """Each device once, whatever the vendor repeats."""
    newest: dict[str, Reading] = {}
    listing = Listing(readings=[])
    for reading in read:
        if reading is None:
            listing.rejected += 1
        elif (earlier := newest.get(reading.device_id)) is None:
            newest[reading.device_id] = reading
        else:
            _count(listing, "duplicate")
            newest[reading.device_id] = _that_counts(earlier, reading)
    listing.readings = list(newest.values())
    for reading in listing.readings:
        if reading.status is Status.UNKNOWN:
            _count(listing, "unrecognised_state")
    return listing


def _that_counts(one: Reading, other: Reading) -> Reading:
    """The one with the newer last contact; where that cannot be told, rather the one that does not say offline."""
    if one.last_seen is not None and other.last_seen is not None:
        return one if one.last_seen > other.last_seen else other
    return one if other.status is Status.OFFLINE else other


def _count(listing: Listing, problem: str) -> None:
    listing.problems[problem] = listing.problems.get(problem, 0) + 1
