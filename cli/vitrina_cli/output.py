"""What a command prints: a table for people, JSON, YAML or CSV for programs. Only results go to stdout."""

import csv
import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Final

import yaml
from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table


class Format(StrEnum):
    TABLE = "table"
    JSON = "json"
    YAML = "yaml"
    CSV = "csv"


_ENDLESS: Final = 100_000
"""Characters of a line."""

Columns = Mapping[str, str]
"""Headings, and where their values lie in a record: `observed.phase`."""
Record = Mapping[str, Any]

_COLOURS: Final = {
    "online": "green", "offline": "red", "unknown": "yellow",
    "running": "green", "failed": "red", "crash_looping": "red", "degraded": "yellow",
    "firing": "red", "critical": "red", "warning": "yellow",
}  # fmt: skip
"""Of words that say how something is; the word itself always stands there, too."""


def show(records: Iterable[Record], columns: Columns, form: Format) -> None:
    """A list. JSON and YAML hold all that the API said, a table and a CSV the columns."""
    listed = list(records)
    if form is Format.TABLE:
        _print_table(listed, columns)
    elif form is Format.CSV:
        _print_csv(listed, columns)
    else:
        _dump(listed, form)


def show_one(record: Record, form: Format) -> None:
    """One thing, with everything that is known of it."""
    if form in {Format.JSON, Format.YAML}:
        _dump(record, form)
        return
    rows = [{"field": name, "value": _plain(value)} for name, value in record.items()]
    columns = {"FIELD": "field", "VALUE": "value"}
    if form is Format.CSV:
        _print_csv(rows, columns)
    else:
        _print_table(rows, columns)


def say(sentence: str) -> None:
    """What happened, for people: on stderr, so that a pipe gets results only."""
    Console(stderr=True, highlight=False, soft_wrap=True, emoji=False).print(escape(sentence))


def write(text: str) -> None:
    """As it is, like a CSV that the API made."""
    sys.stdout.write(text if text.endswith("\n") else f"{text}\n")


def value_at(record: Record, path: str) -> Any:
    """Null where there is no such thing."""
    value: Any = record
    for name in path.split("."):
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def _print_table(records: Sequence[Record], columns: Columns) -> None:
    console = Console(highlight=False, emoji=False)
    lines: box.Box | None = box.SIMPLE_HEAD
    if not console.is_terminal:  # in a pipe each record is a line of its own
        console, lines = Console(highlight=False, emoji=False, width=_ENDLESS), None
    table = Table(box=lines, pad_edge=False, show_edge=False)
    for heading in columns:
        table.add_column(heading, overflow="fold")
    for record in records:
        table.add_row(*(_coloured(_plain(value_at(record, path))) for path in columns.values()))
    console.print(table)


def _print_csv(records: Sequence[Record], columns: Columns) -> None:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow([heading.lower().replace(" ", "_") for heading in columns])
    writer.writerows([_unformulaic(_plain(value_at(record, path))) for path in columns.values()] for record in records)


def _unformulaic(text: str) -> str:
    """A name that begins as a formula must not become one in a spreadsheet."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def _dump(value: Any, form: Format) -> None:
    if form is Format.JSON:
        write(json.dumps(value, ensure_ascii=False, indent=2))
    else:
        write(yaml.safe_dump(value, allow_unicode=True, sort_keys=False))


def _coloured(text: str) -> str:
    return f"[{_COLOURS[text]}]{text}[/]" if text in _COLOURS else escape(_printable(text))


def _printable(text: str) -> str:
    """A name from elsewhere must not steer the terminal."""
    return "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in text)


def _plain(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case [*items] if all(isinstance(item, str) for item in items):
            return ", ".join(items)
        case Mapping() | list():
            return json.dumps(value, ensure_ascii=False)
        case str():
            return _local(value)
    return str(value)


def _local(text: str) -> str:
    """RFC 3339 in UTC without its fractions; anything else as it is."""
    if len(text) < len("2026-01-01T00:00:00Z") or text[4:5] != "-" or text[10:11] != "T":
        return text
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return text
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%SZ")
