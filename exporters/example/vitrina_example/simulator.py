"""Simulator of the vendor: `GET /v1/screens?page=N` with a key. The suite breaks it in every way it knows."""

import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qs

import msgspec
from vitrina_sdk.testing.fleet import Fleet, SimulatedDevice, make_fleet
from vitrina_sdk.testing.simulator import Answer, Request, run_simulator

LIST_PATH: Final = "/v1/screens"
_PAGE_SIZE: Final = 20

_SPOILED: Final[dict[str, Callable[[dict[str, Any]], dict[str, Any]]]] = {
    "wrong_types": lambda record: {**record, "serial": 7, "state": 1},
    "nulls": dict.fromkeys,
    "extreme_values": lambda record: {**record, "title": "\x00\n" + "Я" * 1000, "address": [], "seen_at": "9999"},
    "all_offline": lambda record: {**record, "state": "offline"},
    "unknown_state": lambda record: {**record, "state": "maintenance"},
}
"""Faults of single records, by their kind."""


class ExampleApi:
    faults = frozenset({"half_page", "empty", *_SPOILED})

    def __init__(self, devices: int, seed: int, token_file: Path | None) -> None:
        del token_file  # any key is as good as another here
        self.fleet: Fleet = make_fleet(devices, seed, macs=False)

    def answer(self, request: Request, faults: frozenset[str]) -> Answer:
        if (request.method, request.path) != ("GET", LIST_PATH):
            return Answer(404, b'{"error": "not found"}')
        if not request.headers.get(b"authorization", b"").startswith(b"Bearer "):
            return Answer(401, b'{"error": "no key"}')
        page = int(parse_qs(request.query).get("page", ["1"])[0])
        return Answer(200, msgspec.json.encode(self._page(page, faults)))

    def control(self, _request: Request) -> Answer | None:
        return None

    def _page(self, page: int, faults: frozenset[str]) -> dict[str, Any]:
        devices = [] if "empty" in faults else self.fleet.devices
        listed = devices[(page - 1) * _PAGE_SIZE : page * _PAGE_SIZE]
        if "half_page" in faults:
            listed = listed[: len(listed) // 2]
        screens = [_record(device) for device in listed]
        for kind in faults & _SPOILED.keys():
            screens = [_SPOILED[kind](screen) for screen in screens]
        return {"count": len(devices), "pages": max(1, -(-len(devices) // _PAGE_SIZE)), "screens": screens}


def _record(device: SimulatedDevice) -> dict[str, Any]:
    contact = datetime.fromtimestamp(device.last_contact(time.time()), UTC)
    return {
        "serial": device.id,
        "title": device.name,
        "state": device.status,
        "address": device.ip,
        "seen_at": contact.isoformat(),
    }


if __name__ == "__main__":
    run_simulator(ExampleApi, sys.argv[1:])
