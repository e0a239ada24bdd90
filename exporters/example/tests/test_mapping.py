"""What is made of the vendor's records, as the vendor sends them and as nobody should."""

from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from vitrina_contracts.device import Status
from vitrina_example.mapping import ScreenRecord, to_reading
from vitrina_sdk import Reading

NOW = 1_790_000_000.0
RECORD = {
    "serial": "EX-1001",
    "title": "Казань, Баумана 12",
    "state": "online",
    "address": "10.0.0.7",
    "seen_at": "2026-05-04T12:00:00+00:00",
}


def mapped(**changes: Any) -> Reading:
    return to_reading(msgspec.convert(RECORD | changes, ScreenRecord), NOW)


def test_a_record_as_the_vendor_sends_it() -> None:
    assert mapped() == Reading(
        device_id="EX-1001",
        status=Status.ONLINE,
        vendor_state="online",
        name="Казань, Баумана 12",
        ip="10.0.0.7",
        last_seen=1_777_896_000.0,
    )


@pytest.mark.parametrize(
    ("word", "status"),
    [("online", Status.ONLINE), ("offline", Status.OFFLINE), ("Online", Status.UNKNOWN), ("asleep", Status.UNKNOWN)],
)
def test_only_the_known_words_are_states_and_every_word_is_kept(word: str, status: Status) -> None:
    assert (mapped(state=word).status, mapped(state=word).vendor_state) == (status, word)


ANYTHING = st.none() | st.booleans() | st.floats() | st.text(max_size=20) | st.lists(st.just("offline"), max_size=2)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # the first text takes its tables along
@given(st.fixed_dictionaries({}, optional={field: ANYTHING for field in RECORD if field != "serial"}))
def test_whatever_the_vendor_sends_only_its_own_word_makes_a_device_offline(fields: dict[str, Any]) -> None:
    try:
        reading = mapped(**fields)
    except ValueError:
        return  # told to be no record: counted, and the poll fails when there are many
    assert (reading.status is Status.OFFLINE) == (fields.get("state", "online").strip() == "offline")
