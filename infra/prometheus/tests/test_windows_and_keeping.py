"""The part beside Alertmanager: what the registry says comes into effect, is undone when refused, and is reported."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from vitrina_contracts.alerting import AlertingOrders, AlertingReport, AskedTest, Outcome, Window
from vitrina_contracts.delivery import Delivery
from vitrina_embedded.alerting.alertmanager import Alertmanager
from vitrina_embedded.alerting.applying import RunningRoutes
from vitrina_embedded.alerting.delivery import kept_beside, kept_delivery
from vitrina_embedded.alerting.handed import Handed, read_handed, render_handed
from vitrina_embedded.alerting.keeping import Keeper
from vitrina_embedded.alerting.routes import EventsWay, Receivers
from vitrina_embedded.alerting.windows import WindowSilence, changes, next_silence
from vitrina_embedded.downloads import Monitoring
from vitrina_embedded.testing.alerting import QUICK_TIMES, RunningAlertmanager, eventually
from vitrina_embedded.testing.mailbox import Mailbox
from vitrina_embedded.testing.receiver import Receiver

SUNDAY = datetime(2026, 3, 29, 0, 30, tzinfo=UTC)
"""Half an hour before clocks in Berlin go from two to three."""


def window(**changed: Any) -> Window:
    plan = {
        "name": "nightly", "matchers": [{"name": "source", "value": "north"}], "days": ["sunday"], "from": "01:00",
        "till": "04:00", "time_zone": "Europe/Berlin", "comment": "Players update",
    }  # fmt: skip
    return Window.model_validate(plan | changed)


def span(found: WindowSilence | None) -> str | None:
    return f"{found.starts_at:%a %H:%M} {found.ends_at:%a %H:%M}" if found is not None else None


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, "Sun 00:00 Sun 02:00"),  # on, and shorter by the hour that the clocks leave out
        ({"time_zone": "UTC"}, "Sun 01:00 Sun 04:00"),
        ({"from": "00:00", "till": "00:10", "time_zone": "UTC"}, "Sun 00:00 Sun 00:10"),  # over: the next Sunday's
        ({"days": ["saturday"], "from": "23:00", "till": "03:00"}, "Sat 22:00 Sun 01:00"),
        ({"days": ["saturday"], "from": "12:00", "till": "12:00", "time_zone": "UTC"}, "Sat 12:00 Sun 12:00"),
        ({"enabled": False}, None),
        ({"last_day": "2026-03-28"}, None),
        ({"first_day": "2026-03-30"}, "Sat 23:00 Sun 02:00"),  # the first Sunday after, in summer time
    ],
)
def test_a_window_is_at_its_time_by_the_clock_of_its_place(changed: dict[str, Any], expected: str | None) -> None:
    assert span(next_silence(window(**changed), SUNDAY)) == expected


def test_silences_are_made_kept_and_ended_with_their_windows() -> None:
    made = changes([window()], [], SUNDAY).make
    assert [each.author for each in made] == ["window:nightly"]
    standing = WindowSilence(**{**vars(made[0]), "id": "1", "state": "active", "starts_at": SUNDAY})
    assert changes([window()], [standing], SUNDAY) == changes([], [], SUNDAY)
    assert changes([], [standing], SUNDAY).expire == ("1",)
    moved = changes([window(till="05:00")], [standing], SUNDAY)
    assert (moved.expire, len(moved.make)) == (("1",), 1)


def test_a_silence_that_a_person_has_ended_is_not_made_again_before_the_next_time() -> None:
    (made,) = changes([window()], [], SUNDAY).make
    ended = WindowSilence(**{**vars(made), "id": "1", "state": "expired", "ends_at": SUNDAY})
    assert changes([window()], [ended], SUNDAY).make == ()
    assert len(changes([window()], [ended], SUNDAY + timedelta(days=7)).make) == 1


class Registry:
    """What it would say, and what it was told."""

    def __init__(self) -> None:
        self.said = AlertingOrders(revision=0, delivery={})
        self.told: list[AlertingReport] = []

    def orders(self) -> AlertingOrders:
        return self.said

    def report(self, report: AlertingReport) -> None:
        self.told.append(report)
        self.said = self.said.model_copy(update={"tests": []})

    def say(self, revision: int, delivery: dict[str, Any] | None, **other: Any) -> None:
        self.said = AlertingOrders(revision=revision, delivery=delivery, **other)

    def ask_test(self, receiver: str) -> None:
        asked = AskedTest(receiver=receiver, asked_at=datetime.now(UTC))
        self.said = self.said.model_copy(update={"tests": [asked]})

    @property
    def outcome(self) -> Outcome:
        return self.told[-1].tests[0].outcome


class Beside:
    """A keeper beside a real Alertmanager, an SMTP server and a receiver of webhooks."""

    def __init__(self, monitoring: Monitoring, folder: Path) -> None:
        self.mailbox, self.hooks, self.registry = Mailbox(), Receiver(), Registry()
        self.running = RunningAlertmanager(monitoring, folder, self.hooks.address)
        self.file = folder / "alertmanager.yml"
        self._amtool = monitoring.amtool
        self.running.start()
        self.keeper = self.make_keeper()

    def make_keeper(self, *, checked: bool = True, **other: Any) -> Keeper:
        url = f"http://{self.running.address}"
        kept = kept_beside(self.file)
        return Keeper(
            registry=self.registry,
            alertmanager=Alertmanager(url),
            routes=RunningRoutes(self.file, url, self._amtool if checked else None),
            receivers=Receivers(),
            kept=kept,
            delivery=kept_delivery(kept),
            times=QUICK_TIMES,
            **other,
        )

    def document(self) -> dict[str, Any]:
        mail = {
            "server": self.mailbox.address,
            "from": "v@test.example",
            "to": ["n@test.example"],
            "require_tls": False,
        }
        return {
            "receivers": [
                {"name": "mail", "email": mail},
                {"name": "hook", "webhook": {"url": f"http://{self.hooks.address}/hook"}},
                {"name": "gone", "webhook": {"url": "http://127.0.0.1:1/hush"}},
            ],
            "routes": [{"receiver": "mail"}],
        }

    def close(self) -> None:
        self.running.stop()
        self.mailbox.close()
        self.hooks.close()


@contextmanager
def beside_one(monitoring: Monitoring, folder: Path) -> Iterator[Beside]:
    beside = Beside(monitoring, folder)
    try:
        yield beside
    finally:
        beside.close()


@pytest.mark.timeout(120)
def test_what_the_registry_says_is_taken_tested_reported_and_kept(monitoring: Monitoring, tmp_path: Path) -> None:
    with beside_one(monitoring, tmp_path) as beside:
        registry, keeper = beside.registry, beside.keeper
        registry.say(3, {**beside.document(), "of_the_next_version": {}})
        keeper.step()
        assert (registry.told[-1].revision, registry.told[-1].refusal) == (3, None)
        keeper.step()
        assert len(registry.told) == 1  # nothing new

        registry.ask_test("mail")
        keeper.step()
        assert registry.outcome is Outcome.DELIVERED
        assert beside.mailbox.mails[0]["Subject"] == "Vitrina: Alert: Test of Vitrina's notifications"
        registry.ask_test("gone")
        keeper.step()
        assert (registry.outcome, registry.told[-1].failing) == (Outcome.FAILED, ["webhook"])
        registry.ask_test("nobody")
        keeper.step()
        assert registry.outcome is Outcome.FAILED

        beside.running.kill()
        beside.running.start()
        registry.say(3, beside.document())
        again = beside.make_keeper()
        assert [each.name for each in again.delivery.receivers] == ["mail", "hook", "gone"]
        again.step()
        registry.ask_test("hook")
        again.step()
        assert registry.outcome is Outcome.DELIVERED
        assert beside.hooks.told("/hook")


@pytest.mark.timeout(120)
@pytest.mark.parametrize("checks", ["amtool", "reload alone"])
def test_what_is_refused_leaves_the_former_in_effect_and_says_why(
    monitoring: Monitoring, tmp_path: Path, checks: str
) -> None:
    with beside_one(monitoring, tmp_path) as beside:
        registry, keeper = beside.registry, beside.make_keeper(checked=checks == "amtool")
        registry.say(1, beside.document())
        keeper.step()
        in_effect = beside.file.read_text()
        odd = beside.document()
        odd["receivers"][2]["webhook"]["url"] = "http://hush hush:x/"
        registry.say(2, odd)
        keeper.step()
        told = registry.told[-1]
        assert told.revision == 2
        assert told.refusal is not None
        assert "former" in told.refusal
        assert "hush" not in told.refusal
        assert beside.file.read_text() == in_effect
        registry.say(3, None)
        keeper.step()
        assert "no key" in str(registry.told[-1].refusal)
        registry.ask_test("mail")
        keeper.step()
        assert registry.outcome is Outcome.DELIVERED


@pytest.mark.timeout(120)
def test_a_window_becomes_a_silence_and_the_file_wins_over_the_api(monitoring: Monitoring, tmp_path: Path) -> None:
    with beside_one(monitoring, tmp_path) as beside:
        keeper, alertmanager = beside.make_keeper(from_file=True), Alertmanager(f"http://{beside.running.address}")
        every_day = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
        always = window(days=every_day, **{"from": "00:00", "till": "00:00"})
        beside.registry.say(1, beside.document(), windows=[always, window(name="off", enabled=False)])
        before = beside.file.read_text()
        keeper.step()
        assert (beside.registry.told[-1].from_file, beside.registry.told[-1].revision) == (True, 0)
        assert "own-mail" not in beside.file.read_text()
        assert before.count("receiver") == beside.file.read_text().count("receiver")
        (silence,) = alertmanager.window_silences()
        assert (silence.author, silence.matchers) == ("window:nightly", tuple(always.matchers))
        eventually(lambda: alertmanager.window_silences()[0].state == "active", 10, "it is in effect")


def test_what_the_set_up_hands_over_is_read_back(tmp_path: Path) -> None:
    own = Delivery.model_validate(
        {
            "receivers": [{"name": "bot", "telegram": {"bot_token": "17:t", "chat_id": 5}}],
            "routes": [{"receiver": "bot"}],
        }
    )
    receivers = Receivers("http://people", None, EventsWay("http://gateway", "/token"))
    for handed in (Handed(receivers, own), Handed(receivers, None)):
        path = tmp_path / "alerting.json"
        path.write_text(render_handed(handed))
        assert read_handed(path) == handed
