"""Daily rows of devices: which days are missing, what the gateway computed, and reports over them."""

from collections.abc import Sequence
from datetime import timedelta
from typing import IO, Final

from vitrina_contracts.availability import AvailabilityPart, AvailabilityTask
from vitrina_contracts.manifest import Text
from vitrina_contracts.tokens import ALL_SOURCES, Claims
from vitrina_kit.workbook import MOST_ROWS, NoRoomError, TooManyRowsError

from vitrina_registry.domain.availability import LONGEST_DAYS, LOOK_BACK_DAYS, Question, Sums, closed_days
from vitrina_registry.domain.availability_table import HEADINGS, Language, cells
from vitrina_registry.domain.errors import FieldFault, UnavailableError, invalid
from vitrina_registry.domain.scope import sees_all
from vitrina_registry.use_cases.ports import World

_MOST_TASKS: Final = 20
_NO_ROOM: Final = Text(en="The disk for workbooks is full: take the CSV.", ru="Для книги нет места: возьмите CSV.")


async def missing(world: World) -> list[AvailabilityTask]:
    """Closed days of sources that are not stored, the newest first; a handful at a time."""
    found: list[AvailabilityTask] = []
    async with world.unit_of_work() as uow:
        exporters = await uow.exporters.all()
        stored = await uow.availability.stored_days((world.now() - timedelta(days=LOOK_BACK_DAYS + 2)).date())
        for exporter in exporters:
            for source in await uow.sources.of(exporter.name):
                found += [
                    AvailabilityTask(platform=exporter.type, source=source.name, day=day, labels=dict(source.labels))
                    for day in closed_days(world.now(), source.created_at.date())
                    if (exporter.type, source.name, day) not in stored
                ]
    return sorted(found, key=lambda task: (task.day, task.platform, task.source), reverse=True)[:_MOST_TASKS]


async def store(world: World, part: AvailabilityPart) -> None:
    """The same day again changes nothing, or fills in what was not measured before."""
    async with world.unit_of_work() as uow:
        await uow.availability.store(part, world.now())
        await uow.commit()


async def report(
    world: World, caller: Claims, question: Question, after: Sequence[str] | None, limit: int | None
) -> list[Sums]:
    """Of the caller's sources, those that were deleted included. Raises InvalidError."""
    if question.last < question.first or (question.last - question.first).days > LONGEST_DAYS:
        message = Text(
            en="a day from `from` on, and at most ten years behind it",
            ru="день не раньше `from` и не позже чем через десять лет после него",
        )
        raise invalid([FieldFault("to", message)])
    scope = None if sees_all(caller) or ALL_SOURCES in caller.sources else caller.sources
    async with world.unit_of_work() as uow:
        return await uow.availability.sums(question, scope, after, limit)


async def workbook(world: World, caller: Claims, question: Question, language: Language) -> IO[bytes]:
    """The report as a file to be closed.

    Raises:
        InvalidError: of the question, or more rows than a sheet holds.
        UnavailableError: no room on the disk.
    """
    found = await report(world, caller, question, None, MOST_ROWS + 1)
    try:
        return await world.workbooks.write(HEADINGS[language], map(cells, found), "")
    except TooManyRowsError:
        message = Text(
            en=f"a sheet holds {MOST_ROWS:,} rows: ask for one source, or take the CSV",
            ru=f"на листе помещается {MOST_ROWS:,} строк: выберите один источник или возьмите CSV",
        )
        raise invalid([FieldFault("group", message)]) from None
    except NoRoomError as error:
        raise UnavailableError(_NO_ROOM) from error
