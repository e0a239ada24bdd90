"""Which devices read differently since a tick: enough for a listener that was away for a moment to go on.

Only keys are kept, of a bounded number of ticks; what is told again are the devices as they read now. The ids of ticks
hold a word of this process, because another gateway, or this one after a restart, counts its own ticks; and one of the
scope, because whoever may see more than before has missed all of that.
"""

import secrets
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from vitrina_contracts.device import DeviceKey

from vitrina_gateway.domain.scope import Scope

_MOST_TICKS: Final = 150
_MOST_KEYS: Final = 20_000


@dataclass(frozen=True)
class Missed:
    """Devices that read differently, and sources that devices left."""

    keys: frozenset[DeviceKey]
    left: frozenset[str]


class Replay:
    def __init__(self) -> None:
        self._process = secrets.token_hex(4)
        self._ticks: deque[tuple[int, Missed]] = deque()
        self._held = 0

    def id_of(self, number: int, scope: Scope) -> str:
        """What a listener names as the last that it heard of."""
        return f"{self._process}-{number}-{hash(scope) & 0xFFFFFFFF:x}"

    def note(self, number: int, keys: Iterable[DeviceKey], left: frozenset[str]) -> None:
        """Ticks come in order, each one."""
        missed = Missed(frozenset(keys), left)
        self._ticks.append((number, missed))
        self._held += len(missed.keys)
        while self._ticks and (self._held > _MOST_KEYS or len(self._ticks) > _MOST_TICKS):
            self._held -= len(self._ticks.popleft()[1].keys)

    def since(self, event_id: str, scope: Scope) -> Missed | None:
        """From that tick on, itself included: its devices may not have arrived. None when that was forgotten."""
        ticks = {self.id_of(number, scope): number for number, _ in self._ticks}
        first = ticks.get(event_id)
        if first is None:
            return None
        missed = [each for number, each in self._ticks if number >= first]
        return Missed(
            frozenset().union(*(each.keys for each in missed)), frozenset().union(*(each.left for each in missed))
        )
