"""A real exporter process and a real simulator process, for tests: started, asked over HTTP, ended by their pid."""

import hashlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterable, Iterator, Mapping
from email.message import Message
from pathlib import Path
from typing import Any, NamedTuple

from prometheus_client.parser import text_string_to_metric_families
from vitrina_contracts import metrics
from vitrina_contracts.exporter import ExporterSelfStatus, SourceState
from vitrina_contracts.source_check import SourceCheck
from vitrina_contracts.source_file import CURRENT_FILE, CurrentConfig, ExporterConfig, SourceConfig, config_file_name

Labels = frozenset[tuple[str, str]]


def eventually(condition: Callable[[], bool], within: float, what: str) -> None:
    """Waits until `condition` holds; fails with `what` after `within` seconds."""
    for _ in seconds(within):
        if condition():
            return
    assert condition(), f"not within {within:g} s: {what}"


def seconds(count: float) -> Iterator[None]:
    """A turn every tenth of a second, for `count` seconds: reading a scrape takes a good part of that."""
    ends = time.monotonic() + count
    while time.monotonic() < ends:
        yield
        time.sleep(0.1)


class Scrape:
    """One answer of `/metrics`, parsed."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.samples: dict[tuple[str, Labels], float] = {}
        for family in text_string_to_metric_families(text):
            for sample in family.samples:
                self.samples[sample.name, frozenset(sample.labels.items())] = sample.value

    def values(self, name: str, key: str = "device_id", **labels: str) -> dict[str, float]:
        """Values of a metric by one of its labels."""
        wanted = set(labels.items())
        return {
            dict(found)[key]: value
            for (sample, found), value in self.samples.items()
            if sample == name and wanted <= found
        }

    def statuses(self, source: str) -> dict[str, str]:
        """Status of every device of the source: `online`, `offline`, or `unknown` for one that only has info."""
        up = self.values(metrics.DEVICE_UP, source=source)
        known = self.values(metrics.DEVICE_INFO, source=source)
        return {device: {1.0: "online", 0.0: "offline"}.get(up.get(device, -1.0), "unknown") for device in known}

    def source_up(self, source: str) -> bool | None:
        found = self.values(metrics.SOURCE_UP, "source", source=source)
        return bool(found[source]) if found else None

    def reason(self, source: str) -> str | None:
        return next(iter(self.values(metrics.SOURCE_FAILING, "reason", source=source)), None)

    def polls(self, source: str) -> float:
        return sum(self.values(f"{metrics.SOURCE_POLL_DURATION}_count", "source", source=source).values())


class RunningVendor:
    """A process that says where it listens."""

    def __init__(self, module: str, *arguments: str) -> None:
        command = [sys.executable, "-m", module, *arguments, "--port", "0"]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE)  # noqa: S603 - our own module
        assert self._process.stdout is not None
        self.url = f"http://127.0.0.1:{json.loads(self._process.stdout.readline())['listening']}"

    def stop(self) -> None:
        _stop(self._process)


class RunningReplay(RunningVendor):
    """What a vendor once said."""

    def __init__(self, recording: Path) -> None:
        super().__init__("vitrina_sdk.testing.replay", str(recording))


class RunningSimulator(RunningVendor):
    def __init__(self, module: str, devices: int) -> None:
        super().__init__(f"{module}.simulator", "--devices", str(devices), "--seed", "7", "--flip-per-minute", "0")

    def truth(self) -> dict[str, str]:
        """The vendor's word for each device."""
        return {device["id"]: device["status"] for device in self.control("GET", "devices")}

    def fault(self, kind: str, **how: Any) -> None:
        self.control("POST", "faults", {"kind": kind, **how})

    def heal(self) -> None:
        self.control("DELETE", "faults")

    def control(self, method: str, path: str, body: Any = None) -> Any:
        data = json.dumps(body).encode() if body is not None else None
        request = urllib.request.Request(f"{self.url}/control/{path}", data=data, method=method)  # noqa: S310 - http
        with urllib.request.urlopen(request, timeout=10) as response:  # noqa: S310 - http
            return json.load(response)


class RunningExporter:
    """An exporter process on a free port. `folder` holds its configuration, state and log."""

    def __init__(self, module: str, platform: str, folder: Path) -> None:
        self._module = module
        self._platform = platform
        self._folder = folder
        self._revision = 0
        self._process: subprocess.Popen[bytes] | None = None
        self.log_file = folder / "log"
        self.url = ""

    def configure(
        self,
        sources: Mapping[str, Mapping[str, Any]],
        *,
        interval: float = 1.0,
        fresh: float = 300.0,
        budget: float = 1000.0,
        private: Iterable[str] = ("127.0.0.0/8",),
    ) -> int:
        """Writes the configuration as the orchestrator does; it is in force when this returns its revision."""
        self._revision += 1
        config = ExporterConfig.model_validate(
            {
                "exporter": self._platform,
                "platform": self._platform,
                "revision": self._revision,
                "poll_interval_seconds": interval,
                "fresh_seconds": fresh,
                "private_endpoints": list(private),
                "sources": [
                    {"name": name, "config": dict(config), "request_budget": budget} for name, config in sources.items()
                ],
            }
        )
        self.write(config.model_dump_json().encode())
        if self._process is not None:
            eventually(lambda: self.status().config_revision == self._revision, 10, "the configuration is in force")
        return self._revision

    def write(self, content: bytes) -> None:
        """Puts any bytes where the configuration is."""
        name = config_file_name(self._revision)
        self._folder.joinpath(name).write_bytes(content)
        pointer = CurrentConfig(file=name, sha256=hashlib.sha256(content).hexdigest())
        written = self._folder / f"{CURRENT_FILE}.new"
        written.write_text(pointer.model_dump_json())
        written.replace(self._folder / CURRENT_FILE)

    def start(self) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        environment = {
            **os.environ,
            "VITRINA_EXPORTER_HOST": "127.0.0.1",
            "VITRINA_EXPORTER_PORT": str(port),
            "VITRINA_CONFIG_DIR": str(self._folder),
            "VITRINA_STATE_DIR": str(self._folder / "state"),
        }
        with self.log_file.open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603 - our own module
                [sys.executable, "-m", self._module], env=environment, stdout=log, stderr=log
            )
        eventually(self._answers, 20, "the exporter answers")

    def stop(self) -> None:
        if self._process is not None:
            _stop(self._process)
            self._process = None

    def scrape(self) -> Scrape:
        return Scrape(self.get("/metrics").decode())

    def get(self, path: str) -> bytes:
        with urllib.request.urlopen(self.url + path, timeout=10) as response:  # noqa: S310 - http
            body: bytes = response.read()
            return body

    def ask(self, path: str, **headers: str) -> tuple[Message, bytes]:
        """Headers and body, as they came."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        request = urllib.request.Request(self.url + path, headers=sent)  # noqa: S310 - http
        with urllib.request.urlopen(request, timeout=10) as response:  # noqa: S310 - http
            return response.headers, response.read()

    def status(self) -> ExporterSelfStatus:
        return ExporterSelfStatus.model_validate_json(self.get("/status"))

    def source(self, name: str) -> SourceState:
        return next(source for source in self.status().sources if source.name == name)

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def memory(self) -> int:
        """Most bytes that were resident at any time."""
        lines = Path(f"/proc/{self.pid}/status").read_text().splitlines()
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM"))

    def _answers(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, self.log_file.read_text()
        try:
            self.get("/-/healthy")
        except (urllib.error.URLError, ConnectionError):
            return False
        return True


class Checked(NamedTuple):
    answer: SourceCheck
    status: int
    written: bytes
    """Everything that the process said."""


def check(module: str, config: Mapping[str, Any], *, timeout: float, budget: float = 1000.0) -> Checked:
    """Runs the platform's `check` on one source, as the orchestrator does."""
    source = SourceConfig(name="tried", config=dict(config), request_budget=budget)
    command = [sys.executable, "-m", module, "check", "--timeout", str(timeout), "--private-endpoints", "127.0.0.0/8"]
    ended = subprocess.run(  # noqa: S603 - our own module
        command, input=source.model_dump_json().encode(), capture_output=True, timeout=timeout + 20, check=False
    )
    return Checked(SourceCheck.model_validate_json(ended.stdout), ended.returncode, ended.stdout + ended.stderr)


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    if process.stdout:
        process.stdout.close()
