from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from vitrina_addreality.client import read_record
from vitrina_addreality.mapping import DeviceRecord, to_reading
from vitrina_contracts.device import Status
from vitrina_sdk import Reading

NOW = 1_790_000_000.0
SAMPLE = b"""{"id": 30785, "name": "Arzamas_Lesnaya_1", "connection_state": "online", "player_status": "playback",
 "last_online": "2025-05-26T13:29:08.166738Z", "activation_state": true, "player_version": "4.1.76",
 "time_zone": "+01:00", "more": {"fields": []}}"""


def mapped(**fields: Any) -> Reading:
    return to_reading(msgspec.convert({**msgspec.json.decode(SAMPLE), **fields}, DeviceRecord), NOW)


def test_a_record_as_the_vendor_sends_it() -> None:
    assert mapped() == Reading(
        device_id="30785",
        status=Status.ONLINE,
        vendor_state="online",
        name="Arzamas_Lesnaya_1",
        player_version="4.1.76",
        time_zone="+01:00",
        last_seen=1748266148.166738,
        playing=True,
        activated=True,
    )


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("online", Status.ONLINE),
        ("offline", Status.OFFLINE),
        ("Online", Status.UNKNOWN),
        ("sleeping", Status.UNKNOWN),
    ],
)
def test_only_the_known_words_are_states_and_every_word_is_kept(word: str, status: Status) -> None:
    reading = mapped(connection_state=word)
    assert (reading.status, reading.vendor_state) == (status, word)


@pytest.mark.parametrize(("word", "playing"), [("playback", True), ("pause", False), ("stopped", None), (None, None)])
def test_playback_is_not_guessed(word: str | None, playing: bool | None) -> None:  # noqa: FBT001
    assert mapped(player_status=word).playing is playing


anything = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**60), 2**60) | st.text(max_size=20) | st.just("offline"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@given(st.dictionaries(st.sampled_from([*DeviceRecord.__struct_fields__, "other"]), anything))
def test_no_record_breaks_the_mapping_and_only_offline_is_offline(record: dict[str, Any]) -> None:
    reading = read_record(msgspec.Raw(msgspec.json.encode(record)), NOW)
    if reading is not None:
        assert (reading.status is Status.OFFLINE) == (record["connection_state"] == "offline")
