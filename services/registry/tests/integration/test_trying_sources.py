"""A source is tried by the type's own client before it is saved: asked as the exporter would, stored nowhere."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from vitrina_contracts.selection import DeviceSelection
from vitrina_contracts.source_check import CheckRequest, SourceCheck
from vitrina_registry.domain.errors import TooManyError
from vitrina_registry.domain.pace import Allowance
from vitrina_registry.settings import RegistrySettings
from vitrina_registry.testing.actors import Actors
from vitrina_registry.testing.asking import PUBLIC, Asker, Rows, RunningRegistry, addreality, client_of, fields_of

CANARY = "canary-of-the-trial"
TEST = "/exporters/addreality/sources/test"
FOUND = {"ok": True, "devices": 2, "sample": [{"device_id": "1", "name": "Lobby", "status": "online"}], "seconds": 0.1}


class OrchestratorStandIn:
    """An HTTP server on a real socket that answers `POST /internal/v1/check` and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, CheckRequest]] = []
        self.answer: Callable[[], tuple[int, bytes]] = lambda: (200, json.dumps(FOUND).encode())
        self.url = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        length = int(head.lower().split("content-length: ")[1].split("\r\n")[0])
        body = await reader.readexactly(length)
        self.asked.append((head, CheckRequest.model_validate_json(body)))
        status, answer = self.answer()
        writer.write(f"HTTP/1.1 {status} X\r\nContent-Length: {len(answer)}\r\nConnection: close\r\n\r\n".encode())
        writer.write(answer)
        writer.close()


@pytest.fixture
async def runner() -> AsyncIterator[OrchestratorStandIn]:
    stand_in = OrchestratorStandIn()
    server = await asyncio.start_server(stand_in.serve, "127.0.0.1", 0)
    stand_in.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    yield stand_in
    server.close()
    await server.wait_closed()


@pytest.fixture
async def admin(
    settings: RegistrySettings, running_registry: RunningRegistry, actors: Actors, runner: OrchestratorStandIn
) -> AsyncIterator[Asker]:
    settings = settings.model_copy(
        update={"orchestrator_internal_url": runner.url, "orchestrator_token_file": settings.gateway_caller_token_file}
    )
    async with running_registry(settings) as registry:
        yield Asker(client_of(registry.api, actors.admin))


async def test_a_new_source_is_tried_with_what_was_typed_and_nothing_is_stored(
    admin: Asker, runner: OrchestratorStandIn, rows: Rows
) -> None:
    answer = await admin.post(TEST, {"config": addreality(token=CANARY)["config"]})
    assert (answer.status_code, answer.json()) == (200, SourceCheck.model_validate(FOUND).model_dump(mode="json"))
    ((head, question),) = runner.asked
    assert "Bearer gateway-token-of-the-tests" in head
    assert (question.type, question.module) == ("addreality", "vitrina_addreality")
    assert question.config == {"api_url": PUBLIC, "api_token": CANARY}
    assert CANARY not in head + answer.text
    assert await rows("SELECT name FROM registry.sources") == []


async def test_a_source_on_a_shared_account_is_tried_for_its_part(admin: Asker, runner: OrchestratorStandIn) -> None:
    account = addreality(token=CANARY)["config"]
    await admin.post("/exporters/addreality/sources", {"name": "few", "config": {**account, "device_ids": ["1"]}})
    assert (await admin.post(TEST, {"config": {**account, "device_names": ["A*"]}})).status_code == 200
    (question,) = [question for _, question in runner.asked]
    assert question.config == account
    assert question.selection == DeviceSelection(names=("A*",))
    assert question.others == {"few": DeviceSelection(ids=("1",))}
    overlapping = await admin.post(TEST, {"config": {**account, "device_ids": ["2", "1"]}})
    assert (overlapping.status_code, fields_of(overlapping)) == (422, ["config.device_ids[1]"])
    saved = await admin.post("/exporters/addreality/sources/few/test", {})
    assert (saved.status_code, runner.asked[-1][1].selection) == (200, DeviceSelection(ids=("1",)))


async def test_a_saved_source_is_tried_with_its_stored_secret(admin: Asker, runner: OrchestratorStandIn) -> None:
    saved = (await admin.post("/exporters/addreality/sources", addreality(token=CANARY))).json()
    url = "/exporters/addreality/sources/vendor/test"
    masked = {**saved["config"], "api_url": f"{PUBLIC}/2"}
    for body in ({}, {"config": None}, {"config": masked}, {"config": {"api_url": f"{PUBLIC}/2"}}):
        answer = await admin.post(url, body)
        assert (answer.status_code, CANARY in answer.text) == (200, False)
        assert runner.asked[-1][1].config["api_token"] == CANARY
    assert [question.config["api_url"] for _, question in runner.asked] == [
        PUBLIC,
        PUBLIC,
        f"{PUBLIC}/2",
        f"{PUBLIC}/2",
    ]


async def test_a_failure_comes_back_in_the_client_s_words(admin: Asker, runner: OrchestratorStandIn) -> None:
    failed = {"ok": False, "error": {"reason": "unauthorized", "detail": "The vendor refuses the token."}, "seconds": 1}
    runner.answer = lambda: (200, json.dumps(failed).encode())
    answer = (await admin.post(TEST, {"config": addreality()["config"]})).json()
    assert (answer["ok"], answer["error"]["detail"]) == (False, "The vendor refuses the token.")


@pytest.mark.parametrize("reply", [(500, b"{}"), (200, b"garbage"), (404, b""), (200, b"[]")])
async def test_an_orchestrator_that_cannot_try_it_is_said_so(
    admin: Asker, runner: OrchestratorStandIn, reply: tuple[int, bytes]
) -> None:
    runner.answer = lambda: reply
    answer = await admin.post(TEST, {"config": addreality()["config"]})
    assert (answer.status_code, "orchestrator" in answer.json()["detail"]) == (503, True)


async def test_a_busy_orchestrator_asks_to_come_again(admin: Asker, runner: OrchestratorStandIn) -> None:
    runner.answer = lambda: (429, b"{}")
    answer = await admin.post(TEST, {"config": addreality()["config"]})
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "2")


async def test_what_could_not_be_saved_is_not_tried(admin: Asker, runner: OrchestratorStandIn) -> None:
    bad: list[tuple[Any, str]] = [
        ({"config": {"api_url": "http://127.0.0.1:9/", "api_token": "t"}}, "config.api_url"),
        ({"config": {"api_url": PUBLIC}}, "config.api_token"),
        ({"config": {"api_url": PUBLIC, "api_token": {"set": True}}}, "config.api_token"),
        ({"config": []}, "config"),
        ({}, "config"),
    ]
    for body, field in bad:
        answer = await admin.post(TEST, body)
        assert (answer.status_code, fields_of(answer)) == (422, [field])
    assert (await admin.post("/exporters/nope/sources/test", {})).status_code == 404
    assert (await admin.post("/exporters/addreality/sources/nope/test", 5)).status_code == 404
    assert runner.asked == []


async def test_trying_is_rationed(admin: Asker) -> None:
    answers = [await admin.post(TEST, {"config": addreality()["config"]}) for _ in range(11)]
    assert [answer.status_code for answer in answers] == [200] * 10 + [429]
    assert 0 < int(answers[-1].headers["retry-after"]) <= 60


async def test_without_an_orchestrator_it_is_said_so(
    settings: RegistrySettings, running_registry: RunningRegistry, actors: Actors
) -> None:
    async with running_registry(settings) as registry:
        answer = await Asker(client_of(registry.api, actors.admin)).post(TEST, {"config": addreality()["config"]})
    assert answer.status_code == 503


def test_the_window_slides_and_only_some_run_at_once() -> None:
    allowance = Allowance(times=2, window_seconds=60, at_once=1)
    with allowance.use("anna", 0), pytest.raises(TooManyError), allowance.use("mike", 0):
        pass
    with allowance.use("anna", 30):
        pass
    with pytest.raises(TooManyError) as refused, allowance.use("anna", 31):
        pass
    assert refused.value.retry_after == 29
    with allowance.use("anna", 60):
        pass
