from typing import Any

from vitrina_sdk.testing.running import RunningSimulator, eventually
from vitrina_sdk.testing.suite import SECRET, ConformanceSuite
from vitrina_sdk.testing.world import HEALTHY, INTERVAL, World


class TestConformance(ConformanceSuite):
    module = "vitrina_addreality"
    absorbed_faults = (
        "small_pages", "ignore_offset", "moving", "duplicates", "clock_ahead", "clock_behind", "megabyte_names",
    )  # fmt: skip

    def source_config(self, simulator: RunningSimulator, base: str) -> dict[str, Any]:  # noqa: ARG002 - the list is the vendor's
        return {"api_url": f"{base}/public/v1/device/list", "api_token": SECRET}

    def test_an_expired_token_fails_the_source_and_a_new_one_is_used_within_two_seconds(self, world: World) -> None:
        before, renewed = world.simulator.truth(), f"renewed-{SECRET}"
        world.simulator.control("POST", "token", {"token": renewed})
        eventually(lambda: world.exporter.scrape().reason(HEALTHY) == "unauthorized", 5, "the token is refused")
        assert world.exporter.scrape().statuses(HEALTHY) == before
        world.exporter.configure({HEALTHY: {**world.source(HEALTHY), "api_token": renewed}}, interval=INTERVAL)
        eventually(lambda: world.shows_truth(HEALTHY), 2, "the new token is in use")
        assert world.secret_is_nowhere()
        world.simulator.control("POST", "token", {"token": SECRET})
