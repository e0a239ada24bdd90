"""Simulator of Addreality's API: `POST /public/v1/device/list` with paging and a token.

`POST /control/token` {"token"} makes it the only one that is accepted from then on: any other has expired.
"""

import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import reduce
from pathlib import Path
from typing import Any, Final

import msgspec
from vitrina_sdk.testing.fleet import Fleet, SimulatedDevice, make_fleet
from vitrina_sdk.testing.simulator import Answer, Request, run_simulator

LIST_PATH: Final = "/public/v1/device/list"
_MAX_LIMIT: Final = 1_000
_SMALL_LIMIT: Final = 10
_LONG_AGO: Final = {"connection_state": "offline", "last_online": "2020-01-01T00:00:00Z"}
"""What the second record of a device says under `duplicates`."""
_SKEW: Final = timedelta(days=1)


class _Asked(msgspec.Struct):
    id: list[int] = []
    limit: int = 300
    offset: int = 0


class _Token(msgspec.Struct):
    token: str


class AddrealityApi:
    def __init__(self, devices: int, seed: int, token_file: Path | None) -> None:
        self.faults = _OF_PAGES | _SPOILED.keys()
        self.fleet: Fleet = make_fleet(devices, seed, macs=False)
        self._token_file = token_file
        self._token: str | None = None
        """The one that is accepted, once `/control/token` has set it."""
        self._moved = 0

    def answer(self, request: Request, faults: frozenset[str]) -> Answer:
        if request.path != LIST_PATH:
            return Answer(404, b'{"error":"not found"}')
        if request.method != "POST":
            return Answer(405, b'{"error":"method not allowed"}')
        if not self._accepts(request.headers.get(b"x-api-token", b"").decode("latin-1")):
            return Answer(401, b'{"error":"invalid token"}')
        try:
            asked = msgspec.json.decode(request.body, type=_Asked)
        except msgspec.DecodeError:
            return Answer(400, b'{"error":"bad request"}')
        return Answer(200, msgspec.json.encode(self._page(asked, faults)))

    def control(self, request: Request) -> Answer | None:
        if (request.method, request.path) != ("POST", "/control/token"):
            return None
        self._token = msgspec.json.decode(request.body, type=_Token).token
        return Answer(200, b"{}")

    def _accepts(self, token: str) -> bool:
        if self._token is not None:
            return token == self._token
        if self._token_file is None:
            return bool(token)
        return token == self._token_file.read_text().strip()

    def _page(self, asked: _Asked, faults: frozenset[str]) -> dict[str, Any]:
        devices = [] if "empty" in faults else self._devices(asked, faults)
        offset = 0 if "ignore_offset" in faults else max(0, asked.offset)
        limit = max(1, min(asked.limit, _SMALL_LIMIT if "small_pages" in faults else _MAX_LIMIT))
        total = len(devices)
        if "shrinking_total" in faults and offset:
            total = max(offset, total - 5)
        page = devices[offset : min(offset + limit, total)]
        now, spoil = time.time(), [_SPOILED[kind] for kind in faults if kind in _SPOILED]
        records = [reduce(lambda record, change: change(record), spoil, _record(device, now)) for device in page]
        if "half_page" in faults:
            records = records[: len(records) // 2]
        if "duplicates" in faults and offset + len(records) >= len(devices):
            records[-1:] = [{**record, **_LONG_AGO} for record in records[-1:]]
        return {"pagination": {"offset": offset, "limit": limit, "total": total}, "data": records}

    def _devices(self, asked: _Asked, faults: frozenset[str]) -> list[SimulatedDevice]:
        if asked.id:
            wanted = set(asked.id)
            return [device for device in self.fleet.devices if int(device.id) in wanted]
        if "duplicates" in faults:
            return [*self.fleet.devices, *self.fleet.devices[:1]]
        if "moving" in faults and self.fleet.devices:
            self._moved = (self._moved + 1) % len(self.fleet.devices)
            return [*self.fleet.devices[self._moved :], *self.fleet.devices[: self._moved]]
        return self.fleet.devices


def _record(device: SimulatedDevice, now: float) -> dict[str, Any]:
    contact = datetime.fromtimestamp(device.last_contact(now), UTC)
    return {
        "id": int(device.id),
        "name": device.name,
        "connection_state": device.status,
        "player_status": "pause" if device.paused else "playback",
        "last_online": contact.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "activation_state": device.activated,
        "player_version": device.player_version,
        "time_zone": device.time_zone,
    }


def _shifted(record: dict[str, Any], by: timedelta) -> dict[str, Any]:
    """As a vendor whose clock is wrong tells it."""
    return {**record, "last_online": (datetime.fromisoformat(record["last_online"]) + by).isoformat()}


_SPOILED: Final[dict[str, Callable[[dict[str, Any]], dict[str, Any]]]] = {
    "wrong_types": lambda record: {**record, "id": f"{record['id']}x", "connection_state": 1},
    "nulls": dict.fromkeys,
    "extreme_values": lambda record: {
        **record,
        "name": "\x00\n" + "Я" * 1000,
        "last_online": "9999-12-31T23:59:59Z",
        "player_status": [],
    },
    "megabyte_names": lambda record: record if record["id"] % 8 else {**record, "name": "Я" * 500_000},
    "clock_ahead": lambda record: _shifted(record, _SKEW),
    "clock_behind": lambda record: _shifted(record, -_SKEW),
    "all_offline": lambda record: {**record, "connection_state": "offline"},
    "unknown_state": lambda record: {**record, "connection_state": "maintenance"},
}
"""Faults of single records."""
_OF_PAGES: Final = frozenset(
    {"half_page", "empty", "small_pages", "ignore_offset", "duplicates", "moving", "shrinking_total"}
)


if __name__ == "__main__":
    run_simulator(AddrealityApi, sys.argv[1:])
