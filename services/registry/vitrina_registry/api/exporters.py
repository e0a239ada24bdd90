from enum import StrEnum
from typing import Annotated

from fastapi import Query, Response, status
from vitrina_kit.if_match import etag
from vitrina_kit.pagination import PageQuery, next_cursor
from vitrina_kit.token_check import Admin, Manager

from vitrina_registry.api.deps import ExistingExporter, ExporterPrecondition, WorldDep
from vitrina_registry.api.schemas import ExporterCreate, ExporterPatch, ExporterView, Items, LogLines
from vitrina_registry.api.writing import WritingWorld, create_write_router
from vitrina_registry.domain.scope import VisibleExporter
from vitrina_registry.use_cases import exporters, sources
from vitrina_registry.use_cases.exporters import ExporterChange, NewExporter
from vitrina_registry.use_cases.ports import World

router = create_write_router("/exporters", tags=["exporters"])


class Part(StrEnum):
    """What a list may bring along, so that a page of the web UI needs one request."""

    SOURCES = "sources"


@router.get("")
async def list_exporters(
    world: WorldDep, caller: Manager, page: PageQuery, include: Annotated[frozenset[Part], Query()] = frozenset()
) -> Items[ExporterView]:
    after = page.after(str, "exporters")
    visible = [item for item in await exporters.list_exporters(world, caller) if item.exporter.name > (after or "")]
    cursor = next_cursor([item.exporter.name for item in visible], page.limit, "exporters")
    shown = visible[: page.limit]
    found = await sources.list_sources_of(world, caller, [item.exporter for item in shown]) if include else {}
    views = [ExporterView.of(item, world.catalogue, found.get(item.exporter.name)) for item in shown]
    return Items(items=views, next_cursor=cursor)


@router.post("", status_code=status.HTTP_201_CREATED)
async def create_exporter(world: WritingWorld, caller: Admin, body: ExporterCreate, response: Response) -> ExporterView:
    visible = await exporters.create_exporter(world, caller, NewExporter(**body.model_dump()))
    response.headers["Location"] = f"/api/registry/v1/exporters/{visible.exporter.name}"
    return _answer(world, visible, response)


@router.get("/{name}")
async def get_exporter(world: WorldDep, caller: Manager, name: str, response: Response) -> ExporterView:
    return _answer(world, await exporters.get_exporter(world, caller, name), response)


@router.patch("/{name}")
async def change_exporter(
    *,
    world: WritingWorld,
    caller: Admin,
    name: str,
    precondition: ExporterPrecondition,
    body: ExporterPatch,
    response: Response,
) -> ExporterView:
    change = ExporterChange(**body.model_dump(exclude_unset=True))
    return _answer(world, await exporters.change_exporter(world, caller, name, change, precondition), response)


@router.delete("/{name}", status_code=status.HTTP_204_NO_CONTENT)
async def delete_exporter(world: WritingWorld, caller: Admin, name: str, precondition: ExporterPrecondition) -> None:
    await exporters.delete_exporter(world, caller, name, precondition)


@router.post("/{name}/restart", status_code=status.HTTP_202_ACCEPTED)
async def restart_exporter(world: WritingWorld, caller: Admin, name: str, response: Response) -> ExporterView:
    return _answer(world, await exporters.restart_exporter(world, caller, name), response)


@router.get("/{name}/logs")
async def read_logs(
    world: WorldDep, _caller: Admin, name: ExistingExporter, tail: Annotated[int, Query(ge=1, le=5000)] = 200
) -> LogLines:
    return LogLines(lines=await exporters.read_logs(world, name, tail))


def _answer(world: World, visible: VisibleExporter, response: Response) -> ExporterView:
    response.headers["ETag"] = etag(visible.exporter.revision)
    return ExporterView.of(visible, world.catalogue)
