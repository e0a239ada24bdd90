"""A stock Prometheus outside adopts Vitrina from the files alone, through the edge; then it takes ours' place."""

import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from vitrina_e2e.command_line import CommandLine
from vitrina_e2e.people import Person
from vitrina_e2e.system import System, vendors_of
from vitrina_e2e.waiting import until, until_equal
from vitrina_embedded.downloads import Monitoring, fetch_victoria_metrics, find_monitoring
from vitrina_embedded.outside import FUNCTIONS_OFF
from vitrina_kit.testing.ports import free_port

pytestmark = [pytest.mark.e2e, pytest.mark.long, pytest.mark.timeout(400)]

DEVICES = 50
SETTINGS = {
    "POLL_INTERVAL": "2",
    "SCRAPE_INTERVAL": "2",
    "DEMO_DEVICES": str(DEVICES),
    "DEMO_FLIPS_PER_MINUTE": "0",
    "DEMO_INCIDENT": "0",
}
_GLOBAL = 'global: { scrape_interval: 15s }\nrule_files: ["vitrina-rules-*.yml"]\n'


@pytest.fixture
def monitoring() -> Monitoring:
    found = find_monitoring()
    assert found is not None
    return found


@pytest.fixture
def serve(tmp_path: Path, monitoring: Monitoring) -> Iterator[Callable[[str, Path], str]]:
    """Starts a server of the kind over the configuration; its address."""
    started: list[subprocess.Popen[bytes]] = []

    def start(kind: str, configuration: Path) -> str:
        address, data = f"127.0.0.1:{free_port()}", tmp_path / f"{kind}-data"
        commands = {
            "prometheus": [
                str(monitoring.prometheus), f"--config.file={configuration}", f"--storage.tsdb.path={data}",
                f"--web.listen-address={address}",
            ],
            "victoria-metrics": [
                str(fetch_victoria_metrics()), f"-promscrape.config={configuration}", f"-storageDataPath={data}",
                f"-httpListenAddr={address}", "-search.latencyOffset=0s", "-promscrape.config.strictParse=false",
            ],
        }  # fmt: skip
        with (tmp_path / f"{kind}.log").open("wb") as log:
            started.append(subprocess.Popen(commands[kind], stdout=log, stderr=log))
        return f"http://{address}"

    yield start
    for process in started:
        process.kill()
        process.wait()


@pytest.mark.parametrize("kind", ["prometheus", "victoria-metrics"])
def test_from_the_files_alone_it_sees_every_device_and_vitrina_lives_by_it(
    *,
    make_system: Callable[..., System],
    serve: Callable[[str, Path], str],
    monitoring: Monitoring,
    tmp_path: Path,
    kind: str,
) -> None:
    system = make_system(SETTINGS)
    system.up()
    admin = Person(system.url, "admin", system.password)
    wanted = {vendor.source: vendor.truth() for vendor in vendors_of(system).values()}
    until_equal(lambda: {name: admin.statuses(name) for name in wanted}, wanted, seconds=60, what="devices")
    token = admin.ask("POST", "/api/auth/me/tokens", json={"name": "prometheus", "scope": "read"}).json()["value"]
    (tmp_path / "token").write_text(token)

    own = {"VITRINA_HOME": str(system.home.path), "VITRINA_SCRAPE_INTERVAL": "2"}
    files = tmp_path / "files"
    said = CommandLine(system.url, tmp_path, own).run(
        "--url", system.url, "monitoring", str(files), "--token-file", str(tmp_path / "token")
    )
    assert said.returncode == 0, said.stderr
    assert all(function in (files / "README.md").read_text("utf-8") for function in FUNCTIONS_OFF)
    (files / "prometheus.yml").write_text(_GLOBAL + (files / "vitrina-scrape.yml").read_text("utf-8"))
    _checked(str(monitoring.promtool), "check", "config", str(files / "prometheus.yml"))
    _checked(str(monitoring.amtool), "check-config", str(files / "vitrina-alertmanager.yml"))

    outside = serve(kind, files / "prometheus.yml")
    until_equal(lambda: _count(outside, "signage_device_up"), 2 * DEVICES, seconds=90, what="every device is scraped")
    others = 'up{job=~"declared|orchestrator"} == 1'
    until_equal(lambda: _count(outside, others), 2, seconds=90, what="what people declared, and the orchestrator")
    assert _count(outside, "vitrina_orchestrator_exporter_phase == 1") > 0
    if kind == "prometheus":
        until(lambda: _rules_are_well(outside), seconds=60, what="rules are evaluated without an error")

    system.down()
    theirs = replace(system, settings={**SETTINGS, "PROMETHEUS_URL": outside})
    assert "what is off then" in theirs.up().said
    assert "prometheus" not in theirs.supervisor.pids() or theirs.supervisor.pids()["prometheus"] == 0
    until_equal(lambda: {name: admin.statuses(name) for name in wanted}, wanted, seconds=90, what="devices by theirs")
    vendors = vendors_of(theirs)
    flipped = next(iter(wanted["demo-cubicmedia"]))
    vendors["cubicmedia"].flip(flipped)
    until_equal(
        lambda: admin.statuses("demo-cubicmedia"), vendors["cubicmedia"].truth(), seconds=90, what="a change is seen"
    )
    asked = {"query": "count(signage_device_up)"}  # as Grafana does
    answer = httpx.get(
        f"{system.url}/api/prometheus/api/v1/query",
        params=asked,
        headers={"Authorization": f"Bearer {token}"},
        trust_env=False,
    ).raise_for_status()
    assert float(answer.json()["data"]["result"][0]["value"][1]) == 2 * DEVICES
    admin.close()
    theirs.down()


def _checked(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def _count(server: str, query: str) -> int:
    try:
        answer = httpx.get(f"{server}/api/v1/query", params={"query": f"count({query})"}, trust_env=False, timeout=5)
        result = answer.raise_for_status().json()["data"]["result"]
    except httpx.HTTPError:
        return -1
    return int(float(result[0]["value"][1])) if result else 0


def _rules_are_well(server: str) -> bool:
    groups = httpx.get(f"{server}/api/v1/rules", trust_env=False).raise_for_status().json()["data"]["groups"]
    rules = [rule for group in groups for rule in group["rules"]]
    told = {rule["health"] for rule in rules}
    assert "err" not in told, [rule for rule in rules if rule["health"] == "err"]
    return "ok" in told  # those of some minutes are not evaluated yet
