"""The report of availability as a table, in the reader's language. Pure."""

import csv
import io
from collections.abc import Iterable, Iterator
from typing import Final, Literal

from vitrina_registry.domain.availability import Sums
from vitrina_registry.domain.facts import harmless_cell

Language = Literal["ru", "en"]

_SEPARATORS: Final[dict[Language, str]] = {"ru": ";", "en": ","}
HEADINGS: Final[dict[Language, tuple[str, ...]]] = {
    "en": (
        "platform", "source", "site", "device", "devices", "days of devices", "online, s", "offline, s",
        "dark while closed, s", "unknown, s", "not measured, s", "online, %",
    ),
    "ru": (
        "платформа", "источник", "площадка", "устройство", "устройств", "дней устройств", "в сети, сек",
        "не в сети, сек", "выключено в нерабочее время, сек", "неизвестно, сек", "не измерено, сек", "в сети, %",
    ),
}  # fmt: skip


def cells(sums: Sums) -> list[str | int | float | None]:
    """A row below the headings: four texts, then numbers. The share is in percent; None when nothing was told."""
    share = sums.online_share
    return [
        sums.platform, sums.source, sums.site, sums.device_id, sums.devices, sums.device_days, sums.online,
        sums.offline, sums.planned, sums.unknown, sums.not_measured, None if share is None else round(100 * share, 2),
    ]  # fmt: skip


def csv_lines(found: Iterable[Sums], language: Language) -> Iterator[str]:
    """The table as Excel likes it in this language, a line at a time."""
    yield "\ufeff"
    yield _line(HEADINGS[language], language)
    for sums in found:
        yield _line([_shown(cell, language) for cell in cells(sums)], language)


def _shown(cell: str | float | None, language: Language) -> str:
    if isinstance(cell, float):
        share = f"{cell:.2f}"
        return share.replace(".", ",") if language == "ru" else share
    return harmless_cell(str("" if cell is None else cell))


def _line(cells_of_line: Iterable[str], language: Language) -> str:
    written = io.StringIO()
    csv.writer(written, delimiter=_SEPARATORS[language], lineterminator="\r\n").writerow(cells_of_line)
    return written.getvalue()
