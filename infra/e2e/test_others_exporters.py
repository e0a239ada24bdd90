"""Exporters that somebody else wrote, from their manifests alone; and exporters in several shards."""

import http.server
import threading
import time
from collections.abc import Callable, Iterator

import pytest
from vitrina_e2e.people import Person
from vitrina_e2e.system import System
from vitrina_e2e.vendors import Vendor
from vitrina_e2e.waiting import until, until_equal
from vitrina_embedded import downloads
from vitrina_embedded.ports import LOOPBACK

pytestmark = pytest.mark.e2e
SEEN_WITHIN = 45
"""A program starts, Prometheus learns of it, asks it once, and the gateway looks."""


class Screen:
    """A screen's own web server, which can be switched off and on at the same address."""

    def __init__(self) -> None:
        self.status = 200
        self._server = self._listen(0)
        self.port = int(self._server.server_address[1])

    @property
    def url(self) -> str:
        return f"http://{LOOPBACK}:{self.port}/"

    def switch_off(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def switch_on(self) -> None:
        self._server = self._listen(self.port)

    def _listen(self, port: int) -> http.server.ThreadingHTTPServer:
        screen = self

        class Page(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(screen.status)
                self.end_headers()

            def log_message(self, *_arguments: object) -> None:
                return

        server = http.server.ThreadingHTTPServer((LOOPBACK, port), Page)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return server


@pytest.fixture(scope="module", autouse=True)
def _programs() -> None:
    assert downloads.fetch_exporters(), "node_exporter and blackbox_exporter are neither here nor to be fetched"


@pytest.fixture
def deploy(admin: Person) -> Iterator[Callable[[str, str, dict[str, object]], None]]:
    """Creates an exporter of a type under a name, with a source of that name; gone at the end."""
    made: list[str] = []

    def create(name: str, kind: str, config: dict[str, object]) -> None:
        admin.create("/exporters", {"name": name, "type": kind})
        made.append(name)
        admin.create(f"/exporters/{name}/sources", {"name": name, "config": config})

    yield create
    for name in made:
        admin.delete(f"/exporters/{name}")


def scraped_instances(system: System, exporter: str) -> dict[str, str]:
    """Health in Prometheus by the instance's name."""
    targets = system.ask_prometheus("targets", state="active")["activeTargets"]
    return {
        target["labels"]["instance"]: target["health"]
        for target in targets
        if target["labels"].get("exporter") == exporter and target["labels"]["job"] == "exporters"
    }


def devices_of_shard(system: System, shard: int) -> int:
    query = f'count(signage_device_info{{exporter="cubicmedia",shard="{shard}"}})'
    (found,) = system.ask_prometheus("query", query=query)["result"]
    return int(found["value"][1])


def test_addresses_that_are_probed_are_devices_that_go_dark_and_come_back(
    system: System, admin: Person, deploy: Callable[[str, str, dict[str, object]], None]
) -> None:
    entrance, window = Screen(), Screen()
    window.switch_off()
    deploy(
        "web-checks", "blackbox-exporter", {"targets": [entrance.url, window.url, f"tcp://{LOOPBACK}:{entrance.port}"]}
    )
    expected = {entrance.url: "online", window.url: "offline", f"tcp://{LOOPBACK}:{entrance.port}": "online"}
    until_equal(lambda: admin.statuses("web-checks"), expected, seconds=SEEN_WITHIN, what="each address has a status")
    assert system.exporter_targets()["web-checks"] == "up"
    window.switch_on()
    until(lambda: admin.statuses("web-checks")[window.url] == "online", seconds=SEEN_WITHIN, what="it is back")
    entrance.status = 503
    until(lambda: admin.statuses("web-checks")[entrance.url] == "offline", seconds=SEEN_WITHIN, what="it went dark")
    device = next(each for each in admin.devices(source="web-checks") if each["device_id"] == entrance.url)
    assert (device["platform"], device["cause"]) == ("blackbox-exporter", "reported_offline")
    for screen in (entrance, window):
        screen.switch_off()


@pytest.mark.long
def test_two_of_a_type_run_side_by_side_and_an_address_that_is_taken_out_leaves_the_list(
    admin: Person, deploy: Callable[[str, str, dict[str, object]], None]
) -> None:
    screens = [Screen(), Screen()]
    urls = [screen.url for screen in screens]
    for name in ("checks-east", "checks-west"):
        deploy(name, "blackbox-exporter", {"targets": urls})
    for name in ("checks-east", "checks-west"):
        wanted = dict.fromkeys(urls, "online")
        until_equal(lambda name=name: admin.statuses(name), wanted, seconds=SEEN_WITHIN, what=f"{name} is known")
    admin.change_source("checks-east", "checks-east", config={"targets": urls[:1]})
    until_equal(lambda: set(admin.statuses("checks-east")), set(urls[:1]), seconds=SEEN_WITHIN, what="one is left")
    assert set(admin.statuses("checks-west")) == set(urls)
    for screen in screens:
        screen.switch_off()


def test_the_machine_that_exporters_run_on_is_a_device(
    admin: Person, deploy: Callable[[str, str, dict[str, object]], None]
) -> None:
    deploy("this-machine", "node-exporter", {"log_level": "error"})
    until_equal(
        lambda: admin.statuses("this-machine"), {"this-machine": "online"}, seconds=SEEN_WITHIN, what="it is online"
    )
    (device,) = admin.devices(source="this-machine")
    assert device["name"] != "this-machine"  # what the machine calls itself
    refused = admin.ask("POST", "/api/registry/v1/exporters/this-machine/sources", json={"name": "two", "config": {}})
    assert refused.status_code == 409


def test_addresses_that_exporters_may_not_call_are_refused_by_their_place_in_the_list(admin: Person) -> None:
    admin.create("/exporters", {"name": "hostile", "type": "blackbox-exporter"})
    allowed = f"http://{LOOPBACK}/"  # by this system's setting for the demo
    shapes = ("http://u:p@h.example/", "ftp://h.example/", "http://h.example/#x")
    for targets, wrong in (
        ([allowed, "http://169.254.169.254/latest/", "tcp://10.0.0.1:22", "tcp://127.0.0.1"], {1, 2, 3}),
        ([allowed, *shapes], {1, 2, 3}),
    ):
        body = {"name": "hostile", "config": {"targets": targets}}
        answer = admin.ask("POST", "/api/registry/v1/exporters/hostile/sources", json=body)
        assert answer.status_code == 422
        assert {error["field"] for error in answer.json()["errors"]} == {f"config.targets[{at}]" for at in wrong}
    admin.delete("/exporters/hostile")


def test_more_shards_are_all_scraped_within_seconds_and_no_device_goes_dark_meanwhile(
    system: System, admin: Person, vendors: dict[str, Vendor], record_property: Callable[[str, object], None]
) -> None:
    vendor = vendors["cubicmedia"]
    truth = vendor.truth()
    until_equal(lambda: admin.statuses(vendor.source), truth, seconds=SEEN_WITHIN, what="all is as the vendor says")
    seen: list[dict[str, str]] = []

    def scraped() -> set[str]:
        seen.append(admin.statuses(vendor.source))
        return {name for name, health in scraped_instances(system, "cubicmedia").items() if health == "up"}

    began = time.monotonic()
    admin.change_exporter("cubicmedia", shards=3)
    until_equal(scraped, {"cubicmedia", "cubicmedia.1", "cubicmedia.2"}, seconds=SEEN_WITHIN, what="three are scraped")
    record_property("seconds_until_all_shards_are_scraped", round(time.monotonic() - began, 2))
    until_equal(lambda: admin.statuses(vendor.source), truth, seconds=SEEN_WITHIN, what="all is still so")
    shares = [devices_of_shard(system, number) for number in range(3)]
    assert sum(shares) == len(truth)
    assert min(shares) > len(truth) / 6  # a third each, about
    admin.change_exporter("cubicmedia", shards=1)
    until_equal(scraped, {"cubicmedia"}, seconds=SEEN_WITHIN, what="one is scraped")
    until_equal(lambda: admin.statuses(vendor.source), truth, seconds=SEEN_WITHIN, what="all is as before")
    assert all(statuses == truth for statuses in seen)
