"""Simulator of CubicMedia's API: `GET /api/v0.1/players/status-check?mac=<MAC>`; `GET /control/macs` lists the MACs."""

import sys
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote

import msgspec
from vitrina_sdk.testing.fleet import Fleet, SimulatedDevice, make_fleet
from vitrina_sdk.testing.simulator import Answer, Request, run_simulator

from vitrina_cubicmedia.config import normalised

CHECK_PATH: Final = "/api/v0.1/players/status-check"
_NOT_KNOWN: Final = Answer(200, b"[]")


class CubicMediaApi:
    faults = frozenset({"half_page", "empty", "wrong_types", "nulls", "extreme_values", "all_offline", "unknown_state"})

    def __init__(self, devices: int, seed: int, token_file: Path | None) -> None:
        del token_file  # this vendor asks for no credentials
        self.fleet: Fleet = make_fleet(devices, seed, macs=True)
        self._rendered: dict[str, tuple[int, Answer]] = {}

    def answer(self, request: Request, faults: frozenset[str]) -> Answer:
        if request.path != CHECK_PATH:
            return Answer(404, b'{"error":"not found"}')
        if not request.query.startswith("mac="):
            return Answer(400, b'{"error":"mac is required"}')
        device = self._find(request.query[4:])
        if device is None or "empty" in faults:
            return _NOT_KNOWN
        if faults:
            return _spoiled(_record(device), faults)
        return self._answer_about(device)

    def control(self, request: Request) -> Answer | None:
        if (request.method, request.path) != ("GET", "/control/macs"):
            return None
        return Answer(200, msgspec.json.encode([_spelled(device) for device in self.fleet.devices]))

    def _find(self, mac: str) -> SimulatedDevice | None:
        try:
            return self.fleet.by_id.get(normalised(unquote(mac)))
        except ValueError:
            return None

    def _answer_about(self, device: SimulatedDevice) -> Answer:
        kept = self._rendered.get(device.id)
        if kept is None or kept[0] != device.revision:
            kept = (device.revision, Answer(200, msgspec.json.encode([_record(device)])))
            self._rendered[device.id] = kept
        return kept[1]


def _record(device: SimulatedDevice) -> dict[str, Any]:
    return {"status": device.status, "name": device.name, "ip": device.ip, "outIp": device.external_ip}


def _spelled(device: SimulatedDevice) -> str:
    """Customers' lists mix the spellings: most as the vendor's screen shows them, some otherwise."""
    match device.index % 10:
        case 8:
            return device.id.replace(":", "-").lower()
        case 9:
            return device.id.replace(":", "").lower()
        case _:
            return device.id


def _spoiled(record: dict[str, Any], faults: frozenset[str]) -> Answer:
    if "half_page" in faults:
        whole = msgspec.json.encode([record])
        return Answer(200, whole[: len(whole) // 2])
    if "wrong_types" in faults:
        return Answer(200, msgspec.json.encode([{**record, "status": 1}]))
    if "nulls" in faults:
        return Answer(200, msgspec.json.encode([dict.fromkeys(record)]))
    if "extreme_values" in faults:
        return Answer(200, msgspec.json.encode([{**record, "name": "\x00\n" + "Я" * 1000, "ip": [], "outIp": 7}]))
    if "all_offline" in faults:
        return Answer(200, msgspec.json.encode([{**record, "status": "offline"}]))
    return Answer(200, msgspec.json.encode([{**record, "status": "maintenance"}]))


if __name__ == "__main__":
    run_simulator(CubicMediaApi, sys.argv[1:])
