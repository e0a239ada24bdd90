"""Which container an instance has, remembered for as long as the engine's events tell of every change of that.

Without this each look at an instance would cost the engine a list of its containers, several times a minute for each.
"""

from collections.abc import Iterator
from contextlib import contextmanager


class KnownContainers:
    def __init__(self) -> None:
        self._ids: dict[str, str] = {}
        self._is_told = False
        self.stamp = 0
        """Another one after each event: what was listed before it may be out of date."""

    @contextmanager
    def being_told(self) -> Iterator[None]:
        """While the block runs events come in; nothing is known outside it."""
        self._ids.clear()
        self._is_told = True
        try:
            yield
        finally:
            self._is_told = False
            self._ids.clear()

    def find(self, instance: str) -> str | None:
        return self._ids.get(instance)

    def note(self, instance: str, container: str, stamp: int) -> None:
        """The only container of this instance; `stamp`: from before it was listed."""
        if self._is_told and stamp == self.stamp:
            self._ids[instance] = container

    def forget(self, instance: str) -> None:
        """Something has happened to a container of it."""
        self.stamp += 1
        self._ids.pop(instance, None)
