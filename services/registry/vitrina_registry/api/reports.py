"""Reports of availability by e-mail on a schedule; for admins."""

from datetime import date, datetime
from typing import Annotated

from fastapi import Depends, Query, Response, status
from pydantic import BaseModel, Field
from vitrina_contracts.reports import Report as ReportBody
from vitrina_contracts.reports import ReportPlan, SendingState
from vitrina_kit.if_match import IfMatch, IfMatchHeader, etag, parse_if_match
from vitrina_kit.token_check import Admin

from vitrina_registry.api.deps import WorldDep
from vitrina_registry.api.schemas import Items
from vitrina_registry.api.writing import WritingWorld, create_write_router
from vitrina_registry.domain.report import Report, Sending
from vitrina_registry.use_cases import reports

router = create_write_router("/reports", tags=["reports"])


class SendingView(BaseModel):
    due_at: datetime
    first: Annotated[date, Field(description="First day of the report, of UTC.")]
    last: Annotated[date, Field(description="Last day, included.")]
    asked_by: Annotated[str | None, Field(description="Null: sent by the clock.")]
    state: SendingState
    attempts: int
    next_at: Annotated[datetime | None, Field(description="Of the next try; null when there is none.")]
    reason: Annotated[str | None, Field(description="Why the last try failed, or which addresses were refused.")]
    sent_at: datetime | None

    @classmethod
    def of(cls, sending: Sending) -> "SendingView":
        return cls(
            due_at=sending.due_at,
            first=sending.period.first,
            last=sending.period.last,
            asked_by=sending.asked_by,
            state=sending.state,
            attempts=sending.attempts,
            next_at=sending.next_at if sending.state is SendingState.WAITING else None,
            reason=sending.reason,
            sent_at=sending.sent_at,
        )


class ReportView(ReportBody):
    revision: Annotated[int, Field(description="Also the ETag.")]
    updated_at: datetime
    updated_by: str
    last_sending: SendingView | None

    @classmethod
    def of(cls, report: Report, last: Sending | None) -> "ReportView":
        return cls(
            name=report.name,
            revision=report.revision,
            updated_at=report.updated_at,
            updated_by=report.updated_by,
            last_sending=SendingView.of(last) if last else None,
            **dict(report.plan),
        )


async def _precondition(name: str, _caller: Admin, world: WorldDep, if_match: IfMatchHeader) -> IfMatch:
    report, _ = await reports.get_report(world, name)
    precondition = parse_if_match(if_match)
    precondition.require(report.revision)
    return precondition


_Precondition = Annotated[IfMatch, Depends(_precondition)]


@router.get("")
async def list_reports(world: WorldDep, _caller: Admin) -> Items[ReportView]:
    """By name, each with its last sending."""
    return Items(items=[ReportView.of(report, last) for report, last in await reports.list_reports(world)])


@router.post("", status_code=status.HTTP_201_CREATED)
async def create_report(world: WritingWorld, caller: Admin, body: ReportBody, response: Response) -> ReportView:
    """Sent first at its next time from now on."""
    plan = ReportPlan.model_validate(body.model_dump(exclude={"name"}))
    report = await reports.create_report(world, caller, body.name, plan)
    response.headers["Location"] = f"/api/registry/v1/reports/{report.name}"
    return _answer(report, None, response)


@router.get("/{name}")
async def get_report(world: WorldDep, _caller: Admin, name: str, response: Response) -> ReportView:
    return _answer(*await reports.get_report(world, name), response)


@router.put("/{name}")
async def put_report(
    *, world: WritingWorld, caller: Admin, name: str, precondition: _Precondition, body: ReportPlan, response: Response
) -> ReportView:
    """`enabled: false` pauses it; what was due meanwhile is not made up for."""
    return _answer(*await reports.change_report(world, caller, name, body, precondition), response)


@router.delete("/{name}", status_code=status.HTTP_204_NO_CONTENT)
async def delete_report(world: WritingWorld, caller: Admin, name: str, precondition: _Precondition) -> None:
    await reports.delete_report(world, caller, name, precondition)


@router.post("/{name}/send", status_code=status.HTTP_202_ACCEPTED)
async def send_report(world: WritingWorld, caller: Admin, name: str) -> SendingView:
    """Within seconds, about the days before today; `/sendings` tells what became of it."""
    return SendingView.of(await reports.ask_for_sending(world, caller, name))


@router.get("/{name}/sendings")
async def list_sendings(
    world: WorldDep, _caller: Admin, name: str, limit: Annotated[int, Query(ge=1, le=100)] = 20
) -> Items[SendingView]:
    """The newest first; they are kept for a year."""
    return Items(items=[SendingView.of(each) for each in await reports.list_sendings(world, name, limit)])


def _answer(report: Report, last: Sending | None, response: Response) -> ReportView:
    response.headers["ETag"] = etag(report.revision)
    return ReportView.of(report, last)
