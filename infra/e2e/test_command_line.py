"""What people do in the UI they can do by commands, with the same rights."""

import csv
import io
import json
import os
import signal
from itertools import islice
from pathlib import Path

import openpyxl
import pytest
import yaml
from vitrina_e2e.command_line import CommandLine
from vitrina_e2e.people import Person
from vitrina_e2e.system import System
from vitrina_e2e.vendors import Vendor
from vitrina_e2e.waiting import until_equal

pytestmark = pytest.mark.e2e


def test_devices_are_listed_filtered_and_exported(
    vitrina: CommandLine, vendors: dict[str, Vendor], tmp_path: Path
) -> None:
    truth = vendors["cubicmedia"].truth()
    listed = vitrina.read("devices", "list", "--source", "demo-cubicmedia")
    assert {device["device_id"]: device["status"] for device in listed} == truth
    exported = vitrina.done("devices", "list", "--source", "demo-cubicmedia", "--output", "csv")
    assert len(list(csv.reader(io.StringIO(exported)))) == len(truth) + 1
    book = tmp_path / "devices.xlsx"
    vitrina.done("devices", "export", "--source", "demo-cubicmedia", "--format", "xlsx", "--file", str(book))
    assert {row[5] for row in islice(openpyxl.load_workbook(book).active.values, 1, None)} == set(truth)
    one = listed[0]
    shown = vitrina.read("devices", "show", one["platform"], one["source"], one["device_id"])
    assert shown["name"] == one["name"]


def test_an_account_is_tried_connected_changed_and_taken_away(
    vitrina: CommandLine, system: System, tmp_path: Path
) -> None:
    (tmp_path / "token").write_text((system.home.secrets / "addreality-simulator-token").read_text())
    url = f"api_url={system.endpoints['simulators']['addreality']}/as/by-hand/public/v1/device/list"
    fields = ["--set", url, "--secret-file", f"api_token={tmp_path / 'token'}"]
    assert json.loads(vitrina.done("sources", "test", "addreality", *fields, "-o", "json"))["ok"]
    made = vitrina.read("sources", "create", "addreality", "by-hand", *fields, "--disabled", "--label", "floor=1")
    assert made["config"]["api_token"]["set"]
    changed = vitrina.read("sources", "change", "addreality", "by-hand", "--label", "floor=2")
    assert (changed["labels"], changed["config"]) == ({"floor": "2"}, made["config"])

    stale = vitrina.run("sources", "delete", "addreality", "by-hand", "--yes", "--revision", str(made["revision"]))
    assert stale.returncode == 6
    assert "Changed meanwhile (412)" in stale.stderr
    vitrina.done("sources", "delete", "addreality", "by-hand", "--yes")
    assert vitrina.run("sources", "show", "addreality", "by-hand").returncode == 5


def test_a_refusal_names_the_field_and_is_status_7(vitrina: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "token").write_text("any")
    token = ["--secret-file", f"api_token={tmp_path / 'token'}"]
    ran = vitrina.run(
        "sources", "create", "addreality", "elsewhere", "--set", "api_url=http://169.254.169.254/", *token
    )
    assert ran.returncode == 7
    assert "config.api_url" in ran.stderr
    assert ran.stdout == ""


def test_the_document_in_git_is_planned_and_applied(vitrina: CommandLine, tmp_path: Path) -> None:
    file = tmp_path / "vitrina.yaml"
    file.write_text(vitrina.done("export"))
    vitrina.done("plan", str(file), "--exit-code")
    document = yaml.safe_load(file.read_text())
    document["exporters"][0]["labels"] = {"by": "git"}
    file.write_text(yaml.safe_dump(document))
    assert vitrina.run("plan", str(file), "--exit-code").returncode == 9
    assert vitrina.run("apply", str(file)).returncode == 2  # nobody is there to confirm
    vitrina.done("apply", str(file), "--yes")
    name = document["exporters"][0]["name"]
    assert vitrina.read("exporters", "show", name)["labels"] == {"by": "git"}
    vitrina.done("exporters", "revert", name, "1")


def test_facts_go_in_and_out_as_csv(vitrina: CommandLine, vendors: dict[str, Vendor]) -> None:
    device_id = next(iter(vendors["addreality"].truth()))
    vitrina.done("facts", "set", f"addreality/demo-addreality/{device_id}", "--set", "site=Shop 7")
    exported = vitrina.done("facts", "export", "--source", "demo-addreality")
    assert vitrina.done("facts", "import", "-", "--dry-run", "-o", "csv", given=exported).find("unchanged,1") > 0
    vitrina.done("facts", "delete", "addreality", "demo-addreality", device_id, "--yes")


def test_a_script_has_an_api_token_with_the_rights_of_its_owner_and_scope(
    vitrina: CommandLine, system: System, tmp_path: Path
) -> None:
    made = vitrina.read("tokens", "create", "report", "--scope", "read")
    (tmp_path / "api-token").write_text(made["value"])
    script = CommandLine(system.url, tmp_path / "nobody", {"VITRINA_TOKEN_FILE": str(tmp_path / "api-token")})
    assert script.read("overview")["totals"]["total"] > 0
    refused = script.run("exporters", "restart", "addreality", "--dry-run")
    assert refused.returncode == 4
    vitrina.done("tokens", "delete", made["id"], "--yes")


def test_a_manager_gets_as_far_as_in_the_ui(
    vitrina: CommandLine, system: System, admin: Person, tmp_path: Path
) -> None:
    (tmp_path / "managers-password").write_text("Nurse-Velvet-17-Comet\n")
    password = ["--password-file", str(tmp_path / "managers-password")]
    vitrina.done("users", "create", "cli-manager", "--source", "demo-cubicmedia", *password, "--no-must-change")
    manager = CommandLine(system.url, tmp_path / "manager")
    manager.done("login", "--username", "cli-manager", *password)
    assert {device["source"] for device in manager.read("devices", "list")} == {"demo-cubicmedia"}
    refused = manager.run("users", "list")
    assert refused.returncode == 4
    assert "admin" in refused.stderr

    vitrina.done("users", "delete", "cli-manager", "--yes")
    until_equal(lambda: manager.run("overview").returncode, 3, seconds=20, what="the manager is shut out")
    assert "vitrina login" in manager.run("overview").stderr
    assert admin.ask("GET", "/api/auth/users/cli-manager").status_code == 404


def test_the_doctor_finds_a_part_that_hangs_and_nothing_when_all_is_well(system: System, tmp_path: Path) -> None:
    here = CommandLine(system.url, tmp_path, {"VITRINA_HOME": str(system.home.path), "VITRINA_PORT": str(system.port)})
    (tmp_path / "password").write_text(f"{system.password}\n")
    here.done("login", "--username", "admin", "--password-file", str(tmp_path / "password"))
    until_equal(lambda: wrong_for(here), set(), seconds=30, what="all is well")
    orchestrator = system.supervisor.pids()["orchestrator"]
    os.kill(orchestrator, signal.SIGSTOP)
    try:
        assert "orchestrator" in wrong_for(here)
    finally:
        os.kill(orchestrator, signal.SIGCONT)
    here.done("logout")
    nobody = here.run("doctor", "--remote")
    assert nobody.returncode == 0
    assert "vitrina login" in nobody.stdout


def wrong_for(here: CommandLine) -> set[str]:
    """Parts that the doctor calls wrong."""
    found = json.loads(here.run("doctor", "--output", "json").stdout)
    return {each["subject"] for each in found if each["state"] == "wrong"}
