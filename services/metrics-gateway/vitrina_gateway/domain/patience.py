"""How long an answer of Prometheus is waited for.

One that hangs has to be noticed soon. One that is slow, because its machine is busy or the fleet large, has to be
waited for, or no list would ever come of it.
"""

from dataclasses import dataclass
from typing import Final

_LEAST: Final = 10.0
_MOST: Final = 60.0
_ROOM: Final = 4.0
"""As often as long as the last answer took."""
_FADING: Final = 0.9
"""From answer to answer: between two slow ones there are quick ones."""


@dataclass
class Patience:
    seconds: float = _LEAST

    def answered(self, within: float) -> None:
        self.seconds = min(_MOST, max(_LEAST, _ROOM * within, _FADING * self.seconds))

    def ran_out(self) -> None:
        self.seconds = min(_MOST, 2 * self.seconds)
