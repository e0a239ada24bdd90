"""The log of an exporter process: written by the process itself, bounded and read here."""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

LIMIT_BYTES: Final = 5 * 1024 * 1024
_READ_BACK_BYTES: Final = 1024 * 1024
_FOLLOW_SECONDS: Final = 0.3
_LONGEST_LAST_WORDS: Final = 300


def rotated(path: Path) -> Path:
    return path.with_name(f"{path.name}.1")


def rotate(path: Path, limit_bytes: int = LIMIT_BYTES) -> None:
    """Keeps one former file. The writer appends to an open file, so its content is copied and the file emptied."""
    try:
        if path.stat().st_size <= limit_bytes:
            return
        shutil.copyfile(path, rotated(path))
        rotated(path).chmod(0o600)
        os.truncate(path, 0)
    except FileNotFoundError:
        return


def tail_of(path: Path, lines: int) -> list[str]:
    """The last lines, oldest first, reaching into the rotated file when that is needed."""
    newest = _last_lines(path, lines)
    missing = lines - len(newest)
    return [*(_last_lines(rotated(path), missing) if missing > 0 else []), *newest]


def last_words(path: Path) -> str | None:
    """The last line that says something."""
    spoken = [line for line in _last_lines(path, 20) if line.strip()]
    return spoken[-1].strip()[:_LONGEST_LAST_WORDS] if spoken else None


async def follow(path: Path, position: int) -> AsyncIterator[str]:
    """Lines written behind `position` until the file's folder is gone; starts over when the file was rotated."""
    rest = b""
    while path.parent.exists():
        chunk, position = _read_from(path, position)
        *lines, rest = (rest + chunk).split(b"\n")
        for line in lines:
            yield line.decode(errors="replace")
        if len(rest) > _READ_BACK_BYTES:
            yield rest.decode(errors="replace")
            rest = b""
        await asyncio.sleep(_FOLLOW_SECONDS)  # a plain file tells nobody that it grew


def size_of(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def _read_from(path: Path, position: int) -> tuple[bytes, int]:
    size = size_of(path)
    if size == position:
        return b"", position
    try:
        with path.open("rb") as file:
            file.seek(position if size > position else 0)
            chunk = file.read(_READ_BACK_BYTES)
            return chunk, file.tell()
    except FileNotFoundError:
        return b"", 0


def _last_lines(path: Path, lines: int) -> list[str]:
    try:
        with path.open("rb") as file:
            file.seek(max(file.seek(0, os.SEEK_END) - _READ_BACK_BYTES, 0))
            text = file.read()
    except FileNotFoundError:
        return []
    return [line.decode(errors="replace") for line in text.splitlines()[-lines:]]
