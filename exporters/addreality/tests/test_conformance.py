from typing import Any

from vitrina_sdk.testing.running import RunningSimulator
from vitrina_sdk.testing.suite import SECRET, ConformanceSuite


class TestConformance(ConformanceSuite):
    module = "vitrina_addreality"

    def source_config(self, simulator: RunningSimulator, base: str) -> dict[str, Any]:
        return {"api_url": f"{base}/public/v1/device/list", "api_token": SECRET}
