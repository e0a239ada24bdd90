from collections.abc import Iterator
from typing import Annotated, Any, Final, Literal

from fastapi import Depends, Path, Query, Request, Response, status
from fastapi.responses import StreamingResponse
from vitrina_contracts.facts import DeviceFacts
from vitrina_kit.if_match import etag
from vitrina_kit.pagination import PageQuery, next_cursor
from vitrina_kit.token_check import Admin, Manager

from vitrina_registry.api.deps import WorldDep
from vitrina_registry.api.fact_schemas import FactsBulk, FactsBulkReport, FactsReport, FactsView
from vitrina_registry.api.schemas import Items
from vitrina_registry.api.writing import WritingWorld, create_write_router
from vitrina_registry.domain.errors import FieldFault, invalid
from vitrina_registry.domain.facts import DeviceKey, FactsRow, KeyPartError, checked_key, read_csv, write_csv
from vitrina_registry.use_cases import facts
from vitrina_registry.use_cases.ports import FactsFilter

router = create_write_router(tags=["device facts"])

_Name = Annotated[str | None, Query(max_length=200, pattern=r"^[^\x00]*$")]
_SEPARATORS: Final = {"ru": ";", "en": ","}
_CSV: Final[dict[str, Any]] = {"content": {"text/csv": {"schema": {"type": "string"}}}}


async def _key(platform: str, source: str, device_id: Annotated[str, Path(max_length=200)]) -> DeviceKey:
    try:
        return checked_key(platform, source, device_id)
    except KeyPartError as error:
        if error.part != "device_id":
            raise facts.no_place(platform, source) from None
        raise invalid([FieldFault("device_id", error.message)]) from None


KeyPath = Annotated[DeviceKey, Depends(_key)]


async def _known_place(_caller: Admin, world: WorldDep, key: KeyPath) -> DeviceKey:
    await facts.require_place(world, key)
    return key


KnownPlace = Annotated[DeviceKey, Depends(_known_place)]
"""Key of a device whose source exists; admins only."""


@router.get("/facts")
async def list_facts(
    world: WorldDep, caller: Manager, page: PageQuery, platform: _Name = None, source: _Name = None
) -> Items[FactsView]:
    bound_to = ("facts", platform, source)
    after = page.after(list, *bound_to)
    chosen = FactsFilter(platform=platform, source=source)
    found = await facts.list_facts(world, caller, chosen, _after(after), page.limit + 1)
    cursor = next_cursor([list(item.key) for item in found], page.limit, *bound_to)
    return Items(items=[FactsView.of(item) for item in found[: page.limit]], next_cursor=cursor)


@router.get("/facts.csv", response_class=Response, responses={200: _CSV})
async def export_facts(
    world: WorldDep, caller: Manager, language: Literal["ru", "en"] = "en", platform: _Name = None, source: _Name = None
) -> Response:
    """Everything that is known of the caller's devices, for a spreadsheet; can be sent back."""
    found = await facts.list_facts(world, caller, FactsFilter(platform=platform, source=source), None, None)

    def lines() -> Iterator[str]:
        yield "\ufeff"
        yield from write_csv(found, _SEPARATORS[language])

    headers = {"Content-Disposition": 'attachment; filename="device-facts.csv"'}
    return StreamingResponse(lines(), media_type="text/csv; charset=utf-8", headers=headers)


async def _csv_rows(request: Request) -> list[FactsRow]:
    rows, faults = read_csv(await request.body())
    if faults:
        raise invalid(faults)
    return rows


@router.post("/facts.csv", openapi_extra={"requestBody": {"required": True, **_CSV}})
async def import_facts(
    world: WritingWorld, caller: Admin, rows: Annotated[list[FactsRow], Depends(_csv_rows)]
) -> FactsReport:
    """Columns that the first line does not name stay as they are, an empty cell clears; all lines or none."""
    return FactsReport.of(await facts.change_facts(world, caller, rows))


@router.post("/facts/bulk")
async def change_facts(world: WritingWorld, caller: Admin, body: FactsBulk) -> FactsBulkReport:
    """A change for many devices; all or none. `line` in a refusal is the place in `devices`, from 1."""
    return FactsBulkReport.of(await facts.change_facts(world, caller, body.rows()))


@router.get("/facts/{platform}/{source}/{device_id:path}")
async def get_facts(world: WorldDep, caller: Manager, key: KeyPath, response: Response) -> FactsView:
    found = await facts.get_facts(world, caller, key)
    response.headers["ETag"] = etag(found.version)
    return FactsView.of(found)


@router.put("/facts/{platform}/{source}/{device_id:path}")
async def put_facts(
    world: WritingWorld, caller: Admin, key: KnownPlace, body: DeviceFacts, response: Response
) -> FactsView:
    """Replaces all that is known of the device."""
    stored = await facts.put_facts(world, caller, key, body)
    if stored is not None:
        response.headers["ETag"] = etag(stored.version)
    return FactsView.of(stored) if stored is not None else FactsView.nothing(key)


@router.delete("/facts/{platform}/{source}/{device_id:path}", status_code=status.HTTP_204_NO_CONTENT)
async def delete_facts(world: WritingWorld, caller: Admin, key: KeyPath) -> None:
    await facts.delete_facts(world, caller, key)


def _after(key: list[Any] | None) -> DeviceKey | None:
    return None if key is None else DeviceKey(*key)
