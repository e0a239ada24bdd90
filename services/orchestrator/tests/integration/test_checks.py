"""Trying a source before it is saved: the platform's own `check`, asked through the internal route."""

import asyncio
from typing import TYPE_CHECKING, Any

import psutil
import pytest
from vitrina_contracts.source_check import CheckRequest, SourceCheck
from vitrina_orchestrator.adapters.check_process import CheckProcesses
from vitrina_orchestrator.domain.desired import Polling
from vitrina_orchestrator.domain.errors import ChecksBusyError, CheckUnavailableError
from vitrina_sdk.testing.running import RunningSimulator

if TYPE_CHECKING:
    from conftest import OrchestratorProcess, World

CANARY = "canary-4f1d"
POLLING = Polling(60, 300, 20, ("127.0.0.0/8",))
STUB = "vitrina_orchestrator.testing.stub_check"


def request(act: str, name: str = "check", **changes: Any) -> CheckRequest:
    config = {"act": act, "api_token": CANARY}
    fields = {"type": "stub", "image": "vitrina/exporter-stub", "module": STUB, "name": name, "config": config}
    return CheckRequest.model_validate(fields | {"timeout_seconds": 1} | changes)


async def asked(orchestrator: "OrchestratorProcess", **config: Any) -> SourceCheck:
    body = {
        "type": "addreality",
        "image": "vitrina/exporter-addreality",
        "module": "vitrina_addreality",
        "config": config,
        "timeout_seconds": 10,
    }
    answer = await orchestrator.post("/internal/v1/check", body)
    assert answer.status_code == 200, answer.text
    return SourceCheck.model_validate_json(answer.content)


async def test_a_source_that_works_tells_its_devices_and_one_that_does_not_tells_why(world: "World") -> None:
    world.environment["VITRINA_PRIVATE_ENDPOINTS"] = "127.0.0.0/8"
    orchestrator = world.orchestrator()
    await world.until_listed_at_all(orchestrator)
    simulator = RunningSimulator("vitrina_addreality", devices=7)
    try:
        url = f"{simulator.url}/public/v1/device/list"
        works = await asked(orchestrator, api_url=url, api_token=CANARY, request_budget=50)
        assert (works.ok, works.devices, len(works.sample)) == (True, 7, 7)
        simulator.fault("unauthorized")
        refused = await asked(orchestrator, api_url=url, api_token=CANARY)
        assert refused.error is not None
        assert (refused.ok, refused.error.reason) == (False, "unauthorized")
    finally:
        simulator.stop()
    assert CANARY not in world.written()
    assert world.pids() == []


async def test_the_endpoint_rule_holds_for_what_is_only_tried(world: "World") -> None:
    orchestrator = world.orchestrator()
    await world.until_listed_at_all(orchestrator)
    refused = await asked(orchestrator, api_url="http://127.0.0.1:1/", api_token=CANARY)
    assert refused.error is not None
    assert refused.error.reason == "endpoint_refused"


async def test_who_has_no_token_or_a_wrong_body_is_refused_without_its_content(world: "World") -> None:
    orchestrator = world.orchestrator()
    await world.until_listed_at_all(orchestrator)
    body = request("tell").model_dump()
    assert (await orchestrator.post("/internal/v1/check", body, token="another")).status_code == 401
    for wrong in ({"module": "os; id"}, {"timeout_seconds": 3600}, {"config": CANARY}):
        answer = await orchestrator.post("/internal/v1/check", body | wrong)
        assert answer.status_code == 422
        assert CANARY not in answer.text
    unknown = await orchestrator.post("/internal/v1/check", body | {"module": "vitrina_not_here"})
    assert unknown.status_code == 503


async def test_credentials_reach_it_by_standard_input_alone() -> None:
    answer = await CheckProcesses(POLLING).check(request("tell"))
    assert answer.ok
    assert "--timeout" in answer.sample[0].device_id
    assert CANARY not in answer.sample[0].device_id


async def test_one_that_hangs_is_ended_in_time_with_all_that_it_started() -> None:
    answer = await CheckProcesses(POLLING, grace_seconds=1).check(request("hang", name="hanging-check"))
    assert answer.error is not None
    assert answer.error.reason == "timeout"
    command = [process.info["cmdline"] or [] for process in psutil.process_iter(["cmdline"])]
    assert not [words for words in command if "hanging-check" in words]


@pytest.mark.parametrize("act", ["flood", "garbage"])
async def test_answers_without_end_or_sense_are_a_failure_in_words(act: str) -> None:
    answer = await CheckProcesses(POLLING).check(request(act))
    assert answer.error is not None
    assert (answer.ok, answer.error.reason) == (False, "internal")


async def test_more_than_may_run_at_once_are_sent_away_and_the_place_is_free_again_afterwards() -> None:
    checks = CheckProcesses(POLLING, at_once=1, grace_seconds=0.5)
    first = asyncio.create_task(checks.check(request("hang")))
    await asyncio.sleep(0)
    with pytest.raises(ChecksBusyError):
        await checks.check(request("tell"))
    await first
    assert (await checks.check(request("tell", timeout_seconds=20))).ok


async def test_whoever_stops_waiting_frees_the_place_and_ends_the_process() -> None:
    checks = CheckProcesses(POLLING, at_once=1)
    waiting = asyncio.create_task(checks.check(request("hang", name="left-check", timeout_seconds=20)))
    await asyncio.sleep(0.2)  # it may be in any line by then
    waiting.cancel()
    await asyncio.wait([waiting])
    command = [process.info["cmdline"] or [] for process in psutil.process_iter(["cmdline"])]
    assert not [words for words in command if "left-check" in words]
    assert (await checks.check(request("tell", timeout_seconds=20))).ok


async def test_a_platform_that_is_not_installed_here_says_so() -> None:
    with pytest.raises(CheckUnavailableError, match="not installed"):
        await CheckProcesses(POLLING).check(request("tell", module="vitrina_nowhere"))
