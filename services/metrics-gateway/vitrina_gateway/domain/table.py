"""The list of devices as a table for spreadsheets, in the reader's language. Pure.

A spreadsheet takes a cell that begins with one of a few characters for a formula, and a name comes from the vendor:
such cells get an apostrophe in front, which spreadsheets do not show. A workbook says itself what is text: there names
stay as they are, and moments are moments.
"""
# ruff: noqa: RUF001 - Russian words

import csv
import io
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import Final

from vitrina_gateway.domain.device import DeviceState, moment
from vitrina_gateway.domain.row import Row

ROWS_IN_PART: Final = 500
_FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r")
_BYTE_ORDER_MARK: Final = "\ufeff"
"""Without it Excel takes UTF-8 for the machine's old code page."""


@dataclass(frozen=True)
class Language:
    """`delimiter`: what Excel expects where the comma separates decimals."""

    delimiter: str
    moment_format: str
    sheet_moment_format: str
    """The same in the words of spreadsheets."""
    headings: tuple[str, ...]
    words: dict[str, str]


_Cell = Callable[[DeviceState], str | None]
_FIELDS: Final[tuple[tuple[str, _Cell], ...]] = (
    ("name", lambda state: state.facts.name),
    ("status", lambda state: state.status.value),
    ("cause", lambda state: state.cause.value if state.cause else None),
    ("platform", lambda state: state.platform),
    ("source", lambda state: state.source),
    ("device_id", lambda state: state.device_id),
    ("site", lambda state: state.local.site),
    ("city", lambda state: state.local.city),
    ("vendor_state", lambda state: state.facts.vendor_state),
    ("playback", lambda state: state.facts.playback.value),
    ("player_version", lambda state: state.facts.player_version),
    ("ip", lambda state: state.facts.ip),
    ("external_ip", lambda state: state.facts.external_ip),
    ("time_zone", lambda state: state.time_zone),
    ("work", lambda state: state.local.work.kind.value if state.local.work else None),
    ("work_owner", lambda state: state.local.work.owner if state.local.work else None),
)
_TIMES: Final[tuple[tuple[str, Callable[[DeviceState], float | None]], ...]] = (
    ("status_since", lambda state: state.status_since),
    ("last_seen", lambda state: state.last_seen),
    ("observed_at", lambda state: state.observed_at),
)
_TRANSLATED: Final = frozenset({"status", "cause", "playback", "work"})

LANGUAGES: Final = {
    "en": Language(
        ",",
        "%Y-%m-%d %H:%M:%S",
        "yyyy-mm-dd hh:mm:ss",
        (
            "Name", "Status", "Cause", "Platform", "Source", "Device id", "Site", "City", "Vendor's word", "Playback",
            "Player version", "IP", "External IP", "Time zone", "In work",
            "Taken care of by", "Status since (UTC)", "Last seen (UTC)",
            "Observed at (UTC)",
        ),
        {},
    ),
    "ru": Language(
        ";",
        "%d.%m.%Y %H:%M:%S",
        "dd.mm.yyyy hh:mm:ss",
        (
            "Название", "Статус", "Причина", "Платформа", "Источник", "Код устройства", "Площадка", "Город",
            "Слово вендора", "Воспроизведение", "Версия плеера", "IP", "Внешний IP", "Часовой пояс",
            "В работе", "Кто занимается", "Статус с (UTC)", "Последний контакт (UTC)", "Измерено (UTC)",
        ),
        {
            "online": "в сети", "offline": "не в сети", "unknown": "неизвестно", "playing": "идёт",
            "paused": "остановлено",
            "reported_offline": "вендор сообщает: не в сети", "unrecognised_state": "непонятное слово вендора",
            "not_known_to_vendor": "вендор не знает устройство", "vendor_failing": "вендор не отвечает",
            "unauthorized": "вендор не принимает учётные данные", "disabled": "источник выключен",
            "exporter_down": "экспортёр не работает", "prometheus_down": "Prometheus не отвечает",
            "never_seen": "данных ещё не было", "site_dark": "вся площадка не в сети",
            "acknowledged": "принято", "in_repair": "в ремонте", "closed": "закрыто",
        },
    ),
}  # fmt: skip


def csv_parts(rows: Iterable[Row], language: Language) -> Iterator[bytes]:
    """The table as UTF-8, the heading first, some hundred rows at a time."""
    yield (_BYTE_ORDER_MARK + _lines([language.headings], language)).encode()
    remaining = iter(rows)
    while part := list(islice(remaining, ROWS_IN_PART)):
        yield _lines((_cells(row.state, language) for row in part), language).encode(errors="replace")


def sheet_rows(rows: Iterable[Row], language: Language) -> Iterator[list[str | datetime | None]]:
    """The same table for a workbook: texts, and moments of UTC without a zone. The heading is the language's."""
    for row in rows:
        texts = (_word(name, value(row.state) or "", language) for name, value in _FIELDS)
        moments = (moment(value(row.state)) for _, value in _TIMES)
        yield [*texts, *(at and at.astimezone(UTC).replace(tzinfo=None) for at in moments)]


def _cells(state: DeviceState, language: Language) -> list[str]:
    texts = [_harmless(_word(name, value(state) or "", language)) for name, value in _FIELDS]
    return texts + [_moment(moment(value(state)), language) for _, value in _TIMES]


def _word(field: str, value: str, language: Language) -> str:
    return language.words.get(value, value) if field in _TRANSLATED else value


def _harmless(value: str) -> str:
    return f"'{value}" if value.startswith(_FORMULA_STARTS) else value


def _moment(at: datetime | None, language: Language) -> str:
    return at.astimezone(UTC).strftime(language.moment_format) if at else ""


def _lines(rows: Iterable[Iterable[str]], language: Language) -> str:
    text = io.StringIO()
    csv.writer(text, delimiter=language.delimiter, lineterminator="\r\n").writerows(rows)
    return text.getvalue()
