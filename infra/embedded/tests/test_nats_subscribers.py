"""Systems outside on NATS: each in an account of its own, out of which nothing comes but what its consumer needs."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import AsyncExitStack
from functools import partial
from typing import Any, Final

import pytest
from nats.aio.msg import Msg
from pydantic import ValidationError
from vitrina_contracts.subjects import ALERTS, AUTH, DEVICES, EXPORTERS
from vitrina_embedded.home import ROOT
from vitrina_embedded.installation import Installation
from vitrina_embedded.nats_store import adopt_streams
from vitrina_embedded.secret_files import bus_password, read_secret
from vitrina_embedded.service_processes import gateway
from vitrina_embedded.testing.nats import SUBSCRIBERS, bus, connected, running_nats
from vitrina_gateway.adapters.outside_consumers import OutsideConsumers
from vitrina_kit.bus import Bus, connected_bus

OWNERS: Final = {"registry": (EXPORTERS,), "gateway": (DEVICES, ALERTS), "auth": (AUTH,)}
ASKED: Final = (
    "$JS.API.INFO",
    "$JS.API.STREAM.NAMES",
    "$JS.API.STREAM.INFO.DEVICES",
    "$JS.API.CONSUMER.INFO.DEVICES.wall",
    "$JS.API.CONSUMER.MSG.NEXT.DEVICES.wall",
    "$JS.ACK.DEVICES.wall.1.1.1.1.0",
    "$JS.API.CONSUMER.DELETE.DEVICES.wall",  # the last one: after it there is nothing to read
)
"""All that a subscriber may ask."""
ELSEWHERE: Final = (
    "devices.status.p.s.1",
    "devices.status.p.s.never-there",
    "exporters.changed.x",
    "exporters.status.x",
    "auth.revoked.x",
    "alerts.critical.x",
    "_INBOX_gateway.x",
    "_INBOX_crm.x",
    "$JS.ACK.DEVICES.crm.1.1.1.1.0",
    "$JS.API.STREAM.PURGE.DEVICES",
    "$JS.API.CONSUMER.DELETE.DEVICES.crm",
)


@pytest.fixture
def installation(make_installation: Callable[..., Installation]) -> Iterator[Installation]:
    """Of which NATS alone runs."""
    made = make_installation(nats_subscribers=",".join(SUBSCRIBERS))
    with running_nats(made):
        yield made


@pytest.fixture
async def services(installation: Installation) -> AsyncIterator[Mapping[str, Bus]]:
    """Those that own streams, by name, and the consumers of whoever is outside."""
    async with AsyncExitStack() as stack:
        made = {
            user: await stack.enter_async_context(connected_bus(bus(installation, user, *streams)))
            for user, streams in OWNERS.items()
        }
        await OutsideConsumers(made["gateway"], SUBSCRIBERS).ensure()
        yield made


async def stored(services: Mapping[str, Bus]) -> dict[str, int]:
    """Messages by stream."""
    return {
        stream.name: (await services[user].jetstream.stream_info(stream.name)).state.messages
        for user, streams in OWNERS.items()
        for stream in streams
    }


async def _keep(heard: asyncio.Queue[str], message: Msg) -> None:
    heard.put_nowait(message.subject)


async def test_what_a_subscriber_has_answered_elsewhere_is_stored_nowhere_and_heard_by_nobody(
    installation: Installation, services: Mapping[str, Bus]
) -> None:
    """NATS holds a reply subject against no permission: it is the account that keeps the answers in."""
    teller = services["gateway"]
    for number in range(30):
        await teller.publish(f"devices.status.p.s.{number}", b"{}", message_id=str(number))
    heard: asyncio.Queue[str] = asyncio.Queue()
    listeners = {user: await connected(installation, user) for user in ("gateway", "crm")}
    for user, subject in (("gateway", "devices.status.>"), ("gateway", "_INBOX_gateway.x"), ("crm", "_INBOX_crm.x")):
        await listeners[user].subscribe(subject, cb=partial(_keep, heard))
        await listeners[user].flush()

    wall = await connected(installation, "wall")
    for subject in ASKED:
        for reply in ELSEWHERE:
            await wall.publish(subject, b"", reply=reply)
    known = await wall.jetstream().stream_info(DEVICES.name)  # answered after all the others, as they come in order
    assert known.state.messages == 30

    assert await stored(services) == {"EXPORTERS": 0, "DEVICES": 30, "ALERTS": 0, "AUTH": 0}
    others = await teller.jetstream.consumer_info(DEVICES.name, "crm")
    assert (others.num_pending, others.num_ack_pending) == (30, 0)
    await teller.publish("devices.status.p.s.last", b"{}", message_id="last")
    async with asyncio.timeout(10):
        assert await heard.get() == "devices.status.p.s.last"
    for connection in (wall, *listeners.values()):
        await connection.close()


async def test_the_example_of_the_documents_hears_the_present_and_then_each_change(
    installation: Installation, services: Mapping[str, Bus]
) -> None:
    document = (ROOT / "memory-bank" / "events.md").read_text("utf-8")
    (example,) = (part for part in document.split("```python\n")[1:] if "async def changes" in part)
    written: dict[str, Any] = {}
    exec(example.partition("```")[0], written)  # noqa: S102 - our own document
    await services["gateway"].publish("devices.status.p.s.a", b'{"data": 1}', message_id="1")
    password = read_secret(installation.secrets[bus_password("wall")])
    changes = written["changes"](f"nats://{installation.address('nats')}", "wall", password)
    async with asyncio.timeout(20):
        assert await anext(changes) == 1
        await services["gateway"].publish("devices.status.p.s.a", b'{"data": 2}', message_id="2")
        assert await anext(changes) == 2
    await changes.aclose()


def test_the_gateway_is_told_whose_consumers_to_make(make_installation: Callable[..., Installation]) -> None:
    environment = gateway(make_installation(nats_subscribers=", ".join(SUBSCRIBERS))).environment
    assert environment["VITRINA_NATS_SUBSCRIBERS"] == ",".join(SUBSCRIBERS)


def test_a_name_of_our_own_or_one_that_is_none_is_refused(make_installation: Callable[..., Installation]) -> None:
    for name in ("gateway", "a.b", "x>", "Wall", '"'):
        with pytest.raises(ValidationError):
            make_installation(nats_subscribers=name)


async def test_streams_from_before_the_services_had_an_account_are_taken_along(
    make_installation: Callable[..., Installation],
) -> None:
    installation = make_installation()
    with running_nats(installation):
        async with connected_bus(bus(installation, "gateway", DEVICES)) as teller:
            await teller.publish("devices.status.p.s.a", b"{}", message_id="1")
    store = installation.home.folder("nats")
    (store / "jetstream" / "SERVICES").rename(store / "jetstream" / "$G")
    adopt_streams(store)
    adopt_streams(store)
    with running_nats(installation):
        async with connected_bus(bus(installation, "gateway")) as teller:
            assert (await teller.jetstream.stream_info(DEVICES.name)).state.messages == 1
