"""Example as a platform of the SDK: the vendor lists all screens of an account."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from vitrina_contracts.device import Status
from vitrina_sdk import Listing, VendorClient

from vitrina_example.client import list_screens
from vitrina_example.config import ExampleConfig


class Example:
    name = "example"
    version = "0.1.0"

    def configure(self, config: Mapping[str, Any]) -> ExampleConfig:
        return ExampleConfig.model_validate(config)

    async def list_devices(self, config: ExampleConfig, vendor: VendorClient) -> Listing:
        read = await list_screens(config, vendor)
        readings = {reading.device_id: reading for reading in read if reading is not None}
        words = Counter("unrecognised_state" for reading in readings.values() if reading.status is Status.UNKNOWN)
        return Listing(readings=list(readings.values()), rejected=read.count(None), problems=dict(words))
