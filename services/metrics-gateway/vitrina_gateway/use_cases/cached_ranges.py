"""Range queries from memory: aligned to their step, and of a plot that moves on only the new end is asked for.

Points of the last minute may still change, because scrapes arrive late; they are asked for each time.
"""

import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Final

from vitrina_gateway.domain.matrix import Matrix, read_matrix
from vitrina_gateway.domain.promql_request import Stretch
from vitrina_gateway.use_cases.answer_cache import AnswerCache, Lifetime
from vitrina_gateway.use_cases.ports import RawAnswer

_UNSETTLED_SECONDS: Final = 60.0
_MOVING: Final = Lifetime(fresh=5, stale=60)
_PAST: Final = Lifetime(fresh=600, stale=3600)
_NOT_JOINED: Final = (" @ ", " offset -")
"""What an instant is told depends on more than what was before it, so it need not hold in another range."""

AskRange = Callable[[str, Stretch], Awaitable[RawAnswer]]


class CachedRanges:
    """`limit`: bytes of points held for joining."""

    def __init__(self, cache: AnswerCache, limit: int, clock: Callable[[], float] = time.time) -> None:
        self._cache = cache
        self._limit = limit
        self._clock = clock
        self._held: OrderedDict[str, Matrix] = OrderedDict()
        self._size = 0
        self._epoch = 0

    def clear(self) -> None:
        """Forgets everything, all other answers of the cache included."""
        self._cache.clear()
        self._held.clear()
        self._size = 0
        self._epoch += 1

    async def get(self, scope: str, query: str, stretch: Stretch, ask: AskRange) -> RawAnswer:
        """`scope`: who may see the answer; `ask` puts a question to Prometheus. Raises what `ask` raises."""
        aligned = stretch.aligned()
        plot = "\n".join((scope, query, repr(aligned.step)))
        settled = aligned.end <= self._clock() - _UNSETTLED_SECONDS
        key = f"range\n{plot}\n{aligned.start!r}\n{aligned.end!r}"
        return await self._cache.get(key, _PAST if settled else _MOVING, lambda: self._fetch(plot, query, aligned, ask))

    async def _fetch(self, plot: str, query: str, stretch: Stretch, ask: AskRange) -> RawAnswer:
        if any(word in query for word in _NOT_JOINED):
            return await ask(query, stretch)
        held = self._held.get(plot)
        if held is None or not held.start <= stretch.start <= held.end:
            return await self._whole(plot, query, stretch, ask)
        begun = held.cut(stretch.start, stretch.end)
        following = held.end + stretch.step
        if following > stretch.end:
            return RawAnswer(200, begun.render())
        rest = Stretch(following, stretch.end, stretch.step)
        epoch = self._epoch
        answer = await ask(query, rest)
        end = read_matrix(answer.body, rest.start, rest.end) if answer.is_good else None
        if end is None:
            return await self._whole(plot, query, stretch, ask)
        whole = begun.followed_by(end)
        self._hold(plot, whole.cut(whole.start, self._last_settled(stretch)), epoch)
        return RawAnswer(200, whole.render())

    async def _whole(self, plot: str, query: str, stretch: Stretch, ask: AskRange) -> RawAnswer:
        """Passes the answer on as it comes; holds of it what will not change any more."""
        epoch = self._epoch
        answer = await ask(query, stretch)
        matrix = read_matrix(answer.body, stretch.start, stretch.end) if answer.is_good else None
        if matrix is not None:
            self._hold(plot, matrix.cut(stretch.start, self._last_settled(stretch)), epoch)
        return answer

    def _last_settled(self, asked: Stretch) -> float:
        return min(asked.end, (self._clock() - _UNSETTLED_SECONDS) // asked.step * asked.step)

    def _hold(self, plot: str, matrix: Matrix, epoch: int) -> None:
        """Not what was asked for before everything was forgotten."""
        if epoch != self._epoch:
            return
        former = self._held.pop(plot, None)
        self._size -= former.size if former else 0
        if matrix.end < matrix.start or matrix.size > self._limit:
            return
        self._held[plot] = matrix
        self._size += matrix.size
        while self._size > self._limit:
            _, oldest = self._held.popitem(last=False)
            self._size -= oldest.size
