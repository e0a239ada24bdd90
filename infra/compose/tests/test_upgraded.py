"""Another release over the data of the one that runs, and back by itself when it does not come up."""

import secrets
import shutil
from pathlib import Path

import pytest
from vitrina_compose_testing.commands import ROOT, run, wait_until
from vitrina_compose_testing.system import DEVICES, System, parts

pytestmark = [pytest.mark.docker, pytest.mark.long, pytest.mark.timeout(1500)]

LABEL = "vitrina.test.release"
WORKS = f"services: {{ registry: {{ labels: {{ {LABEL}: next }} }}, gateway: {{ labels: {{ {LABEL}: next }} }} }}\n"
BROKEN = 'services: { registry-migrate: { entrypoint: [python, -c, "raise SystemExit(1)"] } }\n'


def release(folder: Path, difference: str) -> Path:
    """A folder as a release is unpacked into, with the images of this one and `difference` over its compose.yaml."""
    folder.mkdir()
    shutil.copy(ROOT / "compose.yaml", folder)
    shutil.copytree(ROOT / "infra", folder / "infra", ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "compose.override.yaml").write_text(difference)
    return folder


def test_a_release_takes_over_and_one_that_does_not_come_up_gives_way_with_nothing_lost(
    system: System, tmp_path: Path
) -> None:
    broken, works = release(tmp_path / "broken", BROKEN), release(tmp_path / "works", WORKS)
    passphrase = f"{secrets.token_urlsafe(18)}\n"
    environment = {**system.environment, "COMPOSE": " ".join(system.command)}
    with system.client() as client:
        device = client.get("/api/v1/devices").raise_for_status().json()["items"][0]
        facts = f"/api/registry/v1/facts/{device['platform']}/{device['source']}/{device['device_id']}"

        def upgrade(new: Path, name: str) -> str:
            """Something is written in the last moment before."""
            client.put(facts, json={"site": name}).raise_for_status()
            command = (str(new / "infra" / "compose" / "upgrade"), str(ROOT), str(tmp_path / name))
            return run(*command, told=passphrase, seconds=900, environment=environment)

        def site() -> str:
            return str(client.get(facts).raise_for_status().json()["site"])

        with pytest.raises(AssertionError, match="runs again, with its data"):
            upgrade(broken, "before-broken")
        assert LABEL not in parts()["registry"]["Config"]["Labels"]
        assert site() == "before-broken"
        wait_until(
            lambda: system.known_devices() == 2 * DEVICES, 90, "every device with a status: vendors' tokens work"
        )

        assert "This release runs" in upgrade(works, "before-works")
        assert parts()["registry"]["Config"]["Labels"][LABEL] == "next"
        assert site() == "before-works"
        wait_until(lambda: system.known_devices() == 2 * DEVICES, 90, "every device with a status")
    system.start()  # the release of the other tests
