"""The request budget, in virtual time: what the vendor sees, whatever the way and the answers take."""

import asyncio
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from vitrina_sdk.budget import Budget
from vitrina_sdk.testing.virtual_time import VirtualClock, run_in_virtual_time


def most_in_a_second(moments: list[float]) -> int:
    ordered = sorted(moments)
    return max(sum(first <= moment < first + 1 for moment in ordered) for first in ordered)


async def ask(budget: Budget, count: int, way: float, answer: float, seed: int = 1) -> list[float]:
    """When the vendor saw the requests; `way` and `answer` are the most seconds that each part takes."""
    seen: list[float] = []
    dice = random.Random(seed)  # noqa: S311 - a simulation

    async def one() -> None:
        async with budget.request():
            await asyncio.sleep(dice.uniform(0, way))
            seen.append(asyncio.get_running_loop().time())
            await asyncio.sleep(dice.uniform(0, answer))

    await asyncio.gather(*(one() for _ in range(count)))
    return seen


@given(
    per_second=st.integers(1, 60),
    way=st.floats(0, 0.25),
    answer=st.floats(0, 5),
    seed=st.integers(0, 2**32),
)
@settings(deadline=None, max_examples=60)
def test_no_second_holds_more_requests_than_the_budget_however_long_each_is_on_its_way(
    per_second: int, way: float, answer: float, seed: int
) -> None:
    async def main() -> list[float]:
        return await ask(Budget(per_second, VirtualClock()), 4 * per_second, way, answer, seed)

    assert most_in_a_second(run_in_virtual_time(main())) <= per_second


@pytest.mark.parametrize(("per_second", "count", "seconds"), [(0.5, 5, 8), (2.9, 9, 4), (10, 101, 10), (1000, 3001, 3)])
def test_the_rate_is_what_was_given_rounded_down_to_whole_requests(
    per_second: float, count: int, seconds: float
) -> None:
    async def main() -> float:
        started = asyncio.get_running_loop().time()
        await ask(Budget(per_second, VirtualClock()), count, 0, 0)
        return asyncio.get_running_loop().time() - started

    assert run_in_virtual_time(main()) == pytest.approx(seconds, rel=0.02)


def test_a_slow_vendor_gets_fewer_requests_but_never_less_than_four_fifths() -> None:
    async def main() -> float:
        started = asyncio.get_running_loop().time()
        await ask(Budget(20, VirtualClock()), 600, 0, 20)
        return asyncio.get_running_loop().time() - started

    assert run_in_virtual_time(main()) < 600 / 20 * 1.25 + 20


def test_a_cancelled_wait_gives_its_turn_back() -> None:
    async def main() -> None:
        budget = Budget(0.1, VirtualClock())
        async with budget.request():
            pass
        waiting = asyncio.create_task(ask(budget, 1, 0, 0))
        await asyncio.sleep(1)
        waiting.cancel()
        await asyncio.wait([waiting])
        async with asyncio.timeout(9.1):
            await ask(budget, 1, 0, 0)

    run_in_virtual_time(main())


def test_a_budget_that_is_lowered_counts_what_was_sent_before() -> None:
    async def main() -> list[float]:
        budget = Budget(100, VirtualClock())
        await ask(budget, 100, 0, 0)
        changed = asyncio.get_running_loop().time()
        budget.per_second = 5
        return [moment - changed for moment in await ask(budget, 10, 0, 0)]

    seen = run_in_virtual_time(main())
    assert seen[0] > 0.9
    assert most_in_a_second(seen) <= 5
