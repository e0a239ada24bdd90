"""A rendered row is the contract's Device, field by field."""

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from vitrina_contracts.device import Cause, Device, Playback, Status
from vitrina_contracts.work import WorkKind
from vitrina_gateway.adapters.status_publisher import parse, render
from vitrina_gateway.domain.device import (
    DeviceState,
    Facts,
    LocalFacts,
    WorkState,
    render_head,
    render_tail,
    to_contract,
)
from vitrina_gateway.domain.transition import Transition

PRINTABLE = st.characters(exclude_categories=["C", "Zl", "Zp", "Zs"], include_characters=" ")
TEXT = st.text(PRINTABLE, max_size=20)
TRIMMED = TEXT.map(str.strip)
TIMES = st.floats(1, 4e9).map(lambda seconds: round(seconds, 3))

STATES = st.builds(
    DeviceState,
    TEXT,
    TEXT,
    TEXT,
    st.builds(
        Facts,
        name=TEXT,
        vendor_state=st.none() | TEXT,
        playback=st.sampled_from(Playback),
        activated=st.none() | st.booleans(),
        player_version=st.none() | TEXT,
        ip=st.none() | TEXT,
        external_ip=st.none() | TEXT,
        time_zone=st.none() | TEXT,
    ),
    st.sampled_from(Status),
    TIMES,
    st.booleans(),
    st.none() | st.sampled_from(Cause),
    st.none() | TIMES,
    st.none() | TIMES,
    st.none(),
    st.builds(
        LocalFacts,
        work=st.none()
        | st.builds(
            WorkState,
            st.sampled_from(WorkKind),
            TEXT,
            TIMES,
            st.none() | TRIMMED,
            st.none() | TRIMMED,
            st.just("https://tickets.example/1"),
            st.none() | TIMES,
        ),
    ),
)


def _row(state: DeviceState) -> Any:
    return json.loads(render_head(state) + render_tail(state.observed_at))


def _read_back(state: DeviceState) -> DeviceState | None:
    stored = parse(render(Transition(state, None, removed=False, evaluated_at=1.7e9, after=0)), 1)
    return stored and stored.device


@given(STATES)
def test_a_row_equals_the_contracts_json(state: DeviceState) -> None:
    row = _row(state)
    assert row == json.loads(to_contract(state).model_dump_json())
    assert list(row) == list(Device.model_fields)


@given(STATES)
def test_a_device_read_back_from_a_message_is_the_same(state: DeviceState) -> None:
    assert _read_back(state) == state


def test_an_event_without_what_has_a_default_and_with_what_nobody_knows_is_read() -> None:
    device = {"platform": "p", "source": "s", "device_id": "d", "name": "n", "status": "online", "weight": 3}
    device["status_since"] = "2026-11-25T10:00:00Z"
    data = {"device": device, "previous": None, "evaluated_at": "2026-11-25T10:00:00Z"}
    stored = parse(json.dumps({"specversion": "1.0", "id": "1", "data": data}).encode(), 7)
    assert stored is not None
    assert stored.device == DeviceState("p", "s", "d", Facts("n"), Status.ONLINE, 1795600800.0, False, None)


@pytest.mark.parametrize("payload", [b"", b"{}", b'{"data":{"device":{}}}', b"\xff", b"[1]"])
def test_what_is_no_event_of_a_device_is_none(payload: bytes) -> None:
    assert parse(payload, 1) is None


def test_until_when_a_place_is_closed_is_told_in_its_own_time_and_of_no_other_cause() -> None:
    until = "2026-11-26T10:00:00+03:00"
    state = DeviceState("p", "s", "d", Facts("n"), Status.OFFLINE, 1.7e9, False, Cause.CLOSED, closed_until=until)
    assert _row(state)["closed_until"] == until == json.loads(to_contract(state).model_dump_json())["closed_until"]
    assert _read_back(state) == state
    lit = msgspec.structs.replace(state, cause=None)
    assert (_row(lit)["closed_until"], to_contract(lit).closed_until) == (None, None)


@pytest.mark.parametrize("nonsense", [1e300, -5.0, 0.0, 9e18])
def test_a_last_contact_that_no_calendar_holds_is_null(nonsense: float) -> None:
    state = DeviceState("p", "s", "d", Facts("n"), Status.ONLINE, 1.7e9, False, None, nonsense, None)
    assert _row(state)["last_seen"] is None
