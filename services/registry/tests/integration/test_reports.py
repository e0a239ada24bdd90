"""Reports by e-mail: set by admins, sent once to a real SMTP server, a failure told and tried again."""

import asyncio
import io
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import httpx
import openpyxl
import pytest
from pydantic import ValidationError
from vitrina_contracts.reports import SendingState
from vitrina_kit.clock import utc_now
from vitrina_registry.app import Registry
from vitrina_registry.domain.report import LEASE
from vitrina_registry.settings import RegistrySettings, SmtpSettings
from vitrina_registry.testing.actors import Actors
from vitrina_registry.testing.asking import Asker, Rows, RunningRegistry, client_of, cubic, fields_of
from vitrina_registry.testing.mail_server import PASSWORD, USER, MailServer
from vitrina_registry.testing.waiting import until
from vitrina_registry.use_cases.ports import World
from vitrina_registry.use_cases.report_sending import plan_due, send_next
from vitrina_sdk.testing.certificates import Authority

WEEKLY: dict[str, Any] = {
    "name": "weekly",
    "every": "week",
    "time_zone": "Europe/Moscow",
    "recipients": ["boss@example.org", "owner@example.org"],
}
NEXT_WEEK = timedelta(days=8)


def without_name(**changes: Any) -> dict[str, Any]:
    return {name: value for name, value in (WEEKLY | changes).items() if name != "name"}


@pytest.fixture
def mail_server(tmp_path: Path) -> Iterator[MailServer]:
    certificate = Authority(tmp_path).issue("127.0.0.1").server_context()
    with MailServer(certificate) as server:
        yield server


@pytest.fixture
def settings(settings: RegistrySettings, mail_server: MailServer, tmp_path: Path) -> RegistrySettings:
    """With the company's mail server."""
    (tmp_path / "smtp-password").write_text(f"{PASSWORD}\n")
    smtp = {
        "smtp_host": "127.0.0.1",
        "smtp_port": mail_server.port,
        "smtp_username": USER,
        "smtp_password_file": tmp_path / "smtp-password",
        "smtp_from": "vitrina@example.org",
        "ca_file": tmp_path / "ca.pem",
        "public_url": "https://vitrina.example.org",
    }
    return settings.model_copy(update=smtp)


@pytest.fixture
def world_at(registry: Registry) -> Callable[[datetime], World]:
    """The registry's world at another time; a later one, so that the registry's own loop leaves its rows alone."""
    return lambda moment: replace(registry.api.state.world, now=lambda: moment)


async def due(world: World) -> None:
    """Makes what is due there and sends it."""
    await plan_due(world)
    while await send_next(world):
        pass


async def sendings(admin: Asker) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (await admin.get("/reports/weekly/sendings")).json()["items"]
    return items


def part_of(mail: EmailMessage, kind: str) -> Any:
    return next(part for part in mail.walk() if part.get_content_type() == kind).get_content()


async def test_a_person_asks_for_a_report_and_it_comes_over_tls_with_all_its_parts(
    admin: Asker, gateway: httpx.AsyncClient, mail_server: MailServer
) -> None:
    yesterday = str(utc_now().date() - timedelta(days=1))
    day = {"device_id": "a", "online": 64_800, "offline": 21_600, "planned": 0, "unknown": 0}
    told = {"platform": "cubicmedia", "source": "north", "day": yesterday, "devices": [day], "last": True}
    assert (await gateway.post("/internal/v1/availability", json=told)).status_code == 204
    await admin.post("/exporters/cubicmedia/sources", cubic("north"))
    await admin.ask("PUT", "/facts/cubicmedia/north/a", json={"site": "=<b>ТЦ</b>"})
    await admin.post("/reports", WEEKLY | {"time_zone": "UTC", "group": "site", "language": "ru", "enabled": False})
    asked = await admin.post("/reports/weekly/send", None)
    assert (asked.status_code, asked.json()["state"]) == (202, "waiting")

    async def is_sent() -> bool:
        return [each["state"] for each in await sendings(admin)] == ["sent"]

    await until(is_sent)
    (mail,) = mail_server.mails
    assert (mail["From"], mail["To"]) == ("vitrina@example.org", "boss@example.org, owner@example.org")
    assert "доступность экранов" in mail["Subject"]
    text, html = part_of(mail, "text/plain"), part_of(mail, "text/html")
    assert "В сети, %: 75,00" in text  # noqa: RUF001 - Russian
    assert "cubicmedia / north / =<b>ТЦ</b>" in text
    assert "=&lt;b&gt;ТЦ&lt;/b&gt;" in html
    assert 'href="https://vitrina.example.org/availability?from=' in html
    (attached,) = mail.iter_attachments()
    heading, row = openpyxl.load_workbook(io.BytesIO(attached.get_content())).active.values
    assert (heading[2], row[2], row[-1]) == ("площадка", "=<b>ТЦ</b>", 75)
    assert attached.get_filename() == f"weekly-{asked.json()['first']}-{asked.json()['last']}.xlsx"


async def test_what_is_due_is_sent_once_by_several_registries(
    admin: Asker, mail_server: MailServer, world_at: Callable[[datetime], World], rows: Rows
) -> None:
    names = [f"weekly-{number}" for number in range(5)]
    for name in names:
        await admin.post("/reports", WEEKLY | {"name": name})
    worlds = [world_at(utc_now() + NEXT_WEEK) for _ in range(4)]
    await asyncio.gather(*map(due, worlds))
    await due(worlds[0])
    assert sorted(mail["Subject"].partition(":")[0] for mail in mail_server.mails) == names
    assert [row["attempts"] for row in await rows("SELECT attempts FROM registry.report_sendings")] == [1] * 5


async def test_it_is_sent_once_over_a_restart_and_again_only_when_its_sender_died(
    admin: Asker,
    mail_server: MailServer,
    settings: RegistrySettings,
    running_registry: RunningRegistry,
    world_at: Callable[[datetime], World],
) -> None:
    await admin.post("/reports", WEEKLY)
    now = utc_now() + NEXT_WEEK
    await plan_due(world_at(now))
    async with world_at(now).unit_of_work() as uow:
        assert await uow.reports.claim(now) is not None
        await uow.commit()
    async with running_registry(settings) as second:
        await due(replace(second.api.state.world, now=lambda: now + LEASE - timedelta(seconds=1)))
        assert mail_server.mails == []
        for _ in range(2):
            await due(replace(second.api.state.world, now=lambda: now + LEASE))
    assert len(mail_server.mails) == 1
    assert (await sendings(admin))[0]["attempts"] == 2


async def test_a_second_copy_has_the_same_message_id(
    admin: Asker, mail_server: MailServer, world_at: Callable[[datetime], World], engine: Any
) -> None:
    await admin.post("/reports", WEEKLY)
    world = world_at(utc_now() + NEXT_WEEK)
    await due(world)
    async with engine.begin() as connection:  # as if the registry had died before it could write that it was sent
        await connection.exec_driver_sql("UPDATE registry.report_sendings SET state = 'sending', next_at = now()")
    await due(world)
    first, second = mail_server.mails
    assert first["Message-ID"] == second["Message-ID"]


async def test_a_failure_is_told_with_its_reason_and_tried_again(
    admin: Asker, mail_server: MailServer, world_at: Callable[[datetime], World]
) -> None:
    await admin.post("/reports", WEEKLY)
    now = utc_now() + NEXT_WEEK
    mail_server.refused = {"boss@example.org", "owner@example.org"}
    await due(world_at(now))
    (sending,) = await sendings(admin)
    assert (sending["state"], sending["attempts"]) == ("waiting", 1)
    assert "boss@example.org: 550" in sending["reason"]
    assert (await admin.get("/reports")).json()["items"][0]["last_sending"] == sending
    mail_server.refused = {"owner@example.org"}
    await due(world_at(now + timedelta(minutes=1)))
    (sending,) = await sendings(admin)
    assert (sending["state"], sending["next_at"]) == ("sent", None)
    assert sending["reason"].startswith("owner@example.org: 550")
    assert len(mail_server.mails) == 1


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"smtp_port": 1}, "SMTPConnectError"),
        ({"ca_file": None}, "certificate"),
        ({"smtp_username": "nobody"}, "535"),
        ({"smtp_host": None}, "VITRINA_SMTP_HOST"),
    ],
)
async def test_the_reason_says_what_to_mend_and_never_the_password(
    *,
    settings: RegistrySettings,
    running_registry: RunningRegistry,
    actors: Actors,
    rows: Rows,
    change: dict[str, Any],
    reason: str,
) -> None:
    async with running_registry(settings.model_copy(update=change)) as registry:
        admin = Asker(client_of(registry.api, actors.admin))
        await admin.post("/reports", WEEKLY)
        await due(replace(registry.api.state.world, now=lambda: utc_now() + NEXT_WEEK))
        (sending,) = await sendings(admin)
        assert reason in sending["reason"]
        asked = await admin.post("/reports/weekly/send", None)
        assert asked.status_code == (409 if change == {"smtp_host": None} else 202)
    for table in ("reports", "report_sendings", "audit", "idempotency"):
        assert PASSWORD not in str(await rows(f"SELECT * FROM registry.{table}"))  # noqa: S608 - names from above


async def test_a_paused_report_is_not_sent_and_nothing_is_made_up_for(
    admin: Asker, mail_server: MailServer, world_at: Callable[[datetime], World]
) -> None:
    await admin.post("/reports", WEEKLY)
    await due(world_at(utc_now()))
    assert await sendings(admin) == []
    paused = await admin.put("/reports/weekly", without_name(enabled=False), if_match='"1"')
    assert (paused.json()["enabled"], paused.headers["etag"]) == (False, '"2"')
    await due(world_at(utc_now() + 4 * NEXT_WEEK))
    assert await sendings(admin) == []
    await admin.put("/reports/weekly", without_name())
    await due(world_at(utc_now() + 4 * NEXT_WEEK))
    assert [each["state"] for each in await sendings(admin)] == [SendingState.SENT]
    assert len(mail_server.mails) == 1


async def test_a_report_is_changed_by_who_saw_it_and_deleted_with_its_sendings(
    admin: Asker, world_at: Callable[[datetime], World], rows: Rows
) -> None:
    made = await admin.post("/reports", WEEKLY)
    assert (made.status_code, made.headers["etag"], made.json()["hour"]) == (201, '"1"', 9)
    assert (await admin.post("/reports", WEEKLY)).status_code == 409
    assert (await admin.put("/reports/weekly", without_name(hour=7), if_match='"7"')).status_code == 412
    await plan_due(world_at(utc_now() + NEXT_WEEK))
    assert (await admin.delete("/reports/weekly")).status_code == 204
    assert (await admin.get("/reports/weekly")).status_code == 404
    assert await rows("SELECT * FROM registry.report_sendings") == []
    actions = [each["action"] for each in (await admin.get("/audit?exporter=report:weekly")).json()["items"]]
    assert actions == ["report_deleted", "report_created"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"sources": ["nope"]}, "sources[0]"),
        ({"time_zone": "Moscow"}, "time_zone"),
        ({"hour": 24}, "hour"),
        ({"day": 8}, "body"),
        ({"recipients": []}, "recipients"),
        ({"recipients": ["a@b\nBcc: c@d"]}, "recipients[0]"),
        ({"language": "de"}, "language"),
        ({"smtp_password": "x"}, "smtp_password"),
    ],
)
async def test_what_does_not_fit_is_named(admin: Asker, change: dict[str, Any], field: str) -> None:
    answer = await admin.post("/reports", WEEKLY | change)
    assert (answer.status_code, fields_of(answer)[0]) == (422, field)


async def test_managers_learn_nothing_of_reports(admin: Asker, manager: Asker, nobody: Asker) -> None:
    await admin.post("/reports", WEEKLY)
    for asker, status in ((manager, 403), (nobody, 401)):
        assert (await asker.get("/reports")).status_code == status
        assert (await asker.post("/reports/weekly/send", None)).status_code == status


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"smtp_host": "mail"}, "VITRINA_SMTP_FROM"),
        ({"smtp_username": "me"}, "VITRINA_SMTP_PASSWORD_FILE"),
        ({"smtp_username": "me", "smtp_password_file": "/x", "smtp_security": "none"}, "in clear"),
    ],
)
def test_half_a_mail_server_is_refused_at_the_start(given: dict[str, Any], named: str) -> None:
    with pytest.raises(ValidationError, match=named):
        SmtpSettings.model_validate(given)
