"""Each user of NATS tries every subject, to publish and to subscribe: only what this table says succeeds."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Final

import nats
import pytest
from vitrina_contracts.events import TYPE_ACCESS_REVOKED, AccessRevoked, CloudEvent
from vitrina_contracts.subjects import (
    AUTH,
    EXPORTERS,
    auth_revoked,
    exporter_changed,
    exporter_status,
)
from vitrina_embedded.installation import Installation
from vitrina_embedded.secret_files import BUS_USERS, bus_password, read_secret
from vitrina_embedded.testing.nats import SUBSCRIBERS, bus, running_nats
from vitrina_kit.bus import connected_bus
from vitrina_kit.clock import utc_now
from vitrina_kit.deliveries import Delivery
from vitrina_kit.revocations import Revocations
from vitrina_kit.tasks import background

STREAMS: Final = ("EXPORTERS", "DEVICES", "AUTH", "ALERTS")
EVENTS: Final = (
    "exporters.changed.x",
    "exporters.status.x",
    "exporters.other.x",
    "devices.status.p.s.d",
    "devices.other",
    "auth.revoked.s",
    "auth.other.s",
    "alerts.critical.x",
    "elsewhere",
)
ACCOUNT: Final = ("$JS.API.INFO", "$JS.API.STREAM.NAMES", "$JS.API.STREAM.LIST", "$SYS.REQ.SERVER.PING", "$JS.API.>")
VERBS: Final = (
    "STREAM.CREATE.{}",
    "STREAM.UPDATE.{}",
    "STREAM.INFO.{}",
    "STREAM.DELETE.{}",
    "STREAM.PURGE.{}",
    "STREAM.SNAPSHOT.{}",
    "STREAM.RESTORE.{}",
    "STREAM.MSG.GET.{}",
    "STREAM.MSG.DELETE.{}",
    "DIRECT.GET.{}",
    "DIRECT.GET.{}.subject",
    "CONSUMER.CREATE.{}",
    "CONSUMER.CREATE.{}.c.subject",
    "CONSUMER.DURABLE.CREATE.{}.c",
    "CONSUMER.INFO.{}.c",
    "CONSUMER.DELETE.{}.c",
    "CONSUMER.LIST.{}",
    "CONSUMER.NAMES.{}",
    "CONSUMER.MSG.NEXT.{}.c",
)
EVERYBODY: Final = {"$JS.API.INFO", "$JS.API.STREAM.NAMES"}
OTHERS_INBOXES: Final = ("_INBOX.x", *(f"_INBOX_{user}.x" for user in BUS_USERS))


def api(stream: str, *verbs: str) -> set[str]:
    return {f"$JS.API.{verb.format(stream)}" for verb in verbs}


def owns(stream: str) -> set[str]:
    return api(stream, "STREAM.CREATE.{}", "STREAM.UPDATE.{}", "STREAM.INFO.{}")


def reads(stream: str) -> set[str]:
    consumers = (verb for verb in VERBS if verb.startswith(("CONSUMER", "DIRECT")))
    answers = {f"$JS.ACK.{stream}.c.1.1.1.1.1", f"$JS.FC.{stream}.c.x"}
    return api(stream, "STREAM.INFO.{}", "STREAM.MSG.GET.{}", *consumers) | answers


def follows(stream: str) -> set[str]:
    """An ordered consumer of its own, and no more."""
    creation = ("CONSUMER.CREATE.{}", "CONSUMER.CREATE.{}.c.subject")
    verbs = ("STREAM.INFO.{}", *creation, "CONSUMER.INFO.{}.c", "CONSUMER.DELETE.{}.c")
    return api(stream, *verbs) | {f"$JS.FC.{stream}.c.x"}


MAY_PUBLISH: Final = {
    "auth": {"auth.revoked.s"} | owns("AUTH"),
    "registry": {"exporters.changed.x"} | owns("EXPORTERS") | reads("EXPORTERS") | follows("AUTH"),
    "orchestrator": {"exporters.status.x"} | owns("EXPORTERS") | reads("EXPORTERS"),
    "gateway": {"devices.status.p.s.d", "alerts.critical.x"}
    | owns("ALERTS")
    | owns("DEVICES")
    | reads("DEVICES")
    | api("DEVICES", "STREAM.PURGE.{}")
    | follows("AUTH"),
    "subscriber": reads("DEVICES") | reads("ALERTS"),
}
MAY_SUBSCRIBE: Final = {
    "auth": set[str](),
    "registry": {"exporters.status.x"},
    "orchestrator": {"exporters.changed.x"},
    "gateway": {"devices.status.p.s.d", "exporters.changed.x"},
    "subscriber": {"devices.status.p.s.d", "alerts.critical.x"},
}
TRIED_TO_PUBLISH: Final = (
    *EVENTS,
    *ACCOUNT[:4],
    *OTHERS_INBOXES,
    *(f"$JS.API.{verb.format(stream)}" for stream in STREAMS for verb in VERBS),
    *(f"$JS.ACK.{stream}.c.1.1.1.1.1" for stream in STREAMS),
    *(f"$JS.FC.{stream}.c.x" for stream in STREAMS),
)
TRIED_TO_SUBSCRIBE: Final = (*EVENTS, *ACCOUNT, *OTHERS_INBOXES, ">", "*.>", "$SYS.>", "$JS.EVENT.>", "auth.>")


@pytest.fixture
def installation(make_installation: Callable[..., Installation]) -> Iterator[Installation]:
    """Of which NATS alone runs."""
    made = make_installation(nats_subscribers=",".join(SUBSCRIBERS))
    with running_nats(made):
        yield made


_LAST: Final = "nobody.may.use.this"


class Tried:
    """A user of NATS and what the server refused to it, in lower case as the client library tells it."""

    def __init__(self, installation: Installation, user: str) -> None:
        self._url = f"nats://{installation.address('nats')}"
        self._user = user
        self._password = read_secret(installation.secrets[bus_password(user)])
        self._refused: list[str] = []
        self._heard_last = asyncio.Event()

    async def allowed_to_publish(self, subjects: Sequence[str]) -> set[str]:
        connection = await self._connect()
        for subject in (*subjects, _LAST):
            await connection.publish(subject, b"{}")
        await self._all_told(connection)
        return self._not_refused(subjects)

    async def allowed_to_subscribe(self, subjects: Sequence[str]) -> set[str]:
        connection = await self._connect()
        for subject in (*subjects, _LAST):
            await connection.subscribe(subject)
        await self._all_told(connection)
        return self._not_refused(subjects)

    async def _all_told(self, connection: nats.NATS) -> None:
        """Refusals come in order: after that of the last subject, which nobody may use, there is none to come."""
        await connection.flush()
        async with asyncio.timeout(10):
            await self._heard_last.wait()
        await connection.close()

    def _not_refused(self, subjects: Sequence[str]) -> set[str]:
        return {subject for subject in subjects if not any(f'"{subject.lower()}"' in text for text in self._refused)}

    async def _connect(self) -> nats.NATS:
        self._refused.clear()
        self._heard_last.clear()
        return await nats.connect(
            self._url,
            user=self._user,
            password=self._password,
            inbox_prefix=f"_INBOX_{self._user}",
            error_cb=self._note,
            max_reconnect_attempts=100,
            reconnect_time_wait=0.1,
        )

    async def _note(self, error: Exception) -> None:
        self._refused.append(str(error).lower())
        if _LAST in self._refused[-1]:
            self._heard_last.set()


async def test_each_user_may_do_what_the_table_says_and_nothing_else(installation: Installation) -> None:
    assert set(MAY_PUBLISH) == set(MAY_SUBSCRIBE) == set(BUS_USERS)
    for user in BUS_USERS:
        tried = Tried(installation, user)
        assert await tried.allowed_to_publish(TRIED_TO_PUBLISH) == MAY_PUBLISH[user] | EVERYBODY, user
        assert await tried.allowed_to_subscribe(TRIED_TO_SUBSCRIBE) == MAY_SUBSCRIBE[user] | {f"_INBOX_{user}.x"}, user


def consumer_of(user: str) -> set[str]:
    """What the reader of the consumer of this name may ask and say."""
    verbs = ("CONSUMER.INFO.{}.c", "CONSUMER.DELETE.{}.c", "CONSUMER.MSG.NEXT.{}.c")
    asked = {subject.replace(".c", f".{user}") for subject in api("DEVICES", *verbs)}
    return asked | {f"$JS.ACK.DEVICES.{user}.1.1.1.1.1"}


def making(user: str) -> set[str]:
    """What would make a consumer of this name, which delivers where its body says."""
    creation = f"$JS.API.CONSUMER.CREATE.DEVICES.{user}"
    return {creation, f"{creation}.devices.status.>", f"$JS.API.CONSUMER.DURABLE.CREATE.DEVICES.{user}"}


async def test_a_subscriber_from_outside_may_use_its_own_consumer_and_nothing_else(installation: Installation) -> None:
    consumers = (*consumer_of("wall"), *consumer_of("crm"), *making("wall"), *making("crm"), "$JS.FC.DEVICES.wall.x")
    everything = (*TRIED_TO_PUBLISH, *consumers, "_INBOX_wall.x", "_INBOX_crm.x")
    inboxes = tuple(f"_INBOX_{name}.x" for name in SUBSCRIBERS)
    for name in SUBSCRIBERS:
        tried = Tried(installation, name)
        may_publish = {"$JS.API.STREAM.INFO.DEVICES"} | EVERYBODY | consumer_of(name)
        assert await tried.allowed_to_publish(everything) == may_publish, name
        assert await tried.allowed_to_subscribe((*TRIED_TO_SUBSCRIBE, *inboxes)) == {f"_INBOX_{name}.x"}, name


async def test_services_hear_of_revocations_with_the_rights_that_they_have(installation: Installation) -> None:
    event = CloudEvent[AccessRevoked](
        id="s1", source="/vitrina/auth", type=TYPE_ACCESS_REVOKED, time=utc_now(), data=AccessRevoked(sid="s1")
    )
    async with connected_bus(bus(installation, "auth", AUTH)) as auth:
        await auth.publish(auth_revoked("s1"), event.model_dump_json().encode(), message_id="s1")
        for user in ("registry", "gateway"):
            revocations = Revocations()
            follower = bus(installation, user)
            async with follower, background(follow=partial(revocations.follow, follower)):
                async with asyncio.timeout(10):
                    while "s1" not in revocations:  # noqa: ASYNC110 - a set that a message fills has nothing to await
                        await asyncio.sleep(0.02)


@pytest.mark.parametrize(
    ("teller", "listener", "subject"),
    [
        ("registry", "orchestrator", exporter_changed("cubicmedia")),
        ("orchestrator", "registry", exporter_status("cubicmedia")),
    ],
)
async def test_registry_and_orchestrator_hear_each_other_with_the_rights_that_they_have(
    installation: Installation, teller: str, listener: str, subject: str
) -> None:
    heard: asyncio.Queue[bytes] = asyncio.Queue()

    async def hear(delivery: Delivery) -> None:
        heard.put_nowait(delivery.data)

    hearing = bus(installation, listener, EXPORTERS)
    hearing.subscribe(subject, f"{listener}-test", EXPORTERS, hear)
    async with connected_bus(bus(installation, teller, EXPORTERS)) as telling, hearing:
        await telling.publish(subject, b"look again", message_id="1")
        async with asyncio.timeout(10):
            assert await heard.get() == b"look again"


async def test_nobody_gets_in_without_a_password(installation: Installation) -> None:
    address = installation.address("nats")
    await Tried(installation, "gateway").allowed_to_publish([])  # it runs
    for user, password in ((None, None), ("gateway", "wrong"), ("admin", ""), ("gateway", None)):
        with pytest.raises(nats.errors.Error):
            await nats.connect(f"nats://{address}", user=user, password=password, allow_reconnect=False)
