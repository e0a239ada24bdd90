"""A split is whole, stable and cheap to change."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from vitrina_contracts.sharding import MOST_SHARDS, device_key, shard_of

KEYS = st.text(max_size=200)
SHARDS = st.integers(1, MOST_SHARDS)


@given(KEYS, SHARDS)
def test_every_key_is_served_by_exactly_one_of_the_shards(key: str, shards: int) -> None:
    assert [shard for shard in range(shards) if shard_of(key, shards) == shard] == [shard_of(key, shards)]


@given(KEYS, SHARDS)
def test_with_one_shard_more_a_key_stays_or_goes_to_the_new_one(key: str, shards: int) -> None:
    assert shard_of(key, shards + 1) in {shard_of(key, shards), shards}


@given(KEYS, KEYS, KEYS, KEYS)
def test_two_devices_share_a_key_only_when_they_are_the_same(source: str, device: str, other: str, one: str) -> None:
    if "\0" not in source + other:  # a source's name cannot hold it
        assert (device_key(source, device) == device_key(other, one)) == ((source, device) == (other, one))


@pytest.mark.parametrize("shards", [1, 2, 3, 7, MOST_SHARDS])
def test_a_change_by_one_moves_no_more_than_the_new_shards_part(shards: int) -> None:
    keys = [device_key("shops", f"AA:BB:CC:DD:{number:05X}") for number in range(20_000)]
    moved = sum(shard_of(key, shards) != shard_of(key, shards + 1) for key in keys)
    assert moved / len(keys) == pytest.approx(1 / (shards + 1), rel=0.15)


def test_shards_get_about_the_same_number_of_devices() -> None:
    tally = Counter(shard_of(device_key("shops", f"player-{number}"), 8) for number in range(40_000))
    assert min(tally.values()) > 0.95 * max(tally.values()) - 200
    assert len(tally) == 8


def test_the_split_is_the_same_in_every_version_of_ours() -> None:
    """Two programs of different versions must agree: these numbers are part of the contract."""
    assert [shard_of(device_key("shop-1", f"AA:BB:CC:DD:EE:0{number}"), 4) for number in range(8)] == [
        3,
        2,
        2,
        2,
        0,
        1,
        0,
        3,
    ]


def test_there_is_no_split_into_nothing() -> None:
    with pytest.raises(ValueError, match="at least one shard"):
        shard_of("key", 0)
