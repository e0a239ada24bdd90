from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from vitrina_contracts.device import Status
from vitrina_cubicmedia.client import check
from vitrina_cubicmedia.config import CubicMediaConfig, normalised
from vitrina_cubicmedia.mapping import PlayerRecord, to_reading
from vitrina_cubicmedia.platform import CubicMedia
from vitrina_sdk import AskedDevice, BadPayload, Reading

MAC = "AA:BB:CC:DD:EE:0F"
CONFIG = {"api_url": "https://vendor.example/status-check?mac=", "macs": [MAC]}


class Vendor:
    """Stands in for `VendorClient`: answers every call with the same body."""

    def __init__(self, body: bytes) -> None:
        self._body = body
        self.asked: list[str] = []

    async def get(self, url: str, *, max_body: int) -> bytes:
        assert max_body <= 2**20
        self.asked.append(url)
        return self._body


async def answered(body: bytes, mac: str = MAC, **config: Any) -> tuple[Reading, str | None, list[str]]:
    platform, vendor = CubicMedia(), Vendor(body)
    configured = platform.configure({**CONFIG, "macs": [mac], **config})
    [device] = platform.devices(configured)
    answer = await platform.ask(configured, device, vendor)  # type: ignore[arg-type] # a stand-in
    return answer.reading, answer.problem, vendor.asked


async def test_an_answer_as_the_vendor_gives_it() -> None:
    body = '[{"status": "online", "name": "Казань, Баумана 12", "ip": "192.168.0.7", "outIp": "95.1.2.3", "x": 1}]'
    reading, problem, asked = await answered(body.encode())
    assert reading == Reading(
        device_id=MAC,
        status=Status.ONLINE,
        vendor_state="online",
        name="Казань, Баумана 12",
        ip="192.168.0.7",
        external_ip="95.1.2.3",
    )
    assert problem is None
    assert asked == [f"https://vendor.example/status-check?mac={MAC}"]


async def test_an_empty_list_is_a_device_that_the_vendor_does_not_know() -> None:
    reading, problem, _ = await answered(b"[]")
    assert reading == Reading.not_known(MAC)
    assert reading.status is Status.UNKNOWN
    assert problem == "not_known"


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("online", Status.ONLINE),
        ("offline", Status.OFFLINE),
        ("нет связи", Status.OFFLINE),
        ("sleeping", Status.UNKNOWN),
        ("", Status.UNKNOWN),
    ],
)
async def test_words_for_offline_are_those_of_the_source(word: str, status: Status) -> None:
    body = msgspec.json.encode([{"status": word}])
    reading, problem, _ = await answered(body, offline_values=["offline", "нет связи"])
    assert (reading.status, reading.vendor_state) == (status, word)
    assert problem == ("unrecognised_state" if status is Status.UNKNOWN else None)


@pytest.mark.parametrize(
    "body", [b"", b"{}", b"[1]", b"[{}]", b'[{"status": null}]', b'[{"status": 1}]', b'[{"status": "on', b"[" * 10_000]
)
async def test_an_answer_of_another_shape_is_a_bad_payload(body: bytes) -> None:
    config = CubicMediaConfig.model_validate(CONFIG)
    with pytest.raises(BadPayload):
        await check(config, MAC, Vendor(body))  # type: ignore[arg-type] # a stand-in


@pytest.mark.parametrize("spelled", ["AA:BB:CC:DD:EE:0F", "aa-bb-cc-dd-ee-0f", "aabbccddee0f", "AABBCCDDEE0F"])
async def test_identity_is_the_normal_form_and_the_call_uses_the_customers_spelling(spelled: str) -> None:
    reading, _, asked = await answered(b"[]", mac=spelled)
    assert reading.device_id == MAC
    assert asked[0].endswith(f"mac={spelled}")


def test_a_mac_that_is_listed_twice_is_asked_about_once() -> None:
    platform = CubicMedia()
    config = platform.configure({**CONFIG, "macs": ["aabbccddee0f", MAC, "aa-bb-cc-dd-ee-0f"]})
    assert platform.devices(config) == [AskedDevice(MAC, "aabbccddee0f")]


@pytest.mark.parametrize(
    "bad", ["", "AA:BB:CC:DD:EE", "AA:BB-CC:DD:EE:FF", "GG:BB:CC:DD:EE:FF", f"{MAC}\n", f"{MAC}&x=1"]
)
def test_what_is_no_mac_is_refused_by_its_place_in_the_list(bad: str) -> None:
    with pytest.raises(ValueError, match="not a MAC"):
        normalised(bad)
    with pytest.raises(ValidationError) as caught:
        CubicMedia().configure({**CONFIG, "macs": [MAC, bad]})
    assert caught.value.errors()[0]["loc"] == ("macs", 1)


@given(st.text(), st.none() | st.text() | st.integers() | st.lists(st.text()), st.lists(st.text(), max_size=3))
def test_no_record_breaks_the_mapping_and_only_the_sources_words_are_offline(
    word: str, other: object, offline: list[str]
) -> None:
    reading = to_reading(MAC, PlayerRecord(status=word, name=other, ip=other, out_ip=other), offline)
    assert (reading.status is Status.OFFLINE) == (word in offline and word != "online")
