"""The two vendors, by their simulators' truth and control."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx

OTHER_STATUS = {"online": "offline", "offline": "online"}


@dataclass(frozen=True)
class Vendor:
    """`source` is the name of the demo's source against it; the exporter has the platform's name."""

    platform: str
    url: str

    @property
    def source(self) -> str:
        return f"demo-{self.platform}"

    def truth(self) -> dict[str, str]:
        """Status of every device in the vendor's own word, by its id."""
        return {device["id"]: device["status"] for device in self._control("GET", "devices")}

    def some(self, status: str, count: int = 1) -> list[str]:
        """Ids of devices that have this status now."""
        return [device_id for device_id, now in self.truth().items() if now == status][:count]

    def name_of(self, device_id: str) -> str:
        return self.names()[device_id]

    def names(self) -> dict[str, str]:
        """By id."""
        return {device["id"]: str(device["name"]) for device in self._control("GET", "devices")}

    def flip(self, device_id: str) -> str:
        """Its new status."""
        status = OTHER_STATUS[self.truth()[device_id]]
        self._control("POST", f"devices/{device_id}", {"status": status})
        return status

    def requests(self) -> int:
        return int(self._control("GET", "requests")["count"])

    @contextmanager
    def broken(self, kind: str) -> Iterator[None]:
        """Every request is answered with this fault, until the block ends."""
        self._control("POST", "faults", {"kind": kind})
        try:
            yield
        finally:
            self.heal()

    def heal(self) -> None:
        self._control("DELETE", "faults")

    def _control(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        answer = httpx.request(method, f"{self.url}/control/{path}", json=body, timeout=5, trust_env=False)
        return answer.raise_for_status().json()
