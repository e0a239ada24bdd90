"""The devices of a source whose type has a list of them: shown, added to, taken from; all lines or none."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from vitrina_contracts.manifest import Text
from vitrina_contracts.tokens import Claims

from vitrina_registry.domain.device_list import DevicesChange, DevicesPlan, LineReport, Outcome, plan_devices
from vitrina_registry.domain.errors import FieldFault, InvalidError, NotFoundError, invalid
from vitrina_registry.domain.exporter import Exporter
from vitrina_registry.domain.source import Source
from vitrina_registry.use_cases.changes import find_exporter, lock_exporter, note_source
from vitrina_registry.use_cases.overlap import devices_elsewhere, devices_of
from vitrina_registry.use_cases.ports import Precondition, World
from vitrina_registry.use_cases.source_config import check_written, exporter_type
from vitrina_registry.use_cases.sources import cycle_of, find_source


@dataclass(frozen=True)
class DevicesChanged:
    revision: int
    devices: int
    cycle_seconds: float
    reports: Sequence[LineReport]


async def list_devices(world: World, exporter_name: str, name: str) -> list[str]:
    """As they are written, in the order of the configuration. Raises NotFoundError when the type has no such list."""
    async with world.unit_of_work() as uow:
        exporter = await find_exporter(uow, exporter_name)
        source = await find_source(uow, exporter_name, name)
    return devices_of(source, device_field(world, exporter))


async def change_devices(
    world: World,
    caller: Claims,
    exporter_name: str,
    name: str,
    change: DevicesChange,
    *,
    precondition: Precondition | None,
) -> DevicesChanged:
    """Adding what is there and removing what is not changes nothing.

    Raises:
        InvalidError: a line is no device, or another source has it; nothing was changed.
    """
    async with world.unit_of_work() as uow:
        exporter = await lock_exporter(uow, exporter_name)
        before = await find_source(uow, exporter_name, name)
        if precondition is not None:
            precondition.require(before.revision, exporter.revision)
        field = device_field(world, exporter)
        present = devices_of(before, field)
        plan = plan_devices(present, change, await devices_elsewhere(world, uow, exporter, name))
        faults = _faults(world, exporter, before, field, plan)
        if faults:
            raise invalid(faults)
        if plan.devices == present:
            return _changed(world, exporter, before, plan)
        exporter = exporter.source_changed(world.now())
        after = replace(before, config={**before.config, field: plan.devices})
        after = after.at(exporter.revision, exporter.updated_at)
        await uow.sources.save(after)
        await note_source(uow, caller.sub, "source_devices_changed", exporter, before=before, after=after)
        await uow.commit()
    return _changed(world, exporter, after, plan)


def _changed(world: World, exporter: Exporter, source: Source, plan: DevicesPlan) -> DevicesChanged:
    return DevicesChanged(source.revision, len(plan.devices), cycle_of(world, exporter, source), plan.reports)


def device_field(world: World, exporter: Exporter) -> str:
    """The one property that lists devices. Raises NotFoundError: the vendor lists them, or there are several."""
    fields = sorted(exporter_type(world, exporter.type).manifest.device_fields())
    if len(fields) != 1:
        raise NotFoundError(
            Text(
                en=f"Sources of type {exporter.type} have no list of devices: the vendor gives it.",
                ru=f"У источников типа {exporter.type} нет списка устройств: его даёт вендор.",  # noqa: RUF001 - Russian
            )
        )
    return fields[0]


def _faults(world: World, exporter: Exporter, before: Source, field: str, plan: DevicesPlan) -> list[FieldFault]:
    """What the type's schema says of the whole, new devices named by their lines; then devices of other sources."""
    faults: list[FieldFault] = []
    try:
        check_written(world, exporter_type(world, exporter.type), {**before.config, field: plan.devices}, before)
    except InvalidError as error:
        first_new = len(plan.devices) - len(plan.added)
        lines = {f"config.{field}[{first_new + at}]": f"line {line.number}" for at, line in enumerate(plan.added)}
        faults = [FieldFault(lines.get(fault.field, fault.field), fault.message) for fault in error.faults]
    for report in plan.reports:
        if report.outcome is Outcome.IN_OTHER_SOURCE and report.detail is not None:
            faults.append(FieldFault(f"line {report.line.number}", report.detail))
    return faults
