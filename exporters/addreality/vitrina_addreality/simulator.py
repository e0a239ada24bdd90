"""Simulator of Addreality's API: `POST /public/v1/device/list` with paging and a token."""

import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import msgspec
from vitrina_sdk.testing.fleet import Fleet, SimulatedDevice, make_fleet
from vitrina_sdk.testing.simulator import Answer, Request, run_simulator

LIST_PATH: Final = "/public/v1/device/list"
_MAX_LIMIT: Final = 1_000


class _Asked(msgspec.Struct):
    id: list[int] = []
    limit: int = 300
    offset: int = 0


class AddrealityApi:
    faults = frozenset(
        {
            "half_page", "empty", "ignore_offset", "duplicates", "shrinking_total", "wrong_types", "nulls",
            "extreme_values", "all_offline", "unknown_state",
        }
    )  # fmt: skip

    def __init__(self, devices: int, seed: int, token_file: Path | None) -> None:
        self.fleet: Fleet = make_fleet(devices, seed, macs=False)
        self._token_file = token_file

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
        del request
        return None

    def _accepts(self, token: str) -> bool:
        if self._token_file is None:
            return bool(token)
        return token == self._token_file.read_text().strip()

    def _page(self, asked: _Asked, faults: frozenset[str]) -> dict[str, Any]:
        wanted = set(asked.id)
        devices = [device for device in self.fleet.devices if not wanted or int(device.id) in wanted]
        if "empty" in faults:
            devices = []
        offset = 0 if "ignore_offset" in faults else max(0, asked.offset)
        limit = max(1, min(asked.limit, _MAX_LIMIT))
        total = len(devices)
        if "shrinking_total" in faults and offset:
            total = max(offset, total - 5)
        page = devices[offset : min(offset + limit, total)]
        records = [_spoiled(_record(device, time.time()), faults) for device in page]
        if "half_page" in faults:
            records = records[: len(records) // 2]
        if "duplicates" in faults and records:
            records[-1] = {**records[0], "connection_state": "offline", "last_online": "2020-01-01T00:00:00Z"}
        return {"pagination": {"offset": offset, "limit": limit, "total": total}, "data": records}


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


def _spoiled(record: dict[str, Any], faults: frozenset[str]) -> dict[str, Any]:
    if "wrong_types" in faults:
        return {**record, "id": str(record["id"]) + "x", "connection_state": 1}
    if "nulls" in faults:
        return dict.fromkeys(record)
    if "extreme_values" in faults:
        return {**record, "name": "\x00\n" + "Я" * 1000, "last_online": "9999-12-31T23:59:59Z", "player_status": []}
    if "all_offline" in faults:
        return {**record, "connection_state": "offline"}
    if "unknown_state" in faults:
        return {**record, "connection_state": "maintenance"}
    return record


if __name__ == "__main__":
    run_simulator(AddrealityApi, sys.argv[1:])
