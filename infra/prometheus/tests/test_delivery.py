"""What people are told, by a real Prometheus and Alertmanager over real exporters and simulated vendors, in seconds.

The limits of `QUICK_LIMITS` stand for the real ones: 8 seconds for a screen, 4 for a site, 3 for a source.
"""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from vitrina_embedded.downloads import Monitoring
from vitrina_embedded.testing.alerting import QUICK_LIMITS, RunningAlertmanager, RunningPrometheus, eventually
from vitrina_embedded.testing.receiver import Receiver
from vitrina_sdk.testing.running import RunningExporter, RunningSimulator

FRESH_SECONDS = 4.0
SHOP_DEVICES = 4
SITE = "Kazan, Bauman street"


class Vendor:
    """A simulated vendor, and the exporter with one source against it, both of the same name."""

    def __init__(self, name: str, devices: int, folder: Path) -> None:
        self.name = name
        self.simulator = RunningSimulator("vitrina_addreality", devices)
        self.devices = list(self.simulator.truth())
        self.set_all("online")
        folder.mkdir()
        self.exporter = RunningExporter("vitrina_addreality", "addreality", folder)
        config = {"api_url": f"{self.simulator.url}/public/v1/device/list", "api_token": "t"}
        self.exporter.configure({name: config}, interval=1, fresh=FRESH_SECONDS)
        self.exporter.start()

    def set_all(self, status: str, devices: list[str] | None = None) -> None:
        def change(device: str) -> None:
            self.simulator.control("POST", f"devices/{device}", {"status": status})

        with ThreadPoolExecutor(8) as several:
            list(several.map(change, self.devices if devices is None else devices))

    def target(self) -> dict[str, object]:
        labels = {"exporter": self.name, "platform": self.name, "instance": self.name}
        return {"targets": [self.exporter.url.removeprefix("http://")], "labels": labels}

    def stop(self) -> None:
        self.exporter.stop()
        self.simulator.stop()


class Watched:
    """Two vendors, one with many devices and one with a shop's few; a stand-in for the facts about devices."""

    def __init__(self, monitoring: Monitoring, folder: Path, devices: int) -> None:
        self.receiver = Receiver()
        self.many = Vendor("many", devices, folder / "many")
        self.shop = Vendor("shop", SHOP_DEVICES, folder / "shop")
        self.alertmanager = RunningAlertmanager(monitoring, folder / "alertmanager", self.receiver.address)
        jobs = [
            {
                "job_name": "exporters",
                "static_configs": [self.many.target(), self.shop.target()],
                "metric_relabel_configs": [{"action": "labeldrop", "regex": "exported_platform"}],
            },
            {"job_name": "facts", "honor_labels": True, "static_configs": [{"targets": [self.receiver.address]}]},
        ]
        self.prometheus = RunningPrometheus(monitoring, folder / "prometheus", jobs, self.alertmanager.address)
        self.know_sites()
        self.alertmanager.start()
        self.prometheus.start()

    def know_sites(self, hours: str = "") -> None:
        sites = (
            f'signage_device_site_info{{platform="shop",source="shop",device_id="{device}",site="{SITE}"}} 1\n'
            for device in self.shop.devices[:2]
        )
        self.receiver.page = "".join(sites) + hours

    def know_nothing(self) -> None:
        """As when the gateway, which tells the facts, is dead."""
        self.receiver.page = ""

    def all_online(self) -> None:
        everything = len(self.many.devices) + len(self.shop.devices)
        online = "signage_device_up == 1"
        eventually(lambda: self.prometheus.count(online) == everything, 40, "every device is seen online")

    def all_closed(self, zones: list[list[str]]) -> None:
        count = sum(map(len, zones))
        eventually(lambda: self.prometheus.count("vitrina_device_open == 0") == count, 30, "the zones are closed")

    def stop(self) -> None:
        self.prometheus.stop()
        self.alertmanager.stop()
        self.many.stop()
        self.shop.stop()
        self.receiver.close()


@pytest.fixture
def watched(monitoring: Monitoring, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Watched]:
    system = Watched(monitoring, tmp_path, getattr(request, "param", 40))
    yield system
    system.stop()


def _wait_out_a_device_limit() -> None:
    """Nothing is to happen, which no condition can show sooner: half as long again as a device's limit."""
    time.sleep(1.5 * QUICK_LIMITS.offline_after)


@pytest.mark.timeout(400)
@pytest.mark.parametrize("watched", [200, pytest.param(2000, marks=pytest.mark.long)], indirect=True)
def test_an_outage_of_a_vendor_is_one_notification_whatever_dies_meanwhile(watched: Watched) -> None:
    watched.all_online()
    watched.many.simulator.fault("http_503")
    eventually(lambda: len(watched.receiver.about(source="many")) > 0, 30, "the outage is told")

    # Real darkness at a site of another source is told as one, and by the Alertmanager that was killed in between.
    watched.alertmanager.remembers_what_it_sent()
    watched.alertmanager.kill()
    watched.shop.set_all("offline", watched.shop.devices[:2])
    watched.alertmanager.start()
    eventually(lambda: len(watched.receiver.about(site=SITE)) > 0, 30, "the dark site is told")
    watched.know_nothing()  # the gateway dies
    unknown = 'signage_device_info{source="many"} unless on (device_id) signage_device_up{source="many"}'
    eventually(lambda: watched.prometheus.count(unknown) == len(watched.many.devices), 30, "nothing is seen of many")
    _wait_out_a_device_limit()

    watched.know_sites()
    # The vendor comes back, with two in five of its players not yet found.
    lost = watched.many.devices[: len(watched.many.devices) * 2 // 5]
    watched.many.set_all("offline", lost)
    watched.many.simulator.heal()
    dark = 'vitrina:device_dark{source="many"}'
    eventually(lambda: watched.prometheus.count(dark) == len(lost), 30, "the rest is offline by the vendor's word")
    watched.many.set_all("online", lost)
    eventually(lambda: ("SourceDown", "resolved") in watched.receiver.about(source="many"), 30, "its end is told")
    _wait_out_a_device_limit()

    assert watched.receiver.about(source="many") == [("SourceDown", "firing"), ("SourceDown", "resolved")]
    assert watched.receiver.about(source="shop") == [("SiteDark", "firing")]


@pytest.mark.long
@pytest.mark.timeout(300)
def test_a_dark_screen_is_told_once_after_its_limit_and_once_when_it_is_back(watched: Watched) -> None:
    watched.all_online()
    screen = watched.many.devices[7]
    watched.many.set_all("offline", [screen])
    began = time.monotonic()
    eventually(lambda: bool(watched.receiver.told()), 60, "it is told")
    assert watched.receiver.told()[0].at - began >= QUICK_LIMITS.offline_after

    # Longer than its limit, nothing is known of it: that is neither an end nor a second beginning.
    watched.many.simulator.fault("http_503")
    eventually(lambda: bool(watched.receiver.about(scope="source")), 30, "that its vendor fails is told")
    _wait_out_a_device_limit()

    watched.many.set_all("online", [screen])
    watched.many.simulator.heal()
    eventually(lambda: len(watched.receiver.about(device_id=screen)) > 1, 60, "its return is told")
    assert watched.receiver.about(scope="device") == [("DeviceOffline", "firing"), ("DeviceOffline", "resolved")]


@pytest.mark.long
@pytest.mark.timeout(400)
@pytest.mark.parametrize("watched", [500], indirect=True)
def test_screens_that_go_dark_at_closing_time_are_no_alert_and_one_that_stays_dark_is_one(watched: Watched) -> None:
    zones = [watched.many.devices[zone::3] for zone in range(3)]
    open_zones = [True] * 3

    def tell_hours() -> None:
        watched.know_sites(
            "".join(
                f'vitrina_device_open{{platform="many",source="many",device_id="{device}"}} {is_open:d}\n'
                for zone, is_open in zip(zones, open_zones, strict=True)
                for device in zone
            )
        )

    tell_hours()
    watched.all_online()
    for number, zone in enumerate(zones):
        open_zones[number] = False
        tell_hours()
        watched.all_closed(zones[: number + 1])
        watched.many.set_all("offline", zone)
    _wait_out_a_device_limit()
    broken = zones[1][0]
    for number, zone in enumerate(zones):
        watched.many.set_all("online", [device for device in zone if device != broken])
        open_zones[number] = True
        tell_hours()
    eventually(lambda: bool(watched.receiver.told()), 60, "the one that stays dark is told")
    _wait_out_a_device_limit()
    assert watched.receiver.about() == [("DeviceOffline", "firing")]
    assert watched.receiver.about(device_id=broken)


@pytest.mark.timeout(200)
@pytest.mark.parametrize("victim", ["prometheus", pytest.param("alertmanager", marks=pytest.mark.long)])
def test_the_heartbeat_stops_within_seconds_of_a_death(monitoring: Monitoring, tmp_path: Path, victim: str) -> None:
    """With the real times that is four of the watchdog's intervals, a minute; the watcher's patience comes on top."""
    receiver = Receiver()
    alertmanager = RunningAlertmanager(monitoring, tmp_path / "alertmanager", receiver.address)
    prometheus = RunningPrometheus(monitoring, tmp_path / "prometheus", [], alertmanager.address)
    try:
        alertmanager.start()
        prometheus.start()
        eventually(lambda: len(receiver.told("/heartbeat")) > 2, 30, "the heart beats")
        (prometheus if victim == "prometheus" else alertmanager).kill()
        died = time.monotonic()
        silence = 4.0

        def silent() -> bool:
            return time.monotonic() - max(each.at for each in receiver.told("/heartbeat")) > silence

        eventually(silent, 30, "the heart has stopped")
        assert receiver.told("/heartbeat")[-1].at - died < 4 * QUICK_LIMITS.watchdog_step + 2
        assert receiver.told() == []
    finally:
        prometheus.stop()
        alertmanager.stop()
        receiver.close()
