"""The export opens in Excel as it was meant, and no name becomes a formula."""

import csv
import io
from datetime import datetime

import msgspec
import pytest
from vitrina_contracts.device import Cause, Status
from vitrina_gateway.domain.device import DeviceState, Facts
from vitrina_gateway.domain.index import build
from vitrina_gateway.domain.table import LANGUAGES, ROWS_IN_PART, csv_parts, sheet_rows

DEVICE = DeviceState(
    "acme", "north", "d1", Facts("Screen"), Status.OFFLINE, 1_700_000_000.0, False, Cause.REPORTED_OFFLINE
)


def table(language: str, *devices: DeviceState) -> list[list[str]]:
    text = b"".join(csv_parts(build(None, devices)[0].rows, LANGUAGES[language])).decode()
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text[1:]), delimiter=LANGUAGES[language].delimiter))


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_every_row_has_a_cell_for_each_heading(language: str) -> None:
    heading, row = table(language, DEVICE)
    assert len(heading) == len(row) == len(set(heading))


def test_a_russian_reader_gets_words_and_dates_of_the_language() -> None:
    _, row = table("ru", DEVICE)
    assert row[1] == "не в сети"
    assert "14.11.2023 22:13:20" in row
    assert table("en", DEVICE)[1][1] == "offline"


def test_every_word_that_is_translated_is_there() -> None:
    words = LANGUAGES["ru"].words
    assert {*Status, *Cause} <= set(words)


def test_a_workbook_gets_moments_and_names_as_they_are() -> None:
    evil = msgspec.structs.replace(DEVICE, facts=Facts("=1+1"))
    (row,) = sheet_rows(build(None, [evil])[0].rows, LANGUAGES["ru"])
    assert len(row) == len(LANGUAGES["ru"].headings)
    assert row[:2] == ["=1+1", "не в сети"]
    assert row[-3:] == [datetime(2023, 11, 14, 22, 13, 20), None, None]  # noqa: DTZ001 - spreadsheets know no zones


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_a_name_that_would_be_a_formula_is_text(start: str) -> None:
    evil = start + 'HYPERLINK("http://evil")'
    _, row = table("en", msgspec.structs.replace(DEVICE, facts=Facts(evil, vendor_state=evil), device_id=evil))
    assert [row[0], row[5], row[8]] == ["'" + evil] * 3


def test_delimiters_quotes_and_line_ends_of_names_stay_in_their_cell() -> None:
    name = 'a;b,"c"\nd'
    assert table("ru", msgspec.structs.replace(DEVICE, facts=Facts(name)))[1][0] == name


def test_a_long_table_comes_in_parts() -> None:
    devices = [msgspec.structs.replace(DEVICE, device_id=f"d{number}") for number in range(ROWS_IN_PART * 2 + 1)]
    parts = list(csv_parts(build(None, devices)[0].rows, LANGUAGES["en"]))
    assert len(parts) == 4
    assert len(b"".join(parts).decode().splitlines()) == len(devices) + 1
