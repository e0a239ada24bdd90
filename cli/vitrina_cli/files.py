"""Files for spreadsheets: where they go, and in which form and language."""

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final

import typer

from vitrina_cli.failure import Exit, Failure


class SheetFormat(StrEnum):
    CSV = "csv"
    XLSX = "xlsx"


Language = Annotated[str, typer.Option("--language", help="Of the headings: en or ru.")]
FileForm = Annotated[SheetFormat, typer.Option("--format", help="A text of rows, or a workbook.")]
ToFile = Annotated[str, typer.Option("--file", help="Where to; - is stdout.")]

STDOUT: Final = "-"


def write_file(content: bytes, path: str, form: SheetFormat) -> None:
    """Raises:
    Failure: a workbook would go to a terminal, or the file cannot be written.
    """
    if path != STDOUT:
        try:
            Path(path).write_bytes(content)
        except OSError as error:
            raise Failure(f"{path} cannot be written: {error}.", Exit.USAGE) from error
        return
    if form is SheetFormat.XLSX and sys.stdout.isatty():
        raise Failure("A workbook is no text for a terminal: add --file NAME.xlsx.", Exit.USAGE)
    sys.stdout.buffer.write(content)
    sys.stdout.flush()
