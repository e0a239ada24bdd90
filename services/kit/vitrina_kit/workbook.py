"""Tables as XLSX files: one sheet, its heading frozen and with filters.

No cell can become a formula, a link or a number that it is not: a text is written as text whatever it begins with. Rows
go one by one into a scratch file on disk and from there into the archive, so memory does not grow with their number; it
happens in a thread of its own, one workbook at a time, so neither the event loop nor the processor is taken.
"""

import asyncio
import errno
import os
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import IO, Final

from xlsxwriter import Workbook  # type: ignore[import-untyped]  # it has no types
from xlsxwriter.exceptions import FileCreateError  # type: ignore[import-untyped]  # it has no types
from xlsxwriter.worksheet import Worksheet  # type: ignore[import-untyped]  # it has no types

MEDIA_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_ROWS: Final = 1_048_575
"""Under the heading; a sheet ends there."""
_LONGEST_TEXT: Final = 32_767
_WIDTHS: Final = (12, 28)
"""Characters: the narrowest and the widest that a column begins with."""
_CHUNK_BYTES: Final = 64 << 10
_KEEPS_MEMORY: Final = {
    "constant_memory": True,
    "default_date_format": "yyyy-mm-dd hh:mm:ss",
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}

Cell = str | float | datetime | None
"""A moment without a zone: spreadsheets know none, so the heading names it."""


class TooManyRowsError(Exception):
    """More than a sheet holds."""


class NoRoomError(Exception):
    """The disk for scratch files is full."""


class Workbooks:
    """Writes tables, one after the other. `scratch`: a folder on disk; the system's own if None."""

    def __init__(self, scratch: Path | None = None) -> None:
        self._scratch = scratch
        self._writing = ThreadPoolExecutor(max_workers=1, thread_name_prefix="workbook")

    async def write(self, headings: Sequence[str], rows: Iterable[Sequence[Cell]], date_format: str) -> IO[bytes]:
        """A file without a name, read from its beginning; closing it gives its room back.

        `date_format`: of moments, in the words of spreadsheets (`dd.mm.yyyy hh:mm:ss`).

        Raises:
            TooManyRowsError, NoRoomError
        """
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._writing, self._write, headings, rows, date_format)

    def close(self) -> None:
        """What waits for its turn is dropped."""
        self._writing.shutdown(wait=False, cancel_futures=True)

    def _write(self, headings: Sequence[str], rows: Iterable[Sequence[Cell]], date_format: str) -> IO[bytes]:
        file = tempfile.TemporaryFile(dir=self._scratch)  # noqa: SIM115 - the caller closes it
        try:
            with tempfile.TemporaryDirectory(dir=self._scratch) as folder:
                write_workbook(file, headings, rows, date_format, folder)
        except BaseException:
            file.close()
            raise
        file.seek(0)
        return file


def write_workbook(
    file: IO[bytes], headings: Sequence[str], rows: Iterable[Sequence[Cell]], date_format: str, scratch: str | None
) -> None:
    """Raises TooManyRowsError or NoRoomError."""
    book = Workbook(file, {**_KEEPS_MEMORY, "default_date_format": date_format, "tmpdir": scratch})
    try:
        _fill(book, headings, rows)
        book.close()
        file.flush()
    except (OSError, FileCreateError) as error:
        if _is_full(error):
            raise NoRoomError from error
        raise
    finally:
        book.fileclosed = True  # else its destructor warns of a workbook that was given up


def chunks(file: IO[bytes]) -> Iterator[bytes]:
    """The rest of a file; it is closed at the end, also when the reader goes away."""
    with file:
        while chunk := file.read(_CHUNK_BYTES):
            yield chunk


def size_of(file: IO[bytes]) -> int:
    """Bytes of an open file."""
    return os.fstat(file.fileno()).st_size


def _fill(book: Workbook, headings: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
    sheet = book.add_worksheet()
    sheet.freeze_panes(1, 0)
    bold = book.add_format({"bold": True})
    for column, heading in enumerate(headings):
        sheet.set_column(column, column, max(_WIDTHS[0], min(_WIDTHS[1], len(heading) + 4)))
        sheet.write_string(0, column, heading, bold)
    number = 0
    for number, cells in enumerate(rows, start=1):
        if number > MOST_ROWS:
            raise TooManyRowsError
        for column, cell in enumerate(cells):
            _write_cell(sheet, number, column, cell)
    sheet.autofilter(0, 0, number, len(headings) - 1)


def _write_cell(sheet: Worksheet, row: int, column: int, cell: Cell) -> None:
    if isinstance(cell, str):
        if cell:
            sheet.write_string(row, column, _text(cell))
    elif isinstance(cell, datetime):
        sheet.write_datetime(row, column, cell)
    elif cell is not None:
        sheet.write_number(row, column, cell)


def _text(text: str) -> str:
    """As long as a cell may be; half a surrogate, which no file can hold, becomes a question mark."""
    return text if text.isascii() and len(text) <= _LONGEST_TEXT else _encodable(text[:_LONGEST_TEXT])


def _encodable(text: str) -> str:
    return text.encode(errors="replace").decode()


def _is_full(error: BaseException) -> bool:
    causes = (error, error.__cause__, error.__context__, *error.args)
    return any(isinstance(cause, OSError) and cause.errno in {errno.ENOSPC, errno.EDQUOT} for cause in causes)
