"""A whole system of its own, started and stopped by the commands that people use."""

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import httpx
import psutil
from vitrina_embedded import downloads, processes, service_processes
from vitrina_embedded.home import ROOT, RUN_ID_VARIABLE, Home, read_json
from vitrina_embedded.installation import Installation
from vitrina_embedded.ports import LOOPBACK
from vitrina_embedded.secret_files import ensure_secrets
from vitrina_embedded.settings import Settings
from vitrina_embedded.supervision import Program, Supervisor

from vitrina_e2e.vendors import Vendor

COMMAND_SECONDS = 300
"""The first start of a clone builds the web UI, too."""


@dataclass(frozen=True)
class Ran:
    """What a command did."""

    status: int
    said: str
    seconds: float


@dataclass(frozen=True)
class FirstMinute:
    """How a system came up."""

    start_seconds: float
    listed_seconds: float
    """From the address until every device of both vendors was listed with a status."""


@dataclass(frozen=True)
class System:
    """`settings` are variables without their prefix, like `POLL_INTERVAL`."""

    home: Home
    port: int
    password: str = field(repr=False)
    settings: Mapping[str, str] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    def setting(self, name: str) -> float:
        return float(self.settings[name])

    # --- commands ---

    def run(self, command: str) -> Ran:
        """`make up|down|wipe` without make."""
        started = time.monotonic()
        done = subprocess.run(
            [sys.executable, "-m", "vitrina_embedded", command],
            cwd=ROOT,
            env=self._environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=COMMAND_SECONDS,
            check=False,
        )
        return Ran(done.returncode, done.stdout, time.monotonic() - started)

    def up(self) -> Ran:
        ran = self.run("up")
        assert ran.status == 0, ran.said
        return ran

    def down(self) -> Ran:
        ran = self.run("down")
        assert ran.status == 0, ran.said
        return ran

    def wipe(self) -> None:
        ran = self.run("wipe")
        assert ran.status == 0, ran.said

    @property
    def _environment(self) -> dict[str, str]:
        others = {name: value for name, value in os.environ.items() if not name.startswith("VITRINA_")}
        # Processes are what most of these tests watch, whatever engine this machine has.
        own = {
            "RUNTIME": "process",
            "HOME": str(self.home.path),
            "PORT": str(self.port),
            "ADMIN_PASSWORD": self.password,
            **self.settings,
        }
        return {**others, **{f"VITRINA_{name}": value for name, value in own.items()}}

    # --- addresses ---

    @property
    def endpoints(self) -> dict[str, Any]:
        """What `make up` tells engineers."""
        return read_json(self.home.endpoints_file)

    def ask_prometheus(self, path: str, **params: str) -> Any:
        answer = httpx.get(f"{self.endpoints['prometheus']}/api/v1/{path}", params=params, timeout=5, trust_env=False)
        return answer.raise_for_status().json()["data"]

    def exporter_targets(self) -> dict[str, str]:
        """Health in Prometheus of every exporter that it scrapes now, by the exporter's name."""
        targets = self.ask_prometheus("targets", state="active")["activeTargets"]
        return {
            target["labels"]["exporter"]: target["health"]
            for target in targets
            if target["labels"]["job"] == "exporters"
        }

    # --- processes ---

    def processes(self) -> list[psutil.Process]:
        """Everything that runs for this installation, whoever started it."""
        found = []
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.Error):
                if process.status() != psutil.STATUS_ZOMBIE and self._is_ours(process):
                    found.append(process)
        return found

    def _is_ours(self, process: psutil.Process) -> bool:
        # Processes of PostgreSQL write their title over their environment; they all work in its data folder.
        marked = process.environ().get(RUN_ID_VARIABLE) == self.home.run_id
        return marked or process.cwd() == str(self.home.postgres)

    def exporter_processes(self) -> dict[str, psutil.Process]:
        """By the name of the exporter."""
        modules = {f"vitrina_{platform}": platform for platform in processes.PLATFORMS}
        found = {}
        for process in self.processes():
            with contextlib.suppress(psutil.Error):
                for module in process.cmdline()[-1:]:  # empty while a process ends
                    if module in modules:
                        found[modules[module]] = process
        return found

    @property
    def supervisor(self) -> Supervisor:
        return Supervisor(self.home)

    def supervisor_process(self) -> psutil.Process:
        return psutil.Process(int((self.home.run / "supervisord.pid").read_text()))

    @cached_property
    def programs(self) -> dict[str, Program]:
        """Everything that the supervisor keeps alive."""
        installation = self._installation
        listed = [
            *processes.foundation(installation),
            *service_processes.services(installation),
            *processes.simulators(installation),
            processes.edge(installation),
        ]
        return {program.name: program for program in listed}

    @property
    def _installation(self) -> Installation:
        values = {name.lower(): value for name, value in self.settings.items()}
        settings = Settings.model_validate({**values, "home": self.home.path, "port": self.port})
        monitoring = downloads.find_monitoring()
        assert monitoring is not None
        ports = read_json(self.home.ports_file)
        return Installation(settings, self.home, ports, ensure_secrets(self.home, None), monitoring)

    def unhealthy(self) -> list[str]:
        """Names of programs and exporters that do not run or do not answer that they work."""
        running, exporters = self.supervisor.pids(), self.exporter_processes()
        with httpx.Client(timeout=2, trust_env=False) as client:
            programs = [
                name
                for name, program in self.programs.items()
                if not running.get(name) or not _answers(client, program.health)
            ]
            wrong = [
                name
                for name in processes.PLATFORMS
                if name not in exporters or not _answers(client, _ready_url(exporters[name]))
            ]
        return [*programs, *wrong]


def vendors_of(system: System) -> dict[str, Vendor]:
    """By platform."""
    return {platform: Vendor(platform, url) for platform, url in system.endpoints["simulators"].items()}


def _ready_url(exporter: psutil.Process) -> str:
    """Where it listens is its own business; nowhere yet gives an address that nobody answers."""
    ports: list[int] = []
    with contextlib.suppress(psutil.Error):  # it ended meanwhile
        ports = [each.laddr.port for each in exporter.net_connections("tcp") if each.status == psutil.CONN_LISTEN]
    return f"http://{LOOPBACK}:{ports[0] if ports else 1}/-/ready"


def _answers(client: httpx.Client, url: str | None) -> bool:
    if url is None:
        return True
    try:
        return client.get(url).is_success
    except httpx.HTTPError:
        return False
