"""Somebody who asks several times a second while others break things, and remembers every answer."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Generic, Self, TypeVar

Seen = TypeVar("Seen")


@dataclass(frozen=True)
class Moment(Generic[Seen]):
    """`seen` is null when the asking failed; `error` says how."""

    at: float
    seen: Seen | None
    error: str | None = None


@dataclass
class Watcher(Generic[Seen]):
    """Asks `look` in a thread, `a_second` times each second, from entering the block until leaving it."""

    look: Callable[[], Seen]
    a_second: float = 5
    moments: list[Moment[Seen]] = field(default_factory=list)
    _end: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._end.set()
        self._thread.join()

    def answers(self, since: float = 0) -> list[Seen]:
        """All that were no errors, from a moment of `time.monotonic()` on."""
        return [moment.seen for moment in list(self.moments) if moment.seen is not None and moment.at >= since]

    def error_seconds(self) -> float:
        """Of the longest stretch without a good answer."""
        longest, last_good = 0.0, None
        for moment in list(self.moments):
            if moment.error is None:
                last_good = moment.at
            elif last_good is not None:
                longest = max(longest, moment.at - last_good)
        return longest

    def errors(self) -> list[str]:
        return sorted({moment.error for moment in list(self.moments) if moment.error is not None})

    def _run(self) -> None:
        pause = 1 / self.a_second
        while not self._end.is_set():
            started = time.monotonic()
            try:
                moment = Moment(started, self.look())
            except Exception as error:  # noqa: BLE001 - whatever goes wrong is what is being counted
                moment = Moment[Seen](started, None, f"{type(error).__name__}: {error}")
            self.moments.append(moment)
            self._end.wait(max(0, pause - (time.monotonic() - started)))
