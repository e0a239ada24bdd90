"""What we assume of CubicMedia's API, tried with a handful of questions."""

from typing import Any, Final

from vitrina_sdk.errors import PollError
from vitrina_sdk.probe.exchange import RecordingClient
from vitrina_sdk.probe.verdict import Verdict, verdict

from vitrina_cubicmedia.config import CubicMediaConfig, normalised

FIELDS: Final = frozenset({"status", "name", "ip", "outIp"})
KEPT: Final = frozenset({"status"})
_ASKED: Final = 5
_NOBODYS: Final = "02:00:00:00:00:00"
"""Locally administered: no network card was ever sold with it."""


async def probe(config: CubicMediaConfig, vendor: RecordingClient) -> list[Verdict]:
    """Nine questions at most. Raises `PollError` when the first is not answered."""
    answers = [await _ask(config, vendor, config.macs[0])]
    answers += [await _try(config, vendor, mac) for mac in config.macs[1:_ASKED]]
    players = [answer[0] for answer in answers if isinstance(answer, list) and answer and isinstance(answer[0], dict)]
    unknown = await _try(config, vendor, _NOBODYS)
    return [
        verdict("an answer is a list whose first element is the player", holds=bool(players), seen=_shape(answers[0])),
        _words(config, players),
        _fields(players),
        verdict("a MAC that is not known there gives an empty list", holds=unknown == [], seen=_shape(unknown)),
        await _spellings(config, vendor),
        verdict("it answers without credentials", holds=bool(players)),
        _rate(vendor),
    ]


def _words(config: CubicMediaConfig, players: list[dict[str, Any]]) -> Verdict:
    known = {"online", *config.offline_values}
    words = {str(player.get("status")) for player in players}
    assumption = f"`status` is online or {', '.join(config.offline_values)}"
    return verdict(assumption, holds=words <= known if words else None, seen=", ".join(sorted(words)))


def _fields(players: list[dict[str, Any]]) -> Verdict:
    more = {name for player in players for name in player} - FIELDS
    holds = bool(more) if players else None
    return verdict("there are more fields than we know", holds=holds, seen=", ".join(sorted(more)))


async def _spellings(config: CubicMediaConfig, vendor: RecordingClient) -> Verdict:
    """Each spelling of one player that is known: is it known by all of them?"""
    assumption = "the vendor knows a MAC in one spelling only, the customer's"
    plain = normalised(config.macs[0])
    spellings = {plain, plain.replace(":", "-").lower(), plain.replace(":", "").lower()}
    known = [spelling for spelling in sorted(spellings) if await _try(config, vendor, spelling)]
    if not known and not await _try(config, vendor, config.macs[0]):
        return verdict(assumption, holds=None, seen="the first player is not known there")
    return verdict(assumption, holds=len(known) <= 1, seen=f"known in {len(known)} of 3 spellings")


def _rate(vendor: RecordingClient) -> Verdict:
    headers = sorted({name for exchange in vendor.exchanges for name in exchange.rate_headers})
    return verdict("answers tell the rate that is allowed", holds=bool(headers), seen=", ".join(headers))


def _shape(answer: object) -> str:
    if isinstance(answer, list):
        return f"a list of {len(answer)}"
    return "no JSON" if answer is None else type(answer).__name__


async def _try(config: CubicMediaConfig, vendor: RecordingClient, mac: str) -> object:
    try:
        return await _ask(config, vendor, mac)
    except PollError:
        return None


async def _ask(config: CubicMediaConfig, vendor: RecordingClient, mac: str) -> object:
    await vendor.get(config.api_url + mac)
    answered: object = vendor.exchanges[-1].answered
    return answered
