"""Webhooks: told to admins and the gateway alone, their secrets shown once, their URLs under the endpoint rule."""

import base64
from typing import Any

import httpx
import pytest
from vitrina_contracts.webhook import SECRET_PREFIX, Webhook
from vitrina_registry.rotation import rotate_keys
from vitrina_registry.settings import RegistrySettings
from vitrina_registry.testing.asking import PUBLIC, Asker, Rows, cubic, fields_of

HOOK = {"name": "tickets", "url": PUBLIC}


async def delivered(gateway: httpx.AsyncClient) -> dict[str, Webhook]:
    answer = await gateway.get("/internal/v1/webhooks")
    return {each["name"]: Webhook.model_validate(each) for each in answer.json()}


async def test_a_secret_is_shown_once_and_then_only_to_the_gateway(
    admin: Asker, gateway: httpx.AsyncClient, orchestrator: httpx.AsyncClient, rows: Rows
) -> None:
    made = await admin.post("/webhooks", HOOK)
    secret = made.json()["secret"]
    assert (made.status_code, made.headers["cache-control"], len(secret)) == (201, "no-store", 50)
    assert len(base64.b64decode(secret.removeprefix(SECRET_PREFIX))) == 32
    assert (await delivered(gateway))["tickets"].secrets == (secret,)
    assert (await orchestrator.get("/internal/v1/webhooks")).status_code == 401
    changed = await admin.patch("/webhooks/tickets", {"enabled": False})
    seen = [await admin.get(path) for path in ("/webhooks", "/webhooks/tickets", "/audit", "/export")]
    assert not any(secret in answer.text for answer in (changed, *seen))
    for table in ("webhooks", "audit", "idempotency", "outbox"):
        assert secret not in str(await rows(f"SELECT * FROM registry.{table}"))  # noqa: S608 - names from above


async def test_a_replaced_secret_signs_for_a_day_more(
    admin: Asker, gateway: httpx.AsyncClient, rows: Rows, engine: Any
) -> None:
    first = (await admin.post("/webhooks", HOOK)).json()["secret"]
    second = (await admin.post("/webhooks/tickets/secret", {})).json()["secret"]
    assert (await delivered(gateway))["tickets"].secrets == (second, first)
    async with engine.begin() as connection:
        await connection.exec_driver_sql(
            "UPDATE registry.webhooks SET secret = jsonb_set(secret, '{set_at}', '\"2020-01-01T00:00:00+00:00\"')"
        )
    assert (await delivered(gateway))["tickets"].secrets == (second,)
    actions = [entry["action"] for entry in await rows("SELECT action FROM registry.audit ORDER BY id")]
    assert actions[-2:] == ["webhook_created", "webhook_secret_replaced"]


async def test_a_webhook_is_changed_by_who_saw_it_and_deleted(admin: Asker, gateway: httpx.AsyncClient) -> None:
    await admin.post("/exporters/cubicmedia/sources", cubic())
    identity = (await admin.post("/webhooks", HOOK)) and (await delivered(gateway))["tickets"].id
    assert (await admin.patch("/webhooks/tickets", {"sources": ["north"]}, if_match='"7"')).status_code == 412
    changed = await admin.patch("/webhooks/tickets", {"sources": ["north"]}, if_match='"1"')
    assert (changed.json()["sources"], changed.headers["etag"]) == (["north"], '"2"')
    assert (await admin.patch("/webhooks/tickets", {"sources": ["north"]})).headers["etag"] == '"2"'
    assert (await admin.delete("/webhooks/tickets")).status_code == 204
    assert await delivered(gateway) == {}
    await admin.post("/webhooks", HOOK)
    assert (await delivered(gateway))["tickets"].id != identity


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        (HOOK | {"name": "Tickets"}, 422, "name"),
        (HOOK | {"url": "http://127.0.0.1:8080/hook"}, 422, "url"),
        (HOOK | {"url": "http://169.254.169.254/latest"}, 422, "url"),
        (HOOK | {"url": "http://user:canary@8.8.8.8/"}, 422, "url"),
        (HOOK | {"url": "ftp://8.8.8.8/"}, 422, "url"),
        (HOOK | {"sources": ["nope"]}, 422, "sources[0]"),
        (HOOK | {"begins_with": "yesterday"}, 422, "begins_with"),
        (HOOK | {"secret": "mine"}, 422, "secret"),
    ],
)
async def test_what_does_not_fit_is_named_and_no_url_is_quoted(
    admin: Asker, body: Any, status: int, field: str
) -> None:
    answer = await admin.post("/webhooks", body)
    assert (answer.status_code, fields_of(answer)) == (status, [field])
    assert "canary" not in answer.text


async def test_a_name_is_taken_once_and_there_is_a_most(admin: Asker) -> None:
    made = [await admin.post("/webhooks", HOOK | {"name": f"hook-{number}"}) for number in range(51)]
    assert [answer.status_code for answer in made] == [201] * 50 + [409]
    assert (await admin.post("/webhooks", HOOK | {"name": "hook-0"})).status_code == 409


async def test_managers_learn_nothing_of_webhooks(admin: Asker, manager: Asker, nobody: Asker) -> None:
    await admin.post("/webhooks", HOOK)
    for asker, status in ((manager, 403), (nobody, 401)):
        assert (await asker.get("/webhooks")).status_code == status
        assert (await asker.post("/webhooks/tickets/secret", {})).status_code == status


async def test_secrets_get_a_new_key_with_all_others(
    admin: Asker, gateway: httpx.AsyncClient, settings: RegistrySettings
) -> None:
    secret = (await admin.post("/webhooks", HOOK)).json()["secret"]
    rotation = await rotate_keys(settings)
    assert (rotation.rotated, rotation.unreadable) == (1, ())
    assert (await delivered(gateway))["tickets"].secrets == (secret,)
