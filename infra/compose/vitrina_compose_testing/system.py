"""A system of compose.yaml of its own, with the images that infra/debian builds."""

import contextlib
import json
import os
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import httpx

from vitrina_compose_testing.commands import run

PROJECT: Final = "vitrina-test"
DEVICES: Final = 40
"""Of each of the demo's two vendors."""

_OURS: Final = f"label=vitrina.installation={PROJECT}"
"""What the orchestrator has made."""

_UP_SECONDS: Final = 300
_SETTINGS: Final[Mapping[str, str]] = {
    "VITRINA_DEMO_DEVICES": str(DEVICES),
    "VITRINA_DEMO_FLIPS_PER_MINUTE": "0",
    "VITRINA_POLL_INTERVAL": "5",
    "VITRINA_SCRAPE_INTERVAL": "5",
}
_READ_SECRETS: Final = """
import json, pathlib
files = [path for path in pathlib.Path("/secrets").iterdir() if not path.name.startswith(".")]
print(json.dumps({path.name: path.read_text().strip() for path in files}))
"""


@dataclass
class System:
    """`program` is compose; `port` is the one for people; `engine` is where it answers, a `unix://` socket.

    `egress_prefix`: the first three numbers of addresses that nobody else has.
    """

    program: list[str]
    port: int
    engine: str
    egress_prefix: str
    password: str = field(repr=False, default="")
    _token: str = field(repr=False, default="")
    _token_until: float = 0

    @property
    def command(self) -> list[str]:
        """What stands for `docker compose`."""
        options = ("--project-name", PROJECT, "--env-file", "infra/debian/images.env", "--profile", "demo")
        return [*self.program, *options]

    @property
    def environment(self) -> dict[str, str]:
        clean = {name: value for name, value in os.environ.items() if not name.startswith(("VITRINA_", "COMPOSE_"))}
        own = {
            "VITRINA_PORT": str(self.port),
            "VITRINA_DOCKER_SOCKET": self.engine.removeprefix("unix://"),
            "VITRINA_EGRESS_PREFIX": self.egress_prefix,
        }
        return {**clean, **_SETTINGS, **own}

    def compose(self, *arguments: str, seconds: float = 60) -> str:
        return run(*self.command, *arguments, seconds=seconds, environment=self.environment)

    def script(self, name: str, *arguments: str, told: str) -> str:
        """One of infra/compose, as `backup`."""
        environment = {**self.environment, "COMPOSE": " ".join(self.command)}
        path = f"infra/compose/{name}"
        return run(path, *arguments, told=told, seconds=_UP_SECONDS, environment=environment)

    def wipe(self) -> None:
        """As the README has it: nothing stays but the images."""
        self.compose("rm", "--stop", "--force", "orchestrator")
        for what, option in (("container", "--all"), ("volume", "")):
            found = run("docker", what, "ls", "--quiet", *filter(None, [option]), "--filter", _OURS).split()
            if found:
                run("docker", what, "rm", "--force", *found)
        self.compose("down", "--volumes")

    def up(self) -> None:
        """As a person does it, for the first time; returns when everything is healthy."""
        self.start()
        said = self.compose("logs", "--no-log-prefix", "setup")
        self.password = re.findall(r"^ *Password +(\S+) +\(the first one", said, re.MULTILINE)[-1]

    def start(self) -> None:
        """Returns when everything is healthy."""
        try:
            self.compose("up", "--detach", "--wait", "--wait-timeout", str(_UP_SECONDS), seconds=_UP_SECONDS + 30)
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.compose('logs', '--tail', '12')}") from None

    def client(self) -> httpx.Client:
        """Signed in as the admin; signs in anew when a minute has passed."""
        base = f"http://127.0.0.1:{self.port}"
        if time.monotonic() > self._token_until:
            form = {"username": "admin", "password": self.password}
            answer = httpx.post(f"{base}/api/auth/token", data=form, timeout=20, trust_env=False).raise_for_status()
            self._token, self._token_until = answer.json()["access_token"], time.monotonic() + 60
        headers = {"Authorization": f"Bearer {self._token}", "If-Match": "*"}
        return httpx.Client(base_url=base, headers=headers, timeout=20, trust_env=False)

    def known_devices(self) -> int:
        """How many devices have a status that is known; 0 while nobody answers."""
        with contextlib.suppress(httpx.HTTPError), self.client() as client:
            totals = client.get("/api/v1/overview").raise_for_status().json()["totals"]
            return int(totals["online"]) + int(totals["offline"])
        return 0

    def secrets(self) -> dict[str, str]:
        """Every secret of the installation by its name."""
        mounted = ("--volume", f"{PROJECT}_secrets:/secrets:ro", "--network", "none", "--entrypoint", "python")
        image = parts()["setup"]["Config"]["Image"]
        found: dict[str, str] = json.loads(run("docker", "run", "--rm", *mounted, image, "-c", _READ_SECRETS))
        return found


def parts() -> dict[str, dict[str, Any]]:
    """What compose runs or ran, by service, as `docker inspect` shows it."""
    ids = run("docker", "ps", "-aq", "--filter", f"label=com.docker.compose.project={PROJECT}").split()
    return {shown["Config"]["Labels"]["com.docker.compose.service"]: shown for shown in inspect(*ids)}


def exporter_containers() -> dict[str, str]:
    """The running container of each exporter."""
    columns = '{{.Label "vitrina.exporter"}} {{.ID}}'
    said = run(
        "docker", "ps", "--no-trunc", "--filter", _OURS, "--filter", "label=vitrina.exporter", "--format", columns
    )
    found: dict[str, str] = {}
    for line in said.splitlines():
        name, container = line.split()
        assert found.setdefault(name, container) == container, f"an exporter has two containers:\n{said}"
    return found


def inspect(*containers: str) -> list[dict[str, Any]]:
    shown: list[dict[str, Any]] = json.loads(run("docker", "inspect", *containers))
    return shown


def process_status(container: str) -> dict[str, str]:
    """What the kernel says about the container's first process."""
    lines = run("docker", "exec", container, "cat", "/proc/1/status").splitlines()
    return {name: value.strip() for name, _, value in (line.partition(":") for line in lines)}
