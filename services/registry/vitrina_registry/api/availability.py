from datetime import date
from typing import Annotated

from fastapi import Depends, Query
from pydantic import BaseModel, Field
from vitrina_contracts.names import SourceName
from vitrina_kit.http_app import create_router
from vitrina_kit.pagination import PageQuery, next_cursor
from vitrina_kit.token_check import Manager

from vitrina_registry.api.deps import WorldDep
from vitrina_registry.api.schemas import Items
from vitrina_registry.domain.availability import Group, Question, Sums
from vitrina_registry.use_cases import availability

router = create_router(tags=["availability"])


class AvailabilityView(BaseModel):
    """Seconds, added up over the devices and days of a source, site or device."""

    platform: str
    source: str
    site: Annotated[str | None, Field(description="As people say now; null when nobody does, or not asked for.")]
    device_id: Annotated[str | None, Field(description="Null unless grouped by device.")]
    devices: int
    device_days: Annotated[int, Field(description="A device counts on each day on which it was known.")]
    online: int
    offline: Annotated[int, Field(description="Dark although it should have been on.")]
    planned: Annotated[int, Field(description="Dark while its place was closed.")]
    unknown: Annotated[int, Field(description="The vendor did not tell.")]
    not_measured: Annotated[int, Field(description="We did not measure.")]
    online_share: Annotated[float | None, Field(description="online / (online + offline); null when neither was told.")]

    @classmethod
    def of(cls, sums: Sums) -> "AvailabilityView":
        return cls(**vars(sums), not_measured=sums.not_measured, online_share=sums.online_share)


async def _question(
    first: Annotated[date, Query(alias="from", description="First day, of UTC.")],
    last: Annotated[date, Query(alias="to", description="Last day, included.")],
    group: Annotated[Group, Query(description="What is added up.")] = Group.SOURCE,
    source: Annotated[SourceName | None, Query()] = None,
) -> Question:
    return Question(first, last, group, source)


TheQuestion = Annotated[Question, Depends(_question)]


@router.get("/availability")
async def report_availability(
    world: WorldDep, caller: Manager, question: TheQuestion, page: PageQuery
) -> Items[AvailabilityView]:
    """How long devices were on, by source, site or device; closed days alone, of deleted sources, too."""
    bound_to = ("availability", *map(str, vars(question).values()))
    after = page.after(list, *bound_to)
    after = None if after is None else [str(part).replace("\0", "") for part in after]
    found = await availability.report(world, caller, question, after, page.limit + 1)
    cursor = next_cursor([_key(sums) for sums in found], page.limit, *bound_to)
    return Items(items=[AvailabilityView.of(sums) for sums in found[: page.limit]], next_cursor=cursor)


def _key(sums: Sums) -> list[str]:
    return [sums.platform, sums.source, sums.site or "", sums.device_id or ""]
