"""A vendor that cannot be asked makes no screen dark: last statuses are kept while fresh, then they are unknown.

Both vendors fail at once, each in its own way, so that the matrix of faults costs half the time.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass

import pytest
from playwright.sync_api import expect
from vitrina_e2e.pages import DevicesPage, ExportersPage, Tab
from vitrina_e2e.people import Person
from vitrina_e2e.system import System
from vitrina_e2e.vendors import Vendor
from vitrina_e2e.waiting import until, until_equal
from vitrina_e2e.watching import Watcher

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240)]

REQUEST_TIMEOUT = 10
BACK_OFF_POLLS = 4
HOPELESS_RETRY = 60


@dataclass(frozen=True)
class Failure:
    """A way to fail, with what is told about it: code, sentence of the page, cause at each device."""

    fault: str
    reason: str
    sentence: str
    cause: str = "vendor_failing"


ERROR = Failure("http_500", "http_5xx", "The vendor has an error of its own")
REFUSAL = Failure("unauthorized", "unauthorized", "The vendor refuses the credentials", "unauthorized")
GARBAGE = Failure("garbage", "bad_payload", "The vendor's answer cannot be read")
SILENCE = Failure("timeout", "timeout", "The vendor does not answer in time")


@pytest.fixture
def outage(
    vendors: dict[str, Vendor], admin: Person, request: pytest.FixtureRequest
) -> Iterator[dict[str, tuple[Vendor, Failure]]]:
    """The failures of this test by platform; afterwards both vendors are as before and their devices are known."""
    before = {platform: vendor.truth() for platform, vendor in vendors.items()}
    yield {
        platform: (vendor, failure) for (platform, vendor), failure in zip(vendors.items(), request.param, strict=True)
    }
    for platform, vendor in vendors.items():
        vendor.heal()
        for device_id, status in vendor.truth().items():
            if status != before[platform][device_id]:
                vendor.flip(device_id)
        until_equal(lambda vendor=vendor: admin.statuses(vendor.source), before[platform], seconds=90, what="healed")


@pytest.mark.parametrize(
    "outage",
    [
        pytest.param((REFUSAL, SILENCE), id="refusal+silence"),
        pytest.param((GARBAGE, ERROR), id="garbage+error", marks=pytest.mark.long),
        pytest.param((ERROR, REFUSAL), id="error+refusal", marks=pytest.mark.long),
        pytest.param((SILENCE, GARBAGE), id="silence+garbage", marks=pytest.mark.long),
    ],
    indirect=True,
)
def test_no_device_turns_offline_then_all_are_unknown_with_the_reason_and_flips_show_after_recovery(
    outage: dict[str, tuple[Vendor, Failure]],
    *,
    system: System,
    people: Callable[[str, str | None], Person],
    admin: Person,
    admin_tab: Tab,
) -> None:
    fresh = system.setting("FRESH_SECONDS")
    pace = system.setting("POLL_INTERVAL") + system.setting("SCRAPE_INTERVAL") + 5
    truth = {vendor.source: vendor.truth() for vendor, _ in outage.values()}
    watching = people("admin", system.password)
    with (
        Watcher(lambda: {source: watching.statuses(source) for source in truth}, a_second=2) as watcher,
        ExitStack() as faults,
    ):
        for vendor, failure in outage.values():
            faults.enter_context(vendor.broken(failure.fault))
        broken_at = time.monotonic()
        for vendor, failure in outage.values():
            expect_reason(admin, vendor, failure, seconds=REQUEST_TIMEOUT + pace)
            vendor.flip(vendor.some("online")[0])
            vendor.flip(vendor.some("offline")[0])
        for vendor, failure in outage.values():
            expect_all_unknown(admin, vendor, failure, seconds=broken_at + fresh + pace - time.monotonic())
        expect_page_to_explain(admin_tab, outage)
        healed_at = time.monotonic()

    for source, before in truth.items():
        offline = {device_id for device_id, status in before.items() if status == "offline"}
        seen = [statuses[source] for statuses in watcher.answers(before=healed_at)]
        for statuses in seen:
            assert statuses.keys() == before.keys()
            assert {device_id for device_id, status in statuses.items() if status == "offline"} <= offline
        # The age counts from the last good poll, which was at most a poll and a scrape before the fault.
        still_fresh = watcher.answers(before=broken_at + fresh - pace)
        assert all(statuses[source] == before for statuses in still_fresh)

    for vendor, failure in outage.values():
        expect_recovery(admin, vendor, failure, pace=pace, poll=system.setting("POLL_INTERVAL"))


def expect_reason(admin: Person, vendor: Vendor, failure: Failure, *, seconds: float) -> None:
    def told() -> tuple[object, object]:
        source = admin.source_overview(vendor.source)
        return source["up"], source["reason"]

    until_equal(told, (False, failure.reason), seconds=seconds, what=f"{vendor.source} tells why it fails")
    until_equal(
        lambda: (admin.sources(vendor.platform)[vendor.source]["observed"] or {}).get("reason"),
        failure.reason,
        seconds=seconds,
        what=f"the registry tells why {vendor.source} fails",
    )


def expect_all_unknown(admin: Person, vendor: Vendor, failure: Failure, *, seconds: float) -> None:
    def told() -> set[tuple[str, str]]:
        return {(device["status"], device["cause"]) for device in admin.devices(source=vendor.source)}

    until_equal(told, {("unknown", failure.cause)}, seconds=seconds, what=f"all of {vendor.source} is unknown")


def expect_page_to_explain(tab: Tab, outage: dict[str, tuple[Vendor, Failure]]) -> None:
    exporters = ExportersPage(tab)
    exporters.open()
    for vendor, failure in outage.values():
        expect(exporters.source(vendor.source)).to_contain_text("Failing")
        expect(exporters.source(vendor.source)).to_contain_text(failure.sentence)
    devices = DevicesPage(tab)
    devices.open()
    expect(devices.facet("offline")).to_contain_text("0")
    assert set(devices.statuses()) == {"unknown"}


def expect_recovery(admin: Person, vendor: Vendor, failure: Failure, *, pace: float, poll: float) -> None:
    """Refused credentials are tried at once when the configuration changes, all else within the back-off."""
    allowed = poll * BACK_OFF_POLLS + REQUEST_TIMEOUT + pace
    if failure is REFUSAL:
        config = admin.sources(vendor.platform)[vendor.source]["config"]
        budget = float(config.get("request_budget", 500))
        admin.change_source(vendor.platform, vendor.source, config={**config, "request_budget": budget + 1})
    until_equal(lambda: admin.statuses(vendor.source), vendor.truth(), seconds=allowed, what=f"{vendor.source} is back")
    assert admin.source_overview(vendor.source)["up"] is True


@pytest.mark.long
def test_refused_credentials_are_tried_again_within_a_minute_without_anybody_doing_anything(
    system: System, vendors: dict[str, Vendor], admin: Person
) -> None:
    vendor = vendors["addreality"]
    with vendor.broken(REFUSAL.fault):
        expect_reason(admin, vendor, REFUSAL, seconds=15)
        asked = vendor.requests()
        expect_all_unknown(admin, vendor, REFUSAL, seconds=system.setting("FRESH_SECONDS") + 15)
        assert vendor.requests() - asked <= 1  # a vendor that refuses is not asked every poll
    until(
        lambda: admin.source_overview(vendor.source)["up"] is True,
        seconds=HOPELESS_RETRY + 10,
        what="it is tried again",
    )
    until_equal(lambda: admin.statuses(vendor.source), vendor.truth(), seconds=15, what="its devices are back")
