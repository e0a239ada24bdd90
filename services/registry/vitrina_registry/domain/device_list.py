"""The devices of a source as a collection: what comes, what goes, and what became of each line that was sent."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from vitrina_contracts.manifest import Text

_MAC: Final = re.compile(r"[0-9A-Fa-f]{12}|[0-9A-Fa-f]{2}(?::[0-9A-Fa-f]{2}){5}|[0-9A-Fa-f]{2}(?:-[0-9A-Fa-f]{2}){5}")
_SEPARATORS: Final = re.compile(r"[:-]")
_HEADINGS: Final = frozenset({"mac", "macs", "mac address", "mac-адрес", "device", "device_id", "устройство", "id"})
_CELL_ENDS: Final = re.compile(r"[,;\t]")
MOST_LINES: Final = 20_000


class Outcome(StrEnum):
    ADDED = "added"
    ALREADY_THERE = "already_there"
    REPEATED = "repeated"
    """The same device stands in an earlier line."""
    IN_OTHER_SOURCE = "in_other_source"
    REMOVED = "removed"
    NOT_THERE = "not_there"


@dataclass(frozen=True)
class Line:
    """One line as sent; numbered from 1."""

    number: int
    value: str


@dataclass(frozen=True)
class LineReport:
    line: Line
    outcome: Outcome
    detail: Text | None = None
    """Why it is refused, or which other source has the device."""


@dataclass(frozen=True)
class DevicesChange:
    add: Sequence[Line]
    remove: Sequence[Line]
    accept_shared: bool = False
    """Devices that another source has already are added as well."""


@dataclass(frozen=True)
class DevicesPlan:
    """Present devices keep their place and spelling; new ones follow in the order they were sent."""

    devices: list[str]
    added: list[Line]
    """The lines whose devices stand at the end of `devices`, in the same order."""
    reports: list[LineReport]


def normalised(device: str) -> str:
    """One spelling for a device: MAC addresses are written in three ways."""
    if not _MAC.fullmatch(device):
        return device
    digits = _SEPARATORS.sub("", device).upper()
    return ":".join(digits[at : at + 2] for at in range(0, 12, 2))


def lines_of(values: Iterable[str]) -> list[Line]:
    return [Line(number, value.strip()) for number, value in enumerate(values, 1)]


def pasted_lines(text: str) -> list[Line]:
    """The first cell of each line of a paste or a CSV; a heading and empty lines are left out."""
    cells = [
        Line(number, _CELL_ENDS.split(line, maxsplit=1)[0].strip().strip('"').strip())
        for number, line in enumerate(text.removeprefix("\ufeff").splitlines(), 1)
    ]
    first = next((cell for cell in cells if cell.value), None)
    heading = first if first is not None and first.value.lower() in _HEADINGS else None
    return [cell for cell in cells if cell.value and cell is not heading]


def plan_devices(present: Sequence[str], change: DevicesChange, elsewhere: Mapping[str, str]) -> DevicesPlan:
    """What the list will be.

    Args:
        present: devices of the source, as they are written there.
        change: what comes and what goes; removing is done first.
        elsewhere: normalised devices of other sources, and the name of a source that has it.
    """
    wanted_gone = {normalised(line.value) for line in change.remove}
    there = {normalised(device) for device in present}
    reports = [
        LineReport(line, Outcome.REMOVED if normalised(line.value) in there else Outcome.NOT_THERE)
        for line in change.remove
    ]
    kept = [device for device in present if normalised(device) not in wanted_gone]
    known = {normalised(device) for device in kept}
    added: list[Line] = []
    sent: set[str] = set()
    for line in change.add:
        report = _adding(line, known, sent, elsewhere, accept_shared=change.accept_shared)
        if report.outcome is Outcome.ADDED:
            added.append(line)
        sent.add(normalised(line.value))
        reports.append(report)
    return DevicesPlan([*kept, *(line.value for line in added)], added, reports)


def _adding(
    line: Line, known: set[str], sent: set[str], elsewhere: Mapping[str, str], *, accept_shared: bool
) -> LineReport:
    device = normalised(line.value)
    if device in sent:
        return LineReport(line, Outcome.REPEATED)
    if device in known:
        return LineReport(line, Outcome.ALREADY_THERE)
    other = elsewhere.get(device)
    if other is None:
        return LineReport(line, Outcome.ADDED)
    return LineReport(line, Outcome.ADDED if accept_shared else Outcome.IN_OTHER_SOURCE, shared_with(other))


def shared_with(source: str) -> Text:
    return Text(en=f"the source {source} has this device too", ru=f"это устройство есть и в источнике {source}")
