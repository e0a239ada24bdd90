"""CubicMedia's status check: one call a player."""

from typing import Final

import msgspec
from vitrina_sdk import BadPayload, VendorClient

from vitrina_cubicmedia.config import CubicMediaConfig
from vitrina_cubicmedia.mapping import PlayerRecord

_MAX_BODY: Final = 2**20
"""Many players are asked about at a time, and what is said of one is short."""
_decode_list: Final = msgspec.json.Decoder(list[msgspec.Raw]).decode
_decode_player: Final = msgspec.json.Decoder(PlayerRecord).decode


async def check(config: CubicMediaConfig, mac: str, vendor: VendorClient) -> PlayerRecord | None:
    """What the vendor says of the player; null when it does not know the MAC, which is not *offline*."""
    body = await vendor.get(config.api_url + mac, max_body=_MAX_BODY)
    try:
        found = _decode_list(body)
        return _decode_player(found[0]) if found else None
    except (msgspec.DecodeError, RecursionError) as error:
        raise BadPayload("The vendor's answer is not a list of players") from error
