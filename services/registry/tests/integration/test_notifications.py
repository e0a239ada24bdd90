"""Receivers and routes: written as a whole, secrets never shown, told in clear to one part alone."""

from typing import Any

import httpx
import pytest
from vitrina_contracts.delivery import Delivery
from vitrina_registry.app import Registry
from vitrina_registry.rotation import rotate_keys
from vitrina_registry.settings import RegistrySettings
from vitrina_registry.testing.asking import PUBLIC, Asker, Rows, client_of, cubic, fields_of

CANARY = "canary-7f3a"
DUTY = {"name": "duty", "language": "ru", "telegram": {"bot_token": f"17:{CANARY}", "chat_id": -5, "api_url": PUBLIC}}
MAIL = {
    "name": "mail",
    "email": {
        "to": ["north@test.example"], "from": "vitrina@test.example", "server": "smtp.test:587", "username": "u",
        "password": f"{CANARY}-p",
    },
}  # fmt: skip
HOOK = {"name": "hook", "webhook": {"url": f"{PUBLIC}?key={CANARY}", "bearer_token": f"{CANARY}-b"}}
ROUTE = {"receiver": "duty", "severities": ["critical"], "repeat_hours": 12}
ALL = {"receivers": [DUTY, MAIL, HOOK], "routes": [ROUTE]}
INSIDE = "/internal/v1/alerting"


def hook_to(url: Any) -> dict[str, Any]:
    return {"receivers": [{"name": "hook", "webhook": {"url": url}}]}


async def told(alerting: httpx.AsyncClient) -> Delivery:
    return Delivery.model_validate((await alerting.get(INSIDE)).json()["delivery"])


def report(revision: int, **other: Any) -> dict[str, Any]:
    return {"revision": revision, "from_file": False, **other}


async def test_secrets_are_told_to_the_part_beside_alertmanager_and_to_nobody_else(
    admin: Asker, alerting: httpx.AsyncClient, gateway: httpx.AsyncClient, rows: Rows
) -> None:
    answer = await admin.put("/notifications", ALL)
    assert (answer.status_code, answer.headers["etag"]) == (200, '"1"')
    delivery = await told(alerting)
    assert delivery.receivers[0].telegram is not None
    assert delivery.receivers[0].telegram.bot_token.get_secret_value() == f"17:{CANARY}"
    assert delivery.routes[0].repeat_hours == 12
    assert (await gateway.get(INSIDE)).status_code == 401
    seen = [await admin.get(path) for path in ("/notifications", "/notifications/revisions", "/audit", "/export")]
    assert not any(CANARY in each.text for each in (answer, *seen))
    for table in ("notifications", "audit", "revisions", "idempotency", "outbox"):
        assert CANARY not in str(await rows(f"SELECT * FROM registry.{table}"))  # noqa: S608 - names from above


async def test_what_is_sent_back_as_it_was_shown_keeps_its_secrets(admin: Asker, alerting: httpx.AsyncClient) -> None:
    shown = (await admin.put("/notifications", ALL)).json()
    document = {name: shown[name] for name in ("receivers", "routes")}
    assert (await admin.put("/notifications", document, if_match='"1"')).headers["etag"] == '"1"'
    document["receivers"][2]["webhook"]["bearer_token"] = None
    document["receivers"][1]["email"]["password"] = "another"
    assert (await admin.put("/notifications", document, if_match='"1"')).headers["etag"] == '"2"'
    _, mail, hook = (await told(alerting)).receivers
    assert mail.email is not None
    assert hook.webhook is not None
    assert mail.email.password is not None
    assert mail.email.password.get_secret_value() == "another"
    assert (hook.webhook.url.get_secret_value(), hook.webhook.bearer_token) == (HOOK["webhook"]["url"], None)  # type: ignore[index]  # a mapping
    assert (await admin.put("/notifications", document, if_match='"1"')).status_code == 412


async def test_the_way_back_needs_the_secrets_of_those_that_are_gone(admin: Asker) -> None:
    await admin.put("/notifications", ALL)
    await admin.put("/notifications", {"receivers": [DUTY], "routes": []})
    revisions = (await admin.get("/notifications/revisions")).json()["items"]
    assert [each["revision"] for each in revisions] == [2, 1]
    assert {each["path"] for each in revisions[0]["diff"]} >= {"receivers.mail.name", "routes"}
    headers = {"If-Match": "*"}
    refused = await admin.ask("POST", "/notifications/revisions/1/revert", headers=headers)
    assert (refused.status_code, "receivers[2].email.password" in fields_of(refused)) == (422, True)
    await admin.put("/notifications", {"receivers": [DUTY], "routes": [ROUTE]})
    back = await admin.ask("POST", "/notifications/revisions/2/revert", headers=headers)
    assert (back.json()["routes"], back.json()["revision"]) == ([], 4)


async def test_what_became_of_it_is_shown(admin: Asker, alerting: httpx.AsyncClient) -> None:
    async def state() -> tuple[str, str | None]:
        shown = (await admin.get("/notifications")).json()
        return shown["state"], shown["refusal"]

    assert await state() == ("silent", None)
    await admin.put("/notifications", ALL)
    await alerting.post(INSIDE, json=report(0))
    assert await state() == ("waiting", None)
    await alerting.post(INSIDE, json=report(1, refusal="amtool refuses route 1"))
    assert await state() == ("refused", "amtool refuses route 1")
    await alerting.post(INSIDE, json=report(1, failing=["email"]))
    assert await state() == ("in_effect", None)
    assert (await admin.get("/notifications")).json()["failing"] == ["email"]
    await alerting.post(INSIDE, json=report(1) | {"from_file": True})
    assert await state() == ("file", None)


async def test_a_test_message_is_asked_for_and_its_outcome_told(admin: Asker, alerting: httpx.AsyncClient) -> None:
    await admin.put("/notifications", ALL)
    assert (await admin.post("/notifications/receivers/nobody/test", None)).status_code == 404
    asked = await admin.post("/notifications/receivers/duty/test", None)
    assert (asked.status_code, asked.json()["outcome"]) == (202, "waiting")
    (test,) = (await alerting.get(INSIDE)).json()["tests"]
    again = (await admin.post("/notifications/receivers/duty/test", None)).json()
    await alerting.post(INSIDE, json=report(1, tests=[{**test, "outcome": "delivered"}]))
    assert (await admin.get("/notifications")).json()["tests"][0]["outcome"] == "waiting"
    newest = {"receiver": "duty", "asked_at": again["asked_at"], "outcome": "failed"}
    await alerting.post(INSIDE, json=report(1, tests=[newest]))
    assert (await admin.get("/notifications")).json()["tests"][0]["outcome"] == "failed"
    assert (await alerting.get(INSIDE)).json()["tests"] == []


@pytest.mark.parametrize(
    ("document", "field"),
    [
        ({"receivers": [{"name": "duty"}]}, "receivers[0]"),
        ({"receivers": [DUTY, DUTY]}, "body"),
        ({"routes": [ROUTE]}, "body"),
        ({"receivers": [DUTY], "routes": [ROUTE | {"sources": ["nope"]}]}, "routes[0].sources[0]"),
        ({"receivers": [DUTY], "routes": [ROUTE | {"severities": ["loud"]}]}, "routes[0].severities[0]"),
        (hook_to(f"ftp://{CANARY}"), "receivers[0].webhook.url"),
        (hook_to(f"http://127.0.0.1/{CANARY}"), "receivers[0].webhook.url"),
        (hook_to({"set": True, "set_at": "2026-01-01T00:00:00Z"}), "receivers[0].webhook.url"),
        ({"surprise": 1}, "surprise"),
    ],
)  # fmt: skip
async def test_what_does_not_fit_is_named_and_no_secret_is_quoted(admin: Asker, document: Any, field: str) -> None:
    refused = await admin.put("/notifications", document)
    assert refused.status_code == 422
    assert any(each.startswith(field) for each in fields_of(refused)), refused.text
    assert CANARY not in refused.text


async def test_a_series_tells_rules_whether_they_are_in_effect(
    admin: Asker, alerting: httpx.AsyncClient, registry: Registry
) -> None:
    async def told() -> list[str]:
        text = (await client_of(registry.internal, None).get("/metrics/declared")).text
        return [line for line in text.splitlines() if line.startswith("vitrina_alert_routes_in_effect ")]

    assert await told() == []
    await admin.put("/notifications", ALL)
    assert await told() == ["vitrina_alert_routes_in_effect 0.0"]
    await alerting.post(INSIDE, json=report(1))
    assert await told() == ["vitrina_alert_routes_in_effect 1.0"]


async def test_a_source_that_is_gone_does_not_keep_routes_from_being_changed(admin: Asker) -> None:
    await admin.post("/exporters/cubicmedia/sources", cubic())
    routes = [ROUTE | {"sources": ["north"]}]
    await admin.put("/notifications", {"receivers": [DUTY], "routes": routes})
    await admin.delete("/exporters/cubicmedia/sources/north")
    changed = await admin.put("/notifications", {"receivers": [DUTY], "routes": [*routes, ROUTE]})
    assert changed.status_code == 200


async def test_a_new_key_opens_them_and_without_any_nobody_is_told_anything_wrong(
    admin: Asker, alerting: httpx.AsyncClient, settings: RegistrySettings
) -> None:
    await admin.put("/notifications", ALL)
    assert (await rotate_keys(settings)).rotated == 4
    assert (await told(alerting)).receivers[0].name == "duty"
