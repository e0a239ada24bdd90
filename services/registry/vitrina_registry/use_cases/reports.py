"""Reports by e-mail, as admins set them.

Managers set none: what a manager may see is known when the manager asks, not weeks later when a report is sent.
"""

from uuid import uuid4

from vitrina_contracts.reports import ReportPlan
from vitrina_contracts.tokens import Claims

from vitrina_registry.domain.audit import AuditEntry
from vitrina_registry.domain.report import (
    MOST,
    Report,
    Sending,
    no_mail_server,
    no_report,
    report_taken,
    too_many_reports,
)
from vitrina_registry.use_cases.named import change_entry, check_sources, storable
from vitrina_registry.use_cases.ports import Precondition, UnitOfWork, World


async def list_reports(world: World) -> list[tuple[Report, Sending | None]]:
    """By name, each with its last sending."""
    async with world.unit_of_work() as uow:
        reports = await uow.reports.all()
        last = await uow.reports.last_sendings([report.id for report in reports])
    return [(report, last.get(report.id)) for report in reports]


async def get_report(world: World, name: str) -> tuple[Report, Sending | None]:
    """With its last sending. Raises NotFoundError."""
    async with world.unit_of_work() as uow:
        report = await _find(uow, name)
        last = await uow.reports.last_sendings([report.id])
    return report, last.get(report.id)


async def create_report(world: World, caller: Claims, name: str, plan: ReportPlan) -> Report:
    """Raises ConflictError (name taken, too many) or InvalidError (unknown source)."""
    async with world.unit_of_work() as uow:
        await uow.reports.lock()
        present = await uow.reports.all()
        if any(report.name == name for report in present):
            raise report_taken(name)
        if len(present) >= MOST:
            raise too_many_reports()
        await check_sources(uow, plan.sources)
        now = world.now()
        report = Report(uuid4().hex, name, plan, since=now, revision=1, updated_at=now, updated_by=caller.sub)
        await _store(uow, report, change_entry(world, caller, "report_created", None, report))
    return report


async def change_report(
    world: World, caller: Claims, name: str, plan: ReportPlan, precondition: Precondition
) -> tuple[Report, Sending | None]:
    """Raises NotFoundError or InvalidError. Sources that it had and that were deleted since may stay."""
    async with world.unit_of_work() as uow:
        await uow.reports.lock()
        before = await _find(uow, name)
        precondition.require(before.revision)
        await check_sources(uow, tuple(source for source in plan.sources if source not in before.plan.sources))
        last = (await uow.reports.last_sendings([before.id])).get(before.id)
        if before.plan == plan:
            return before, last
        after = before.changed(plan, world.now(), caller.sub)
        await _store(uow, after, change_entry(world, caller, "report_updated", before, after))
    return after, last


async def delete_report(world: World, caller: Claims, name: str, precondition: Precondition) -> None:
    """Raises NotFoundError."""
    async with world.unit_of_work() as uow:
        await uow.reports.lock()
        report = await _find(uow, name)
        precondition.require(report.revision)
        await uow.reports.delete(report)
        uow.record(change_entry(world, caller, "report_deleted", report, None))
        await uow.commit()


async def ask_for_sending(world: World, caller: Claims, name: str) -> Sending:
    """Now, also while it is paused, about the days before today. Raises NotFoundError, or ConflictError: no server."""
    if world.mailer is None:
        raise no_mail_server()
    async with world.unit_of_work() as uow:
        report = await _find(uow, name)
        sending = Sending.new(report, world.now(), caller.sub)
        await uow.reports.plan_sending(sending)
        uow.record(change_entry(world, caller, "report_asked_for", None, report))
        await uow.commit()
    return sending


async def list_sendings(world: World, name: str, limit: int) -> list[Sending]:
    """The newest first. Raises NotFoundError."""
    async with world.unit_of_work() as uow:
        return await uow.reports.sendings(await _find(uow, name), limit)


async def _store(uow: UnitOfWork, report: Report, entry: AuditEntry) -> None:
    await uow.reports.save(report)
    uow.record(entry)
    await uow.commit()


async def _find(uow: UnitOfWork, name: str) -> Report:
    report = await uow.reports.find(storable(name))
    if report is None:
        raise no_report(name)
    return report
