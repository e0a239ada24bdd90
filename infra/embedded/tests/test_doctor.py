"""Each thing that goes wrong with a machine over the years is named, with the next step."""

import json
import os
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from vitrina_embedded.doctor import machine
from vitrina_embedded.doctor.containers import judge, parse
from vitrina_embedded.doctor.finding import State
from vitrina_embedded.doctor.parts import examine_parts
from vitrina_embedded.home import Home
from vitrina_embedded.settings import Settings
from vitrina_sdk.testing.certificates import Authority


@pytest.fixture
def home(tmp_path: Path) -> Home:
    made = Home(tmp_path / "home")
    made.prepare()
    return made


def test_nothing_runs_and_the_next_step_is_to_start_it(home: Home) -> None:
    (found,) = examine_parts(Settings(), home)
    assert (found.state, "make up" in found.step) == (State.WRONG, True)


def test_history_that_will_not_fit_is_told_before_the_disk_is_full(home: Home) -> None:
    assert machine.disk(Settings(prometheus_retention_size="10MB"), home).state is State.OK
    found = machine.disk(Settings(prometheus_retention_size="900TB"), home)
    assert (found.state, "VITRINA_PROMETHEUS_RETENTION_SIZE" in found.step) == (State.LOOK, True)


def test_a_full_disk_is_wrong(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "ROOM_NEEDED_MB", 2**40)
    assert machine.disk(Settings(), home).state is State.WRONG


def test_a_clock_that_was_set_back_is_noticed(home: Home) -> None:
    log = home.log("auth")
    log.touch()
    assert machine.clock(home).state is not State.WRONG
    tomorrow = time.time() + 86_400
    os.utime(log, (tomorrow, tomorrow))
    found = machine.clock(home)
    assert (found.state, "in the future" in found.found) == (State.WRONG, True)


@pytest.mark.parametrize(("days", "state"), [(90, State.OK), (5, State.LOOK), (-3, State.WRONG)])
def test_a_certificate_is_renewed_in_time(tmp_path: Path, days: int, state: State) -> None:
    issued = Authority(tmp_path).issue("localhost", days=30)
    found = machine.certificate(issued.certificate, datetime.now(UTC) + timedelta(days=30 - days))
    assert found.state is state


def test_secrets_that_others_can_read_are_named(home: Home) -> None:
    secret = home.secrets / "admin-password"
    secret.write_text("x")
    secret.chmod(0o600)
    assert machine.secrets(home).state is State.OK
    secret.chmod(0o644)
    assert "admin-password" in machine.secrets(home).found


def test_passwords_in_clear_are_told_even_when_they_are_meant() -> None:
    assert machine.exposure(Settings(bind="0.0.0.0")).state is State.WRONG
    assert machine.exposure(Settings(bind="0.0.0.0", plain_http=True)).state is State.LOOK
    assert machine.exposure(Settings()).state is State.OK


@pytest.mark.parametrize(
    ("container", "state"),
    [
        ({"State": "running", "Health": "healthy"}, State.OK),
        ({"State": "running", "Health": ""}, State.OK),
        ({"State": "running", "Health": "starting"}, State.LOOK),
        ({"State": "running", "Health": "unhealthy"}, State.WRONG),
        ({"State": "exited", "ExitCode": 0}, State.OK),
        ({"State": "exited", "ExitCode": 1}, State.WRONG),
        ({"State": "restarting", "ExitCode": 1}, State.WRONG),
        ({"State": "created"}, State.WRONG),
    ],
)
def test_what_compose_says_is_judged(container: dict[str, object], state: State) -> None:
    text = json.dumps({"Service": "gateway", **container})
    assert [judge(each).state for each in (*parse(f"{text}\n"), *parse(f"[{text}]"))] == [state, state]
