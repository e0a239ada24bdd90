"""Sets of rows as integers with a bit for each: filters are `&`, counts are `bit_count`."""

import re
from collections.abc import Iterable, Iterator
from typing import Final

Mask = int


def mask_of(positions: Iterable[int], size: int) -> Mask:
    bits = bytearray((size + 7) // 8)
    for position in positions:
        bits[position >> 3] |= 1 << (position & 7)
    return int.from_bytes(bits, "little")


def union(masks: Iterable[Mask]) -> Mask:
    result = 0
    for mask in masks:
        result |= mask
    return result


_ZEROS_AND_ONES = bytes.maketrans(b"01", b"\x00\x01")


def selectors(mask: Mask, size: int) -> bytes:
    """A byte for each row, 1 where the mask has it: what `itertools.compress` takes."""
    return f"{mask:0{size}b}".encode().translate(_ZEROS_AND_ONES)[::-1] if size else b""


_ANY_BIT: Final = re.compile(rb"[^\x00]")
_BITS_OF: Final = [[bit for bit in range(8) if byte >> bit & 1] for byte in range(256)]


def positions(mask: Mask, size: int) -> Iterator[int]:
    """Rows of a mask that has few, in order."""
    octets = mask.to_bytes((size + 7) // 8, "little")
    for found in _ANY_BIT.finditer(octets):
        at = found.start()
        for bit in _BITS_OF[octets[at]]:
            yield at * 8 + bit
