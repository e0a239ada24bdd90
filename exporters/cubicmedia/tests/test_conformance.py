from typing import Any

from vitrina_sdk.testing.running import RunningSimulator
from vitrina_sdk.testing.suite import ConformanceSuite


class TestConformance(ConformanceSuite):
    module = "vitrina_cubicmedia"
    absorbed_faults = ("duplicates", "megabyte_names")
    content_faults = dict.fromkeys(("half_page", "wrong_types", "nulls"), "bad_payload")

    def source_config(self, simulator: RunningSimulator, base: str) -> dict[str, Any]:
        return {"api_url": f"{base}/api/v0.1/players/status-check?mac=", "macs": simulator.control("GET", "macs")}
