from typing import Any

from vitrina_sdk.testing.running import RunningSimulator
from vitrina_sdk.testing.suite import SECRET, ConformanceSuite


class TestConformance(ConformanceSuite):
    module = "vitrina_example"

    def source_config(self, _simulator: RunningSimulator, base: str) -> dict[str, Any]:
        return {"api_url": f"{base}/v1/screens", "api_key": SECRET}
