from typing import Any

from vitrina_sdk.testing.running import RunningSimulator
from vitrina_sdk.testing.suite import SECRET, ConformanceSuite


class TestConformance(ConformanceSuite):
    module = "vitrina_addreality"
    absorbed_faults = (
        "small_pages", "ignore_offset", "moving", "duplicates", "clock_ahead", "clock_behind", "megabyte_names",
    )  # fmt: skip

    def source_config(self, simulator: RunningSimulator, base: str) -> dict[str, Any]:  # noqa: ARG002 - the list is the vendor's
        return {"api_url": f"{base}/public/v1/device/list", "api_token": SECRET}
