"""Questions about devices, answered from the present snapshot as bytes."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import IO

import msgspec
from vitrina_contracts.device import DeviceKey
from vitrina_kit.workbook import Workbooks

from vitrina_gateway.domain.device import instant, moment
from vitrina_gateway.domain.device_filter import DeviceFilter
from vitrina_gateway.domain.errors import DeviceNotFoundError, InvalidParameterError
from vitrina_gateway.domain.evidence import Evidence, evidence
from vitrina_gateway.domain.overview import count
from vitrina_gateway.domain.query import LARGEST_PAGE, DeviceQuery, Page, select, select_all, select_keys
from vitrina_gateway.domain.row import Row
from vitrina_gateway.domain.scope import Scope
from vitrina_gateway.domain.selection import Chosen
from vitrina_gateway.domain.table import LANGUAGES, Language, csv_parts, sheet_rows
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
    page = select(snapshot.selections, scope, query)
    return Answer(snapshot, _render(snapshot, page))


def find_device(fleet: Fleet, scope: Scope, key: DeviceKey) -> tuple[Snapshot, Row]:
    """Raises `NotReadyError` or `DeviceNotFoundError`, the latter also for a device outside the scope."""
    snapshot = fleet.present()
    row = snapshot.index.find(key) if scope.sees(key[1]) else None
    if row is None:
        raise DeviceNotFoundError
    return snapshot, row


def show_device(fleet: Fleet, scope: Scope, key: DeviceKey) -> Answer:
    """The device and why it is not online. Raises like `find_device`."""
    snapshot, row = find_device(fleet, scope, key)
    health = next((each for each in snapshot.sources if each.known.source == key[1]), None)
    found = evidence(row.state, health, snapshot.index, snapshot.as_of, answered=snapshot.answered)
    told = _encoder.encode([_evidence(each) for each in found])
    as_of = _encoder.encode(instant(snapshot.as_of))
    body = snapshot.index.json_of(row)[:-1] + b',"evidence":' + told + b',"as_of":' + as_of + b"}"
    return Answer(snapshot, body)


def list_neighbours(fleet: Fleet, scope: Scope, key: DeviceKey, limit: int) -> Answer:
    """The other devices at the same site, or of the same source where no site is known, those in trouble first.

    Raises like `find_device`, and `InvalidParameterError`.
    """
    if not 1 <= limit <= LARGEST_PAGE:
        raise InvalidParameterError("limit", f"from 1 to {LARGEST_PAGE}")
    snapshot, row = find_device(fleet, scope, key)
    index, site = snapshot.index, row.state.local.site
    position = index.position(key)
    if position is None:
        raise DeviceNotFoundError
    around = index.by_source[key[1]] if site is None else index.having("site", [site]) & index.visible(scope)
    around &= ~(1 << position)
    items = b",".join(index.json_of(each) for each in islice(Chosen(index, around).in_order("status"), limit))
    counts = count(index, around)
    rest = {
        "counts": {
            "online": counts.online,
            "offline": counts.offline,
            "unknown": counts.unknown,
            "total": counts.total,
        },
        "as_of": instant(snapshot.as_of),
    }
    head = b'{"site":' + _encoder.encode(site) + b',"items":[' + items + b"],"
    return Answer(snapshot, head + _encoder.encode(rest)[1:])


@dataclass(frozen=True)
class Export:
    """Devices of one snapshot, in order, and the language that they are written in. Its rows can be read once."""

    rows: Iterator[Row]
    language: Language

    def csv(self) -> Iterator[bytes]:
        return csv_parts(self.rows, self.language)

    async def workbook(self, workbooks: Workbooks) -> IO[bytes]:
        """Raises like `Workbooks.write`."""
        rows, language = sheet_rows(self.rows, self.language), self.language
        return await workbooks.write(language.headings, rows, language.sheet_moment_format)


def export_devices(fleet: Fleet, scope: Scope, wanted: DeviceFilter, sort: str, language: str) -> Export:
    """All devices that fit. Raises `NotReadyError` or `InvalidParameterError`."""
    table = _table(language)
    return Export(select_all(fleet.present().index, scope, wanted, sort), table)


def export_chosen(fleet: Fleet, scope: Scope, keys: Iterable[DeviceKey], sort: str, language: str) -> Export:
    """Those devices that are there and in the scope. Raises like `export_devices`."""
    table = _table(language)
    return Export(select_keys(fleet.present().index, scope, keys, sort), table)


def _table(language: str) -> Language:
    if language not in LANGUAGES:
        raise InvalidParameterError("language", f"one of {', '.join(LANGUAGES)}")
    return LANGUAGES[language]


def _evidence(each: Evidence) -> dict[str, object]:
    return {"kind": each.kind, "text_key": each.key, "detail": each.detail, "at": moment(each.at)}


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
