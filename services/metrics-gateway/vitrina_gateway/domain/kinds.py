"""By what devices are filtered and counted.

A kind with few values keeps a mask for each; one with thousands (sites) keeps a column and counts along it.
"""

from collections.abc import Callable
from typing import Final

from vitrina_gateway.domain.device import DeviceState

KindValue = Callable[[DeviceState], str | None]

UNKNOWN: Final = "unknown"
"""Of `activated`: the platform does not tell."""


def _activated(state: DeviceState) -> str:
    activated = state.facts.activated
    return UNKNOWN if activated is None else str(activated).lower()


NO_WORK: Final = "none"
"""Nobody said that they take care of the device."""


def _work(state: DeviceState) -> str:
    work = state.local.work
    return NO_WORK if work is None else work.kind.value


NARROW: Final[dict[str, KindValue]] = {
    "status": lambda state: state.status.value,
    "platform": lambda state: state.platform,
    "source": lambda state: state.source,
    "cause": lambda state: None if state.cause is None else state.cause.value,
    "playback": lambda state: state.facts.playback.value,
    "activated": _activated,
    "work": _work,
}
WIDE: Final[dict[str, KindValue]] = {
    "site": lambda state: state.local.site,
    "city": lambda state: state.local.city,
    "player_version": lambda state: state.facts.player_version,
}
FIXED: Final = frozenset({"platform", "source"})
"""Kinds that follow from the identity: their masks hold as long as the rows stand where they do."""

LARGEST_FACET: Final = 200
"""Values told of a wide kind, the most frequent ones."""
