"""Backup and restore of the way with containers: nothing is left of the first installation but the file."""

import secrets
from pathlib import Path

import httpx
import pytest
from vitrina_compose_testing.commands import run, wait_until
from vitrina_compose_testing.system import DEVICES, System

pytestmark = [pytest.mark.docker, pytest.mark.long, pytest.mark.timeout(1200)]

_SOURCE = "demo-addreality"


def test_logins_tokens_sources_facts_and_the_past_survive_the_loss_of_everything(
    system: System, tmp_path: Path
) -> None:
    name, password, passphrase = f"before-{secrets.token_hex(4)}", secrets.token_urlsafe(18), secrets.token_urlsafe(18)
    with system.client() as client:
        user = {"username": name, "password": password, "role": "manager", "sources": [_SOURCE]}
        client.post("/api/auth/users", json=user).raise_for_status()
        device = client.get("/api/v1/devices", params={"source": _SOURCE}).raise_for_status().json()["items"][0]
        path = f"addreality/{_SOURCE}/{device['device_id']}"
        client.put(f"/api/registry/v1/facts/{path}", json={"site": "Shop 7"}).raise_for_status()
        events = client.get(f"/api/v1/devices/{path}/events").raise_for_status().json()

    file = tmp_path / "backup"
    system.script("backup", str(file), "--history", told=f"{passphrase}\n")
    assert file.stat().st_mode & 0o077 == 0
    content = file.read_bytes()
    assert [secret for secret, value in system.secrets().items() if value.encode() in content] == []
    with pytest.raises(AssertionError, match="secrets already"):
        system.script("restore", str(file), told=f"{passphrase}\n")
    assert system.known_devices() == 2 * DEVICES

    system.wipe()
    assert run("docker", "ps", "--all", "--quiet") == ""
    with pytest.raises(AssertionError, match="The passphrase is not the one"):
        system.script("restore", str(file), told="another passphrase\n")
    system.script("restore", str(file), told=f"{passphrase}\n")
    system.start()

    wait_until(lambda: system.known_devices() == 2 * DEVICES, 90, "every device with a status: vendors' tokens work")
    with system.client() as client:
        shown = client.get(f"/api/v1/devices/{path}").raise_for_status().json()
        assert (shown["site"], shown["status_since"]) == ("Shop 7", device["status_since"])
        assert client.get(f"/api/v1/devices/{path}/events").raise_for_status().json() == events
        form = {"username": name, "password": password}
        token = client.post("/api/auth/token", data=form).raise_for_status().json()["access_token"]
        headers = {"Authorization": f"Bearer {token}"}
        mine = (
            httpx.get(f"{client.base_url}/api/v1/devices", headers=headers, trust_env=False).raise_for_status().json()
        )
        assert {each["source"] for each in mine["items"]} == {_SOURCE}
