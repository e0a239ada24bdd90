"""What a report says besides its numbers, in its language."""
# ruff: noqa: RUF001 - Russian words

from dataclasses import dataclass
from datetime import date
from typing import Final, Literal


@dataclass(frozen=True)
class Texts:
    subject: str
    summary: str
    nothing: str
    platform: str
    source: str
    site: str
    device: str
    numbers: tuple[str, ...]
    explained: str
    more: str
    too_large: str
    link: str
    day_format: str
    decimal: str

    def day(self, day: date) -> str:
        return day.strftime(self.day_format)

    def decimals(self, value: float, places: int) -> str:
        return f"{value:.{places}f}".replace(".", self.decimal)


TEXTS: Final[dict[Literal["en", "ru"], Texts]] = {
    "en": Texts(
        subject="{name}: availability of screens, {first} to {last}",
        summary="Screens: {devices}. Online {share} % of the time in which they should have been on.",
        nothing="Nothing was measured in these days.",
        platform="Platform",
        source="Source",
        site="Site",
        device="Device",
        numbers=("Screens", "Online, %", "Online, h", "Offline, h", "Dark while closed, h", "Unknown, h",
                 "Not measured, h"),
        explained="Days are those of UTC. Online, % is the share of online in online and offline together.",
        more="{count} more rows are in the attached workbook.",
        too_large="The workbook is too large for a mail; it can be downloaded in Vitrina.",
        link="Open in Vitrina",
        day_format="%Y-%m-%d",
        decimal=".",
    ),
    "ru": Texts(
        subject="{name}: доступность экранов, {first} — {last}",
        summary="Экранов: {devices}. В сети {share} % времени, когда они должны были работать.",
        nothing="За эти дни ничего не измерено.",
        platform="Платформа",
        source="Источник",
        site="Площадка",
        device="Устройство",
        numbers=("Экранов", "В сети, %", "В сети, ч", "Не в сети, ч", "Выключено в нерабочее время, ч",
                 "Неизвестно, ч", "Не измерено, ч"),
        explained="Дни — по UTC. «В сети, %» — доля времени в сети от времени в сети и не в сети вместе.",
        more="Ещё строк в приложенной книге: {count}.",
        too_large="Книга слишком велика для письма; её можно скачать в Vitrina.",
        link="Открыть в Vitrina",
        day_format="%d.%m.%Y",
        decimal=",",
    ),
}  # fmt: skip
