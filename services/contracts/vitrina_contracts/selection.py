"""Selection: which devices of an account are a source's, when several sources share the account and its poll.

An id counts before a name and a name before `rest`, so a device is in one source at most, whatever it is called later.
Two selections that could claim one device by the same means are refused when they are saved.
"""

import fnmatch
import re
import unicodedata
from collections.abc import Mapping
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field

ANY: Final = "*"
ONE: Final = "?"


class DeviceSelection(BaseModel):
    model_config = ConfigDict(frozen=True)

    ids: Annotated[tuple[str, ...], Field(description="Devices by their ids.")] = ()
    names: Annotated[
        tuple[str, ...],
        Field(description="Patterns of names: * stands for any text, ? for one character; case does not matter."),
    ] = ()
    rest: Annotated[bool, Field(description="Also all devices that no source of the account selects.")] = False


class Division:
    """An account's devices among its sources."""

    def __init__(self, selections: Mapping[str, DeviceSelection]) -> None:
        """`selections`: of all sources of the account, by name of the source."""
        self._by_id = {device: name for name, chosen in selections.items() for device in chosen.ids}
        self._by_name = [(name, _matcher(chosen.names)) for name, chosen in selections.items() if chosen.names]
        self._rest = next((name for name, chosen in selections.items() if chosen.rest), None)

    def owner(self, device_id: str, name: str | None) -> str | None:
        """The source that has this device; null when none selects it. A device without a name is called by its id."""
        owner = self._by_id.get(device_id)
        if owner is None and self._by_name:
            called = folded(name or device_id)
            owner = next((source for source, pattern in self._by_name if pattern.fullmatch(called)), None)
        return owner or self._rest


def folded(text: str) -> str:
    """The one form in which names and patterns are compared."""
    return unicodedata.normalize("NFC", text).casefold()


def _matcher(patterns: tuple[str, ...]) -> re.Pattern[str]:
    # The library's expressions never go back over what a star has taken: none is slow. A bracket stands for itself.
    return re.compile("|".join(fnmatch.translate(folded(pattern).replace("[", "[[]")) for pattern in patterns))
