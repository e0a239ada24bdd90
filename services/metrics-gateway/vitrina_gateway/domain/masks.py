"""Sets of rows as integers with a bit for each: filters are `&`, counts are `bit_count`."""

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


_CHUNK_BYTES: Final = 64
_NO_BITS: Final = bytes(_CHUNK_BYTES)


def positions(mask: Mask, size: int) -> Iterator[int]:
    """Rows of a mask that has few, in order."""
    octets = mask.to_bytes((size // 8 // _CHUNK_BYTES + 1) * _CHUNK_BYTES, "little")
    for start in range(0, len(octets), _CHUNK_BYTES):
        chunk = octets[start : start + _CHUNK_BYTES]
        if chunk != _NO_BITS:
            bits = int.from_bytes(chunk, "little")
            while bits:
                lowest = bits & -bits
                yield start * 8 + lowest.bit_length() - 1
                bits ^= lowest
