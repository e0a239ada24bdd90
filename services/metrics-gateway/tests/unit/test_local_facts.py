"""What people know is joined into the devices, and a site where all is dark is the cause that is told."""

import msgspec
import pytest
from vitrina_contracts.device import Cause, Status
from vitrina_contracts.facts import FactsDelta, FactsItem
from vitrina_gateway.domain.device import NO_LOCAL_FACTS, DeviceState, Facts, LocalFacts
from vitrina_gateway.domain.local_facts import Devices, joined
from vitrina_gateway.use_cases.device_facts import FactBook

MALL = LocalFacts(site="Mall")


def device(number: int, *, up: bool) -> DeviceState:
    status, cause = (Status.ONLINE, None) if up else (Status.OFFLINE, Cause.REPORTED_OFFLINE)
    return DeviceState("acme", "north", f"d{number}", Facts("Screen"), status, 1.0, False, cause)


def site(*ups: bool) -> Devices:
    return {f"d{number}": device(number, up=up) for number, up in enumerate(ups)}


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
