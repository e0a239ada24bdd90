"""`make bench`: a whole system of its own with the demo's 2,000 devices: how quickly it starts, what it costs idle.

Each figure stands beside the most that is allowed; one that exceeds it fails the run.
"""

import contextlib
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil
from vitrina_embedded.home import ROOT, RUN_ID_VARIABLE, Home, read_json

IDLE_SECONDS = 60
SETTLE_SECONDS = 30
REQUESTS = 200
DEVICES = 2000
LISTED_AT_LATEST = 120


@dataclass(frozen=True)
class Figure:
    name: str
    value: float
    unit: str
    allowed: float

    @property
    def fits(self) -> bool:
        return self.value <= self.allowed


def main() -> int:
    folder = Path(tempfile.mkdtemp(prefix="vitrina-bench-"))
    home = Home(folder / "home")
    try:
        figures = measure(home)
    finally:
        make("wipe", home, 1)
        shutil.rmtree(folder, ignore_errors=True)
    for figure in figures:
        verdict = "" if figure.fits else "   TOO MUCH"
        print(f"{figure.name:<44}{figure.value:>9.1f} {figure.unit:<4} at most {figure.allowed:g}{verdict}")
    return 0 if all(figure.fits for figure in figures) else 1


def measure(home: Home) -> list[Figure]:
    port = free_port()
    first = make("up", home, port)
    token, listed = devices_listed(home)
    resident, busy = idle(home)
    answers = answer_times(home, token)
    make("down", home, port)
    second = make("up", home, port)
    return [
        Figure("first start (tools and web UI at hand)", first, "s", 60),
        Figure("every device listed after that", listed, "s", 60),
        Figure("second start", second, "s", 8),
        Figure("resident memory, all processes", resident / 2**20, "MiB", 1536),
        Figure("processor when idle, of one core", busy * 100, "%", 25),
        Figure("list of 100 devices, median", statistics.median(answers) * 1000, "ms", 20),
    ]


def make(command: str, home: Home, port: int) -> float:
    """Seconds that it took."""
    environment = {**os.environ, "VITRINA_HOME": str(home.path), "VITRINA_PORT": str(port), "VITRINA_DEMO": "1"}
    started = time.monotonic()
    subprocess.run([sys.executable, "-m", "vitrina_embedded", command], cwd=ROOT, env=environment, check=True)
    return time.monotonic() - started


def devices_listed(home: Home) -> tuple[str, float]:
    """A token, and the seconds until the list held every device."""
    started = time.monotonic()
    endpoints = read_json(home.endpoints_file)
    password = Path(endpoints["password_file"]).read_text("utf-8").strip()
    with httpx.Client(base_url=endpoints["url"], trust_env=False) as client:
        answer = client.post("/api/auth/token", data={"username": "admin", "password": password})
        token = str(answer.raise_for_status().json()["access_token"])
        while client.get("/api/v1/devices?limit=1", headers=bearer(token)).raise_for_status().json()["total"] < DEVICES:
            if time.monotonic() - started > LISTED_AT_LATEST:
                break
            time.sleep(0.2)
    return token, time.monotonic() - started


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def idle(home: Home) -> tuple[int, float]:
    """Bytes resident in all processes together, and the share of one core that they take."""
    time.sleep(SETTLE_SECONDS)
    before = processor_seconds(home)
    time.sleep(IDLE_SECONDS)
    after = processor_seconds(home)
    busy = sum(after[pid] - before.get(pid, 0.0) for pid in after) / IDLE_SECONDS
    resident = sum(process.memory_info().rss for process in processes(home))
    for process in processes(home):
        share = (after.get(process.pid, 0.0) - before.get(process.pid, 0.0)) / IDLE_SECONDS * 100
        print(f"  {process.memory_info().rss / 2**20:6.0f} MiB {share:5.1f} %  {' '.join(process.cmdline())[:90]}")
    return resident, busy


def processor_seconds(home: Home) -> dict[int, float]:
    return {process.pid: sum(process.cpu_times()[:2]) for process in processes(home)}


def processes(home: Home) -> list[psutil.Process]:
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if process.environ().get(RUN_ID_VARIABLE) == home.run_id or process.cwd() == str(home.postgres):
                found.append(process)
    return found


def answer_times(home: Home, token: str) -> list[float]:
    url = f"{read_json(home.endpoints_file)['url']}/api/v1/devices?limit=100"
    times = []
    with httpx.Client(headers=bearer(token), trust_env=False) as client:
        for _ in range(REQUESTS):
            started = time.monotonic()
            client.get(url).raise_for_status()
            times.append(time.monotonic() - started)
    return times


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    sys.exit(main())
