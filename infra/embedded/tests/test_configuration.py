"""What we generate is accepted by the programs that read it."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from vitrina_embedded import configuration, processes, service_processes
from vitrina_embedded.downloads import TOOLS, from_environment
from vitrina_embedded.home import Home
from vitrina_embedded.installation import Installation
from vitrina_embedded.refusal import Refusal
from vitrina_embedded.secret_files import BUS_USERS, bus_password, read_secret
from vitrina_embedded.supervision import Program, render


def _check(*command: object, cwd: Path | None = None, environment: dict[str, str] | None = None) -> None:
    told = {**os.environ, **(environment or {})}
    done = subprocess.run(
        [str(part) for part in command], cwd=cwd, env=told, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_nats_accepts_its_configuration(installation: Installation) -> None:
    configuration.write_configuration(installation)
    _check(from_environment("nats-server"), "-t", "-c", configuration.nats_file(installation))


@pytest.mark.parametrize("interval", [1, 2, 15])
def test_prometheus_accepts_its_configuration_at_any_interval(
    make_installation: Callable[..., Installation], interval: int
) -> None:
    installation = make_installation(scrape_interval=interval)
    configuration.write_configuration(installation)
    _check(installation.monitoring.promtool, "check", "config", configuration.prometheus_file(installation))


def test_alertmanager_accepts_its_configuration(installation: Installation) -> None:
    configuration.write_configuration(installation)
    _check(installation.monitoring.amtool, "check-config", configuration.alertmanager_file(installation), cwd=TOOLS)


def test_caddy_accepts_the_caddyfile(installation: Installation) -> None:
    program = processes.edge(installation)
    caddy, _, *options = program.command
    _check(caddy, "validate", *options, environment=dict(program.environment))


def test_what_holds_secrets_is_private(installation: Installation) -> None:
    configuration.write_configuration(installation)
    held = [configuration.nats_file(installation), *installation.secrets.values(), installation.home.secrets]
    assert all(path.stat().st_mode & 0o077 == 0 for path in held)


def test_no_secret_stands_in_the_table_of_processes(installation: Installation) -> None:
    programs = [
        *processes.foundation(installation),
        *service_processes.services(installation),
        *processes.simulators(installation),
        processes.edge(installation),
    ]
    table = render(installation.home, programs)
    for path in installation.secrets.values():
        assert read_secret(path) not in table


def test_each_service_gets_only_its_own_secrets(installation: Installation) -> None:
    given = {
        program.name: " ".join(program.environment.values()) for program in service_processes.services(installation)
    }
    assert [name for name, text in given.items() if "registry-secret-key" in text] == ["registry"]
    assert [name for name, text in given.items() if "auth-secret-key" in text] == ["auth"]
    assert [name for name, text in given.items() if "admin-password" in text] == ["auth"]
    assert [name for name, text in given.items() if "orchestrator-calls-registry" in text] == [
        "registry",
        "orchestrator",
    ]
    for user in BUS_USERS:
        assert [name for name, text in given.items() if bus_password(user) in text] == [user][: user != "subscriber"]


@pytest.mark.parametrize(
    ("settings", "must_change"),
    [({}, "False"), ({"demo": False}, "True"), ({"demo": False, "admin_password": "the operator's"}, "False")],
)
def test_a_generated_password_must_be_changed_outside_the_demo(
    make_installation: Callable[..., Installation], settings: dict[str, object], must_change: str
) -> None:
    (auth,) = (each for each in service_processes.services(make_installation(**settings)) if each.name == "auth")
    assert auth.environment["VITRINA_ADMIN_PASSWORD_GENERATED"] == must_change


def test_values_that_mean_something_to_supervisord_arrive_unchanged(home: Home) -> None:
    program = Program(name="odd", title="odd", command=["echo", "100 %", "a b"], environment={"A": "50% of it, or so"})
    table = render(home, [program])
    assert "'100 %%' 'a b'" in table
    assert 'A="50%% of it, or so"' in table


def test_a_value_that_supervisord_cannot_hold_is_refused(home: Home) -> None:
    with pytest.raises(Refusal, match="A holds a quote"):
        render(home, [Program(name="odd", title="odd", command=["true"], environment={"A": 'b" C="d'})])
