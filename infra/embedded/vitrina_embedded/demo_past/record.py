"""The day before the demo's start on NATS: each screen's chain of changes, as a gateway would have stored it."""

import asyncio
import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

import nats
from nats.errors import Error as NatsError
from nats.js import JetStreamContext
from nats.js.errors import APIError
from vitrina_contracts.device import Device, Playback, Status
from vitrina_contracts.events import TYPE_DEVICE_STATUS, CloudEvent, DeviceStatusChanged
from vitrina_contracts.subjects import DEVICES, device_status
from vitrina_kit.streams import stream_config

from vitrina_embedded.demo_past.screens import Screen, Told
from vitrina_embedded.refusal import Refusal

_SOURCE: Final = "/vitrina/demo"
_PATIENCE_SECONDS: Final = 20.0
_AT_ONCE: Final = 256


@dataclass(frozen=True)
class Account:
    """A user of NATS that may make the stream of devices and write to it: the gateway's."""

    url: str
    user: str
    password: str


def write_record(account: Account, screens: Iterable[Screen], began: float) -> None:
    """Before the gateway starts: it begins with what is stored.

    Raises:
        Refusal: NATS does not take it.
    """
    try:
        asyncio.run(_write(account, iter(list(screens)), began))
    except (NatsError, APIError, OSError, TimeoutError) as error:
        raise Refusal(
            "The demo's past could not be stored: look into the log of nats, or start without it by "
            "`VITRINA_DEMO_INCIDENT=0 make up`."
        ) from error


async def _write(account: Account, waiting: Iterator[Screen], began: float) -> None:
    client = await nats.connect(
        account.url,
        user=account.user,
        password=account.password,
        inbox_prefix=f"_INBOX_{account.user}".encode(),
        connect_timeout=2,
    )
    try:
        async with asyncio.timeout(_PATIENCE_SECONDS):
            jetstream = client.jetstream()
            await jetstream.add_stream(stream_config(DEVICES))
            await asyncio.gather(*(_write_each(jetstream, waiting, began) for _ in range(_AT_ONCE)))
    finally:
        await client.close()


async def _write_each(jetstream: JetStreamContext, waiting: Iterator[Screen], began: float) -> None:
    for screen in waiting:
        previous: Status | None = None
        for told in screen.told:
            payload, message_id = _link(screen, told, previous, began)
            headers = {"Nats-Msg-Id": message_id, "Content-Type": "application/cloudevents+json"}
            await jetstream.publish(device_status(screen.key), payload, headers=headers)
            previous = told[1]


def _link(screen: Screen, told: Told, previous: Status | None, began: float) -> tuple[bytes, str]:
    at, status, cause = told
    platform, source, device_id = screen.key
    is_list = platform == "addreality"
    simulated = screen.device
    device = Device(
        platform=platform,
        source=source,
        device_id=device_id,
        name=screen.name,
        status=status,
        status_since=_instant(at),
        status_since_at_least=previous is None and status is Status.ONLINE,
        cause=cause,
        vendor_state="offline" if status is Status.OFFLINE else "online",
        last_seen=_instant(at) if is_list and status is not Status.ONLINE else None,
        playback=(Playback.PAUSED if simulated.paused else Playback.PLAYING) if is_list else Playback.UNKNOWN,
        activated=simulated.activated if is_list else None,
        player_version=simulated.player_version if is_list else None,
        time_zone=simulated.time_zone if is_list else None,
        observed_at=_instant(at if status is Status.UNKNOWN else began),
    )
    message_id = hashlib.sha256(f"{screen.key}{at}".encode()).hexdigest()[:32]
    event = CloudEvent[DeviceStatusChanged](
        id=message_id,
        source=_SOURCE,
        type=TYPE_DEVICE_STATUS,
        subject="/".join(screen.key),
        time=_instant(at),
        data=DeviceStatusChanged(device=device, previous=previous, evaluated_at=_instant(at)),
    )
    return event.model_dump_json().encode(), message_id


def _instant(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
