"""Joining what people know into the devices of one source, and what follows from it: a whole dark site. Pure."""

from collections.abc import Mapping
from typing import Final

import msgspec
from vitrina_contracts.device import Cause, Status

from vitrina_gateway.domain.device import NO_LOCAL_FACTS, DeviceState, LocalFacts

Devices = dict[str, DeviceState]
"""By device id."""

_SMALLEST_SITE: Final = 3
"""With fewer devices a dark site is a coincidence too often."""
_DARK: Final = frozenset({Cause.REPORTED_OFFLINE, Cause.SITE_DARK})


def joined(devices: Devices, facts: Mapping[str, LocalFacts]) -> Devices:
    """The same object when nothing differs, so that nothing is indexed anew."""
    changed = _with_facts(devices, facts)
    whole = {**devices, **changed} if changed else devices
    blamed = _with_blame(whole)
    return {**whole, **blamed} if blamed else whole


def _with_facts(devices: Devices, facts: Mapping[str, LocalFacts]) -> Devices:
    changed = {}
    for device_id, state in devices.items():
        known = facts.get(device_id, NO_LOCAL_FACTS)
        if known is not state.local and known != state.local:
            changed[device_id] = msgspec.structs.replace(state, local=known)
    return changed


def _with_blame(devices: Devices) -> Devices:
    """Devices whose cause changes because all, or not all any more, of their site is dark."""
    sites: dict[str | None, list[DeviceState]] = {}
    for state in devices.values():
        if state.local.site is not None or state.cause is Cause.SITE_DARK:
            sites.setdefault(state.local.site, []).append(state)
    changed = {}
    for site, members in sites.items():
        dark = site is not None and len(members) >= _SMALLEST_SITE and all(_is_dark(state) for state in members)
        cause = Cause.SITE_DARK if dark else Cause.REPORTED_OFFLINE
        for state in members:
            if _is_dark(state) and state.cause is not cause:
                changed[state.device_id] = msgspec.structs.replace(state, cause=cause)
    return changed


def _is_dark(state: DeviceState) -> bool:
    return state.status is Status.OFFLINE and state.cause in _DARK
