"""What the orchestrator saw. It never changes a revision: observing is not declaring."""

from vitrina_contracts.events import ExporterStatusChanged

from vitrina_registry.use_cases.ports import World


async def record_observed(world: World, status: ExporterStatusChanged) -> bool:
    """Keeps the newest observation of an exporter, whatever order they come in; tells whether this was it."""
    async with world.unit_of_work() as uow:
        recorded = await uow.exporters.record_observed(status.exporter, status.observed)
        await uow.commit()
    return recorded
