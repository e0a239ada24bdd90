import pytest
from vitrina_cubicmedia.platform import CubicMedia
from vitrina_cubicmedia.simulator import CHECK_PATH, CubicMediaApi
from vitrina_sdk.testing.chaos import survive

SEEDS = [0, *(pytest.param(seed, marks=pytest.mark.long) for seed in range(1, 20))]


@pytest.mark.parametrize("seed", SEEDS)
def test_no_device_is_offline_that_the_vendor_did_not_call_so_on_any_bad_day(seed: int) -> None:
    api = CubicMediaApi(120, seed, token_file=None)
    macs = [device.id for device in api.fleet.devices]
    survive(CubicMedia(), api, {"api_url": f"https://vendor.example{CHECK_PATH}?mac=", "macs": macs}, seed)
