"""The evidence names the layer that fails, and no layer behind it."""

import msgspec
import pytest
from vitrina_contracts.device import Cause, Status
from vitrina_contracts.exporter import KnownSource
from vitrina_gateway.domain.device import DeviceState, Facts, LocalFacts
from vitrina_gateway.domain.evidence import evidence
from vitrina_gateway.domain.index import build
from vitrina_gateway.domain.judging import SourceHealth

KNOWN = KnownSource(exporter="acme-1", platform="acme", source="north", enabled=True)
DARK = DeviceState(
    "acme", "north", "d1", Facts("Screen", vendor_state="word"), Status.OFFLINE, 1.0, False, Cause.REPORTED_OFFLINE
)
INDEX, _ = build(None, [DARK])
WELL = SourceHealth(KNOWN, True, None, 90.0, scraped=True, scraped_at=99.0)


def keys(state: DeviceState, health: SourceHealth | None, *, answered: bool = True) -> list[str]:
    return [each.key for each in evidence(state, health, INDEX, 100.0, answered=answered)]


def test_an_online_device_needs_none() -> None:
    assert keys(msgspec.structs.replace(DARK, status=Status.ONLINE, cause=None), WELL) == []


@pytest.mark.parametrize(
    ("health", "last"),
    [
        (WELL, "reported_offline"),
        (msgspec.structs.replace(WELL, scraped=False), "exporter_not_scraped"),
        (msgspec.structs.replace(WELL, known=KNOWN.model_copy(update={"enabled": False})), "source_disabled"),
    ],
)
def test_the_chain_ends_at_the_layer_that_explains(health: SourceHealth, last: str) -> None:
    assert keys(DARK, health)[-1] == last


def test_a_failing_vendor_ends_the_chain_of_an_unknown_device() -> None:
    unknown = msgspec.structs.replace(DARK, status=Status.UNKNOWN, cause=Cause.VENDOR_FAILING)
    found = evidence(unknown, msgspec.structs.replace(WELL, up=False, reason="timeout"), INDEX, 100.0, answered=True)
    assert (found[-1].key, found[-1].detail, found[-1].at) == ("source_failing", "timeout", 90.0)


def test_a_silent_prometheus_explains_everything() -> None:
    assert keys(DARK, WELL, answered=False) == ["prometheus_silent"]


def test_a_dark_site_is_told_with_its_numbers_of_the_own_source_alone() -> None:
    local = LocalFacts(site="Mall")
    here = [msgspec.structs.replace(DARK, device_id=f"d{number}", local=local) for number in range(3)]
    foreign = msgspec.structs.replace(DARK, source="south", status=Status.ONLINE, local=local)
    index, _ = build(None, [*here, foreign])
    last = evidence(here[0], WELL, index, 100.0, answered=True)[-1]
    assert (last.key, last.detail) == ("site_dark", "3/3")
