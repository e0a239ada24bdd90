"""How often one person may ask for something that costs others: a window that slides, and a number at once."""

from collections import defaultdict, deque
from collections.abc import Iterator
from contextlib import contextmanager
from math import ceil

from vitrina_contracts.manifest import Text

from vitrina_registry.domain.errors import TooManyError


class Allowance:
    """Counted in this process: with several registries each gives its own."""

    def __init__(self, times: int, window_seconds: float, at_once: int) -> None:
        self._times = times
        self._window = window_seconds
        self._at_once = at_once
        self._under_way = 0
        self._asked: defaultdict[str, deque[float]] = defaultdict(deque)

    @contextmanager
    def use(self, who: str, now: float) -> Iterator[None]:
        """While the block runs it counts as under way.

        Args:
            who: each has an own window.
            now: seconds of a clock that never goes back.

        Raises:
            TooManyError: says when to come again.
        """
        asked = self._asked[who]
        while asked and asked[0] <= now - self._window:
            asked.popleft()
        if len(asked) >= self._times:
            raise _later(ceil(asked[0] + self._window - now))
        if self._under_way >= self._at_once:
            raise _later(1)
        asked.append(now)
        self._under_way += 1
        try:
            yield
        finally:
            self._under_way -= 1


def _later(seconds: int) -> TooManyError:
    return TooManyError(
        Text(en=f"That is asked too often; again in {seconds} s.", ru=f"Слишком часто; повторите через {seconds} сек."),
        retry_after=seconds,
    )
