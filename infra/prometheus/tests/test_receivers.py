"""An installation's own receivers are told what concerns them, in their language, once, over a restart."""

import json
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from vitrina_contracts.delivery import Delivery
from vitrina_embedded.alert_routes import apply_alert_routes, send_alert_test
from vitrina_embedded.alerting.applying import RunningRoutes
from vitrina_embedded.alerting.delivery import read_delivery
from vitrina_embedded.alerting.routes import EventsWay, Receivers, render_routes
from vitrina_embedded.downloads import TOOLS, Monitoring
from vitrina_embedded.home import Home
from vitrina_embedded.refusal import Refusal
from vitrina_embedded.settings import Settings
from vitrina_embedded.testing.alerting import QUICK_TIMES, RunningAlertmanager, eventually
from vitrina_embedded.testing.mailbox import Bot, Mailbox
from vitrina_embedded.testing.receiver import Receiver

ANNOTATIONS = {
    "summary_en": "Lobby is dark", "summary_ru": "Экран в холле не в сети", "description_en": "For 20 minutes.",
    "description_ru": "Уже 20 минут.", "link": "http://vitrina.test/devices?device=p%2Fnorth%2F1",
}  # fmt: skip


class Everybody:
    def __init__(self) -> None:
        self.mailbox, self.bot, self.hooks = Mailbox(), Bot(), Receiver()

    def close(self) -> None:
        for each in (self.mailbox, self.bot, self.hooks):
            each.close()


@pytest.fixture
def everybody() -> Iterator[Everybody]:
    receivers = Everybody()
    yield receivers
    receivers.close()


def delivery(told: Everybody) -> Delivery:
    today = datetime.now(UTC).strftime("%A").lower()
    yesterday = (datetime.now(UTC) - timedelta(days=1)).strftime("%A").lower()
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).strftime("%A").lower()
    always = {"from": "00:00", "till": "23:59", "time_zone": "UTC"}
    mail = {"server": told.mailbox.address, "from": "vitrina@test.example", "to": ["north@test.example"]}
    hook = f"http://{told.hooks.address}"
    return Delivery.model_validate(
        {
            "receivers": [
                {"name": "mail", "language": "ru", "email": {**mail, "require_tls": False}},
                {"name": "bot", "telegram": {"bot_token": "17:secret", "chat_id": 5, "api_url": told.bot.url}},
                {"name": "open", "webhook": {"url": f"{hook}/open", "bearer_token": "secret"}},
                {"name": "asleep", "webhook": {"url": f"{hook}/asleep"}},
            ],
            "routes": [
                {"receiver": "mail", "sources": ["north", "a.b"], "severities": ["warning"]},
                {"receiver": "bot", "severities": ["critical"]},
                {"receiver": "open", "working_hours": {**always, "days": [today, tomorrow]}},
                {"receiver": "asleep", "working_hours": {**always, "days": _others(yesterday, today, tomorrow)}},
            ],
        }
    )


def _others(*days: str) -> list[str]:
    week = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    return [day for day in week if day not in days]


def text_of(mail: EmailMessage) -> list[str]:
    """The only part: no other may say something else."""
    (part,) = mail.iter_parts()
    return str(part.get_content()).splitlines()


def tell(alertmanager: RunningAlertmanager, source: str, severity: str, *, ended: bool = False) -> None:
    labels = {
        "alertname": "DeviceOffline", "scope": "device", "platform": "p", "source": source, "severity": severity,
        "device_id": "1",
    }  # fmt: skip
    now = datetime.now(UTC)
    ends = now if ended else now + timedelta(minutes=10)
    alert = {"labels": labels, "annotations": ANNOTATIONS, "endsAt": ends.isoformat()}
    httpx.post(f"http://{alertmanager.address}/api/v2/alerts", json=[alert], trust_env=False).raise_for_status()


@pytest.mark.timeout(120)
def test_each_receiver_is_told_what_concerns_it_once_over_a_restart(
    monitoring: Monitoring, tmp_path: Path, everybody: Everybody
) -> None:
    mails, told, hooks = everybody.mailbox.mails, everybody.bot.told, everybody.hooks
    alertmanager = RunningAlertmanager(monitoring, tmp_path / "a", hooks.address, delivery(everybody))
    alertmanager.start()
    try:
        tell(alertmanager, "north", "warning")
        tell(alertmanager, "south", "critical")
        eventually(lambda: bool(mails) and bool(told), 30, "the mail and the message are there")
        eventually(lambda: len(hooks.told("/open")) >= 2 and len(hooks.told()) >= 2, 30, "webhooks are called")
        assert mails[0]["Subject"] == "Vitrina: Тревога: Экран в холле не в сети"
        assert text_of(mails[0])[1:3] == ["Уже 20 минут.", ANNOTATIONS["link"]]
        assert told[0][0] == "/bot17:secret/sendMessage"
        assert told[0][1]["text"].startswith("Alert: Lobby is dark\nFor 20 minutes.")

        alertmanager.remembers_what_it_sent()
        alertmanager.kill()
        alertmanager.start()
        tell(alertmanager, "north", "warning", ended=True)
        tell(alertmanager, "south", "critical")
        eventually(lambda: len(mails) > 1, 30, "the return is told")
        assert mails[1]["Subject"] == "Vitrina: Восстановлено: Экран в холле не в сети"
        assert (len(mails), len(told), hooks.told("/asleep")) == (2, 1, [])
    finally:
        alertmanager.stop()


@pytest.mark.timeout(120)
def test_changed_routes_are_taken_at_once_tested_and_what_does_not_fit_changes_nothing(
    monitoring: Monitoring, tmp_path: Path, everybody: Everybody
) -> None:
    hooks, chosen = everybody.hooks, delivery(everybody)
    alertmanager = RunningAlertmanager(monitoring, tmp_path / "a", hooks.address)
    alertmanager.start()
    running = RunningRoutes(tmp_path / "a" / "alertmanager.yml", f"http://{alertmanager.address}", monitoring.amtool)
    try:
        running.apply(Receivers(), chosen, QUICK_TIMES)
        running.send_test(["mail", "asleep"])
        eventually(lambda: bool(everybody.mailbox.mails) and bool(hooks.told("/asleep")), 30, "the test arrives")
        assert everybody.mailbox.mails[0]["Subject"] == "Vitrina: Тревога: Проверка оповещений Витрины"
        assert (everybody.bot.told, hooks.told("/open")) == ([], [])

        in_effect = running.file.read_text(encoding="utf-8")
        odd = chosen.routes[1].model_copy(update={"severities": ['a"b']})
        with pytest.raises(Refusal, match="route 2, to bot"):
            running.apply(Receivers(), chosen.model_copy(update={"routes": [chosen.routes[0], odd]}), QUICK_TIMES)
        assert running.file.read_text(encoding="utf-8") == in_effect
        unreachable = RunningRoutes(running.file, "http://127.0.0.1:1", monitoring.amtool)
        with pytest.raises(Refusal, match="does not answer"):
            unreachable.apply(Receivers(), Delivery(), QUICK_TIMES)
        assert running.file.read_text(encoding="utf-8") == in_effect
        tell(alertmanager, "south", "critical")
        eventually(lambda: bool(everybody.bot.told), 30, "the former routes work")
    finally:
        alertmanager.stop()


def test_the_commands_find_the_alertmanager_that_runs_and_say_when_there_is_none(
    monitoring: Monitoring, tmp_path: Path, everybody: Everybody, capsys: pytest.CaptureFixture[str]
) -> None:
    home, file = Home(tmp_path / "home"), tmp_path / "routes.yaml"
    file.write_text(f"receivers: [{{name: hook, webhook: {{url: 'http://{everybody.hooks.address}/hook'}}}}]\n")
    settings = Settings(home=home.path, alert_routes_file=file)
    for command in (apply_alert_routes, send_alert_test):
        with pytest.raises(Refusal, match="make up"):
            command(settings)
    alertmanager = RunningAlertmanager(monitoring, home.run, everybody.hooks.address)
    alertmanager.start()
    try:
        ports = {"alertmanager": int(alertmanager.address.rpartition(":")[2]), "gateway_internal": 1}
        home.ports_file.write_text(json.dumps(ports))
        home.ready_file.write_text("{}")
        apply_alert_routes(settings)
        send_alert_test(settings)
        eventually(lambda: bool(everybody.hooks.told("/hook")), 30, "the test arrives")
    finally:
        alertmanager.stop()
    assert "In effect: 1 receivers, 0 routes." in capsys.readouterr().out


def test_what_is_rendered_satisfies_amtool(monitoring: Monitoring, tmp_path: Path, everybody: Everybody) -> None:
    for number, chosen in enumerate((Delivery(), delivery(everybody))):
        path = tmp_path / f"{number}.yml"
        (tmp_path / "token").write_text("t")
        events = EventsWay("http://127.0.0.1:1/internal/v1/alerts", str(tmp_path / "token"))
        path.write_text(render_routes(Receivers(events=events), chosen), encoding="utf-8")
        command = [str(monitoring.amtool), "check-config", str(path)]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60, cwd=TOOLS)
        assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("content", "place"),
    [
        ({"routes": [{"receiver": "nobody"}]}, "no such receiver: nobody"),
        ({"receivers": [{"name": "a"}]}, "receivers.0"),
        ({"receivers": [{"name": "a", "telegram": {"bot_token": "hush", "chat_id": "x"}}]}, "telegram.chat_id"),
        ({"receivers": [{"name": "a", "webhook": {"url": "ftp://hush"}}]}, "webhook.url"),
        ({"surprise": 1}, "surprise"),
        ([], "file: "),
    ],
)
def test_a_file_that_does_not_fit_is_refused_by_place_and_not_quoted(tmp_path: Path, content: Any, place: str) -> None:
    path = tmp_path / "routes.yaml"
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    with pytest.raises(Refusal) as refused:
        read_delivery(path)
    assert place in str(refused.value)
    assert "hush" not in str(refused.value)


def test_a_time_of_day_needs_no_quotes_and_has_no_zone(tmp_path: Path) -> None:
    """YAML 1.1 takes 22:00 for the number 1320."""
    path = tmp_path / "routes.yaml"
    route = "{receiver: a, working_hours: {from: 18:30, till: %s, time_zone: Europe/Moscow}}"
    text = "receivers: [{name: a, webhook: {url: 'http://x'}}]\nroutes: [" + route + "]\n"
    path.write_text(text % "22:00", encoding="utf-8")
    hours = read_delivery(path).routes[0].working_hours
    assert hours is not None
    assert (hours.begin, hours.end) == (time(18, 30), time(22))
    for odd, fault in (("1320", "in quotes"), ("22:00Z", "without a zone")):
        path.write_text(text % odd, encoding="utf-8")
        with pytest.raises(Refusal, match=fault):
            read_delivery(path)
