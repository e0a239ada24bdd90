"""A plot that moves on is asked for its new end alone, and reads as if it had been asked for as a whole."""

import json
import random
from typing import Any

import pytest
from vitrina_gateway.domain.promql_request import Stretch
from vitrina_gateway.use_cases.answer_cache import AnswerCache
from vitrina_gateway.use_cases.cached_ranges import CachedRanges
from vitrina_gateway.use_cases.ports import RawAnswer


class FakePrometheus:
    """Series come and go; a value follows from series and instant."""

    def __init__(self) -> None:
        self.asked: list[Stretch] = []
        self.warns = False

    async def __call__(self, _query: str, stretch: Stretch) -> RawAnswer:
        self.asked.append(stretch)
        return RawAnswer(200, json.dumps(self.answer(stretch)).encode())

    def answer(self, stretch: Stretch) -> dict[str, Any]:
        times = [stretch.start + number * stretch.step for number in range(stretch.points)]
        result = []
        for name in "abc":
            values = [[at, f"{at % 1000:.0f}"] for at in times if (at // 600 + ord(name)) % 3]
            if values:
                result.append({"metric": {"__name__": name}, "values": values})
        told = {"status": "success", "data": {"resultType": "matrix", "result": result}}
        return {**told, "warnings": ["half"]} if self.warns else told


class World:
    def __init__(self) -> None:
        self.now = 1_000_000.0
        self.prometheus = FakePrometheus()
        self.ranges = CachedRanges(AnswerCache(1 << 20, lambda: self.now), 1 << 20, lambda: self.now)

    async def plot(self, seconds: float = 3600, step: float = 60, query: str = "x", scope: str = "s") -> Any:
        stretch = Stretch(self.now - seconds, self.now, step)
        answer = json.loads((await self.ranges.get(scope, query, stretch, self.prometheus)).body)
        assert answer == self.prometheus.answer(stretch.aligned())
        return answer


async def test_only_the_new_end_is_asked_for() -> None:
    world = World()
    for _ in range(20):
        await world.plot()
        world.now += 90
    first, *others = world.prometheus.asked
    assert first.points == 61
    assert max(each.points for each in others) <= 4


async def test_any_walk_through_time_reads_as_asked_as_a_whole() -> None:
    world = World()
    chance = random.Random(5)  # noqa: S311 - a seed for repeatable tests
    for _ in range(300):
        world.now += chance.choice((1, 7, 61, 400, 5000))
        await world.plot(seconds=chance.choice((600, 3600, 7200)), step=chance.choice((15, 60)))


async def test_callers_of_another_scope_share_nothing() -> None:
    world = World()
    await world.plot(scope="north")
    await world.plot(scope="south")
    assert [each.points for each in world.prometheus.asked] == [61, 61]


@pytest.mark.parametrize("query", ["x @ end()", "x offset -300000ms"])
async def test_what_depends_on_the_whole_range_is_asked_as_a_whole(query: str) -> None:
    world = World()
    for _ in range(3):
        await world.plot(query=query)
        world.now += 90
    assert {each.points for each in world.prometheus.asked} == {61}


async def test_a_part_of_an_answer_is_never_joined_to_a_whole_one() -> None:
    world = World()
    await world.plot()
    world.prometheus.warns = True
    world.now += 600
    assert (await world.plot())["warnings"] == ["half"]
    world.prometheus.warns = False
    world.now += 600
    await world.plot()


async def test_after_a_change_everything_is_asked_anew() -> None:
    world = World()
    await world.plot()
    world.ranges.clear()
    await world.plot()
    assert [each.points for each in world.prometheus.asked] == [61, 61]
