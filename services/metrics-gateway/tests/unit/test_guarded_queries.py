"""A caller's queries wait for their turn: Prometheus works on few of them at once, and the line has an end."""

import asyncio

import pytest
from vitrina_gateway.domain.promql_guard import Guard
from vitrina_gateway.domain.promql_request import read_parameters
from vitrina_gateway.use_cases.answer_cache import AnswerCache
from vitrina_gateway.use_cases.cached_ranges import CachedRanges
from vitrina_gateway.use_cases.guarded_query import GuardedQueries, TooManyQueriesError
from vitrina_gateway.use_cases.ports import Form, RawAnswer

EVERYTHING = Guard(None, everything=True)


class SlowPrometheus:
    """Answers nothing before it is told to."""

    def __init__(self) -> None:
        self.may_answer = asyncio.Event()
        self.asked = 0
        self.most_at_once = 0
        self._now = 0

    async def ask(self, _route: str, _form: Form) -> RawAnswer:
        self.asked += 1
        self._now += 1
        self.most_at_once = max(self.most_at_once, self._now)
        await self.may_answer.wait()
        await asyncio.sleep(0)
        self._now -= 1
        return RawAnswer(200, b'{"status":"success","data":{}}')


async def _asked(queries: GuardedQueries, caller: str, number: int) -> RawAnswer:
    return await queries.instant(caller, EVERYTHING, read_parameters([("query", f"up + {number}")]))


async def test_the_queries_of_a_dashboard_wait_for_their_turn_and_those_of_others_do_not() -> None:
    prometheus, cache = SlowPrometheus(), AnswerCache(1 << 20)
    queries = GuardedQueries(prometheus, cache, CachedRanges(cache, 1 << 20))
    dashboard = [asyncio.create_task(_asked(queries, "grafana", number)) for number in range(36)]
    for _ in range(5):
        await asyncio.sleep(0)
    with pytest.raises(TooManyQueriesError):
        await _asked(queries, "grafana", 99)
    other = asyncio.create_task(_asked(queries, "somebody", 100))
    for _ in range(5):
        await asyncio.sleep(0)
    assert prometheus.asked == 5
    prometheus.may_answer.set()
    assert all(answer.is_good for answer in await asyncio.gather(*dashboard, other))
    assert prometheus.most_at_once == 5
    assert (await _asked(queries, "grafana", 99)).is_good
