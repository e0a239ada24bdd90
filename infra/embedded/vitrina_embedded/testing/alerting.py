"""Prometheus with our rules and Alertmanager with our routes, both with times of seconds instead of minutes."""

import json
import os
import signal
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import yaml
from vitrina_contracts.delivery import Delivery
from vitrina_kit.testing.ports import free_port

from vitrina_embedded.alerting.routes import Receivers, RouteTimes, render_routes
from vitrina_embedded.alerting.rules import AlertLimits, Places, render_rules
from vitrina_embedded.downloads import TOOLS, Monitoring

QUICK_LIMITS: Final = AlertLimits(
    offline_after=8, site_after=4, source_after=3, stale_after=30, exporter_after=5, mass_after=5, mass_window=60,
    step=1, alert_step=1, watchdog_step=1, flap_step=1, seen_step=5, gone=60,
)  # fmt: skip
QUICK_TIMES: Final = RouteTimes(
    group_wait=1, group_interval=2, repeat=3600, device_group_wait=4, device_group_interval=2, device_repeat=3600,
    heartbeat_interval=1,
)  # fmt: skip
NO_ROUTES: Final = Delivery()


def eventually(condition: Callable[[], bool], within: float, what: str) -> None:
    """Waits until `condition` holds; fails with `what` after `within` seconds."""
    ends = time.monotonic() + within
    while not condition():
        assert time.monotonic() < ends, f"not within {within:g} s: {what}"
        time.sleep(0.1)


class _Server:
    """A process with an address that it keeps over a restart."""

    def __init__(self, folder: Path, ready: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.address = f"127.0.0.1:{free_port()}"
        self._ready = ready
        self._process: subprocess.Popen[bytes] | None = None

    def launch(self, command: Sequence[str], directory: Path | None = None) -> None:
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(command, cwd=directory, stdout=log, stderr=log)
        eventually(self._answers, 30, f"{command[0]} is ready")

    def kill(self) -> None:
        """As a crash or the kernel does it: nothing is written any more."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        self._end(signal.SIGTERM)

    def get(self, path: str) -> Any:
        with urllib.request.urlopen(f"http://{self.address}{path}", timeout=10) as answer:
            return json.load(answer)

    def _answers(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, (self.folder / "log").read_text()
        try:
            urllib.request.urlopen(f"http://{self.address}{self._ready}", timeout=5).close()
        except (urllib.error.URLError, OSError):
            return False
        return True

    def _end(self, how: signal.Signals) -> None:
        if self._process is not None:
            os.kill(self._process.pid, how)
            self._process.wait(30)
            self._process = None


class RunningPrometheus(_Server):
    """`jobs` are scrape configurations; each target is scraped every second."""

    def __init__(
        self,
        monitoring: Monitoring,
        folder: Path,
        jobs: Sequence[Mapping[str, Any]],
        alertmanager: str,
        limits: AlertLimits = QUICK_LIMITS,
    ) -> None:
        super().__init__(folder, "/-/ready")
        self._program = monitoring.prometheus
        for name, text in render_rules(limits, Places("http://vitrina.test")).items():
            (folder / name).write_text(text, encoding="utf-8")
        configuration = {
            "global": {"scrape_interval": "1s", "scrape_timeout": "1s", "evaluation_interval": "1s"},
            "rule_files": ["rules-*.yml"],
            "alerting": {"alertmanagers": [{"static_configs": [{"targets": [alertmanager]}]}]},
            "scrape_configs": list(jobs),
        }
        (folder / "prometheus.yml").write_text(yaml.safe_dump(configuration), encoding="utf-8")

    def start(self) -> None:
        self.launch(
            [
                str(self._program), f"--config.file={self.folder / 'prometheus.yml'}",
                f"--storage.tsdb.path={self.folder / 'data'}", f"--web.listen-address={self.address}",
                "--rules.alert.resend-delay=1s", "--log.level=warn",
            ]
        )  # fmt: skip

    def query(self, expression: str) -> list[tuple[dict[str, str], float]]:
        """Labels and value of every series of the answer, now."""
        answer = self.get("/api/v1/query?" + urllib.parse.urlencode({"query": expression}))
        return [(each["metric"], float(each["value"][1])) for each in answer["data"]["result"]]

    def count(self, expression: str) -> int:
        found = self.query(f"count({expression})")
        return int(found[0][1]) if found else 0


class RunningAlertmanager(_Server):
    """Sends to `/people` and `/heartbeat` of the receiver at the given address."""

    def __init__(
        self,
        monitoring: Monitoring,
        folder: Path,
        receiver: str,
        delivery: Delivery = NO_ROUTES,
        times: RouteTimes = QUICK_TIMES,
    ) -> None:
        super().__init__(folder, "/-/ready")
        self._program = monitoring.alertmanager
        receivers = Receivers(people=f"http://{receiver}/people", heartbeat=f"http://{receiver}/heartbeat")
        (folder / "alertmanager.yml").write_text(render_routes(receivers, delivery, times), encoding="utf-8")

    def start(self) -> None:
        self.launch(
            [
                str(self._program), f"--config.file={self.folder / 'alertmanager.yml'}",
                f"--storage.path={self.folder / 'data'}", f"--web.listen-address={self.address}",
                "--cluster.listen-address=", "--data.maintenance-interval=1s", "--log.level=warn",
            ],
            directory=TOOLS,
        )  # fmt: skip

    def remembers_what_it_sent(self) -> None:
        """Waits until the log of notifications has been written since now: a kill loses what came after."""
        log, now = self.folder / "data" / "nflog", time.time()
        eventually(lambda: log.exists() and log.stat().st_mtime > now, 10, "the log of notifications is written")
