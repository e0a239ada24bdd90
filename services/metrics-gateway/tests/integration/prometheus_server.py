"""Prometheus and what may stand in its place, each a process with a folder of its own."""

import shutil
import signal
import subprocess
from pathlib import Path

from vitrina_embedded.downloads import fetch_monitoring, fetch_victoria_metrics, find_monitoring
from vitrina_kit.testing.nats import NatsServer, nats_server  # noqa: F401 - fixture
from vitrina_kit.testing.ports import free_port

from .monitoring import wait_until_ready
from .surroundings import PLATFORM

SCRAPE_SECONDS = 0.5
SLOTS = 16
"""Exporters that Prometheus scrapes from the start: it takes five seconds to begin with a new target."""

_PROMETHEUS_CONFIG = """
global: {{ scrape_interval: {scrape:.0f}ms, scrape_timeout: {scrape:.0f}ms }}
scrape_configs:
  - job_name: exporters
    honor_labels: false
    static_configs: [ {{ targets: [ {targets} ] }} ]
    relabel_configs:
      - {{ source_labels: [__address__], regex: ".*/(.*)", target_label: exporter }}
      - {{ source_labels: [exporter], target_label: __metrics_path__, replacement: "/metrics/$1" }}
      - {{ source_labels: [exporter], target_label: instance }}
      - {{ target_label: platform, replacement: {platform} }}
      - {{ source_labels: [__address__], regex: "(.*)/.*", target_label: __address__ }}
    metric_relabel_configs: [ {{ action: labeldrop, regex: exported_platform }} ]
  - job_name: probes
    static_configs: [ {{ targets: [ "{server}/lit", "{server}/dark", "{server}/mute" ] }} ]
    relabel_configs:
      - {{ source_labels: [__address__], regex: ".*/(.*)", target_label: device_id }}
      - {{ source_labels: [device_id], target_label: __metrics_path__, replacement: "/probe/$1" }}
      - {{ target_label: exporter, replacement: checks }}
      - {{ target_label: source, replacement: shops }}
      - {{ target_label: platform, replacement: {platform} }}
      - {{ source_labels: [__address__], regex: "(.*)/.*", target_label: __address__ }}
"""


class Prometheus:
    """Can be stopped and started, also with its data lost."""

    def __init__(self, folder: Path, scrape_seconds: float = SCRAPE_SECONDS) -> None:
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        self.port = free_port()
        self.exporters_port = free_port()
        targets = ", ".join(f'"127.0.0.1:{self.exporters_port}/slot{number}"' for number in range(SLOTS))
        config = _PROMETHEUS_CONFIG.format(
            scrape=scrape_seconds * 1000,
            targets=targets,
            platform=PLATFORM,
            server=f"127.0.0.1:{self.exporters_port}",
        )
        (folder / "prometheus.yml").write_text(config)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        self._process = subprocess.Popen(self._command(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_until_ready(self.url)

    def _command(self) -> list[str]:
        return [
            str((find_monitoring() or fetch_monitoring()).prometheus),
            f"--config.file={self._folder / 'prometheus.yml'}",
            f"--storage.tsdb.path={self._folder / 'data'}",
            f"--web.listen-address=127.0.0.1:{self.port}",
            "--log.level=error",
        ]

    def stop(self, *, hard: bool = False) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL if hard else signal.SIGTERM)
            self._process.wait()
            self._process = None

    def wipe(self) -> None:
        shutil.rmtree(self._folder / "data", ignore_errors=True)


class VictoriaMetrics(Prometheus):
    """The other server that the gateway may ask; with it the same tests are long ones."""

    def _command(self) -> list[str]:
        return [
            str(fetch_victoria_metrics()),
            f"-promscrape.config={self._folder / 'prometheus.yml'}",
            f"-storageDataPath={self._folder / 'data'}",
            f"-httpListenAddr=127.0.0.1:{self.port}",
            "-search.latencyOffset=0s",  # what was scraped just now is asked for
            "-loggerLevel=ERROR",
        ]
