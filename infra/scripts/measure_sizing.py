"""What a fleet costs: `python infra/scripts/measure_sizing.py 2000 12000` starts a system of its own for each number.

Half of the devices are of a vendor that lists them, half of one that is asked one by one. Memory is proportional set
size (what is shared counts once), processor time is of two minutes without people's browsers; simulators and the
supervisor are not counted. A day's disk is what Prometheus took in while it was watched, times what a sample takes in a
block that promtool writes of a day of such series: no run here lasts a day. The figures stand in infra/README.md.
"""

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psutil
from bench import bearer, free_port, processes
from vitrina_embedded.downloads import fetch_monitoring, find_monitoring
from vitrina_embedded.home import ROOT, Home, read_json

WATCHED_SECONDS = 120
SETTLE_SECONDS = 30
KNOWN_AT_LATEST = 420
"""Seconds until every device has a status. One by one that takes the half of them, divided by the budget of 20/s."""
FLIPS_A_MINUTE_OF_1000 = 1
NOT_COUNTED = ("simulator", "supervisord")
SAMPLED_DEVICES, SERIES_OF_DEVICE, SCRAPE_SECONDS, DAY_SECONDS = 20, 10, 15, 86_400


@dataclass(frozen=True)
class Cost:
    memory: dict[str, float]
    """MiB, by part."""
    cores: dict[str, float]
    """Share of one core, by part."""
    unknown: int
    """Devices without a status while it was measured."""
    requests: float
    """To the vendors, a second."""
    series: float
    samples: float
    """Taken in by Prometheus, a second."""


def main(arguments: list[str]) -> int:
    sample = bytes_of_a_sample()
    print(f"a sample takes {sample:.2f} bytes in a block of a day")
    for devices in map(int, arguments or ["2000"]):
        cost = cost_of(devices)
        for part, memory in sorted(cost.memory.items(), key=lambda item: -item[1]):
            print(f"  {part:<34}{memory:>7.0f} MiB {cost.cores[part] * 100:>6.1f} % of a core")
        print(
            f"{devices} devices ({cost.unknown} of unknown status): {sum(cost.memory.values()) / 1024:.2f} GiB,"
            f" {sum(cost.cores.values()):.2f} cores, {cost.series:.0f} series, {cost.samples:.0f} samples/s,"
            f" {cost.samples * DAY_SECONDS * sample / 2**20:.0f} MiB a day, {cost.requests:.1f} requests/s to vendors"
        )
    return 0


def cost_of(devices: int) -> Cost:
    folder = Path(tempfile.mkdtemp(prefix="vitrina-sizing-"))
    home, port = Home(folder / "home"), free_port()
    try:
        run("up", home, port, devices)
        until_known(home, devices)
        time.sleep(SETTLE_SECONDS)
        return watched(home)
    finally:
        run("wipe", home, port, devices)
        shutil.rmtree(folder, ignore_errors=True)


def run(command: str, home: Home, port: int, devices: int) -> None:
    settings = {
        "HOME": home.path, "PORT": port, "DEMO_DEVICES": devices // 2, "DEMO_INCIDENT": 0, "RUNTIME": "process",
        "DEMO_FLIPS_PER_MINUTE": max(1, devices * FLIPS_A_MINUTE_OF_1000 // 1000),
        "POLL_INTERVAL": 60, "REQUEST_BUDGET": 20,  # the demo's own are livelier
    }  # fmt: skip
    environment = {**os.environ, **{f"VITRINA_{name}": str(value) for name, value in settings.items()}}
    subprocess.run([sys.executable, "-m", "vitrina_embedded", command], cwd=ROOT, env=environment, check=True)


def until_known(home: Home, devices: int) -> None:
    """Until every device is listed and has a status, or that has taken too long."""
    ends = time.monotonic() + KNOWN_AT_LATEST
    while time.monotonic() < ends:
        totals = overview(home)["totals"]
        if totals["total"] == devices and totals["unknown"] == 0:
            return
        time.sleep(2)


def overview(home: Home) -> Any:
    endpoints = read_json(home.endpoints_file)
    password = Path(endpoints["password_file"]).read_text("utf-8").strip()
    with httpx.Client(base_url=endpoints["url"], timeout=30, trust_env=False) as client:
        answer = client.post("/api/auth/token", data={"username": "admin", "password": password})
        token = str(answer.raise_for_status().json()["access_token"])
        return client.get("/api/v1/overview", headers=bearer(token)).raise_for_status().json()


def watched(home: Home) -> Cost:
    asked, taken_in, busy, began = requests(home), samples(home), processor_seconds(home), time.monotonic()
    time.sleep(WATCHED_SECONDS)
    took = time.monotonic() - began
    after = processor_seconds(home)
    return Cost(
        memory=memory(home),
        cores={part: max(0.0, seconds - busy.get(part, 0.0)) / took for part, seconds in after.items()},
        unknown=overview(home)["totals"]["unknown"],
        requests=(requests(home) - asked) / took,
        series=ask_prometheus(home, "prometheus_tsdb_head_series"),
        samples=(samples(home) - taken_in) / took,
    )


def requests(home: Home) -> int:
    simulators = read_json(home.endpoints_file)["simulators"].values()
    counts = (httpx.get(f"{url}/control/requests", trust_env=False).json()["count"] for url in simulators)
    return sum(map(int, counts))


def samples(home: Home) -> float:
    return ask_prometheus(home, "sum(prometheus_tsdb_head_samples_appended_total)")


def ask_prometheus(home: Home, query: str) -> float:
    url = read_json(home.endpoints_file)["prometheus"]
    answer = httpx.get(f"{url}/api/v1/query", params={"query": query}, timeout=30, trust_env=False)
    return float(answer.raise_for_status().json()["data"]["result"][0]["value"][1])


def memory(home: Home) -> dict[str, float]:
    found: Counter[str] = Counter()
    for part, process in parts(home):
        with contextlib.suppress(psutil.Error):
            found[part] += process.memory_full_info().pss
    return {part: size / 2**20 for part, size in found.items()}


def processor_seconds(home: Home) -> dict[str, float]:
    found: dict[str, float] = {}
    for part, process in parts(home):
        with contextlib.suppress(psutil.Error):
            found[part] = found.get(part, 0.0) + sum(process.cpu_times()[:2])
    return found


def parts(home: Home) -> Iterator[tuple[str, psutil.Process]]:
    for process in processes(home):
        with contextlib.suppress(psutil.Error):
            part = name_of(process, home)
            if not any(word in part for word in NOT_COUNTED):
                yield part, process


def name_of(process: psutil.Process, home: Home) -> str:
    """The module of one of ours, else the program."""
    if process.cwd() == str(home.postgres):
        return "postgres"
    command = process.cmdline()
    return next((word for word in command[1:] if word.startswith("vitrina_")), Path(command[0]).name)


def bytes_of_a_sample() -> float:
    """Of a day of devices' series, most of them steady, each device's status changing some times."""
    monitoring = find_monitoring() or fetch_monitoring()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with (folder / "day").open("w", encoding="utf-8") as file:
            file.writelines(day_of_samples())
        command = [str(monitoring.promtool), "tsdb", "create-blocks-from", "openmetrics", "day", "data"]
        subprocess.run(command, cwd=folder, check=True, capture_output=True)
        size = sum(path.stat().st_size for path in (folder / "data").rglob("*") if path.is_file())
    return size / (SAMPLED_DEVICES * SERIES_OF_DEVICE * DAY_SECONDS // SCRAPE_SECONDS)


def day_of_samples() -> Iterator[str]:
    """Two of a device's series change: its status each few hours, its last contact with each sample."""
    midnight = int(time.time()) // DAY_SECONDS * DAY_SECONDS - 2 * DAY_SECONDS
    for number in range(SERIES_OF_DEVICE):
        for device in range(SAMPLED_DEVICES):
            labels = f'exporter="e",instance="i",job="exporters",platform="p",source="s",device_id="{device:012x}"'
            for at in range(midnight, midnight + DAY_SECONDS, SCRAPE_SECONDS):
                value = {0: (at // 10_000 + device) % 2, 1: at - at % 60}.get(number, 1)
                yield f"series_{number}{{{labels}}} {value} {at}\n"
    yield "# EOF\n"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
