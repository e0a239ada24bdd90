"""Maintenance windows: regular times at which some alerts ring nobody."""

from datetime import datetime
from typing import Annotated

from fastapi import Depends, Response, status
from pydantic import Field
from vitrina_contracts.alerting import Window, WindowPlan
from vitrina_kit.if_match import IfMatch, IfMatchHeader, etag, parse_if_match
from vitrina_kit.token_check import Admin, Manager

from vitrina_registry.api.deps import WorldDep
from vitrina_registry.api.schemas import Items
from vitrina_registry.api.writing import WritingWorld, create_write_router
from vitrina_registry.domain.window import StoredWindow
from vitrina_registry.use_cases import windows

router = create_write_router("/windows", tags=["windows"])


class WindowView(Window):
    revision: Annotated[int, Field(description="Also the ETag.")]
    updated_at: datetime
    updated_by: str

    @classmethod
    def of(cls, window: StoredWindow) -> "WindowView":
        return cls(
            name=window.name,
            revision=window.revision,
            updated_at=window.updated_at,
            updated_by=window.updated_by,
            **window.plan.model_dump(by_alias=True),
        )


async def _precondition(name: str, caller: Admin, world: WorldDep, if_match: IfMatchHeader) -> IfMatch:
    window = await windows.get_window(world, caller, name)
    precondition = parse_if_match(if_match)
    precondition.require(window.revision)
    return precondition


_Precondition = Annotated[IfMatch, Depends(_precondition)]


@router.get("")
async def list_windows(world: WorldDep, caller: Manager) -> Items[WindowView]:
    """Managers see those that name one of their sources exactly."""
    return Items(items=[WindowView.of(window) for window in await windows.list_windows(world, caller)])


@router.post("", status_code=status.HTTP_201_CREATED)
async def create_window(world: WritingWorld, caller: Admin, body: Window, response: Response) -> WindowView:
    """Becomes a silence of its next time within a minute, and of each time after it."""
    plan = WindowPlan.model_validate(body.model_dump(by_alias=True, exclude={"name"}))
    window = await windows.create_window(world, caller, body.name, plan)
    response.headers["Location"] = f"/api/registry/v1/windows/{window.name}"
    return _answer(window, response)


@router.get("/{name}")
async def get_window(world: WorldDep, caller: Manager, name: str, response: Response) -> WindowView:
    return _answer(await windows.get_window(world, caller, name), response)


@router.put("/{name}")
async def put_window(
    *, world: WritingWorld, caller: Admin, name: str, precondition: _Precondition, body: WindowPlan, response: Response
) -> WindowView:
    return _answer(await windows.change_window(world, caller, name, body, precondition), response)


@router.delete("/{name}", status_code=status.HTTP_204_NO_CONTENT)
async def delete_window(world: WritingWorld, caller: Admin, name: str, precondition: _Precondition) -> None:
    """What it silences now ends within a minute."""
    await windows.delete_window(world, caller, name, precondition)


def _answer(window: StoredWindow, response: Response) -> WindowView:
    response.headers["ETag"] = etag(window.revision)
    return WindowView.of(window)
