"""Sources that share an account: one poll in the account's budget, each device with the source that selects it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from vitrina_addreality.platform import Addreality
from vitrina_addreality.simulator import LIST_PATH, AddrealityApi
from vitrina_contracts.selection import DeviceSelection
from vitrina_contracts.sharding import shard_of
from vitrina_contracts.source_file import ExporterConfig, SetAside, SourceConfig
from vitrina_sdk.errors import ServerFailed
from vitrina_sdk.own_metrics import OwnMetrics
from vitrina_sdk.sources import Sources
from vitrina_sdk.testing.in_process import InProcessVendor
from vitrina_sdk.testing.virtual_time import VirtualClock, run_in_virtual_time

DEVICES = 250
INTERVAL = 60.0
BY_ID = DeviceSelection(ids=("unknown-id",))
BY_NAME = DeviceSelection(names=("Москва*",))
REST = DeviceSelection(rest=True)


class Account:
    """One account of the vendor; what each source shows of it."""

    def __init__(self, shards: int = 1) -> None:
        self.api = AddrealityApi(DEVICES, seed=1, token_file=None)
        self.vendor = InProcessVendor(self.api, latency=(0.01, 0.05))
        self.clock = VirtualClock()
        self.shards = [
            Sources(Addreality(), OwnMetrics("addreality"), self.clock, self.vendor.connect) for _ in range(shards)
        ]
        self.chosen: dict[str, DeviceSelection] = {}

    @property
    def sources(self) -> Sources:
        return self.shards[0]

    async def share(self, aside: str = "", budgets: dict[str, float] | None = None, **chosen: DeviceSelection) -> None:
        """Applies the configuration and lets a poll pass; `aside` is disabled."""
        self.chosen = chosen
        config = {"api_url": f"https://vendor.example{LIST_PATH}", "api_token": "token"}
        account, budgets = min(chosen), budgets or {}
        for number, sources in enumerate(self.shards):
            await sources.apply(
                ExporterConfig(
                    exporter="addreality",
                    platform="addreality",
                    revision=1,
                    poll_interval_seconds=INTERVAL,
                    fresh_seconds=300,
                    shard=number,
                    shards=len(self.shards),
                    sources=[
                        SourceConfig(
                            name=name,
                            config=config,
                            request_budget=budgets.get(name, 20),
                            account=account,
                            selection=selection,
                        )
                        for name, selection in chosen.items()
                        if name != aside
                    ],
                    set_aside=[SetAside(name=aside, account=account, selection=chosen[aside])] if aside else [],
                ),
                {},
            )
        await asyncio.sleep(30)

    def shown(self) -> dict[str, set[str]]:
        records = [record for sources in self.shards for record in sources.records.values()]
        return {record.name: set(record.board.statuses(self.clock.monotonic())) for record in records}

    def named(self, beginning: str) -> set[str]:
        return {device.id for device in self.api.fleet.devices if device.name.startswith(beginning)}

    def every(self) -> set[str]:
        return {device.id for device in self.api.fleet.devices}


@asynccontextmanager
async def an_account(shards: int = 1) -> AsyncIterator[Account]:
    account = Account(shards)
    yield account
    for sources in account.shards:
        await sources.close()


def test_each_source_shows_what_it_selects_and_the_vendor_is_asked_once() -> None:
    async def main() -> None:
        async with an_account() as account:
            ids = tuple(sorted(account.every())[:3])
            await account.share(few=DeviceSelection(ids=ids), moscow=BY_NAME, others=REST)
            moscow = account.named("Москва") - set(ids)
            assert moscow
            assert account.shown() == {"few": set(ids), "moscow": moscow, "others": account.every() - moscow - set(ids)}
            assert len(account.vendor.seen) == 1, "a page holds them all"
            assert [record.unmatched for record in account.sources.records.values()] == [None, None, None]
            await asyncio.sleep(10 * INTERVAL)
            assert 10 <= len(account.vendor.seen) <= 13, "polls come up to a tenth of the interval early"

    run_in_virtual_time(main())


def test_devices_that_no_source_selects_are_told_and_shown_nowhere() -> None:
    async def main() -> None:
        async with an_account() as account:
            await account.share(few=BY_ID, moscow=BY_NAME)
            left = account.every() - account.named("Москва")
            told = account.sources.records["few"].unmatched
            assert told is not None
            assert (told.sources, told.count, len(told.sample)) == (["few", "moscow"], len(left), 100)
            assert {device.device_id for device in told.sample} < left
            assert account.shown() == {"few": set(), "moscow": account.named("Москва")}
            await account.share(few=BY_ID, moscow=BY_NAME, others=REST)
            assert account.sources.records["few"].unmatched is None

    run_in_virtual_time(main())


def test_what_a_disabled_source_selects_is_nobody_elses() -> None:
    async def main() -> None:
        async with an_account() as account:
            await account.share(aside="moscow", moscow=BY_NAME, others=REST)
            assert account.shown() == {"others": account.every() - account.named("Москва")}
            assert account.sources.records["others"].unmatched is None

    run_in_virtual_time(main())


def test_a_device_goes_from_the_source_that_lost_it_before_the_vendor_answers() -> None:
    async def main() -> None:
        async with an_account() as account:
            await account.share(everything=REST)
            account.vendor.failure = lambda: ServerFailed("The vendor answered 500")
            await account.share(everything=REST, moscow=BY_NAME)
            assert account.shown() == {"everything": account.every() - account.named("Москва"), "moscow": set()}
            account.vendor.failure = lambda: None
            await asyncio.sleep(2 * INTERVAL)
            assert account.shown()["moscow"] == account.named("Москва")

    run_in_virtual_time(main())


def test_a_renamed_device_moves_with_the_next_list() -> None:
    async def main() -> None:
        async with an_account() as account:
            await account.share(moscow=BY_NAME, others=REST)
            device = next(device for device in account.api.fleet.devices if device.name.startswith("Москва"))
            account.api.fleet.rename(device, "Псков, Мира 1")
            await asyncio.sleep(INTERVAL)
            shown = account.shown()
            assert (device.id in shown["moscow"], device.id in shown["others"]) == (False, True)

    run_in_virtual_time(main())


def test_a_failing_account_fails_each_of_its_sources_and_takes_no_device() -> None:
    async def main() -> None:
        async with an_account() as account:
            await account.share(moscow=BY_NAME, others=REST)
            before = account.shown()
            account.vendor.failure = lambda: ServerFailed("The vendor answered 500")
            await asyncio.sleep(2 * INTERVAL)
            for record in account.sources.records.values():
                assert record.failure is not None
                assert (record.up, record.failure.reason) == (False, "http_5xx")
            assert account.shown() == before

    run_in_virtual_time(main())


def test_sources_that_part_and_join_keep_the_least_budget_of_the_account() -> None:
    async def main() -> None:
        async with an_account() as account:
            account.vendor.faults = frozenset({"small_pages"})
            for _ in range(5):
                await account.share(budgets={"others": 3}, moscow=BY_NAME, others=REST)
                await account.share(budgets={"few": 3}, few=BY_ID, moscow=BY_NAME, others=REST)
                await account.share(budgets={"others": 3}, others=REST)
            assert account.vendor.busiest_second() <= 3
            assert account.shown() == {"others": account.every()}

    run_in_virtual_time(main())


def test_an_account_is_polled_by_one_shard() -> None:
    async def main() -> None:
        async with an_account(shards=3) as account:
            await account.share(moscow=BY_NAME, others=REST)
            moscow = account.named("Москва")
            assert account.shown() == {"moscow": moscow, "others": account.every() - moscow}
            assert set(account.shards[shard_of("moscow", 3)].records) == {"moscow", "others"}

    run_in_virtual_time(main())
