from fastapi import Response, status
from vitrina_kit.if_match import etag
from vitrina_kit.pagination import PageQuery, next_cursor
from vitrina_kit.token_check import Admin, Manager

from vitrina_registry.api.deps import ExistingExporter, SourcePrecondition, WorldDep
from vitrina_registry.api.schemas import Items, SourceCreate, SourcePatch, SourceView
from vitrina_registry.api.writing import WritingWorld, create_write_router
from vitrina_registry.use_cases import sources
from vitrina_registry.use_cases.sources import NewSource, SourceChange, VisibleSource

router = create_write_router("/exporters/{name}/sources", tags=["sources"])


@router.get("")
async def list_sources(world: WorldDep, caller: Manager, name: str, page: PageQuery) -> Items[SourceView]:
    after = page.after(str, "sources", name)
    visible = [item for item in await sources.list_sources(world, caller, name) if item.source.name > (after or "")]
    cursor = next_cursor([item.source.name for item in visible], page.limit, "sources", name)
    return Items(items=[SourceView.of(item) for item in visible[: page.limit]], next_cursor=cursor)


@router.post("", status_code=status.HTTP_201_CREATED)
async def create_source(
    world: WritingWorld, caller: Admin, name: ExistingExporter, body: SourceCreate, response: Response
) -> SourceView:
    visible = await sources.create_source(world, caller, name, NewSource(**dict(body)))
    response.headers["Location"] = f"/api/registry/v1/exporters/{name}/sources/{visible.source.name}"
    return _answer(visible, response)


@router.get("/{source}")
async def get_source(world: WorldDep, caller: Manager, name: str, source: str, response: Response) -> SourceView:
    return _answer(await sources.get_source(world, caller, name, source), response)


@router.patch("/{source}")
async def change_source(
    *,
    world: WritingWorld,
    caller: Admin,
    name: str,
    source: str,
    precondition: SourcePrecondition,
    body: SourcePatch,
    response: Response,
) -> SourceView:
    change = SourceChange(**body.model_dump(exclude_unset=True))
    return _answer(
        await sources.change_source(world, caller, name, source, change, precondition=precondition), response
    )


@router.delete("/{source}", status_code=status.HTTP_204_NO_CONTENT)
async def delete_source(
    world: WritingWorld, caller: Admin, name: str, source: str, precondition: SourcePrecondition
) -> None:
    await sources.delete_source(world, caller, name, source, precondition)


def _answer(visible: VisibleSource, response: Response) -> SourceView:
    response.headers["ETag"] = etag(visible.source.revision)
    return SourceView.of(visible)
