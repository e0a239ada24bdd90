"""A body read by its changes gives what the whole body gives, and unchanged samples stay the same objects."""

import json
import random
from typing import Any

import msgspec
import pytest
from vitrina_gateway.adapters.scrape_body import Answer, Scraped, ScrapeReader


class Fleet:
    """What Prometheus answers about one target, in the order of its series."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)  # noqa: S311 - a seed for repeatable tests
        self.samples: dict[tuple[str, ...], str] = {}
        for number in range(60):
            identity = (f"source{number % 3}", f'd"{number}')
            self.samples["signage_device_info", *identity, f'Odd ]}},"value":[ "{number}" {{"metric":{{'] = "1"
            self.samples["signage_device_up", *identity, ""] = "1"
            self.samples["signage_device_last_seen_timestamp_seconds", *identity, ""] = "100"
        for number in range(3):
            self.samples["signage_source_up", f"source{number}", "", ""] = "1"
            self.samples["signage_source_last_success_timestamp_seconds", f"source{number}", "", ""] = "5"

    def body(self, at: float) -> bytes:
        labels = ("__name__", "source", "device_id", "name")
        result: list[dict[str, Any]] = [
            {"metric": {k: v for k, v in zip(labels, key, strict=True) if v}, "value": [at, value]}
            for key, value in self.samples.items()
        ]
        result.append({"metric": {"of": "scrape_time"}, "value": [at, f"{at - 1}"]})
        answer = {"status": "success", "data": {"resultType": "vector", "result": result}}
        return json.dumps(answer, separators=(",", ":")).encode()

    def change(self) -> None:
        kind = self.chance.choice(("value", "value", "value", "nothing", "gone", "renamed", "failing"))
        key = self.chance.choice(sorted(self.samples))
        if kind == "value" and "info" not in key[0]:
            self.samples[key] = self.chance.choice(("0", "1", "100", "1e3", "NaN"))
        elif kind == "gone":
            del self.samples[key]
        elif kind == "renamed" and key[3]:
            self.samples = {(*k[:3], "New") if k == key else k: v for k, v in self.samples.items()}
        elif kind == "failing":
            self.samples["signage_source_failing", key[1], "", ""] = self.chance.choice(("0", "1"))


def whole(body: bytes) -> Scraped:
    reader = ScrapeReader()
    assert reader.read_changes(body) is None
    return reader.take(msgspec.json.decode(body, type=Answer).result)


@pytest.mark.parametrize("seed", range(5))
def test_changes_give_what_the_whole_gives(seed: int) -> None:
    fleet, reader = Fleet(seed), ScrapeReader()
    by_changes = 0
    for step in range(80):
        for _ in range(fleet.chance.choice((0, 1, 4))):
            fleet.change()
        body = fleet.body(1_700_000_000 + step * 0.25)
        found = reader.read_changes(body)
        by_changes += found is not None
        assert msgspec.to_builtins(found or reader.take(msgspec.json.decode(body, type=Answer).result)) == (
            msgspec.to_builtins(whole(body))
        )
    assert by_changes > 15


def test_what_did_not_change_is_the_same_object_and_the_former_reading_stands() -> None:
    fleet, reader = Fleet(1), ScrapeReader()
    body = fleet.body(1_700_000_000)
    assert reader.read_changes(body) is None
    before = reader.take(msgspec.json.decode(body, type=Answer).result)
    fleet.samples["signage_device_up", "source1", 'd"1', ""] = "0"
    after = reader.read_changes(fleet.body(1_700_000_015))
    assert after is not None
    assert after.devices["source0"] is before.devices["source0"]
    assert after.devices["source1"]['d"4'] is before.devices["source1"]['d"4']
    assert (before.devices["source1"]['d"1'].up, after.devices["source1"]['d"1'].up) == (True, False)


@pytest.mark.parametrize("body", [b"", b"{}", b'{"status":"error"}', b'},"value":[', b'},"value":[,', b"\xff" * 100])
def test_what_is_no_answer_is_left_to_the_decoder(body: bytes) -> None:
    reader = ScrapeReader()
    for _ in range(2):
        assert reader.read_changes(body) is None


def test_a_warning_at_the_end_is_left_to_the_decoder() -> None:
    fleet, reader = Fleet(1), ScrapeReader()
    body = fleet.body(1_700_000_000)
    reader.read_changes(body)
    reader.take(msgspec.json.decode(body, type=Answer).result)
    assert reader.read_changes(fleet.body(1_700_000_015)[:-1] + b',"warnings":["half"]}') is None
