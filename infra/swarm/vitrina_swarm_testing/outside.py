"""What a company has beside the Swarm: a PostgreSQL and a vendor, each a machine of its own on the nodes' switch."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import httpx
from vitrina_compose_testing.commands import run, succeeds, wait_until
from vitrina_orchestrator.testing.private_engine import PrivateEngine
from vitrina_orchestrator.testing.swarm_nodes import SwarmNode, among, beside

DEVICES: Final = 40
_USER: Final = "65532"
_DATA: Final = "/var/lib/postgresql/data"
_NUMBERS: Final = {"postgres": 100, "vendor": 101}
"""Of their addresses."""


@dataclass(frozen=True)
class Outside:
    node: SwarmNode
    """Any one: they share the switch."""
    postgres: str
    vendor: str
    """Both are addresses without a port."""
    postgres_password: str = field(repr=False)
    vendor_token: str = field(repr=False)

    @property
    def source(self) -> dict[str, object]:
        """As the registry takes it."""
        config = {"api_url": f"http://{self.vendor}:9000/public/v1/device/list", "api_token": self.vendor_token}
        return {"name": "shops", "config": config, "labels": {}, "enabled": True}

    def set_status(self, device: str, status: str) -> None:
        """As the vendor sees it from now on."""
        with among(self.node):
            path = f"http://{self.vendor}:9000/control/devices/{device}"
            httpx.post(path, json={"status": status}, timeout=10, trust_env=False).raise_for_status()

    def listens(self) -> bool:
        with among(self.node):
            try:
                return httpx.get(f"http://{self.vendor}:9000/control/devices", timeout=5, trust_env=False).is_success
            except httpx.HTTPError:
                return False


@contextmanager
def outside(engine: PrivateEngine, node: SwarmNode, folder: Path, tag: str) -> Iterator[Outside]:
    """Their containers run on `engine`, which has nothing to do with the Swarm."""
    words = {name: secrets.token_urlsafe(24) for name in ("postgres", "vendor")}
    for name, word in words.items():
        (folder / name).write_text(word)
        (folder / name).chmod(0o444)  # the container's user reads it
    postgres = [
        *("--env", "POSTGRES_PASSWORD_FILE=/run/password", "--volume", f"{folder}/postgres:/run/password:ro"),
        *("--tmpfs", f"{_DATA}:uid={_USER},gid={_USER},mode=700"),
        *(f"vitrina/postgres:{tag}", "postgres", "-clisten_addresses=*", "-cunix_socket_directories=", "-cjit=off"),
    ]
    vendor = [
        *("--volume", f"{folder}/vendor:/run/token:ro", "--entrypoint", "python"),
        *(f"vitrina/exporter-addreality:{tag}", "-m", "vitrina_addreality.simulator", "--host=0.0.0.0", "--port=9000"),
        *(f"--devices={DEVICES}", "--flip-per-minute=0", "--token-file=/run/token"),
    ]
    addresses = {}
    for name, options in {"postgres": postgres, "vendor": vendor}.items():
        engine.docker("run", "--detach", "--network=none", f"--name=outside-{name}", *options)
        process = int(engine.docker("inspect", "--format={{.State.Pid}}", f"outside-{name}"))
        addresses[name] = beside(node, name, process, _NUMBERS[name])
    there = Outside(node, addresses["postgres"], addresses["vendor"], words["postgres"], words["vendor"])
    wait_until(there.listens, 60, "the vendor answers")
    of_engine = ("docker", "--host", engine.host)
    try:
        ready = (*of_engine, "exec", "outside-postgres", "pg_isready", "--quiet", "--host=127.0.0.1")
        wait_until(lambda: succeeds(*ready), 60, "PostgreSQL answers")
    except AssertionError as error:
        raise AssertionError(f"{error}\n{run(*of_engine, 'logs', '--tail=20', 'outside-postgres')}") from None
    yield there
