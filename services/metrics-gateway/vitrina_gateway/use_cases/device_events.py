"""The stored changes of one device, as they were told to other systems."""

from vitrina_contracts.device import DeviceKey

from vitrina_gateway.domain.errors import InvalidParameterError
from vitrina_gateway.domain.overview import Change
from vitrina_gateway.domain.scope import Scope
from vitrina_gateway.use_cases.devices import find_device
from vitrina_gateway.use_cases.fleet import Fleet
from vitrina_gateway.use_cases.ports import Chains

_MOST = 64
"""As many as are kept of each device."""


async def device_events(fleet: Fleet, chains: Chains, scope: Scope, key: DeviceKey, limit: int) -> list[Change]:
    """Newest first.

    Raises `NotReadyError`, `DeviceNotFoundError`, `InvalidParameterError` or `RecordUnavailableError`.
    """
    if not 1 <= limit <= _MOST:
        raise InvalidParameterError("limit", f"from 1 to {_MOST}")
    find_device(fleet, scope, key)
    return list(reversed(await chains.of(key)))[:limit]
