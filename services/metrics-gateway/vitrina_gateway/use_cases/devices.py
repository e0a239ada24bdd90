"""Questions about devices, answered from the present snapshot as bytes."""

from dataclasses import dataclass

import msgspec
from vitrina_contracts.device import DeviceKey

from vitrina_gateway.domain.device import instant
from vitrina_gateway.domain.errors import DeviceNotFoundError
from vitrina_gateway.domain.query import DeviceQuery, Page, select
from vitrina_gateway.domain.scope import Scope
from vitrina_gateway.use_cases.fleet import Fleet, Snapshot

_encoder = msgspec.json.Encoder()


@dataclass(frozen=True)
class Answer:
    """JSON of one snapshot."""

    snapshot: Snapshot
    body: bytes


def list_devices(fleet: Fleet, scope: Scope, query: DeviceQuery) -> Answer:
    """Raises `NotReadyError` or `InvalidParameterError`."""
    snapshot = fleet.present()
    page = select(snapshot.index, scope, query)
    return Answer(snapshot, _render(snapshot, page))


def show_device(fleet: Fleet, scope: Scope, key: DeviceKey) -> Answer:
    """Raises `NotReadyError` or `DeviceNotFoundError`, the latter also for a device outside the scope."""
    snapshot = fleet.present()
    row = snapshot.index.find(key) if scope.sees(key[1]) else None
    if row is None:
        raise DeviceNotFoundError
    return Answer(snapshot, snapshot.index.json_of(row))


def _render(snapshot: Snapshot, page: Page) -> bytes:
    rest = _encoder.encode(
        {
            "total": page.total,
            "next_cursor": page.next_cursor,
            "as_of": instant(snapshot.as_of),
            "facets": page.facets,
        }
    )
    json_of = snapshot.index.json_of
    return b'{"items":[' + b",".join([json_of(row) for row in page.rows]) + b"]," + rest[1:]
