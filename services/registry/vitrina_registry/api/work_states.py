"""Who takes care of a device that is not as it should be: set for one, for many, for a whole site."""

from typing import Annotated

from fastapi import Depends, status
from pydantic import BaseModel, Field, model_validator
from vitrina_contracts.facts import Line
from vitrina_contracts.work import WorkItem, WorkState
from vitrina_kit.token_check import Manager

from vitrina_registry.api.deps import WorldDep
from vitrina_registry.api.fact_schemas import DeviceOfFacts
from vitrina_registry.api.facts import KeyPath
from vitrina_registry.api.schemas import Body
from vitrina_registry.api.writing import ManagersWritingWorld, create_write_router
from vitrina_registry.domain.facts import MOST_ROWS, DeviceKey, checked_key
from vitrina_registry.use_cases import work_states
from vitrina_registry.use_cases.work_states import WorkChanged

router = create_write_router("/work-states", tags=["work states"])


async def _own_place(caller: Manager, world: WorldDep, key: KeyPath) -> DeviceKey:
    await work_states.require_device_place(world, caller, key)
    return key


OwnPlace = Annotated[DeviceKey, Depends(_own_place)]
"""Key of a device whose source exists and is the caller's."""


class WorkBulk(Body):
    """Either `devices` or `site`."""

    devices: list[DeviceOfFacts] = Field(default_factory=list, max_length=MOST_ROWS)
    site: Annotated[Line | None, Field(description="All devices that stand there now.")] = None
    work: Annotated[WorkState | None, Field(description="null takes it away.")]

    @model_validator(mode="after")
    def _one_of_both(self) -> "WorkBulk":
        if bool(self.devices) == bool(self.site):
            raise ValueError("name either devices or a site")
        return self

    def keys(self) -> list[DeviceKey]:
        return list(dict.fromkeys(checked_key(item.platform, item.source, item.device_id) for item in self.devices))


class WorkReport(BaseModel):
    before: Annotated[list[WorkItem], Field(description="What changed, each device as it was before.")]
    unchanged: int

    @classmethod
    def of(cls, changed: WorkChanged) -> "WorkReport":
        return cls(**vars(changed))


@router.post("/bulk")
async def change_work_states(world: ManagersWritingWorld, caller: Manager, body: WorkBulk) -> WorkReport:
    """The same state for many devices or all of a site; all or none."""
    if body.site:
        return WorkReport.of(await work_states.set_work_of_site(world, caller, body.site, body.work))
    return WorkReport.of(await work_states.set_work(world, caller, body.keys(), body.work))


@router.put("/{platform}/{source}/{device_id:path}")
async def put_work_state(world: ManagersWritingWorld, caller: Manager, key: OwnPlace, body: WorkState) -> WorkReport:
    return WorkReport.of(await work_states.set_work(world, caller, [key], body))


@router.delete("/{platform}/{source}/{device_id:path}", status_code=status.HTTP_204_NO_CONTENT)
async def delete_work_state(world: ManagersWritingWorld, caller: Manager, key: OwnPlace) -> None:
    """Also when there is none."""
    await work_states.set_work(world, caller, [key], None)
