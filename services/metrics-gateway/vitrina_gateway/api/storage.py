"""How much history is stored, for those who run the installation."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field
from vitrina_kit.http_app import create_router
from vitrina_kit.token_check import Admin

from vitrina_gateway.api.deps import TheParts
from vitrina_gateway.domain.device import moment
from vitrina_gateway.use_cases.storage import show_storage

router = create_router("/storage", tags=["storage"])


class StorageAnswer(BaseModel):
    """Of Prometheus; null: it does not tell."""

    series: Annotated[int | None, Field(description="That are measured now, or were in the last hours.")]
    bytes: Annotated[int | None, Field(description="On disk.")]
    limit_bytes: Annotated[
        int | None, Field(description="VITRINA_PROMETHEUS_RETENTION_SIZE; null also when there is none.")
    ]
    bytes_a_day: Annotated[float | None, Field(description="Growth of the last day.")]
    days_left: Annotated[
        float | None, Field(description="Until the limit is reached and the oldest is dropped; null: never.")
    ]
    oldest: Annotated[datetime | None, Field(description="Of the oldest sample.")]
    applied_by: Annotated[str, Field(description="What it takes for a change of the limits in .env to apply.")] = (
        "restart"
    )


@router.get("", operation_id="getStorage")
async def storage(_caller: Admin, parts: TheParts) -> StorageAnswer:
    """What is stored, how it grows, and when the oldest is dropped for lack of space."""
    found = await show_storage(parts.prometheus)
    return StorageAnswer(
        series=found.series,
        bytes=found.size,
        limit_bytes=found.limit,
        bytes_a_day=found.growth,
        days_left=found.days_left,
        oldest=moment(found.oldest),
    )
