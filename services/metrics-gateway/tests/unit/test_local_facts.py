"""What people know is joined into the devices, and a site where all is dark is the cause that is told."""

from datetime import UTC, datetime

import msgspec
import pytest
from vitrina_contracts.device import Cause, Status
from vitrina_contracts.facts import FactsDelta, FactsItem
from vitrina_gateway.domain.device import NO_LOCAL_FACTS, DeviceState, Facts, LocalFacts
from vitrina_gateway.domain.local_facts import Closed, Closing, Devices
from vitrina_gateway.domain.local_facts import joined as joined_at
from vitrina_gateway.use_cases.closing import ClosedPlaces
from vitrina_gateway.use_cases.device_facts import FactBook

MALL = LocalFacts(site="Mall")


def device(number: int, *, up: bool) -> DeviceState:
    status, cause = (Status.ONLINE, None) if up else (Status.OFFLINE, Cause.REPORTED_OFFLINE)
    return DeviceState("acme", "north", f"d{number}", Facts("Screen"), status, 1.0, False, cause)


def site(*ups: bool) -> Devices:
    return {f"d{number}": device(number, up=up) for number, up in enumerate(ups)}


def joined(devices: Devices, facts: dict[str, LocalFacts], closing: Closing = lambda _: None) -> Devices:
    return joined_at(devices, facts, closing)


def closed(local: LocalFacts) -> Closed | None:
    """Places with a note are."""
    return Closed("2026-11-26T10:00:00+03:00") if "note" in local.labels else None


def causes(devices: Devices) -> set[Cause | None]:
    return {state.cause for state in devices.values()}


EVERYBODY = {f"d{number}": MALL for number in range(9)}


def test_a_site_where_everything_is_dark_is_the_cause() -> None:
    assert causes(joined(site(False, False, False), EVERYBODY)) == {Cause.SITE_DARK}


@pytest.mark.parametrize("ups", [(False, False), (False, False, True)])
def test_one_that_works_or_too_few_to_tell_is_not(ups: tuple[bool, ...]) -> None:
    assert Cause.SITE_DARK not in causes(joined(site(*ups), EVERYBODY))


def test_the_blame_ends_when_one_comes_back_or_the_site_is_not_known_any_more() -> None:
    dark = joined(site(False, False, False), EVERYBODY)
    back = joined({**dark, "d0": device(0, up=True)}, EVERYBODY)
    assert causes(back) == {None, Cause.REPORTED_OFFLINE}
    assert causes(joined(dark, {})) == {Cause.REPORTED_OFFLINE}


def test_an_unknown_device_keeps_its_own_cause() -> None:
    devices = site(False, False, False)
    devices["d0"] = msgspec.structs.replace(devices["d0"], status=Status.UNKNOWN, cause=Cause.VENDOR_FAILING)
    assert joined(devices, EVERYBODY)["d0"].cause is Cause.VENDOR_FAILING


def test_nothing_new_is_the_same_object() -> None:
    devices = joined(site(True, False), EVERYBODY)
    assert joined(devices, dict(EVERYBODY)) is devices
    plain = site(True, False)
    assert joined(plain, {}) is plain


def test_the_book_takes_changes_whole_and_in_part() -> None:
    book = FactBook()
    identity = {"platform": "acme", "source": "north", "device_id": "d1"}
    one = FactsItem(**identity, site="Mall", tags=["a", "b"], latitude=1, longitude=2)
    book.learn(FactsDelta(version=1, full=True, items=[one]))
    assert book.of(("acme", "north"))["d1"] == LocalFacts(
        "Mall", None, None, {"coordinates": "1.0, 2.0", "tags": "a, b"}
    )
    assert book.take_changed() == {("acme", "north")}
    book.learn(FactsDelta(version=2, full=False, items=[FactsItem(**identity)]))
    assert book.of(("acme", "north")).get("d1", NO_LOCAL_FACTS) is NO_LOCAL_FACTS
    book.learn(FactsDelta(version=1, full=True, items=[]))
    assert book.take_changed() == {("acme", "north")}
    assert book.version == 1


def test_who_reads_the_book_while_it_learns_reads_what_stood_there() -> None:
    book = FactBook()
    first, second = (FactsItem(platform="acme", source="north", device_id=each, site="Mall") for each in ("d1", "d2"))
    book.learn(FactsDelta(version=1, full=True, items=[first]))
    reading = iter(book.of(("acme", "north")))
    book.learn(FactsDelta(version=2, full=False, items=[second]))
    assert list(reading) == ["d1"]
    assert list(book.of(("acme", "north"))) == ["d1", "d2"]


def test_dark_outside_opening_hours_is_closed_until_it_opens_and_explains_no_dark_site() -> None:
    night = {"d0": LocalFacts("Mall", None, None, {"note": "shop"})} | {f"d{number}": MALL for number in (1, 2)}
    devices = joined(site(False, False, False), night, closed)
    assert (devices["d0"].cause, devices["d0"].closed_until) == (Cause.CLOSED, "2026-11-26T10:00:00+03:00")
    assert {devices["d1"].cause, devices["d2"].cause} == {Cause.SITE_DARK}
    assert joined(devices, night, closed) is devices
    opened = joined(devices, night)
    assert (opened["d0"].cause, opened["d0"].closed_until) == (Cause.SITE_DARK, None)


def test_an_open_screen_in_a_closed_place_has_no_cause_and_nothing_stays_of_the_night() -> None:
    night = {"d0": LocalFacts(None, None, None, {"note": "shop"})}
    dark = joined(site(False), night, closed)
    assert dark["d0"].cause is Cause.CLOSED
    lit = {"d0": msgspec.structs.replace(dark["d0"], status=Status.ONLINE, cause=None)}
    assert joined(lit, night, closed)["d0"].closed_until is None
    assert joined(site(True), night, closed)["d0"].cause is None


def test_a_place_is_closed_by_its_own_hours_or_by_its_sources_until_its_own_morning() -> None:
    labels = {"opening_hours": "10:00-20:00", "time_zone": "Europe/Moscow"}
    at = datetime(2026, 11, 25, 18, 30, tzinfo=UTC).timestamp()
    places = ClosedPlaces(at)
    assert places.of(LocalFacts(), labels) == Closed("2026-11-26T10:00:00+03:00")
    assert places.of(LocalFacts(time_zone="Asia/Vladivostok"), labels) == Closed("2026-11-26T10:00:00+10:00")
    assert places.of(LocalFacts(labels={"opening_hours": "24/7"}), labels) is None
    assert places.of(LocalFacts(labels={"opening_hours": "off"}), labels) == Closed(None)
    assert places.of(LocalFacts(labels={"opening_hours": "10:00-20:00"}), {}) is None
