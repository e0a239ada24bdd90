"""Sending of reports: what is due becomes a row, and each row is sent by one registry.

The row is made by whoever comes first (its key is report and moment), claimed for a while in a transaction, and settled
in another when the mail server has answered. A registry that dies in between leaves a claim that ends.
"""

import asyncio
from typing import Final

import structlog
from prometheus_client import Counter
from vitrina_contracts.reports import ReportPlan, SendingState
from vitrina_kit.workbook import NoRoomError, TooManyRowsError, chunks, size_of

from vitrina_registry.domain.availability import Group, Question, Sums
from vitrina_registry.domain.availability_table import HEADINGS, cells
from vitrina_registry.domain.report import KEPT_FOR, Report, Sending, last_due
from vitrina_registry.use_cases.ports import World
from vitrina_registry.use_cases.report_ports import Mail, MailError

log = structlog.get_logger(__name__)

LARGEST_WORKBOOK_BYTES: Final = 8 << 20
"""Mail servers commonly take 10 MB, and an attachment grows by a third on the way."""
_TRY_SECONDS: Final = 300
_NO_SERVER: Final = "no mail server is set (VITRINA_SMTP_HOST, VITRINA_SMTP_FROM)"
TRIES: Final = Counter("vitrina_report_tries", "Tries to send a report by e-mail.", ["outcome"])


async def plan_due(world: World) -> None:
    """Makes rows of what is due. Of several moments that were missed only the last is made up for."""
    now = world.now()
    async with world.unit_of_work() as uow:
        for report in await uow.reports.all():
            due_at = last_due(report.plan, now)
            if report.plan.enabled and due_at > report.since:
                await uow.reports.plan_sending(Sending.new(report, due_at))
        await uow.reports.forget(now - KEPT_FOR)
        await uow.commit()


async def send_next(world: World) -> bool:
    """Whether there was one to send."""
    async with world.unit_of_work() as uow:
        sending = await uow.reports.claim(world.now())
        report = None if sending is None else await uow.reports.find_by_id(sending.report_id)
        await uow.commit()
    if sending is None or report is None:
        return False
    settled = await _tried(world, report, sending)
    TRIES.labels("sent" if settled.state is SendingState.SENT else "failed").inc()
    log.info("report_tried", report=report.name, state=settled.state, attempts=settled.attempts, reason=settled.reason)
    async with world.unit_of_work() as uow:
        await uow.reports.settle(settled)
        await uow.commit()
    return True


async def _tried(world: World, report: Report, sending: Sending) -> Sending:
    if world.mailer is None:
        return sending.failed(world.now(), _NO_SERVER)
    try:
        async with asyncio.timeout(_TRY_SECONDS):
            refused = await world.mailer.send(await _mail(world, report, sending))
    except MailError as error:
        return sending.failed(world.now(), str(error))
    except TimeoutError:
        return sending.failed(world.now(), f"not done within {_TRY_SECONDS} seconds")
    return sending.sent(world.now(), refused)


async def _mail(world: World, report: Report, sending: Sending) -> Mail:
    plan, period = report.plan, sending.period
    question = Question(period.first, period.last, Group(plan.group))
    async with world.unit_of_work() as uow:
        rows = await uow.availability.sums(question, list(plan.sources) or None, None, None)
    return Mail(
        key=f"{report.id}.{sending.due_at:%Y%m%dT%H%M%S.%f}",
        name=report.name,
        language=plan.language,
        period=period,
        group=plan.group,
        rows=rows,
        recipients=plan.recipients,
        workbook=await _workbook(world, plan, rows),
    )


async def _workbook(world: World, plan: ReportPlan, rows: list[Sums]) -> bytes | None:
    """None: larger than mail servers take."""
    try:
        file = await world.workbooks.write(HEADINGS[plan.language], map(cells, rows), "")
    except TooManyRowsError:
        return None
    except NoRoomError as error:
        raise MailError("no room on the disk for the workbook") from error
    if size_of(file) > LARGEST_WORKBOOK_BYTES:
        file.close()
        return None
    return b"".join(chunks(file))
