"""The filter of devices as query parameters, the same for the list and its export."""

from collections.abc import Iterable
from typing import Annotated

from fastapi import Depends, Query

from vitrina_gateway.domain.device_filter import DeviceFilter

_Values = Annotated[list[str], Query(description="May repeat or be comma separated.")]
_Names = Annotated[list[str], Query(description="May repeat; not split at commas, which names may hold.")]


def _filter(  # noqa: PLR0917 - FastAPI passes them by name
    search: str = "",
    status: _Values = [],  # noqa: B006 - FastAPI copies defaults
    platform: _Values = [],  # noqa: B006 - as above
    source: _Values = [],  # noqa: B006 - as above
    cause: _Values = [],  # noqa: B006 - as above
    site: _Names = [],  # noqa: B006 - as above
    city: _Names = [],  # noqa: B006 - as above
    player_version: _Names = [],  # noqa: B006 - as above
    playback: _Values = [],  # noqa: B006 - as above
    activated: _Values = [],  # noqa: B006 - as above
    work: _Values = [],  # noqa: B006 - as above
) -> DeviceFilter:
    kinds = {
        "status": _split(status),
        "platform": _split(platform),
        "source": _split(source),
        "cause": _split(cause),
        "site": frozenset(site),
        "city": frozenset(city),
        "player_version": frozenset(player_version),
        "playback": _split(playback),
        "activated": _split(activated),
        "work": _split(work),
    }
    return DeviceFilter(search, {kind: values for kind, values in kinds.items() if values})


def _split(values: Iterable[str]) -> frozenset[str]:
    return frozenset(part for value in values for part in value.split(",") if part)


Filter = Annotated[DeviceFilter, Depends(_filter)]
