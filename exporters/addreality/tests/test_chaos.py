import pytest
from vitrina_addreality.platform import Addreality
from vitrina_addreality.simulator import LIST_PATH, AddrealityApi
from vitrina_sdk.testing.chaos import survive

SEEDS = [0, *(pytest.param(seed, marks=pytest.mark.long) for seed in range(1, 20))]


@pytest.mark.parametrize("seed", SEEDS)
def test_no_device_is_offline_that_the_vendor_did_not_call_so_on_any_bad_day(seed: int) -> None:
    config = {"api_url": f"https://vendor.example{LIST_PATH}", "api_token": "token"}
    survive(Addreality(), AddrealityApi(400, seed, token_file=None), config, seed)
