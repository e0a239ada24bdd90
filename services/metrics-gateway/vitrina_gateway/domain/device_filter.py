"""Which devices are asked for."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from vitrina_contracts.device import Cause, Playback, Status
from vitrina_contracts.work import WorkKind

from vitrina_gateway.domain.errors import InvalidParameterError
from vitrina_gateway.domain.kinds import NARROW, NO_WORK, UNKNOWN, WIDE

LONGEST_SEARCH: Final = 200

FILTERS: Final = (*NARROW, *WIDE)
_ALLOWED: Final[Mapping[str, frozenset[str]]] = {
    "status": frozenset(Status),
    "cause": frozenset(Cause),
    "playback": frozenset(Playback),
    "activated": frozenset({"true", "false", UNKNOWN}),
    "work": frozenset({NO_WORK, *WorkKind}),
}
"""Of the kinds whose values are the contract's; the others are the installation's own."""


@dataclass(frozen=True)
class DeviceFilter:
    """`kinds`: for each kind of `FILTERS` the values of which a device must have one; no values filter nothing."""

    search: str = ""
    kinds: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def check(self) -> None:
        """Raises `InvalidParameterError` for a value that no list could be made for."""
        for kind, allowed in _ALLOWED.items():
            if unknown := self.kinds.get(kind, frozenset()) - allowed:
                wrong = f"{', '.join(sorted(unknown))} does not fit; allowed are {', '.join(sorted(allowed))}"
                raise InvalidParameterError(kind, wrong)
        if len(self.search) > LONGEST_SEARCH:
            raise InvalidParameterError("search", f"at most {LONGEST_SEARCH} characters")
