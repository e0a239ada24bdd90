"""Several instances of one exporter are read as one: a part of a source is never taken for all of it."""

from vitrina_contracts.device import Status
from vitrina_contracts.exporter import KnownSource
from vitrina_gateway.domain.joining import joined
from vitrina_gateway.domain.judging import Rules
from vitrina_gateway.domain.samples import DeviceInfo, DeviceSamples, Reading, SourceSamples, Target
from vitrina_gateway.domain.snapshot import Evaluation, Group, SourceKey, evaluate

INFO = DeviceInfo("Screen", None, None, None, None, "playing")
KEY: SourceKey = ("acme", "north")
RULES = Rules(fresh_seconds=300, scrape_seconds=45)


def device(*, up: bool | None = True) -> DeviceSamples:
    return DeviceSamples(up=up, info=INFO)


def part(
    shard: int,
    *devices: str,
    scraped_at: float = 998.0,
    alive: bool = True,
    source: SourceSamples | None = None,
    statuses: dict[str, bool | None] | None = None,
) -> Reading:
    target = Target("acme", f"acme.{shard}", "acme", alive, scraped_at, shard)
    if not alive:
        return Reading(target, {}, {})
    samples = source or SourceSamples(up=True, devices=len(devices), last_success=scraped_at - 5)
    shown = {name: device() for name in devices} | {name: device(up=up) for name, up in (statuses or {}).items()}
    return Reading(target, {"north": samples}, {"north": shown})


def test_the_only_instance_is_the_reading_itself() -> None:
    only = part(0, "a")
    assert joined([only], {"north": 1}) is only


def test_devices_of_all_shards_are_the_sources_and_its_age_is_the_oldest() -> None:
    whole = joined([part(0, "a", "b"), part(1, "c", scraped_at=990)], {"north": 2})
    assert set(whole.devices["north"]) == {"a", "b", "c"}
    source = whole.sources["north"]
    assert (source.up, source.devices, source.last_success) == (True, 3, 985)
    assert whole.target.scraped_at == 990


def test_a_source_fails_when_one_part_of_it_does() -> None:
    failing = SourceSamples(up=False, reason="timeout", last_success=900)
    source = joined([part(0, "a"), part(1, "b", source=failing)], {"north": 2}).sources["north"]
    assert (source.up, source.reason, source.last_success) == (False, "timeout", 900)


def test_a_source_is_not_known_to_be_well_while_a_part_of_it_is_missing_or_has_not_been_polled() -> None:
    for missing in ([], [part(1, alive=False)], [part(1, source=SourceSamples())]):
        whole = joined([part(0, "a"), *missing], {"north": 2})
        assert whole.sources["north"].up is None
        assert "a" in whole.devices["north"]


def test_a_source_that_lives_in_one_shard_is_well_though_another_shard_is_down() -> None:
    whole = joined([part(0, "a"), part(1, alive=False)], {"north": 1})
    assert whole.sources["north"].up is True


def test_a_device_that_two_shards_show_while_it_moves_has_the_later_status_that_says_something() -> None:
    old = part(0, statuses={"a": False}, scraped_at=990)
    assert joined([old, part(1, statuses={"a": True})], {"north": 2}).devices["north"]["a"].up is True
    assert joined([old, part(1, statuses={"a": None})], {"north": 2}).devices["north"]["a"].up is False


def test_nothing_is_left_of_an_exporter_whose_shards_are_all_down() -> None:
    whole = joined([part(0, alive=False), part(1, alive=False)], {"north": 2})
    assert (whole.target.up, whole.sources, whole.devices) == (False, {}, {})


def judged(before: Evaluation | None, parts: list[Reading], at: float, shards: int) -> Evaluation:
    known = KnownSource(exporter="acme", platform="acme", source="north", enabled=True, shards=shards)
    groups: dict[SourceKey, Group] = before.groups if before else {}
    return evaluate(groups, {KEY: known}, {"acme": joined(parts, {"north": shards})}, at, RULES, answered=True)


def test_no_device_leaves_the_list_or_goes_dark_while_it_moves_to_a_new_shard() -> None:
    """Shard 1 gives `c` away at once; the new shard is up three polls later, and polls one later still."""
    seen = judged(None, [part(0, "a"), part(1, "b", "c")], 1000, shards=2)
    for at in (1015.0, 1030.0, 1045.0, 1060.0):
        parts = [part(0, "a", scraped_at=at - 2), part(1, "b", scraped_at=at - 2)]
        if at == 1060:
            parts.append(part(2, scraped_at=at - 2, source=SourceSamples()))
        seen = judged(seen, parts, at, shards=3)
        assert not seen.changes
        assert {state.status for state in seen.groups[KEY].devices.values()} == {Status.ONLINE}
    parts = [part(number, name, scraped_at=1073) for number, name in enumerate("abc")]
    seen = judged(seen, parts, 1075, shards=3)
    assert not seen.changes
    assert set(seen.groups[KEY].devices) == {"a", "b", "c"}


def test_a_device_that_left_all_shards_leaves_the_list_after_two_complete_answers() -> None:
    seen = judged(None, [part(0, "a"), part(1, "b", "c")], 1000, shards=2)
    for at in (1015.0, 1030.0):
        seen = judged(seen, [part(0, "a", scraped_at=at - 2), part(1, "b", scraped_at=at - 2)], at, shards=2)
    assert set(seen.groups[KEY].devices) == {"a", "b"}


def test_devices_of_a_shard_that_is_down_are_kept_while_fresh_and_are_then_unknown() -> None:
    seen = judged(None, [part(0, "a"), part(1, "b")], 1000, shards=2)
    for at in (1015.0, 1200.0, 1290.0):
        seen = judged(seen, [part(0, "a", scraped_at=at - 2), part(1, alive=False, scraped_at=at - 2)], at, shards=2)
        assert seen.groups[KEY].devices["b"].status is Status.ONLINE
    seen = judged(seen, [part(0, "a", scraped_at=1398), part(1, alive=False, scraped_at=1398)], 1400, shards=2)
    assert seen.groups[KEY].devices["b"].status is Status.UNKNOWN
    assert seen.groups[KEY].devices["a"].status is Status.ONLINE
