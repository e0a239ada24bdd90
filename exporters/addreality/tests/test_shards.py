"""Sources spread over shards: a list is read as a whole, by one of them."""

import asyncio
from collections import Counter
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st
from vitrina_addreality.platform import Addreality
from vitrina_addreality.simulator import LIST_PATH, AddrealityApi
from vitrina_contracts.source_file import ExporterConfig, SourceConfig
from vitrina_sdk.own_metrics import OwnMetrics
from vitrina_sdk.shard import Shard
from vitrina_sdk.sources import Sources
from vitrina_sdk.testing.in_process import InProcessVendor
from vitrina_sdk.testing.virtual_time import VirtualClock, run_in_virtual_time

NAMES = [f"account-{number}" for number in range(40)]
DEVICES = 5


def config_of(number: int, count: int) -> ExporterConfig:
    config = {"api_url": f"https://vendor.example{LIST_PATH}", "api_token": "token"}
    return ExporterConfig(
        exporter="addreality",
        platform="addreality",
        revision=count,
        poll_interval_seconds=60,
        fresh_seconds=300,
        shard=number,
        shards=count,
        sources=[SourceConfig(name=name, config=config, request_budget=3) for name in NAMES],
    )


def served(shards: Mapping[int, Sources]) -> Counter[str]:
    """How many shards show the devices of each source."""
    return Counter(
        name
        for sources in shards.values()
        for name, record in sources.records.items()
        if len(record.board) == DEVICES and record.up
    )


@pytest.mark.parametrize(("before", "after"), [(1, 2), (2, 3), (4, 3), (3, 1)])
def test_each_source_is_polled_by_one_shard_and_moves_with_its_statuses(before: int, after: int) -> None:
    async def main() -> None:
        vendor = InProcessVendor(AddrealityApi(DEVICES, seed=1, token_file=None), latency=(0.02, 0.2))
        clock = VirtualClock()
        shards = {
            number: Sources(Addreality(), OwnMetrics("addreality"), clock, connect=vendor.connect)
            for number in range(max(before, after))
        }
        for number in range(before):
            await shards[number].apply(config_of(number, before), {})
        await asyncio.sleep(5)
        assert served(shards) == Counter(NAMES)

        saved = {name: state for part in shards.values() for name, state in part.saved_state().sources.items()}
        gaining = [*range(before, after), *range(min(before, after))]
        for number in gaining:
            await shards[number].apply(config_of(number, after), saved)
            await asyncio.sleep(5)
            assert set(served(shards)) == set(NAMES), "a source was polled by no shard"
        for number in range(after, before):
            await shards.pop(number).close()
        assert served(shards) == Counter(NAMES)
        for sources in shards.values():
            await sources.close()

    run_in_virtual_time(main())


@given(names=st.sets(st.from_regex(r"[a-z0-9][a-z0-9-]{0,20}", fullmatch=True), max_size=40), count=st.integers(1, 12))
def test_every_source_belongs_to_exactly_one_shard(names: set[str], count: int) -> None:
    owners = Counter(name for number in range(count) for name in names if Shard(number, count).serves_source(name))
    assert owners == Counter(names)
