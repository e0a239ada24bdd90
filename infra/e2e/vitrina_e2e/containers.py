"""Containers of a system of `make up`, as the engine's own client shows them."""

import json
from dataclasses import dataclass
from typing import Any, Final

from vitrina_embedded import machine_image
from vitrina_embedded.home import Home
from vitrina_orchestrator.testing.private_engine import PrivateEngine

_COLUMNS: Final = '{{.Label "vitrina.exporter"}} {{.ID}}'


@dataclass(frozen=True)
class Containers:
    """`docker` is the client: it takes a command's words and gives its output."""

    engine: PrivateEngine
    home: Home

    @property
    def installation(self) -> str:
        return f"vitrina-{self.home.run_id}"

    def docker(self, *words: str) -> str:
        return self.engine.docker(*words)

    def running(self) -> dict[str, str]:
        """Id by exporter. Fails when an exporter has two."""
        found: dict[str, str] = {}
        for line in self._listed("--filter", "status=running").splitlines():
            name, container = line.split()
            assert found.setdefault(name, container) == container, f"{name} has two containers"
        return found

    def left(self) -> list[str]:
        """Containers (by id, name and image) and volumes of the installation, whatever their state."""
        ours = f"label=vitrina.installation={self.installation}"
        shown = ("--format", "{{.ID}} {{.Names}} {{.Image}}")
        containers = self.docker("ps", "--all", *shown, "--filter", ours).splitlines()
        return [*containers, *self.docker("volume", "ls", "--quiet", "--filter", ours).split()]

    def inspect(self, container: str) -> Any:
        return json.loads(self.docker("inspect", container))[0]

    def started_at(self, container: str) -> str:
        return str(self.inspect(container)["State"]["StartedAt"])

    def python(self, container: str, script: str, *arguments: str) -> str:
        """What a script says that runs inside, as the exporter's user."""
        return self.docker("exec", container, str(machine_image.PYTHON), "-c", script, *arguments)

    def process_status(self, container: str) -> dict[str, str]:
        """What the kernel says about the container's first process."""
        lines = self.python(container, "print(open('/proc/1/status').read())").splitlines()
        return {name: value.strip() for name, _, value in (line.partition(":") for line in lines)}

    def image(self, exporter: str) -> str:
        """Name of the image that its container was made from."""
        return str(self.inspect(self.running()[exporter])["Config"]["Image"])

    def _listed(self, *words: str) -> str:
        ours = f"label=vitrina.installation={self.installation}"
        return self.docker(
            "ps", "--no-trunc", "--filter", ours, "--filter", "label=vitrina.exporter", *words, "--format", _COLUMNS
        )
