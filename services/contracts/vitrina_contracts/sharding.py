"""Which shard of an exporter serves what: the same answer wherever and whenever it is asked.

Jump consistent hash (Lamping and Veach, 2014) of a digest of the key: when the N-th shard comes, one key in N moves,
each to the new shard; when it goes, only its own keys move. Shards are numbered from 0 without gaps, so the one that
comes or goes is always the last.
"""

from hashlib import blake2b
from typing import Final

MOST_SHARDS: Final = 64
_MULTIPLIER: Final = 2862933555777941757
_MASK: Final = (1 << 64) - 1


def device_key(source: str, device_id: str) -> str:
    """Key of a device that is asked about by itself; a platform that lists all devices is split by source names."""
    return f"{source}\0{device_id}"


def shard_of(key: str, shards: int) -> int:
    """Number of the one shard, 0 to `shards - 1`, that serves `key`.

    Raises:
        ValueError: `shards` is less than 1.
    """
    if shards < 1:
        raise ValueError("there is at least one shard")
    state = int.from_bytes(blake2b(key.encode(), digest_size=8).digest(), "big")
    chosen, jump = 0, 0
    while jump < shards:
        chosen = jump
        state = (state * _MULTIPLIER + 1) & _MASK
        jump = int((chosen + 1) * ((1 << 31) / ((state >> 33) + 1)))
    return chosen
