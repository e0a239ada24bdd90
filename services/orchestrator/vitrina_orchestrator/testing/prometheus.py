"""A real Prometheus whose head is compacted every few seconds, and what it scrapes."""

import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final

import httpx
from vitrina_kit.testing.ports import free_port

_CONFIG: Final = """
global: {{ scrape_interval: 300ms, scrape_timeout: 300ms }}
scrape_configs:
  - job_name: exporters
    static_configs: [ {{ targets: ["127.0.0.1:{port}"], labels: {{ platform: acme, exporter: acme-1 }} }} ]
"""
_DEADLINE_SECONDS: Final = 40


@dataclass
class Measured:
    """What an exporter tells: the devices of each source."""

    sources: dict[str, int] = field(default_factory=dict)

    def text(self) -> bytes:
        lines = [
            f'signage_device_up{{source="{source}",device_id="{number}"}} 1\n'
            for source, devices in self.sources.items()
            for number in range(devices)
        ]
        return "".join(["vitrina_exporter_config_revision 1\n", *lines]).encode()


@dataclass(frozen=True)
class Prometheus:
    url: str
    measured: Measured

    def ask(self, path: str, **parameters: str) -> Any:
        answer = httpx.get(f"{self.url}/api/v1/{path}", params=parameters)
        assert answer.is_success, answer.text
        return answer.json()["data"]

    def stored(self, selector: str) -> dict[str, int]:
        """Samples that a query sees, by source."""
        found = self.ask("query", query=f"sum by (source) (count_over_time({selector}[1h]))")["result"]
        return {sample["metric"].get("source", ""): int(sample["value"][1]) for sample in found}

    def in_head(self) -> int:
        return int(self.ask("status/tsdb")["headStats"]["numSeries"])

    def alive(self) -> int:
        """Series that were measured just now."""
        return int(self.ask("query", query='count({__name__!=""})')["result"][0]["value"][1])

    def measure(self, **sources: int) -> None:
        """Until a query sees these and no longer scrapes others."""
        self.measured.sources = dict(sources)
        wanted = {name: str(devices) for name, devices in sources.items()}

        def seen() -> bool:
            found = self.ask("query", query="count by (source) (signage_device_up)")["result"]
            return {sample["metric"]["source"]: sample["value"][1] for sample in found} == wanted

        eventually(seen)


def eventually(condition: Callable[[], bool]) -> None:
    """Waits until it answers true; fails after a generous while."""
    ends = time.monotonic() + _DEADLINE_SECONDS
    while not condition():
        assert time.monotonic() < ends, condition
        time.sleep(0.05)  # Prometheus offers nothing to wait on


@contextmanager
def prometheus_at_work(binary: Path, folder: Path, *, admin_api: bool = True) -> Iterator[Prometheus]:
    measured = Measured()
    with _served(measured) as port:
        config = folder / "prometheus.yml"
        config.write_text(_CONFIG.format(port=port))
        address = f"127.0.0.1:{free_port()}"
        command = [
            str(binary), f"--config.file={config}", f"--storage.tsdb.path={folder / 'data'}",
            f"--web.listen-address={address}", "--log.level=error", "--storage.tsdb.min-block-duration=2s",
            "--storage.tsdb.max-block-duration=1h", *(["--web.enable-admin-api"] if admin_api else []),
        ]  # fmt: skip
        process = subprocess.Popen(command)  # noqa: S603 - our own arguments
        try:
            eventually(lambda: _is_ready(address))
            yield Prometheus(f"http://{address}", measured)
        finally:
            process.kill()
            process.wait()


def _is_ready(address: str) -> bool:
    try:
        return httpx.get(f"http://{address}/-/ready").is_success
    except httpx.HTTPError:
        return False


@contextmanager
def _served(measured: Measured) -> Iterator[int]:
    class Metrics(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/plain; version=0.0.4")
            self.end_headers()
            self.wfile.write(measured.text())

        def log_message(self, *_arguments: Any) -> None:
            """Nobody reads it."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Metrics)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
