"""Sets of rows as integers with a bit for each: filters are `&`, counts are `bit_count`."""

from collections.abc import Iterable

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
