from datetime import datetime
from typing import Annotated

from fastapi import Path, Query, status
from pydantic import BaseModel, Field
from vitrina_contracts.names import SourceName
from vitrina_contracts.operations import OperationKind, OperationState
from vitrina_kit.pagination import PageQuery, next_cursor
from vitrina_kit.token_check import Admin

from vitrina_registry.api.deps import WorldDep
from vitrina_registry.api.schemas import Items
from vitrina_registry.api.writing import WritingWorld, create_write_router
from vitrina_registry.domain.operation import Operation
from vitrina_registry.use_cases import operations

router = create_write_router("/operations", tags=["operations"])

_Number = Annotated[int, Path(ge=1, le=2**62)]


class OperationView(BaseModel):
    """Removal of series from Prometheus."""

    id: int
    kind: OperationKind
    state: OperationState
    platform: str
    exporter: str | None
    source: str | None
    actor: Annotated[str, Field(description="Who deleted what the series are of; `system`: nobody.")]
    created_at: datetime
    due_at: Annotated[datetime, Field(description="When it starts, or is tried again.")]
    attempts: Annotated[int, Field(description="Tries that failed.")]
    series: Annotated[int | None, Field(description="How many there were at the deletion; null until counted.")]
    reason: Annotated[str | None, Field(description="Why the last try failed.")]
    until: Annotated[datetime | None, Field(description="Only samples before it are removed; null: all.")]
    ended_at: datetime | None
    freed_at: Annotated[datetime | None, Field(description="When the disk space was given back.")]

    @classmethod
    def of(cls, operation: Operation) -> "OperationView":
        return cls(**vars(operation))


@router.get("")
async def list_operations(
    *,
    world: WorldDep,
    _caller: Admin,
    page: PageQuery,
    state: Annotated[list[OperationState], Query(description="In one of these states; may repeat.")] = [],  # noqa: B006 - FastAPI copies it
    source: Annotated[SourceName | None, Query()] = None,
) -> Items[OperationView]:
    """Removals of series, newest first."""
    bound_to = ("operations", *state, source)
    found = await operations.list_operations(world, state, source, page.after(int, *bound_to), page.limit + 1)
    cursor = next_cursor([item.id for item in found], page.limit, *bound_to)
    return Items(items=[OperationView.of(item) for item in found[: page.limit]], next_cursor=cursor)


@router.post("/{number}/cancel")
async def cancel_operation(world: WritingWorld, caller: Admin, number: _Number) -> OperationView:
    """The series stay, and the name of the source can be used again."""
    return OperationView.of(await operations.cancel(world, caller, number))


@router.post("/{number}/run", status_code=status.HTTP_202_ACCEPTED)
async def run_operation(world: WritingWorld, caller: Admin, number: _Number) -> OperationView:
    """The series are removed now, without the rest of the grace; of orphans: at all."""
    return OperationView.of(await operations.hasten(world, caller, number))
