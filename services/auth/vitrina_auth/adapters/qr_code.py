"""A text as a QR code that a page can draw by itself: the text never becomes the address of a picture."""

from collections.abc import Sequence
from itertools import groupby
from typing import Final

import segno

from vitrina_auth.use_cases.ports import QrCode

_QUIET_MODULES: Final = 4
"""What the standard leaves free around a code."""


def qr_code(text: str) -> QrCode:
    rows = [list(row) for row in segno.make_qr(text, error="m").matrix_iter(border=_QUIET_MODULES)]
    return QrCode(size=len(rows), path="".join(_runs(row, y) for y, row in enumerate(rows)))


def _runs(row: Sequence[int], y: int) -> str:
    """One rectangle for each run of dark modules."""
    drawn: list[str] = []
    x = 0
    for is_dark, modules in groupby(row, key=bool):
        length = len(list(modules))
        if is_dark:
            drawn.append(f"M{x} {y}h{length}v1h-{length}z")
        x += length
    return "".join(drawn)
