"""The stack of stack.yaml on machines of the tests' own, as README.md beside it says to deploy it."""

import contextlib
import os
import re
import secrets
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
PORT: Final = 8080
_CARRIED: Final = (
    *("nats", "prometheus", "alertmanager", "setup", "auth", "registry", "orchestrator", "gateway", "edge"),
    *("exporter-addreality", "exporter-cubicmedia"),
)
_SECONDS: Final = 600
_CLUSTER: Final = 3
"""Servers of NATS, each on a machine of its own; fewer machines have one."""


def carry_images(source: PrivateEngine, target: PrivateEngine) -> None:
    """What the stack runs, from an engine to another one: neither asks a registry."""
    names = [f"vitrina/{name}:{TAG}" for name in _CARRIED]
    with subprocess.Popen(["docker", "--host", source.host, "save", *names], stdout=subprocess.PIPE) as saved:
        load = ["docker", "--host", target.host, "load", "--quiet"]
        subprocess.run(load, stdin=saved.stdout, check=True, capture_output=True, timeout=_SECONDS)
    assert saved.returncode == 0


def show_socket_at(engine: PrivateEngine, folder: Path) -> None:
    """`folder`/docker.sock is the engine's own for what runs on it: every machine has its engine in the same place."""
    assert engine.containerd is not None
    inside = ["nsenter", f"--mount=/proc/{engine.containerd.pid}/ns/mnt"]
    subprocess.run([*inside, "mount", "--bind", str(engine.folder), str(folder)], check=True, capture_output=True)


def without_what_the_kernel_lacks() -> str:
    """stack.yaml, but for IPsec (encrypted networks) and IPVS (virtual addresses), which a kernel may lack."""
    stack = yaml.safe_load(STACK.read_text("utf-8"))
    for network in stack["networks"].values():
        network.get("driver_opts", {}).pop("encrypted", None)
    stack["services"]["edge"]["deploy"]["endpoint_mode"] = "dnsrr"
    text: str = yaml.safe_dump(stack, sort_keys=False)
    return text


@dataclass
class Stack:
    """`nodes`: the first one keeps the data and manages; of three all manage, and each has a server of NATS."""

    nodes: Sequence[SwarmNode]
    outside: Outside
    folder: Path
    """/srv/vitrina of the first one."""
    sockets: Path
    """Where each machine has its engine's."""
    _ids: dict[str, str] = field(default_factory=dict)
    """Of the nodes, by their networks: a dead one does not say it."""
    _password: str = field(repr=False, default="")
    _token: str = field(repr=False, default="")
    _token_until: float = 0

    @property
    def keeper(self) -> SwarmNode:
        return self.nodes[0]

    @property
    def other(self) -> SwarmNode:
        """The one that the tests fill and kill."""
        return self.nodes[1]

    @property
    def _nats_servers(self) -> int:
        return _CLUSTER if len(self.nodes) >= _CLUSTER else 1

    @property
    def environment(self) -> dict[str, str]:
        clean = {name: value for name, value in os.environ.items() if not name.startswith("VITRINA_")}
        own = {
            "DOCKER_HOST": self.keeper.engine.host,
            "VITRINA_POSTGRES_ADDRESS": f"{self.outside.postgres}:5432",
            "VITRINA_DOCKER_SOCKET": str(self.sockets / "docker.sock"),
            "VITRINA_PORT": str(PORT),
            "VITRINA_EDGE_PUBLISH": "host",
            "VITRINA_SWARM_NATS": str(self._nats_servers),
            "VITRINA_POLL_INTERVAL": "5",
            "VITRINA_SCRAPE_INTERVAL": "5",
            "VITRINA_PRIVATE_ENDPOINTS": "10.99.0.0/24",
        }
        return {**clean, **IMAGES, **own}

    def prepare(self) -> None:
        """Labels, secrets and the database: steps 2 and 3 of the README."""
        self._ids = {node.network: node.node_id() for node in self.nodes}
        for number, node in enumerate(self.nodes[: self._nats_servers], 1):
            self._update(node, f"--label-add=vitrina.nats={number}")
        self._update(self.keeper, "--label-add=vitrina.data=true")
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
        """Whatever may stand there comes to stand on `other`, until `open_all`."""
        file = self.folder / "stack.yaml"
        file.write_text(without_what_the_kernel_lacks())
        for node in self.nodes:
            if node is not self.other:
                self._update(node, "--availability=drain")
        command = ("docker", "stack", "deploy", f"--compose-file={file}", "--resolve-image=never", "vitrina")
        run(*command, seconds=120, environment=self.environment)

    def open_all(self) -> None:
        for node in self.nodes:
            self._update(node, "--availability=active")

    def _update(self, node: SwarmNode, change: str) -> None:
        self.keeper.engine.docker("node", "update", change, self._ids[node.network])

    def wanted_on(self, *nodes: SwarmNode) -> set[str]:
        """Parts that the Swarm wants to run there, and exporters with `vitrina-` before their names."""
        columns = ("--filter=desired-state=running", "--format={{.Name}}")
        listed = self.keeper.engine.docker("node", "ps", *columns, *(self._ids[node.network] for node in nodes))
        return {line.partition(".")[0].removeprefix("vitrina_") for line in listed.splitlines()}

    def page(self, node: SwarmNode) -> int:
        """What the edge of this node answers to whoever opens it; 0: nothing."""
        with among(node):
            try:
                return httpx.get(f"http://{node.address}:{PORT}/", timeout=5, trust_env=False).status_code
            except httpx.HTTPError:
                return 0

    def edges(self) -> list[SwarmNode]:
        return [node for node in self.nodes if self.page(node) == httpx.codes.OK]

    @contextlib.contextmanager
    def client(self, node: SwarmNode) -> Iterator[httpx.Client]:
        """Signed in as the admin by the edge of this node; by a sign-in of the last minute if there is one."""
        with self.anybody(node) as client:
            if time.monotonic() > self._token_until:
                self._token, self._token_until = sign_in(client, "admin", self._password), time.monotonic() + 60
            client.headers.update({"Authorization": f"Bearer {self._token}", "If-Match": "*"})
            yield client

    @contextlib.contextmanager
    def anybody(self, node: SwarmNode) -> Iterator[httpx.Client]:
        """Not signed in."""
        base = f"http://{node.address}:{PORT}"
        with among(node), httpx.Client(base_url=base, timeout=90, trust_env=False) as client:
            yield client

    def take_over(self) -> None:
        """The first password has to be changed before anything else.

        Raises:
            httpx.HTTPError: nobody answers yet.
        """
        first, own = (self.folder / "secrets/admin-password").read_text().strip(), secrets.token_urlsafe(24)
        with self.anybody(self.other) as client:
            client.headers["Authorization"] = f"Bearer {sign_in(client, 'admin', first)}"
            words = {"current_password": first, "new_password": own}
            client.post("/api/auth/me/password", json=words).raise_for_status()
        self._password = own

    def sign_in_anew(self) -> None:
        """The next caller does."""
        self._token_until = 0


def sign_in(client: httpx.Client, name: str, password: str) -> str:
    form = {"username": name, "password": password}
    token: str = client.post("/api/auth/token", data=form).raise_for_status().json()["access_token"]
    return token
