"""Somebody who asks several times a second while others break things, and remembers every answer."""

import itertools
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, Self, TypeVar

Seen = TypeVar("Seen")


@dataclass(frozen=True)
class Moment(Generic[Seen]):
    """Times are those of `time.monotonic()`; `seen` is null when the asking failed, and `error` says how."""

    asked_at: float
    ended_at: float
    seen: Seen | None
    error: str | None = None


class Watcher(Generic[Seen]):
    """Asks `look` in a thread, `a_second` times each second, from entering the block until leaving it."""

    def __init__(self, look: Callable[[], Seen], a_second: float = 5) -> None:
        self.moments: list[Moment[Seen]] = []
        self._look = look
        self._pause = 1 / a_second
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._end.set()
        self._thread.join()

    def answers(self, *, after: float = 0, before: float = float("inf")) -> list[Seen]:
        """All that were no errors, asked after one moment and had before another."""
        moments = list(self.moments)
        return [each.seen for each in moments if each.seen is not None and after <= each.asked_at <= before]

    def longest_silence(self) -> float:
        """Seconds of the longest stretch without a good answer."""
        good = [moment.ended_at for moment in list(self.moments) if moment.error is None]
        return max((later - earlier for earlier, later in itertools.pairwise(good)), default=float("inf"))

    def errors(self) -> dict[str, int]:
        """How often each kind came."""
        kinds = [moment.error for moment in list(self.moments) if moment.error is not None]
        return {kind: kinds.count(kind) for kind in kinds}

    def _run(self) -> None:
        while not self._end.is_set():
            moment = self._ask()
            self.moments.append(moment)
            self._end.wait(max(0, self._pause - (moment.ended_at - moment.asked_at)))

    def _ask(self) -> Moment[Seen]:
        asked_at = time.monotonic()
        try:
            seen = self._look()
        except Exception as error:  # noqa: BLE001 - whatever goes wrong is what is being counted
            return Moment(asked_at, time.monotonic(), None, f"{type(error).__name__}: {error}"[:200])
        return Moment(asked_at, time.monotonic(), seen)
