"""Joining what people know into the devices of one source, and what follows: a closed place, a dark site. Pure."""

from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

import msgspec
from vitrina_contracts.device import Cause, Status

from vitrina_gateway.domain.device import NO_LOCAL_FACTS, DeviceState, LocalFacts

Devices = dict[str, DeviceState]
"""By device id."""


class Closed(NamedTuple):
    """A place outside its hours; `until`: ISO 8601 in its own time, None when it does not open within a year."""

    until: str | None


Closing = Callable[[LocalFacts], Closed | None]
"""Whether a place is closed at the instant that is judged; None when it is open or its hours are not known."""

_SMALLEST_SITE: Final = 3
"""With fewer devices a dark site is a coincidence too often."""
_DARK: Final = frozenset({Cause.REPORTED_OFFLINE, Cause.SITE_DARK, Cause.CLOSED})


def joined(devices: Devices, facts: Mapping[str, LocalFacts], closing: Closing) -> Devices:
    """The same object when nothing differs, so that nothing is indexed anew."""
    changed = _with_facts(devices, facts)
    whole = {**devices, **changed} if changed else devices
    explained = _with_causes(whole, closing)
    return {**whole, **explained} if explained else whole


def _with_facts(devices: Devices, facts: Mapping[str, LocalFacts]) -> Devices:
    changed = {}
    for device_id, state in devices.items():
        known = facts.get(device_id, NO_LOCAL_FACTS)
        if known is not state.local and known != state.local:
            changed[device_id] = msgspec.structs.replace(state, local=known)
    return changed


def _with_causes(devices: Devices, closing: Closing) -> Devices:
    """Devices that read differently now: because their place closed or opened, or all of their site is dark or not."""
    sites = _dark_sites(devices)
    changed = {}
    for device_id, state in devices.items():
        if not _is_dark(state):
            if state.closed_until is not None:
                changed[device_id] = msgspec.structs.replace(state, closed_until=None)
            continue
        closed = closing(state.local)
        if closed is not None:
            cause, until = Cause.CLOSED, closed.until
        else:
            cause, until = (Cause.SITE_DARK if state.local.site in sites else Cause.REPORTED_OFFLINE), None
        if state.cause is not cause or state.closed_until != until:
            changed[device_id] = msgspec.structs.replace(state, cause=cause, closed_until=until)
    return changed


def _dark_sites(devices: Devices) -> set[str | None]:
    """Names of sites with nothing but dark devices, enough of them."""
    sites: dict[str, list[bool]] = {}
    for state in devices.values():
        if state.local.site is not None:
            sites.setdefault(state.local.site, []).append(_is_dark(state))
    return {site for site, darkness in sites.items() if len(darkness) >= _SMALLEST_SITE and all(darkness)}


def _is_dark(state: DeviceState) -> bool:
    return state.status is Status.OFFLINE and state.cause in _DARK
