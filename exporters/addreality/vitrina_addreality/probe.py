"""What we assume of Addreality's API, tried with a handful of questions."""

from collections.abc import Mapping
from typing import Any, Final

from vitrina_sdk import VendorClient, timestamp_of
from vitrina_sdk.errors import PollError
from vitrina_sdk.probe.exchange import RecordingClient
from vitrina_sdk.probe.verdict import Verdict, verdict

from vitrina_addreality.client import PAGE_SIZE
from vitrina_addreality.config import AddrealityConfig

STATES: Final = frozenset({"online", "offline"})
PLAYBACK: Final = frozenset({"playback", "pause"})
FIELDS: Final = frozenset(
    {
        "id", "name", "connection_state", "player_status", "last_online", "activation_state", "player_version",
        "time_zone",
    }
)  # fmt: skip
KEPT: Final = FIELDS - {"id", "name"} | {"offset", "limit", "total"}
_FEW: Final = 5
_MANY: Final = 1000


async def probe(config: AddrealityConfig, vendor: RecordingClient) -> list[Verdict]:
    """Three questions. Raises `PollError` when the first is not answered."""
    first = await _page(config, vendor, {"id": [], "limit": PAGE_SIZE})
    records = [record for record in first["data"] if isinstance(record, dict)]
    total = first["pagination"].get("total")
    return [
        verdict("an empty `id` asks for every device", holds=bool(records) or None, seen=f"{len(records)} of {total}"),
        verdict(
            "`pagination` holds offset, limit, total",
            holds={"offset", "limit", "total"} <= first["pagination"].keys(),
            seen=", ".join(first["pagination"]),
        ),
        *_of_records(records),
        await _offset(config, vendor, records),
        await _limit(config, vendor, total),
        _rate(vendor),
    ]


def _of_records(records: list[dict[str, Any]]) -> list[Verdict]:
    """What one page tells of devices."""
    if not records:
        return [verdict("the fields of a device are those that we know", holds=None, seen="no devices")]
    ids = [record.get("id") for record in records]
    named = {name for record in records for name in record}
    missing = {name for record in records for name in FIELDS - record.keys()}
    seen = [record["last_online"] for record in records if record.get("last_online")]
    return [
        verdict(
            "`id` is an integer and unique", holds=all(type(each) is int for each in ids) and len(set(ids)) == len(ids)
        ),
        _words("connection_state", STATES, records),
        _words("player_status", PLAYBACK, records),
        verdict("every device has the fields that we know", holds=not missing, seen=", ".join(sorted(missing))),
        verdict(
            "there are more fields than we know", holds=bool(named - FIELDS), seen=", ".join(sorted(named - FIELDS))
        ),
        verdict(
            "`last_online` is ISO 8601",
            holds=all(timestamp_of(each, float("inf")) is not None for each in seen) if seen else None,
        ),
        verdict(
            "`activation_state` is a boolean",
            holds=all(isinstance(record.get("activation_state"), bool) for record in records),
        ),
    ]


def _words(field: str, known: frozenset[str], records: list[dict[str, Any]]) -> Verdict:
    words = {str(record.get(field)) for record in records}
    return verdict(
        f"`{field}` is one of {', '.join(sorted(known))}", holds=words <= known, seen=", ".join(sorted(words))
    )


async def _offset(config: AddrealityConfig, vendor: RecordingClient, records: list[dict[str, Any]]) -> Verdict:
    """A page in the middle of the first one must begin where it says."""
    assumption = "`offset` in the request moves the page"
    few = min(_FEW, len(records) // 2)
    if few == 0:
        return verdict(assumption, holds=None, seen="fewer than two devices")
    page = await _try(config, vendor, {"id": [], "limit": few, "offset": few})
    if page is None:
        return verdict(assumption, holds=False, seen="the vendor refuses it")
    told = [record.get("id") for record in page["data"] if isinstance(record, dict)]
    expected = [record.get("id") for record in records[few : 2 * few]]
    return verdict(assumption, holds=told == expected, seen="the first page again" if told != expected else "")


async def _limit(config: AddrealityConfig, vendor: RecordingClient, total: object) -> Verdict:
    assumption = f"a page may hold more than {PAGE_SIZE} devices"
    page = await _try(config, vendor, {"id": [], "limit": _MANY})
    if page is None:
        return verdict(assumption, holds=False, seen="the vendor refuses it")
    if not isinstance(total, int) or total <= PAGE_SIZE:
        return verdict(assumption, holds=None, seen=f"the account has {total} devices")
    return verdict(assumption, holds=len(page["data"]) > PAGE_SIZE, seen=f"{len(page['data'])} devices")


def _rate(vendor: RecordingClient) -> Verdict:
    headers = sorted({name for exchange in vendor.exchanges for name in exchange.rate_headers})
    return verdict("answers tell the rate that is allowed", holds=bool(headers), seen=", ".join(headers))


async def _try(config: AddrealityConfig, vendor: RecordingClient, asked: Mapping[str, Any]) -> dict[str, Any] | None:
    try:
        return await _page(config, vendor, asked)
    except PollError:
        return None


async def _page(config: AddrealityConfig, vendor: RecordingClient, asked: Mapping[str, Any]) -> dict[str, Any]:
    await ask(config, vendor, asked)
    answered = vendor.exchanges[-1].answered
    data = answered.get("data") if isinstance(answered, dict) else None
    pagination = answered.get("pagination") if isinstance(answered, dict) else None
    return {
        "data": data if isinstance(data, list) else [],
        "pagination": pagination if isinstance(pagination, dict) else {},
    }


async def ask(config: AddrealityConfig, vendor: VendorClient, asked: Mapping[str, Any]) -> bytes:
    """Raises `PollError`."""
    return await vendor.post_json(config.api_url, asked, {"X-API-Token": config.api_token.get_secret_value()})
