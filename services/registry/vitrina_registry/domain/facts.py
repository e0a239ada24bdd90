"""Device facts as they are stored, and as a table of text: CSV in and out."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, NamedTuple

from pydantic import TypeAdapter, ValidationError
from vitrina_contracts.facts import DeviceFacts, DeviceId, FactsItem
from vitrina_contracts.manifest import Text
from vitrina_contracts.names import ExporterName, SourceName

from vitrina_registry.domain.device_list import normalised
from vitrina_registry.domain.errors import FieldFault
from vitrina_registry.domain.fact_texts import text_of

FIELDS: Final = tuple(DeviceFacts.model_fields)
KEY_FIELDS: Final = ("platform", "source", "device_id")
MOST_ROWS: Final = 20_000

_NAMES: Final = (
    TypeAdapter[str](ExporterName),
    TypeAdapter[str](SourceName),
    TypeAdapter[str](DeviceId),
)
_NUMBERS: Final = frozenset({"latitude", "longitude"})
_TAG_ENDS: Final = re.compile(r"[,|]")
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")

_UNREADABLE: Final = Text(
    en="the first line must name the columns platform, source, device_id and the facts that follow",
    ru="первая строка должна называть столбцы platform, source, device_id и сведения за ними",
)
_TOO_MANY: Final = Text(en=f"at most {MOST_ROWS} lines at once", ru=f"не больше {MOST_ROWS} строк за раз")
_TWICE: Final = Text(en="this device stands in an earlier line", ru="это устройство уже стоит в строке выше")
_NOT_CSV: Final = Text(en="is not a line of CSV", ru="не является строкой CSV")


class DeviceKey(NamedTuple):
    """Compares in the order that lists have."""

    platform: str
    source: str
    device_id: str


class KeyPartError(ValueError):
    """One part of a device's identity does not fit."""

    def __init__(self, part: str, message: Text) -> None:
        super().__init__(message.en)
        self.part = part
        self.message = message


@dataclass(frozen=True)
class StoredFacts:
    key: DeviceKey
    facts: DeviceFacts | None
    """None: taken away."""
    version: int
    updated_at: datetime
    updated_by: str

    def item(self) -> FactsItem:
        given = self.facts.model_dump() if self.facts else {}
        return FactsItem(**self.key._asdict(), **given)


@dataclass(frozen=True)
class FactsRow:
    """What a line wants for a device: fields that it does not name stay."""

    line: int
    key: DeviceKey
    changes: Mapping[str, Any]


def checked_key(platform: str, source: str, device_id: str) -> DeviceKey:
    """Raises KeyPartError when a part is none that a device could have."""
    parts = []
    for name, adapter, value in zip(KEY_FIELDS, _NAMES, (platform, source, device_id), strict=True):
        try:
            parts.append(adapter.validate_python(value))
        except ValidationError as error:
            raise KeyPartError(name, text_of(error.errors(include_input=False)[0])) from None
    return DeviceKey(parts[0], parts[1], normalised(parts[2]))


def changed_facts(before: DeviceFacts | None, changes: Mapping[str, Any]) -> DeviceFacts:
    """Raises ValidationError. A change to null clears the field."""
    kept = (before or DeviceFacts()).model_dump()
    cleared = {name: [] if name == "tags" and value is None else value for name, value in changes.items()}
    return DeviceFacts.model_validate({**kept, **cleared})


def is_empty(facts: DeviceFacts) -> bool:
    return facts == DeviceFacts()


def row_faults(line: int, error: ValidationError) -> list[FieldFault]:
    """Names the line and the column; quotes nothing."""
    return [
        FieldFault(f"line {line}, {'.'.join(map(str, item['loc']))}", text_of(item))
        for item in error.errors(include_input=False, include_url=False)
    ]


def read_csv(content: bytes) -> tuple[list[FactsRow], list[FieldFault]]:
    """Rows, and what is wrong with the table. Comma, semicolon and tab separate; UTF-8, or as Russian Excel writes."""
    text = _decoded(content)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_separator(text), strict=False)
    try:
        lines = [(reader.line_num, row) for row in reader if any(cell.strip() for cell in row)]
    except csv.Error:
        return [], [FieldFault(f"line {reader.line_num}", _NOT_CSV)]
    if not lines:
        return [], [FieldFault("line 1", _UNREADABLE)]
    names = [cell.strip().lower() for cell in lines[0][1]]
    faults = _heading_faults(names)
    if len(lines) - 1 > MOST_ROWS:
        faults.append(FieldFault("body", _TOO_MANY))
    return ([], faults) if faults else _rows(names, lines[1:])


def write_csv(items: Iterable[StoredFacts], separator: str) -> Iterator[str]:
    """Lines; a spreadsheet does not take any cell for a formula, and the table can be read back."""
    yield _line([*KEY_FIELDS, *FIELDS], separator)
    for item in items:
        facts = item.facts.model_dump() if item.facts else {}
        yield _line([*map(harmless_cell, item.key), *(_written(name, facts.get(name)) for name in FIELDS)], separator)


def _rows(names: Sequence[str], lines: Sequence[tuple[int, list[str]]]) -> tuple[list[FactsRow], list[FieldFault]]:
    rows: list[FactsRow] = []
    faults: list[FieldFault] = []
    seen: set[DeviceKey] = set()
    for number, cells in lines:
        given = {name: _read(cell) for name, cell in zip(names, cells, strict=False)}
        try:
            key = checked_key(*(given.get(name, "") for name in KEY_FIELDS))
        except KeyPartError as error:
            faults.append(FieldFault(f"line {number}, {error.part}", error.message))
            continue
        if key in seen:
            faults.append(FieldFault(f"line {number}", _TWICE))
        seen.add(key)
        changes = {name: _value(name, given[name]) for name in FIELDS if name in given}
        rows.append(FactsRow(number, key, changes))
    return rows, faults


def _heading_faults(names: Sequence[str]) -> list[FieldFault]:
    if not set(KEY_FIELDS) <= set(names):
        return [FieldFault("line 1", _UNREADABLE)]
    known = {*KEY_FIELDS, *FIELDS}
    odd = [name for number, name in enumerate(names) if name not in known or name in names[:number]]
    return [
        FieldFault(
            "line 1",
            Text(
                en=f"column {name[:60]!r} is not known or stands twice",
                ru=f"столбец {name[:60]!r} неизвестен или повторён",
            ),
        )
        for name in odd[:20]
    ]


def _value(name: str, cell: str) -> Any:
    if not cell:
        return None
    if name == "tags":
        return [tag.strip() for tag in _TAG_ENDS.split(cell) if tag.strip()]
    return cell.replace(",", ".") if name in _NUMBERS else cell


def _written(name: str, value: Any) -> str:
    if value is None:
        return ""
    if name == "tags":
        return harmless_cell(", ".join(value))
    return str(value) if name in _NUMBERS else harmless_cell(str(value))


def harmless_cell(text: str) -> str:
    """Text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith((*_FORMULA, "'")) else text


def _read(cell: str) -> str:
    cell = cell.strip()
    return cell[1:] if cell.startswith("'") and cell[1:].startswith((*_FORMULA, "'")) else cell


def _line(cells: Sequence[str], separator: str) -> str:
    buffer = io.StringIO()
    csv.writer(buffer, delimiter=separator, lineterminator="\r\n").writerow(cells)
    return buffer.getvalue()


def _separator(text: str) -> str:
    heading = text.partition("\n")[0]
    return max((";", ",", "\t"), key=heading.count)


def _decoded(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1251", errors="replace")
