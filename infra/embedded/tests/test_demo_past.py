"""The demo's day of past: what Prometheus reads back is what the screens are told to have done."""

import itertools
import subprocess
import time
from collections import Counter
from functools import partial
from pathlib import Path

import httpx
import pytest
from vitrina_compose_testing.commands import wait_until
from vitrina_contracts.device import Cause, Status
from vitrina_contracts.metrics import DEVICE_UP
from vitrina_embedded.backup.history import snapshot
from vitrina_embedded.demo_past.block import Block, Stretch
from vitrina_embedded.demo_past.measured import write_measured
from vitrina_embedded.demo_past.screens import Screen, screens
from vitrina_embedded.downloads import Monitoring
from vitrina_kit.testing.ports import free_port

BEGAN = time.time()
DAY = 86_400
SCRAPE_SECONDS = 60


@pytest.fixture(scope="module")
def told() -> list[Screen]:
    return list(screens(120, BEGAN))


def test_the_past_has_a_dark_site_an_expired_account_and_a_screen_that_flaps(told: list[Screen]) -> None:
    now = Counter((screen.key[1], screen.told[-1][1]) for screen in told)
    assert now["demo-volga", Status.UNKNOWN] == 48
    assert {screen.told[-1][2] for screen in told if screen.key[1] == "demo-volga"} == {Cause.UNAUTHORIZED}
    site = [screen for screen in told if screen.site == "ТЦ «Кольцо»"]
    assert len(site) == 7
    assert {screen.told[-1][1] for screen in site} == {Status.OFFLINE}
    assert {round((BEGAN - screen.told[-1][0]) / 60) for screen in site} == {37}
    assert max(len(screen.told) for screen in told) > 20


def test_each_screen_has_a_chain_of_changes_in_the_order_of_time(told: list[Screen]) -> None:
    for screen in told:
        times = [at for at, _, _ in screen.told]
        statuses = [status for _, status, _ in screen.told]
        assert times == sorted(set(times)), screen.key
        assert times[-1] <= BEGAN
        assert all(one is not other for one, other in itertools.pairwise(statuses)), screen.key


def test_prometheus_reads_the_day_as_it_is_told(told: list[Screen], tmp_path: Path, monitoring: Monitoring) -> None:
    blocks = write_measured(tmp_path, told, BEGAN, SCRAPE_SECONDS)
    assert len(blocks) == 2 or int(BEGAN) % 7200 < SCRAPE_SECONDS
    flapper = max(told, key=lambda screen: len(screen.told))
    steady = next(screen for screen in told if len(screen.told) == 1)
    expired = next(screen for screen in told if screen.key[1] == "demo-volga")
    for screen in (flapper, steady, expired):
        samples = read_back(tmp_path, monitoring, screen)
        assert all(value == told_at(screen, at) for at, value in samples), screen.key
        measured = [at for at in range(int(BEGAN) - DAY, int(BEGAN)) if told_at(screen, at) is not None]
        assert len(samples) == pytest.approx(len(measured) / SCRAPE_SECONDS, abs=3)


def test_what_alerts_rest_on_is_remembered_of_the_dark_site(
    told: list[Screen], tmp_path: Path, monitoring: Monitoring
) -> None:
    write_measured(tmp_path, told, BEGAN, SCRAPE_SECONDS)
    lasted = [value for _, value in dumped(tmp_path, monitoring, '{__name__="vitrina:device_dark_seconds"}')]
    site = [screen for screen in told if screen.site == "ТЦ «Кольцо»"]
    assert max(lasted) == pytest.approx(37 * 60, abs=2 * SCRAPE_SECONDS)
    assert len(lasted) == pytest.approx(len(site) * 37 * 60 / SCRAPE_SECONDS, abs=2 * len(site))
    flapper = max(told, key=lambda screen: len(screen.told))
    match = f'{{__name__="vitrina:device_ever_online",device_id="{flapper.key[2]}"}}'
    assert {value for _, value in dumped(tmp_path, monitoring, match)} == {1.0}


@pytest.mark.long
def test_a_backup_takes_the_past_along(told: list[Screen], tmp_path: Path, monitoring: Monitoring) -> None:
    data, configuration = tmp_path / "data", tmp_path / "prometheus.yml"
    blocks = write_measured(data, told, BEGAN, SCRAPE_SECONDS)
    configuration.write_text("global: {}\n")
    address = f"127.0.0.1:{free_port()}"
    storage = (f"--storage.tsdb.path={data}", "--web.enable-admin-api")
    command = [
        str(monitoring.prometheus),
        f"--config.file={configuration}",
        f"--web.listen-address={address}",
        *storage,
    ]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as prometheus:
        try:
            wait_until(partial(is_ready, address), 60, "Prometheus is ready")
            with snapshot(f"http://{address}", data) as copy:
                assert {path.name for path in copy.iterdir()} >= {path.name for path in blocks}
        finally:
            prometheus.terminate()


def is_ready(address: str) -> bool:
    try:
        return httpx.get(f"http://{address}/-/ready", timeout=5, trust_env=False).is_success
    except httpx.HTTPError:
        return False


@pytest.mark.parametrize(
    "values",
    [[1.0], [0.0, 1.0], [1.0, 1.0, 0.0, 0.0, 1.0], [3.5, -1e300, 7.25, 7.25, 0.1, 1e-9, float("inf")], [2.0] * 500],
    ids=["one", "two", "some", "wild", "many"],
)
def test_samples_are_read_back_bit_by_bit(values: list[float], tmp_path: Path, monitoring: Monitoring) -> None:
    start = int(BEGAN) * 1000
    block = Block()
    block.add({"__name__": "a", "device_id": "Казань"}, [Stretch(start, 15_000, values)])
    block.write(tmp_path)
    assert dumped(tmp_path, monitoring, '{__name__="a"}') == [
        (start + 15_000 * place, value) for place, value in enumerate(values)
    ]


def told_at(screen: Screen, at: float) -> float | None:
    status = [status for since, status, _ in screen.told if since <= at or since == screen.told[0][0]][-1]
    return {Status.ONLINE: 1.0, Status.OFFLINE: 0.0, Status.UNKNOWN: None}[status]


def read_back(folder: Path, monitoring: Monitoring, screen: Screen) -> list[tuple[float, float]]:
    match = f'{{__name__="{DEVICE_UP}",source="{screen.key[1]}",device_id="{screen.key[2]}"}}'
    return [(at / 1000, value) for at, value in dumped(folder, monitoring, match)]


def dumped(folder: Path, monitoring: Monitoring, match: str) -> list[tuple[int, float]]:
    """Milliseconds and values, as Prometheus' own tool reads them."""
    (folder / "wal").mkdir(exist_ok=True)
    command = [str(monitoring.promtool), "tsdb", "dump", f"--match={match}", str(folder)]
    lines = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    return [(int(line.split()[-1]), float(line.split()[-2])) for line in lines]
