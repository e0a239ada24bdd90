"""Instants that passed while the gateway did not run are judged in order, as far as that gets to the present."""

from typing import Any

from vitrina_gateway.use_cases.catching_up import LONGEST_SECONDS, CatchingUp

NOW = 10_000.0


class Gateway:
    """Plays the tick and the storing; each judged instant takes some seconds."""

    def __init__(self, last: float | None, takes: float = 0.0, answers: int = 10_000, stores: int = 10_000) -> None:
        self.evaluated_at = last
        self.judged: list[float] = []
        self.now = NOW
        self._takes, self._answers, self._stores = takes, answers, stores

    async def tick(self, at: float) -> bool:
        self.evaluated_at = at
        self.judged.append(at)
        self.now += self._takes
        return len(self.judged) < self._answers

    async def store_due(self) -> bool:
        return len(self.judged) < self._stores


async def _judged(gateway: Any, tick_seconds: float = 2, scrape_seconds: float = 15) -> list[float]:
    await CatchingUp(gateway, gateway, tick_seconds, scrape_seconds, lambda: gateway.now).run()
    judged: list[float] = gateway.judged
    return judged


async def test_each_scrape_of_the_pause_has_an_instant_that_other_gateways_judge_too() -> None:
    judged = await _judged(Gateway(NOW - 61))
    assert judged == [9940, 9954, 9968, 9982]


async def test_what_passes_meanwhile_is_caught_up_too() -> None:
    gateway = Gateway(NOW - 600, takes=1)
    judged = await _judged(gateway)
    assert judged == sorted(set(judged))
    assert gateway.now - judged[-1] < 2 * 14


async def test_who_is_too_slow_goes_on_with_the_present() -> None:
    gateway = Gateway(NOW - 600, takes=12)
    assert len(await _judged(gateway)) == 42


async def test_the_beginning_of_a_long_pause_is_left_out() -> None:
    judged = await _judged(Gateway(0.0))
    assert NOW - LONGEST_SECONDS < judged[0] <= NOW - LONGEST_SECONDS + 14


async def test_nothing_is_judged_before_there_is_a_list() -> None:
    assert await _judged(Gateway(None)) == []


async def test_it_ends_when_prometheus_does_not_answer_or_nats_does_not_store() -> None:
    assert len(await _judged(Gateway(NOW - 600, answers=3))) == 3
    assert len(await _judged(Gateway(NOW - 600, stores=4))) == 4
