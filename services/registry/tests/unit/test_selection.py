"""What two sources of an account may not both select."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from vitrina_contracts.selection import DeviceSelection, Division
from vitrina_registry.domain.selection import overlap_faults, patterns_meet, selection_of, without_selection

FIELDS = {"ids": "device_ids", "names": "device_names", "rest": "other_devices"}
PATTERNS = st.text("ab*?", min_size=1, max_size=6)


@pytest.mark.parametrize(
    ("one", "other", "meet"),
    [
        ("MSK-*", "SPB-*", False),
        ("MSK-*", "msk-1", True),
        ("*Moscow*", "*Petersburg*", True),
        ("a?c", "abc", True),
        ("a?c", "ac", False),
        ("*1", "*2", False),
        ("a*b", "a*b*", True),
        ("*", "?", True),
        ("**", "x", True),
    ],
)
def test_patterns_meet_when_one_name_fits_both(
    one: str,
    other: str,
    meet: bool,  # noqa: FBT001 - a column of the table
) -> None:
    assert patterns_meet(one, other) is meet
    assert patterns_meet(other, one) is meet


@given(PATTERNS, PATTERNS, st.text("ab", min_size=1, max_size=8))
def test_patterns_that_do_not_meet_share_no_name(one: str, other: str, name: str) -> None:
    fits = [Division({"s": DeviceSelection(names=(pattern,))}).owner("", name) is not None for pattern in (one, other)]
    assert patterns_meet(one, other) or not all(fits)


@pytest.mark.parametrize(
    ("own", "other", "fields"),
    [
        (None, DeviceSelection(ids=("1",)), ["config.device_ids"]),
        (DeviceSelection(ids=("1",)), None, ["config.device_ids"]),
        (None, None, ["config.device_ids"]),
        (DeviceSelection(ids=("1", "2")), DeviceSelection(ids=("3", "2")), ["config.device_ids[1]"]),
        (
            DeviceSelection(names=("A*", "B*")),
            DeviceSelection(names=("*b",)),
            ["config.device_names[0]", "config.device_names[1]"],
        ),
        (DeviceSelection(rest=True), DeviceSelection(rest=True), ["config.other_devices"]),
        (DeviceSelection(ids=("1",), rest=True), DeviceSelection(names=("*",)), []),
        (DeviceSelection(names=("A*",)), DeviceSelection(names=("B*",), rest=True), []),
    ],
)
def test_what_two_sources_would_both_have_is_refused_by_field_and_source(
    own: DeviceSelection | None, other: DeviceSelection | None, fields: list[str]
) -> None:
    faults = overlap_faults(FIELDS, own, {"shops": other})
    assert [fault.field for fault in faults] == fields
    assert all("shops" in fault.message.en and "shops" in fault.message.ru for fault in faults)


def by_trying(one: str, other: str) -> bool:
    """Whether both fit one of all names of up to four letters: patterns of two need no longer one."""
    division = [Division({"s": DeviceSelection(names=(pattern,))}) for pattern in (one, other)]
    names = ("".join(letters) for length in range(1, 5) for letters in product("ab", repeat=length))
    return any(all(each.owner("", name) is not None for each in division) for name in names)


@given(st.text("ab*?", min_size=1, max_size=2), st.text("ab*?", min_size=1, max_size=2))
def test_patterns_meet_exactly_when_trying_every_name_finds_one(one: str, other: str) -> None:
    assert patterns_meet(one, other) is by_trying(one, other)


def test_of_ten_thousand_doubled_ids_fifty_are_told() -> None:
    every = DeviceSelection(ids=tuple(map(str, range(10_000))))
    assert len(overlap_faults(FIELDS, every, {"shops": every})) == 50


def test_a_configuration_that_selects_nothing_has_every_device() -> None:
    config = {"api_url": "u", "device_ids": [], "other_devices": False}
    assert selection_of(FIELDS, config) is None
    assert selection_of({}, config) is None
    assert without_selection(FIELDS, config) == {"api_url": "u"}
    assert selection_of(FIELDS, {"device_names": ["A*"]}) == DeviceSelection(names=("A*",))
