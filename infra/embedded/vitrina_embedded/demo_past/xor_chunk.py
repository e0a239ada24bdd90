"""Samples of one series as Prometheus keeps them: Gorilla's XOR encoding (tsdb/docs/format/chunks.md).

Equal pauses cost one bit, an unchanged value another: so a day of a screen that was well is some bytes.
"""

import struct
from collections.abc import Sequence
from typing import Final

MOST_SAMPLES: Final = 0xFFFF
_MOST_LEADING: Final = 31


def encoded(start: int, step: int, values: Sequence[float]) -> bytes:
    """`values` at `start`, `start + step`, ... in milliseconds; at least one and at most `MOST_SAMPLES`."""
    head = struct.pack(">H", len(values)) + varint(start) + struct.pack(">d", values[0])
    if len(values) == 1:
        return head
    return head + uvarint(step) + _packed(_value_bits(values))


def uvarint(number: int) -> bytes:
    out = bytearray()
    while number > 0x7F:  # noqa: PLR2004 - seven bits a byte
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


def varint(number: int) -> bytes:
    return uvarint(number << 1 if number >= 0 else (~number << 1) | 1)


def _value_bits(values: Sequence[float]) -> list[str]:
    """Of all samples but the first: from the third on, a bit that says that the pause was the same."""
    bits: list[str] = []
    leading, trailing = -1, 0
    before = _as_integer(values[0])
    for place, value in enumerate(values[1:]):
        if place:
            bits.append("0")
        now = _as_integer(value)
        difference, before = before ^ now, now
        if not difference:
            bits.append("0")
            continue
        zeros_before = min(_MOST_LEADING, 64 - difference.bit_length())
        zeros_after = (difference & -difference).bit_length() - 1
        if leading >= 0 and zeros_before >= leading and zeros_after >= trailing:
            bits.append("10")
        else:
            leading, trailing = zeros_before, zeros_after
            bits.append(f"11{leading:05b}{(64 - leading - trailing) & 63:06b}")
        bits.append(f"{difference >> trailing:0{64 - leading - trailing}b}")
    return bits


def _as_integer(value: float) -> int:
    return int(struct.unpack(">Q", struct.pack(">d", value))[0])


def _packed(bits: list[str]) -> bytes:
    text = "".join(bits)
    size = (len(text) + 7) // 8
    return int(text.ljust(size * 8, "0"), 2).to_bytes(size, "big")
