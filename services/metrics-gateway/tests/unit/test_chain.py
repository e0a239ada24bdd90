"""What is due to be stored, whatever happened since the last stored link."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from vitrina_contracts.device import Status
from vitrina_gateway.domain.device import DeviceState, Facts
from vitrina_gateway.domain.transition import Link, Transition, absorb, due, settled

ONLINE, OFFLINE, UNKNOWN = Status.ONLINE, Status.OFFLINE, Status.UNKNOWN


def device(status: Status = ONLINE, since: float = 100.0, **changes: Any) -> DeviceState:
    state = DeviceState("p", "s", "d", Facts("n"), status, since, False, None, None, 90.0)
    return msgspec.structs.replace(state, **changes)


def link(status: Status = ONLINE, at: float = 100.0, sequence: int = 7, *, removed: bool = False) -> Link:
    return Link(status, at, False, removed, at, sequence)


KEY = device().key


def short(transition: Transition) -> tuple[Status | None, Status, bool, float, int]:
    return (
        transition.previous,
        transition.device.status,
        transition.removed,
        transition.evaluated_at,
        transition.after,
    )


@pytest.mark.parametrize(
    ("present", "gone", "stored", "expected", "held"),
    [
        (device(), None, None, (None, ONLINE, False, 100.0, 0), 0),
        (device(status_since_at_least=True), None, None, (None, ONLINE, False, 120.0, 0), 0),
        (device(), None, link(), None, 0),
        (device(OFFLINE, 110), None, link(), (ONLINE, OFFLINE, False, 110.0, 7), 0),
        (device(OFFLINE, 90), None, link(), (ONLINE, OFFLINE, False, 120.0, 7), 0),
        (device(OFFLINE, 110), None, link(at=120), None, 1),
        (device(OFFLINE, 110), None, link(at=130), None, 1),
        (device(), None, link(removed=True), (None, ONLINE, False, 120.0, 7), 0),
        (None, device(), link(OFFLINE), (OFFLINE, ONLINE, True, 120.0, 7), 0),
        (None, device(), link(removed=True), None, 0),
        (None, device(), None, None, 0),
        (None, device(), link(at=130), None, 1),
    ],
)
def test_due(
    present: DeviceState | None,
    gone: DeviceState | None,
    stored: Link | None,
    expected: tuple[Status | None, Status, bool, float, int] | None,
    held: int,
) -> None:
    found = due({KEY: present} if present else {}, [gone] if gone else [], {KEY: stored} if stored else {}, at=120.0)
    assert [short(transition) for transition in found.transitions] == ([expected] if expected else [])
    assert found.held == held


def test_a_retry_has_the_same_id_and_another_link_another() -> None:
    first = due({KEY: device(OFFLINE, 110)}, [], {KEY: link()}, 120.0).transitions[0]
    again = due({KEY: device(OFFLINE, 110)}, [], {KEY: link()}, 122.0).transitions[0]
    other = due({KEY: device(OFFLINE, 110)}, [], {KEY: link(sequence=8)}, 122.0).transitions[0]
    assert first.message_id == again.message_id != other.message_id


@given(st.lists(st.tuples(st.sampled_from([ONLINE, OFFLINE, UNKNOWN, None]), st.sampled_from(["stored", "lost"]))))
def test_any_mixture_of_flips_removals_and_outages_leaves_a_chain(steps: list[tuple[Status | None, str]]) -> None:
    """`lost`: NATS is down at this step."""
    stored: list[Transition] = []
    links: dict[Any, Link] = {}
    gone: list[DeviceState] = []
    state: DeviceState | None = None
    for number, (status, fate) in enumerate(steps):
        at = 200.0 + number
        if status is None:
            gone = [state] if state is not None else gone
            state = None
        elif state is None or state.status is not status:
            state = device(status, at)
        if fate == "lost":
            continue
        for transition in due({KEY: state} if state else {}, gone, links, at).transitions:
            stored.append(transition)
            links[KEY] = transition.stored_as(len(stored))
    last: Status | None = None
    for transition in stored:
        assert transition.previous == last
        assert transition.removed or transition.device.status != last
        last = None if transition.removed else transition.device.status
    final = due({KEY: state} if state else {}, gone, links, 10_000.0).transitions
    assert len(final) <= 1


def test_the_record_decides_since_when() -> None:
    seen = device(since=150.0, status_since_at_least=True)
    known = absorb(seen, device(since=50.0), link(at=50), 160.0)
    assert known is not None
    assert (known.status_since, known.status_since_at_least) == (50.0, False)


def test_a_later_record_decides_the_status() -> None:
    known = absorb(device(ONLINE), device(OFFLINE, 150), link(OFFLINE, 150), at=140.0)
    assert known is not None
    assert known.status is OFFLINE


def test_an_earlier_record_does_not() -> None:
    assert absorb(device(ONLINE), device(OFFLINE, 150), link(OFFLINE, 150), at=160.0) == device(ONLINE)


def test_a_stored_device_that_is_not_listed_joins_the_list() -> None:
    assert absorb(None, device(), link(), 0.0) == device()


def test_the_end_of_a_chain_brings_nobody_back() -> None:
    assert absorb(None, device(), link(removed=True), 0.0) is None


def test_a_device_that_left_is_remembered_until_its_chain_has_ended() -> None:
    assert settled([device()], set(), {KEY: link()}) == []
    assert settled([device()], set(), {KEY: link(removed=True)}) == [KEY]
    assert settled([device()], {KEY}, {KEY: link()}) == [KEY]
