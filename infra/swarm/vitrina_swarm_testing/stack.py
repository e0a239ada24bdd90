"""The stack of stack.yaml on machines of the tests' own, as README.md beside it says to deploy it."""

import contextlib
import os
import re
import subprocess
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import httpx
import yaml
from vitrina_compose_testing.commands import ROOT, run
from vitrina_orchestrator.testing.private_engine import PrivateEngine
from vitrina_orchestrator.testing.swarm_nodes import SwarmNode, among

from vitrina_swarm_testing.outside import Outside

STACK: Final = ROOT / "infra/swarm/stack.yaml"
IMAGES: Final = dict(re.findall(r"^(\w+)=(.*)$", (ROOT / "infra/debian/images.env").read_text("utf-8"), re.MULTILINE))
TAG: Final = IMAGES["VITRINA_IMAGE_TAG"]
_CARRIED: Final = (
    *("nats", "prometheus", "alertmanager", "setup", "auth", "registry", "orchestrator", "gateway", "edge"),
    *("exporter-addreality", "exporter-cubicmedia"),
)
PORT: Final = 8080
_SECONDS: Final = 600


def carry_images(source: PrivateEngine, target: PrivateEngine) -> None:
    """What the stack runs, from an engine to another one: neither asks a registry."""
    names = [f"vitrina/{name}:{TAG}" for name in _CARRIED]
    with subprocess.Popen(["docker", "--host", source.host, "save", *names], stdout=subprocess.PIPE) as saved:
        load = ["docker", "--host", target.host, "load", "--quiet"]
        subprocess.run(load, stdin=saved.stdout, check=True, capture_output=True, timeout=_SECONDS)
    assert saved.returncode == 0


def without_what_the_kernel_lacks() -> str:
    """stack.yaml, but for IPsec (encrypted networks) and IPVS (virtual addresses), which no kernel of a test needs."""
    stack = yaml.safe_load(STACK.read_text("utf-8"))
    for network in stack["networks"].values():
        network.get("driver_opts", {}).pop("encrypted", None)
    stack["services"]["edge"]["deploy"]["endpoint_mode"] = "dnsrr"
    text: str = yaml.safe_dump(stack, sort_keys=False)
    return text


@dataclass
class Stack:
    """`nodes`: the only manager, which holds the data, and a worker."""

    nodes: Sequence[SwarmNode]
    outside: Outside
    folder: Path
    """/srv/vitrina of the manager."""
    _token: str = field(repr=False, default="")
    _token_until: float = 0

    @property
    def manager(self) -> SwarmNode:
        return self.nodes[0]

    @property
    def worker(self) -> SwarmNode:
        return self.nodes[1]

    @property
    def environment(self) -> dict[str, str]:
        clean = {name: value for name, value in os.environ.items() if not name.startswith("VITRINA_")}
        host = self.manager.engine.host
        own = {
            "DOCKER_HOST": host,
            "VITRINA_POSTGRES_ADDRESS": f"{self.outside.postgres}:5432",
            "VITRINA_DOCKER_SOCKET": host.removeprefix("unix://"),
            "VITRINAPORT": str(PORT),
            "VITRINA_EDGE_PUBLISH": "host",
            "VITRINA_SWARM_NATS": "1",
            "VITRINA_POLL_INTERVAL": "5",
            "VITRINA_SCRAPE_INTERVAL": "5",
            "VITRINA_PRIVATE_ENDPOINTS": "10.99.0.0/24",
        }
        return {**clean, **IMAGES, **own}

    def prepare(self) -> None:
        """Labels, secrets and the database: steps 2 and 3 of the README."""
        labels = ("--label-add", "vitrina.nats=1", "--label-add", "vitrina.data=true")
        self.manager.engine.docker("node", "update", *labels, self.manager.node_id())
        (self.folder / "secrets").mkdir(mode=0o700)
        password = self.folder / "secrets/postgres-password"
        password.touch(0o600)
        password.write_text(self.outside.postgres_password)
        run("infra/swarm/make-secrets", str(self.folder), seconds=120, environment=self.environment)
        mounted = ("--volume", f"{self.folder}:/run/vitrina", "--add-host", f"postgres:{self.outside.postgres}")
        # These engines have no bridge of their own, on which a container otherwise is.
        once = ("docker", "run", "--rm", "--network=host", *mounted, f"vitrina/setup:{TAG}", "database")
        run(*once, seconds=120, environment=self.environment)

    def deploy(self) -> None:
        """What needs neither data nor a manager comes to stand on the worker."""
        file = self.folder / "stack.yaml"
        file.write_text(without_what_the_kernel_lacks())
        self._availability("drain")
        command = ("docker", "stack", "deploy", f"--compose-file={file}", "--resolve-image=never", "vitrina")
        run(*command, seconds=120, environment=self.environment)

    def open_manager(self) -> None:
        self._availability("active")

    def _availability(self, word: str) -> None:
        self.manager.engine.docker("node", "update", f"--availability={word}", self.manager.node_id())

    def wanted_on(self, node: SwarmNode) -> set[str]:
        """Parts that the Swarm wants to run there, and exporters with `vitrina-` before their names."""
        columns = ("--filter=desired-state=running", "--format={{.Name}}")
        listed = self.manager.engine.docker("node", "ps", *columns, node.node_id())
        return {line.partition(".")[0].removeprefix("vitrina_") for line in listed.splitlines()}

    def page(self, node: SwarmNode) -> int:
        """What the edge of this node answers to whoever opens it; 0: nothing."""
        with among(node):
            try:
                return httpx.get(f"http://{node.address}:{PORT}/", timeout=5, trust_env=False).status_code
            except httpx.HTTPError:
                return 0

    @contextlib.contextmanager
    def client(self, node: SwarmNode) -> Iterator[httpx.Client]:
        """Signed in as the admin by the edge of this node; by a sign-in of the last minute if there is one."""
        base = f"http://{node.address}:{PORT}"
        with among(node), httpx.Client(base_url=base, timeout=60, trust_env=False) as client:
            if time.monotonic() > self._token_until:
                self._token, self._token_until = sign_in(client, self.folder), time.monotonic() + 60
            client.headers.update({"Authorization": f"Bearer {self._token}", "If-Match": "*"})
            yield client

    def known_devices(self, node: SwarmNode) -> int:
        """How many have a status that is known; 0 while nobody answers."""
        with contextlib.suppress(httpx.HTTPError), self.client(node) as client:
            totals = client.get("/api/v1/overview").raise_for_status().json()["totals"]
            return int(totals["online"]) + int(totals["offline"])
        return 0


def sign_in(client: httpx.Client, folder: Path) -> str:
    form = {"username": "admin", "password": (folder / "secrets/admin-password").read_text().strip()}
    token: str = client.post("/api/auth/token", data=form).raise_for_status().json()["access_token"]
    return token
