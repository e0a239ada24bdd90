from typing import Annotated, Final

from fastapi import Depends, Query, Request, Response
from pydantic import ValidationError
from vitrina_contracts.problems import FieldError
from vitrina_kit.if_match import IfMatch, IfMatchHeader, etag, parse_if_match
from vitrina_kit.pagination import PageQuery, next_cursor
from vitrina_kit.problem_handlers import field_errors, invalid
from vitrina_kit.token_check import Admin

from vitrina_registry.api.deps import ExistingSource, WorldDep
from vitrina_registry.api.device_schemas import DevicesBody, DevicesReport
from vitrina_registry.api.schemas import Items
from vitrina_registry.api.writing import WritingWorld, create_write_router
from vitrina_registry.domain.device_list import MOST_LINES, DevicesChange, lines_of, pasted_lines
from vitrina_registry.use_cases import devices

router = create_write_router("/exporters/{name}/sources/{source}/devices", tags=["sources"])

_TEXT: Final = {"schema": {"type": "string", "description": "A device a line; of a CSV, its first column."}}
_BODY: Final = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {"schema": DevicesBody.model_json_schema(ref_template="#/components/schemas/{model}")},
            "text/plain": _TEXT,
            "text/csv": _TEXT,
        },
    }
}


async def _optional_precondition(if_match: IfMatchHeader) -> IfMatch | None:
    return None if if_match is None else parse_if_match(if_match)


OptionalPrecondition = Annotated[IfMatch | None, Depends(_optional_precondition)]
"""Adding and removing lines does not undo what somebody else wrote meanwhile, so it is checked only when sent."""


async def _change(request: Request, accept_shared: Annotated[bool, Query()] = False) -> DevicesChange:  # noqa: FBT002 - a query
    content = await request.body()
    if not request.headers.get("content-type", "").startswith("text/"):
        return _from_json(content)
    try:
        lines = pasted_lines(content.decode("utf-8"))
    except UnicodeDecodeError:
        raise _refused("body", "is not UTF-8") from None
    if not 0 < len(lines) <= MOST_LINES:
        raise _refused("body", f"must hold 1 to {MOST_LINES} devices, one a line")
    return DevicesChange(lines, [], accept_shared)


@router.get("")
async def list_devices(world: WorldDep, _caller: Admin, name: str, source: str, page: PageQuery) -> Items[str]:
    found = await devices.list_devices(world, name, source)
    start = page.after(int, "devices", name, source) or 0
    cursor = next_cursor(range(start + 1, len(found) + 1), page.limit, "devices", name, source)
    return Items(items=found[start : start + page.limit], next_cursor=cursor)


@router.post("", openapi_extra=_BODY)
async def change_devices(
    *,
    world: WritingWorld,
    caller: Admin,
    name: str,
    source: ExistingSource,
    precondition: OptionalPrecondition,
    change: Annotated[DevicesChange, Depends(_change)],
    response: Response,
) -> DevicesReport:
    """Adds and removes devices; all lines or none. `accept_shared` adds what another source has already."""
    changed = await devices.change_devices(world, caller, name, source, change, precondition=precondition)
    response.headers["ETag"] = etag(changed.revision)
    return DevicesReport.of(changed)


@router.delete("")
async def remove_devices(
    *,
    world: WritingWorld,
    caller: Admin,
    name: str,
    source: ExistingSource,
    precondition: OptionalPrecondition,
    device_id: Annotated[list[str], Query(min_length=1, max_length=1000)],
    response: Response,
) -> DevicesReport:
    change = DevicesChange([], lines_of(device_id))
    changed = await devices.change_devices(world, caller, name, source, change, precondition=precondition)
    response.headers["ETag"] = etag(changed.revision)
    return DevicesReport.of(changed)


def _from_json(content: bytes) -> DevicesChange:
    try:
        body = DevicesBody.model_validate_json(content)
    except ValidationError as error:
        errors = [FieldError(field=item.field, message=item.message) for item in field_errors(_placed(error))]
        raise invalid(f"Check {errors[0].field}: {errors[0].message}.", errors) from None
    return DevicesChange(lines_of(body.add), lines_of(body.remove), body.accept_shared)


def _placed(error: ValidationError) -> list[dict[str, object]]:
    return [{**item, "loc": ("body", *item["loc"])} for item in error.errors()]


def _refused(field: str, message: str) -> Exception:
    return invalid(f"Check {field}: {message}.", [FieldError(field=field, message=message)])
