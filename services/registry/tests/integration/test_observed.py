"""What the orchestrator saw reaches the API, newest wins, and no revision moves."""

from datetime import UTC, datetime, timedelta

from nats import connect
from nats.aio.client import Client
from nats.errors import Error as NatsError
from nats.js.errors import NotFoundError
from vitrina_contracts.events import TYPE_EXPORTER_STATUS, CloudEvent, ExporterStatusChanged
from vitrina_contracts.exporter import ObservedExporter, Phase, SourceState
from vitrina_contracts.subjects import EXPORTERS, exporter_status
from vitrina_kit.testing.nats import NatsServer
from vitrina_registry.settings import RegistrySettings
from vitrina_registry.testing.actors import Actors
from vitrina_registry.testing.asking import Asker, RunningRegistry, client_of, cubic
from vitrina_registry.testing.waiting import until

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


def status(phase: Phase, seconds: int, *, exporter: str = "cubicmedia") -> bytes:
    observed = ObservedExporter(
        phase=phase,
        applied_revision=2,
        observed_at=NOON + timedelta(seconds=seconds),
        sources=[SourceState(name="north", up=True, devices=7)],
    )
    event = CloudEvent[ExporterStatusChanged](
        id=f"{exporter}-{seconds}",
        source="/vitrina/orchestrator",
        type=TYPE_EXPORTER_STATUS,
        time=NOON,
        data=ExporterStatusChanged(exporter=exporter, observed=observed),
    )
    return event.model_dump_json().encode()


async def test_the_newest_observation_is_shown_whatever_order_they_come_in(
    connected_settings: RegistrySettings, actors: Actors, running_registry: RunningRegistry, nats_server: NatsServer
) -> None:
    async with running_registry(connected_settings) as registry, await connect(nats_server.url) as client:
        admin = Asker(client_of(registry.api, actors.admin))
        await admin.post("/exporters/cubicmedia/sources", cubic())

        async def phase() -> str | None:
            observed = (await admin.get("/exporters/cubicmedia")).json()["observed"]
            return observed and str(observed["phase"])

        async def publish(data: bytes) -> None:
            await client.jetstream().publish(exporter_status("cubicmedia"), data)

        async def is_running() -> bool:
            return await phase() == "running"

        async def is_stopped() -> bool:
            return await phase() == "stopped"

        await until(lambda: _has_stream(client))
        await publish(status(Phase.RUNNING, 10))
        await until(is_running)
        for data in (
            b"not json",
            status(Phase.FAILED, 5),
            status(Phase.FAILED, 10),
            status(Phase.FAILED, 99, exporter="nope"),
        ):
            await publish(data)
        await publish(status(Phase.STOPPED, 20))
        await until(is_stopped)
        answer = await admin.get("/exporters/cubicmedia")
        assert (answer.json()["revision"], answer.headers["etag"]) == (2, '"2"')
        source = (await admin.get("/exporters/cubicmedia/sources/north")).json()
        assert (source["observed"]["up"], source["observed"]["devices"]) == (True, 7)


async def _has_stream(client: Client) -> bool:
    try:
        await client.jetstream().stream_info(EXPORTERS.name)
    except (NotFoundError, NatsError):
        return False
    return True
