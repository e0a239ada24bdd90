"""Workbooks read back by another library: texts stay texts, moments and numbers are what they are."""

import asyncio
import io
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet
from vitrina_kit import workbook
from vitrina_kit.workbook import Cell, NoRoomError, TooManyRowsError, Workbooks, chunks, size_of, write_workbook

FORMAT = "dd.mm.yyyy hh:mm:ss"
NOON = datetime(2026, 3, 1, 12)  # noqa: DTZ001 - spreadsheets know no zones
EVIL = ['=HYPERLINK("http://evil")', "+1", "-1", "@SUM(A1)", "\t=1", "{=1}", "http://evil", "mailto:a@b", "007", "1e5"]


def read(file: Any) -> Worksheet:
    sheet = openpyxl.load_workbook(file).active
    assert isinstance(sheet, Worksheet)
    return sheet


def files(folder: Path) -> list[Path]:
    return list(folder.iterdir())


def sheet_of(headings: list[str], rows: list[list[Cell]]) -> Worksheet:
    file = io.BytesIO()
    write_workbook(file, headings, rows, FORMAT, None)
    return read(file)


@pytest.mark.parametrize("evil", EVIL)
def test_no_text_becomes_a_formula_a_link_or_a_number(evil: str) -> None:
    cell = sheet_of(["Name"], [[evil]])["A2"]
    assert (cell.value, cell.data_type, cell.hyperlink) == (evil, "s", None)


def test_moments_numbers_and_what_is_unknown_are_themselves() -> None:
    sheet = sheet_of(["At", "Seconds", "Share", "Nothing"], [[NOON, 86_400, 92.64, None]])
    assert [cell.value for cell in sheet[2]] == [NOON, 86_400, 92.64, None]
    assert sheet["A2"].number_format == FORMAT
    assert sheet["A2"].is_date


def test_the_heading_stays_in_sight_and_filters_all_rows() -> None:
    sheet = sheet_of(["Название", "Статус"], [["a", "b"], ["c", "d"]])
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("A2", "A1:B3")
    assert [cell.value for cell in sheet[1]] == ["Название", "Статус"]


def test_characters_that_xml_does_not_know_do_not_spoil_the_file() -> None:
    sheet = sheet_of(["Name"], [["a\x00\x0b\x1fb"], ["half \ud83d"], ["<&>\"'\n"], ["x" * 40_000]])
    texts = [str(row[0].value) for row in sheet.iter_rows(min_row=2)]
    assert texts[1:3] == ["half ?", "<&>\"'\n"]
    assert [len(text) for text in texts[3:]] == [32_767]


def test_more_rows_than_a_sheet_holds_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "MOST_ROWS", 3)
    assert sheet_of(["n"], [[n] for n in range(3)]).max_row == 4
    with pytest.raises(TooManyRowsError):
        sheet_of(["n"], [[n] for n in range(4)])


async def test_a_workbook_is_written_beside_the_loop_and_leaves_no_file(tmp_path: Path) -> None:
    workbooks = Workbooks(tmp_path)
    turns = 0
    running = asyncio.ensure_future(workbooks.write(["n"], ([number] * 10 for number in range(2000)), FORMAT))
    while not running.done():
        turns += 1
        await asyncio.sleep(0)
    file = await running
    assert turns > 1
    size = size_of(file)
    body = b"".join(chunks(file))
    assert (len(body), file.closed, files(tmp_path)) == (size, True, [])
    assert read(io.BytesIO(body)).max_row == 2001
    workbooks.close()


async def test_a_failure_while_rows_are_read_leaves_no_file(tmp_path: Path) -> None:
    def rows() -> Iterator[list[Cell]]:
        yield [1]
        raise RuntimeError

    workbooks = Workbooks(tmp_path)
    with pytest.raises(RuntimeError):
        await workbooks.write(["n"], rows(), FORMAT)
    assert files(tmp_path) == []
    workbooks.close()


# The archive that could not be written says so once more when it is thrown away.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_full_disk_is_told_as_such() -> None:
    with Path("/dev/full").open("wb", buffering=0) as full, pytest.raises(NoRoomError):
        write_workbook(full, ["n"], [[n] for n in range(10)], FORMAT, None)
