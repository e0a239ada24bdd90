"""Simulator of CubicMedia's API: `GET /api/v0.1/players/status-check?mac=<MAC>`; `GET /control/macs` lists the MACs."""

import sys
from collections.abc import Callable
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
    def __init__(self, devices: int, seed: int, token_file: Path | None) -> None:
        del token_file  # this vendor asks for no credentials
        self.faults = frozenset({"half_page", "empty", *_SPOILED})
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


_SPOILED: Final[dict[str, Callable[[dict[str, Any]], list[dict[str, Any]]]]] = {
    "duplicates": lambda record: [record, {**record, "status": "offline"}],
    "wrong_types": lambda record: [{**record, "status": 1}],
    "nulls": lambda record: [dict.fromkeys(record)],
    "extreme_values": lambda record: [{**record, "name": "\x00\n" + "Я" * 1000, "ip": [], "outIp": 7}],
    "megabyte_names": lambda record: [{**record, "name": "Я" * 250_000}],
    "all_offline": lambda record: [{**record, "status": "offline"}],
    "unknown_state": lambda record: [{**record, "status": "maintenance"}],
}
"""What the vendor says of a player under each fault of its content."""


def _spoiled(record: dict[str, Any], faults: frozenset[str]) -> Answer:
    if "half_page" in faults:
        whole = msgspec.json.encode([record])
        return Answer(200, whole[: len(whole) // 2])
    kind = next(kind for kind in _SPOILED if kind in faults)
    return Answer(200, msgspec.json.encode(_SPOILED[kind](record)))


if __name__ == "__main__":
    run_simulator(CubicMediaApi, sys.argv[1:])
