"""Exporter types, and the exporters that exist from the first start."""

from vitrina_registry.domain.audit import SYSTEM
from vitrina_registry.domain.catalogue import ExporterType
from vitrina_registry.domain.errors import ConflictError
from vitrina_registry.domain.exporter import Declared, Exporter
from vitrina_registry.use_cases.changes import commit_exporter
from vitrina_registry.use_cases.ports import World


async def ensure_singletons(world: World) -> None:
    """Creates the exporter of each singleton type that has never existed; a deleted one stays deleted."""
    for kind in world.catalogue.singletons():
        await _ensure(world, kind)


async def _ensure(world: World, kind: ExporterType) -> None:
    async with world.unit_of_work() as uow:
        if await uow.exporters.find(kind.name) is not None:
            return
        exporter = Exporter.first(kind.name, kind.name, Declared(), world.now())
        try:
            await uow.exporters.add(exporter)
        except ConflictError:  # another registry starts at the same time
            return
        await commit_exporter(uow, SYSTEM, "created", None, exporter)
