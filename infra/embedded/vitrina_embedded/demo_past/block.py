"""Writes a block of Prometheus' database from the samples of many series that resemble each other.

`promtool tsdb create-blocks-from` reads text: for a day of two thousand screens that is gigabytes and minutes. Here a
stretch of samples that many series share is encoded and stored once. Format: tsdb/docs/format/{index,chunks}.md.
"""

import json
import secrets
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from vitrina_embedded.demo_past.xor_chunk import encoded, uvarint, varint

_ULID_LETTERS: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_CHUNKS_HEAD: Final = bytes.fromhex("85BD40DD 01 000000")
_INDEX_HEAD: Final = bytes.fromhex("BAAAD700 02")
_NO_TOMBSTONES: Final = bytes.fromhex("0130BA30 01 00000000")
"""Prometheus starts without that file, but its snapshot (for a backup with history) is refused."""
_XOR: Final = b"\x01"
_SERIES_ALIGNMENT: Final = 16
_CASTAGNOLI: Final = 0x82F63B78

Labels = tuple[tuple[str, str], ...]
"""Sorted by name."""


@dataclass(frozen=True, eq=False)
class Stretch:
    """Samples in equal steps, in milliseconds. Series that share one share the object: it is encoded once."""

    start: int
    step: int
    values: Sequence[float]

    @property
    def end(self) -> int:
        return self.start + self.step * (len(self.values) - 1)


@dataclass
class Block:
    """Collect series, then write."""

    _chunks: bytearray = field(default_factory=lambda: bytearray(_CHUNKS_HEAD))
    _places: dict[Stretch, int] = field(default_factory=dict)
    _series: dict[Labels, bytes] = field(default_factory=dict)
    _times: list[int] = field(default_factory=list)
    _samples: int = 0
    _pieces: int = 0

    def add(self, labels: Mapping[str, str], stretches: Iterable[Stretch]) -> None:
        """`stretches` in the order of time."""
        meta = bytearray()
        count, last_end, last_place = 0, 0, 0
        for stretch in stretches:
            place = self._place(stretch)
            if count:
                meta += uvarint(stretch.start - last_end) + uvarint(stretch.end - stretch.start)
                meta += varint(place - last_place)
            else:
                meta += varint(stretch.start) + uvarint(stretch.end - stretch.start) + uvarint(place)
            count, last_end, last_place = count + 1, stretch.end, place
            self._samples += len(stretch.values)
            self._times += (stretch.start, stretch.end)
        if count:
            self._pieces += count
            self._series[tuple(sorted(labels.items()))] = uvarint(count) + bytes(meta)

    def write(self, folder: Path) -> Path | None:
        """Makes the block's own folder in that of the database; None when there is nothing to write."""
        if not self._series:
            return None
        name, first, end = _ulid(min(self._times)), min(self._times), max(self._times) + 1
        block = folder / name
        (block / "chunks").mkdir(parents=True)
        (block / "chunks" / "000001").write_bytes(self._chunks)
        (block / "index").write_bytes(_index(self._series))
        (block / "tombstones").write_bytes(_NO_TOMBSTONES)
        stats = {"numSamples": self._samples, "numSeries": len(self._series), "numChunks": self._pieces}
        meta = {"ulid": name, "minTime": first, "maxTime": end, "stats": stats, "version": 1}
        whole = {**meta, "compaction": {"level": 1, "sources": [name]}}
        (block / "meta.json").write_text(json.dumps(whole), encoding="utf-8")
        return block

    def _place(self, stretch: Stretch) -> int:
        """Where the samples lie in the file of chunks."""
        if stretch not in self._places:
            data = _XOR + encoded(stretch.start, stretch.step, stretch.values)
            self._places[stretch] = len(self._chunks)
            self._chunks += uvarint(len(data) - 1) + data + _checksum(data)
        return self._places[stretch]


def _index(series: Mapping[Labels, bytes]) -> bytes:
    symbols = sorted({text for labels in series for pair in labels for text in pair})
    numbers = {text: number for number, text in enumerate(symbols)}
    out = bytearray(_INDEX_HEAD)
    symbols_at = len(out)
    out += _framed(len(symbols).to_bytes(4, "big") + b"".join(_text(text) for text in symbols))
    series_at = len(out)
    postings: dict[tuple[str, str], list[int]] = defaultdict(list)
    for labels in sorted(series):
        out += bytes(-len(out) % _SERIES_ALIGNMENT)
        reference = len(out) // _SERIES_ALIGNMENT
        for pair in (("", ""), *labels):
            postings[pair].append(reference)
        pairs = b"".join(uvarint(numbers[name]) + uvarint(numbers[value]) for name, value in labels)
        content = uvarint(len(labels)) + pairs + series[labels]
        out += uvarint(len(content)) + content + _checksum(content)
    out += bytes(-len(out) % 4)
    postings_at = len(out)
    table = bytearray()
    for (name, value), references in sorted(postings.items()):
        table += b"\x02" + _text(name) + _text(value) + uvarint(len(out))
        out += _framed(b"".join(number.to_bytes(4, "big") for number in (len(references), *references)))
    table_at = len(out)
    out += _framed(len(postings).to_bytes(4, "big") + bytes(table))
    # Label indices are not read in this version of the format: their section is empty.
    places = (symbols_at, series_at, postings_at, postings_at, postings_at, table_at)
    contents = b"".join(place.to_bytes(8, "big") for place in places)
    return bytes(out) + contents + _checksum(contents)


def _framed(content: bytes) -> bytes:
    return len(content).to_bytes(4, "big") + content + _checksum(content)


def _text(text: str) -> bytes:
    encoded_text = text.encode()
    return uvarint(len(encoded_text)) + encoded_text


def _ulid(milliseconds: int) -> str:
    number = milliseconds << 80 | secrets.randbits(80)
    return "".join(_ULID_LETTERS[number >> shift & 31] for shift in range(125, -1, -5))


def _crc_table() -> list[int]:
    table = []
    for number in range(256):
        for _ in range(8):
            number = number >> 1 ^ (_CASTAGNOLI if number & 1 else 0)  # noqa: PLW2901 - the byte is shifted out
        table.append(number)
    return table


_TABLE: Final = _crc_table()


def _checksum(content: bytes) -> bytes:
    """CRC-32C, which the standard library does not have."""
    crc = 0xFFFFFFFF
    for byte in content:
        crc = crc >> 8 ^ _TABLE[(crc ^ byte) & 0xFF]
    return (crc ^ 0xFFFFFFFF).to_bytes(4, "big")
