from functools import partial
from typing import Any

from vitrina_cubicmedia.config import normalised
from vitrina_sdk.testing.running import RunningSimulator, eventually
from vitrina_sdk.testing.suite import ConformanceSuite
from vitrina_sdk.testing.world import HEALTHY, INTERVAL, World


class TestConformance(ConformanceSuite):
    module = "vitrina_cubicmedia"
    absorbed_faults = ("duplicates", "megabyte_names")
    content_faults = dict.fromkeys(("half_page", "wrong_types", "nulls"), "bad_payload")

    def source_config(self, simulator: RunningSimulator, base: str) -> dict[str, Any]:
        return {"api_url": f"{base}/api/v0.1/players/status-check?mac=", "macs": simulator.control("GET", "macs")}

    def test_a_changed_list_of_macs_is_in_force_within_two_seconds(self, world: World) -> None:
        source = world.source(HEALTHY)
        for macs in (source["macs"][3:], source["macs"][:1], source["macs"]):
            world.exporter.configure({HEALTHY: {**source, "macs": macs}}, interval=INTERVAL)
            eventually(partial(_shows, world, {normalised(mac) for mac in macs}), 2, "the new list is in force")


def _shows(world: World, devices: set[str]) -> bool:
    """Whether exactly these are shown, each with a status of the vendor's."""
    statuses = world.exporter.scrape().statuses(HEALTHY)
    return set(statuses) == devices and "unknown" not in statuses.values()
