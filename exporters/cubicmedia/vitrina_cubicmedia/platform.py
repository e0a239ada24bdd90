"""CubicMedia as a platform of the SDK: the customer gives the MACs, each is asked about by itself."""

from collections.abc import Mapping, Sequence
from typing import Any

from vitrina_contracts.device import Status
from vitrina_sdk import Answer, AskedDevice, Reading, VendorClient
from vitrina_sdk.probe.exchange import RecordingClient
from vitrina_sdk.probe.verdict import Verdict

from vitrina_cubicmedia import probe as probing
from vitrina_cubicmedia.client import check
from vitrina_cubicmedia.config import CubicMediaConfig, normalised
from vitrina_cubicmedia.mapping import to_reading


class CubicMedia:
    name = "cubicmedia"
    version = "0.1.0"
    kept_fields = probing.KEPT

    def configure(self, config: Mapping[str, Any]) -> CubicMediaConfig:
        return CubicMediaConfig.model_validate(config)

    def devices(self, config: CubicMediaConfig) -> Sequence[AskedDevice]:
        """A MAC that is listed twice, perhaps in two spellings, is asked about in the first."""
        spelled: dict[str, str] = {}
        for mac in config.macs:
            spelled.setdefault(normalised(mac), mac)
        return [AskedDevice(device_id, mac) for device_id, mac in spelled.items()]

    async def ask(self, config: CubicMediaConfig, device: AskedDevice, vendor: VendorClient) -> Answer:
        record = await check(config, device.ask_with, vendor)
        if record is None:
            return Answer(Reading.not_known(device.device_id), problem="not_known")
        reading = to_reading(device.device_id, record, config.offline_values)
        return Answer(reading, problem="unrecognised_state" if reading.status is Status.UNKNOWN else None)

    async def probe(self, config: Mapping[str, Any], vendor: RecordingClient) -> list[Verdict]:
        return await probing.probe(self.configure(config), vendor)
