"""Equal questions are asked once; what is held is bounded; what failed is not held."""

import asyncio
from dataclasses import dataclass, field

import pytest
from vitrina_gateway.use_cases.answer_cache import AnswerCache, Lifetime
from vitrina_gateway.use_cases.ports import MonitoringError, RawAnswer

LIFETIME = Lifetime(fresh=10, stale=20)


@dataclass
class Upstream:
    """Answers with how often it was asked, once it may."""

    asked: int = 0
    may: asyncio.Event = field(default_factory=asyncio.Event)
    failing: bool = False

    async def __call__(self) -> RawAnswer:
        self.asked += 1
        await self.may.wait()
        if self.failing:
            raise MonitoringError("HTTP 503")
        return RawAnswer(200, b"%d" % self.asked)


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def upstream() -> Upstream:
    made = Upstream()
    made.may.set()
    return made


async def test_sixteen_equal_cold_questions_are_asked_once(upstream: Upstream) -> None:
    cache = AnswerCache(10_000)
    upstream.may.clear()
    waiting = [asyncio.create_task(cache.get("key", LIFETIME, upstream)) for _ in range(16)]
    await asyncio.sleep(0)
    upstream.may.set()
    assert {answer.body for answer in await asyncio.gather(*waiting)} == {b"1"}
    assert upstream.asked == 1


async def test_one_who_gives_up_does_not_end_it_for_the_others(upstream: Upstream) -> None:
    cache = AnswerCache(10_000)
    upstream.may.clear()
    first, second = (asyncio.create_task(cache.get("key", LIFETIME, upstream)) for _ in range(2))
    await asyncio.sleep(0)
    first.cancel()
    await asyncio.sleep(0)
    upstream.may.set()
    assert (await second).body == b"1"


async def test_a_stale_answer_is_given_at_once_and_renewed_behind(upstream: Upstream) -> None:
    clock = Clock()
    cache = AnswerCache(10_000, clock)
    bodies = []
    for now in (0, 9, 11, 12, 60):
        clock.now = now
        bodies.append((await cache.get("key", LIFETIME, upstream)).body)
        await asyncio.sleep(0)
        await asyncio.sleep(0)
    assert bodies == [b"1", b"1", b"1", b"2", b"3"]


async def test_a_failure_is_told_to_all_who_wait_and_not_held(upstream: Upstream) -> None:
    cache = AnswerCache(10_000)
    upstream.failing = True
    results = await asyncio.gather(*(cache.get("key", LIFETIME, upstream) for _ in range(3)), return_exceptions=True)
    assert all(isinstance(result, MonitoringError) for result in results)
    upstream.failing = False
    assert (await cache.get("key", LIFETIME, upstream)).body == b"2"


async def test_a_stale_answer_stands_while_prometheus_fails(upstream: Upstream) -> None:
    clock = Clock()
    cache = AnswerCache(10_000, clock)
    await cache.get("key", LIFETIME, upstream)
    upstream.failing = True
    clock.now = 15
    assert (await cache.get("key", LIFETIME, upstream)).body == b"1"
    await cache.close()


@pytest.mark.parametrize("bad", [RawAnswer(422, b"{}"), RawAnswer(200, b'{"data":{},"warnings":["half"]}')])
async def test_errors_and_parts_of_answers_are_passed_on_and_not_held(bad: RawAnswer) -> None:
    cache = AnswerCache(10_000)
    asked = 0

    async def fetch() -> RawAnswer:
        nonlocal asked
        asked += 1
        return bad

    for _ in range(2):
        assert await cache.get("key", LIFETIME, fetch) is bad
    assert asked == 2


async def test_what_is_held_is_bounded_by_bytes_and_the_oldest_goes_first() -> None:
    cache = AnswerCache(10_000)
    asked: list[int] = []

    async def get(number: int) -> None:
        async def fetch() -> RawAnswer:
            asked.append(number)
            return RawAnswer(200, b"x" * 2000)

        await cache.get(f"key {number}", LIFETIME, fetch)

    for number in (1, 2, 3, 1, 4, 5, 1, 2):
        await get(number)
    assert asked == [1, 2, 3, 4, 5, 2]


async def test_what_was_asked_before_a_change_is_given_but_not_held(upstream: Upstream) -> None:
    cache = AnswerCache(10_000)
    upstream.may.clear()
    before = asyncio.create_task(cache.get("key", LIFETIME, upstream))
    await asyncio.sleep(0)
    cache.clear()
    upstream.may.set()
    assert (await before).body == b"1"
    assert (await cache.get("key", LIFETIME, upstream)).body == b"2"
