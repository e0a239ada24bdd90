"""Diagnostics hold what helps and no credential, not even when a log has one."""

from dataclasses import replace

from vitrina_contracts.manifest import Text
from vitrina_registry.app import Registry
from vitrina_registry.domain.errors import UnavailableError
from vitrina_registry.testing.asking import Asker, addreality
from vitrina_registry.use_cases.diagnostics import redacted

CANARY = "canary-of-the-log"
PATH = "/exporters/addreality/diagnostics"


async def test_state_configuration_changes_and_log_come_in_one_answer(
    admin: Asker, manager: Asker, registry: Registry
) -> None:
    async def logs(_name: str, _lines: int) -> list[str]:
        return ["started", f"GET /list token={CANARY}"]

    registry.api.state.world = replace(registry.api.state.world, read_logs=logs)
    await admin.post("/exporters/addreality/sources", addreality(token=CANARY))
    answer = await admin.get(PATH)
    assert answer.status_code == 200
    body = answer.json()
    assert (body["exporter"]["name"], body["sources"][0]["name"], body["log_problem"]) == ("addreality", "vendor", None)
    assert body["log"] == ["started", "GET /list token=[redacted]"]
    assert [change["action"] for change in body["changes"]] == ["source_created", "exporter_created"]
    assert CANARY not in answer.text
    assert (await manager.get(PATH)).status_code == 403
    assert (await admin.get("/exporters/nope/diagnostics")).status_code == 404


async def test_without_a_log_the_rest_still_comes(admin: Asker, registry: Registry) -> None:
    async def logs(_name: str, _lines: int) -> list[str]:
        raise UnavailableError(Text(en="The orchestrator does not answer.", ru="Оркестратор не отвечает."))

    registry.api.state.world = replace(registry.api.state.world, read_logs=logs)
    body = (await admin.get(PATH)).json()
    assert (body["log"], body["log_problem"]) == ([], "The orchestrator does not answer.")


def test_the_longer_secret_is_blotted_out_first() -> None:
    assert redacted("a=secret-2 b=secret", ["secret-2", "secret"]) == "a=[redacted] b=[redacted]"
