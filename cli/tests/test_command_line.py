"""Mistakes are one sentence with the way out and a status of their own; nothing shows a secret."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from vitrina_kit.testing.ports import free_port

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def vitrina(tmp_path: Path) -> Run:
    """Runs the command where nobody is signed in and nobody answers, but for what a test sets."""

    def run(*arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
        others = {name: value for name, value in os.environ.items() if not name.startswith("VITRINA_")}
        own = {"VITRINA_URL": f"http://127.0.0.1:{free_port()}", "XDG_CONFIG_HOME": str(tmp_path), "COLUMNS": "120"}
        return subprocess.run(
            [sys.executable, "-m", "vitrina_cli", *arguments],
            env={**others, **own, **settings},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    return run


def test_nobody_answers_is_status_8_and_names_the_address(vitrina: Run) -> None:
    ran = vitrina("overview", VITRINA_TOKEN="vitrina_pat_secret")
    assert ran.returncode == 8
    assert "VITRINA_URL" in ran.stderr
    assert "Traceback" not in ran.stderr
    assert "vitrina_pat_secret" not in ran.stdout + ran.stderr


@pytest.mark.parametrize(
    ("arguments", "status", "sentence"),
    [
        (["exporters", "delete", "addreality"], 2, "add --yes"),
        (["apply", "no-such-file.yaml", "--yes"], 2, "no-such-file.yaml cannot be read"),
        (["sources", "create", "addreality", "shop", "--set", "endpoint"], 2, "--set endpoint: write it as name=value"),
        (["sources", "create", "addreality", "shop", "--secret-file", "api_token=gone"], 2, "gone cannot be read"),
        (["silences", "create", "source", "--for", "2h", "--comment", "x"], 2, "write a matcher as"),
        (["silences", "create", "source=a", "--for", "2 hours", "--comment", "x"], 2, "--for 2 hours"),
        (["facts", "set", "a/b", "--set", "site=x"], 2, "platform/source/device_id"),
        (["facts", "set", "a/b/c", "--set", "tags=[x"], 7, "--set tags is neither YAML nor JSON"),
        (["devices", "list", "--limit", "0"], 2, "--limit"),
        (["devices", "lst"], 2, "lst"),
    ],
)
def test_a_wrong_command_line_is_told_before_anything_is_asked(
    vitrina: Run, arguments: list[str], status: int, sentence: str
) -> None:
    ran = vitrina(*arguments)
    assert (ran.returncode, ran.stdout) == (status, "")
    assert sentence in ran.stderr
    assert "Traceback" not in ran.stderr


def test_a_token_file_that_is_not_there_is_named(vitrina: Run, tmp_path: Path) -> None:
    ran = vitrina("overview", VITRINA_TOKEN_FILE=str(tmp_path / "gone"))
    assert ran.returncode == 2
    assert "gone cannot be read" in ran.stderr


def test_help_lists_the_exit_statuses_and_no_colour_is_possible(vitrina: Run) -> None:
    ran = vitrina("--help", NO_COLOR="1", FORCE_COLOR="1")
    assert ran.returncode == 0
    assert "\x1b[3" not in ran.stdout
    assert "Exit statuses" in ran.stdout


def test_shells_can_complete_commands(vitrina: Run) -> None:
    ran = vitrina(_VITRINA_COMPLETE="complete_bash", COMP_WORDS="vitrina expo", COMP_CWORD="1")
    assert ran.stdout.split() == ["export", "exporters"]


def test_a_certificate_authority_that_cannot_be_read_is_named(vitrina: Run, tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("no certificate")
    ran = vitrina("overview", VITRINA_CA_FILE=str(tmp_path / "ca.pem"))
    assert ran.returncode == 1
    assert "VITRINA_CA_FILE" in ran.stderr


def test_a_sign_in_elsewhere_is_not_sent_here(vitrina: Run, tmp_path: Path) -> None:
    (tmp_path / "vitrina").mkdir()
    kept = {
        "url": "https://elsewhere.example",
        "username": "a",
        "cookie": ["c", "v"],
        "access_token": "t",
        "expires_at": 9e9,
    }
    (tmp_path / "vitrina" / "sign-ins.json").write_text(json.dumps([kept]))
    ran = vitrina("logout")
    assert ran.returncode == 0
    assert "Nobody was signed in" in ran.stderr


def test_a_probe_of_an_account_that_refuses_and_of_a_platform_that_is_none(vitrina: Run, tmp_path: Path) -> None:
    ran = vitrina("probe", "nonsense")
    assert (ran.returncode, "no probe of this platform" in ran.stderr) == (2, True)
    (tmp_path / "token").write_text("canary-token")
    url = f"api_url=http://127.0.0.1:{free_port()}/list"
    ran = vitrina("probe", "addreality", "--set", url, "--secret-file", f"api_token={tmp_path / 'token'}")
    assert ran.returncode == 1
    assert "not allowed" in ran.stderr
    ran = vitrina(
        "probe", "addreality", "--set", url, "--secret-file", f"api_token={tmp_path / 'token'}",
        "--private-endpoints", "127.0.0.0/8",
    )  # fmt: skip
    assert (ran.returncode, "does not accept the connection" in ran.stderr) == (1, True)
    assert "canary-token" not in ran.stdout + ran.stderr


def test_settings_are_shown_with_their_origin_and_secrets_masked(vitrina: Run) -> None:
    ran = vitrina("config", "show", "-o", "json", VITRINA_ADMIN_PASSWORD="canary-password", VITRINA_PORT="18123")
    assert ran.returncode == 0, ran.stderr
    shown = {each["name"]: (each["value"], each["origin"]) for each in json.loads(ran.stdout)}
    assert shown["VITRINA_PORT"] == ("18123", "environment")
    assert shown["VITRINA_ADMIN_PASSWORD"] == ("********", "environment")
    assert shown["VITRINA_SCRAPE_INTERVAL"] == ("15", "default")
    assert "canary" not in ran.stdout


def test_settings_are_checked_and_a_typing_error_is_found(vitrina: Run) -> None:
    assert vitrina("config", "check").returncode == 0
    for settings, sentence in (
        ({"VITRINA_PORT": "eighty"}, "The setting VITRINA_PORT does not fit"),
        ({"VITRINA_BIND": "0.0.0.0"}, "passwords would cross the network in clear"),
        ({"VITRINA_SCRAPE_INTERVALL": "5"}, "Nobody reads VITRINA_SCRAPE_INTERVALL"),
    ):
        ran = vitrina("config", "check", **settings)
        assert (ran.returncode, sentence in ran.stderr) == (7, True), ran.stderr


def test_the_doctor_of_a_machine_where_nothing_runs_names_the_next_step_and_asks_nobody(
    vitrina: Run, tmp_path: Path
) -> None:
    ran = vitrina("doctor", "-o", "json", VITRINA_HOME=str(tmp_path / "home"))
    assert ran.returncode == 1
    found = {each["subject"]: each["step"] for each in json.loads(ran.stdout)}
    assert "make up" in found["vitrina"]
    assert "api" not in found
    assert not (tmp_path / "home").exists()
