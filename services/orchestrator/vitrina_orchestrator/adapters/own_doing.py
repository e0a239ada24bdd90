"""Which events of the engine are only the echo of what this orchestrator does: they must not wake it.

Otherwise a replacement that fails would, by its own stops and starts, be the reason for the next try, without a pause.
"""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

_FOR_EVER: Final = float("inf")
_REMEMBERED: Final = 256
"""Containers; echoes come within moments."""


class OwnDoing:
    def __init__(self) -> None:
        self._quiet: dict[str, tuple[float, float]] = {}
        """From when to when, in nanoseconds since 1970, nothing about a container is news."""

    @contextmanager
    def about(self, container: str) -> Iterator[None]:
        """What happens to the container inside the block is our own doing, whoever did it: the caller looks itself."""
        begun, _ = self._quiet.pop(container, (float(time.time_ns()), 0.0))
        self._note(container, begun, _FOR_EVER)
        try:
            yield
        finally:
            if container in self._quiet and not self._is_gone(container):
                self._note(container, begun, float(time.time_ns()))

    def gave_up(self, container: str) -> None:
        """It is being deleted: nothing about it is news any more."""
        self._note(container, 0.0, _FOR_EVER)

    def is_echo(self, event: Mapping[str, Any]) -> bool:
        begun, ended = self._quiet.get(str(event["Actor"].get("ID")), (0.0, 0.0))
        return begun <= float(event["timeNano"]) <= ended

    def _is_gone(self, container: str) -> bool:
        return self._quiet[container] == (0.0, _FOR_EVER)

    def _note(self, container: str, begun: float, ended: float) -> None:
        self._quiet.pop(container, None)
        self._quiet[container] = (begun, ended)
        while len(self._quiet) > _REMEMBERED:
            del self._quiet[next(iter(self._quiet))]
