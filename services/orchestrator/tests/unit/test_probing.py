"""Whom Prometheus has a multi-target exporter ask, and at which address."""

from typing import Any

import pytest
from vitrina_contracts.endpoints import parse_networks
from vitrina_contracts.exporter import DesiredExporter, DesiredSource
from vitrina_contracts.third_party import Probe, ThirdParty
from vitrina_orchestrator.adapters.addresses import Addresses
from vitrina_orchestrator.domain.probing import NO_MODULE, Probing, host_of, parameters

PROBE = Probe.model_validate(
    {
        "targets": "targets",
        "modules": {"http": "web", "https": "web", "tcp": "connect"},
        "bare": ["tcp"],
        "host_parameter": "hostname",
    }
)


def desired(shards: int = 1, *sources: DesiredSource, probe: Probe | None = PROBE) -> DesiredExporter:
    return DesiredExporter(
        name="web",
        type="blackbox-exporter",
        platform="blackbox-exporter",
        image="docker.io/prom/blackbox-exporter:v1",
        module="",
        port=9115,
        metrics_path="/metrics",
        enabled=True,
        revision=1,
        shards=shards,
        sources=list(sources),
        third_party=ThirdParty(probe=probe),
    )


def source(name: str, *targets: Any, enabled: bool = True) -> DesiredSource:
    return DesiredSource(name=name, enabled=enabled, config={"targets": list(targets)})


@pytest.mark.parametrize(
    ("url", "address", "expected"),
    [
        (
            "http://a.example/x?y=1",
            "192.0.2.1",
            {"target": "http://192.0.2.1/x?y=1", "module": "web", "hostname": "a.example"},
        ),
        (
            "https://a.example:8443",
            "192.0.2.1",
            {"target": "https://192.0.2.1:8443", "module": "web", "hostname": "a.example"},
        ),
        ("http://192.0.2.1/", "192.0.2.1", {"target": "http://192.0.2.1/", "module": "web"}),
        (
            "http://a.example/",
            "2001:db8::1",
            {"target": "http://[2001:db8::1]/", "module": "web", "hostname": "a.example"},
        ),
        ("tcp://a.example:22", "192.0.2.1", {"target": "192.0.2.1:22", "module": "connect"}),
        ("tcp://[2001:db8::1]:22", "2001:db8::1", {"target": "[2001:db8::1]:22", "module": "connect"}),
    ],
)
def test_a_target_is_asked_at_the_address_that_was_checked(url: str, address: str, expected: dict[str, str]) -> None:
    assert parameters(PROBE, url, address) == expected


@pytest.mark.parametrize(
    ("url", "address"), [("http://a.example/", None), ("ftp://a.example/", "192.0.2.1"), ("http://[::bad/", None)]
)
def test_a_target_that_may_not_be_probed_is_asked_with_a_module_that_nobody_has(url: str, address: str | None) -> None:
    assert parameters(PROBE, url, address) == {"target": url, "module": NO_MODULE}


def test_targets_of_enabled_sources_are_listed_once_each() -> None:
    probing = Probing.of(
        desired(
            1,
            source("a", "http://x/", "http://x/", 7),
            source("b", "http://x/"),
            source("off", "http://y/", enabled=False),
        )
    )
    assert probing is not None
    assert list(probing.of_shard(0)) == [("a", "http://x/"), ("b", "http://x/")]
    assert Probing.of(desired(probe=None)) is None


def test_shards_share_out_the_targets_wholly() -> None:
    urls = [f"http://10.0.0.{number}/" for number in range(200)]
    probing = Probing.of(desired(3, source("a", *urls)))
    assert probing is not None
    parts = [[url for _, url in probing.of_shard(shard)] for shard in range(3)]
    assert sorted(url for part in parts for url in part) == sorted(urls)
    assert all(len(part) > 30 for part in parts)


async def test_an_address_that_is_refused_is_none_and_one_bad_among_good_is_enough() -> None:
    known = {
        "good.example": ["93.184.216.34"],
        "bad.example": ["10.0.0.1"],
        "both.example": ["93.184.216.34", "127.0.0.1"],
    }
    addresses = Addresses(parse_networks("10.9.0.0/16"), lambda host: known[host])
    assert await addresses.find("good.example") == "93.184.216.34"
    assert await addresses.find("bad.example") is None
    assert await addresses.find("both.example") is None
    assert await addresses.find("127.0.0.1") is None
    assert await addresses.find("10.9.1.1") == "10.9.1.1"


async def test_a_name_is_resolved_once_a_minute_and_one_that_does_not_resolve_is_none() -> None:
    asked: list[str] = []

    def resolve(host: str) -> list[str]:
        asked.append(host)
        if host == "gone.example":
            raise OSError
        return ["93.184.216.34"]

    addresses = Addresses((), resolve)
    for _ in range(3):
        assert await addresses.find("good.example") == "93.184.216.34"
        assert await addresses.find("gone.example") is None
    assert asked == ["good.example", "gone.example"]


@pytest.mark.parametrize("url", ["http://[::1", "nonsense", "", "tcp://"])
def test_what_names_no_host_has_none(url: str) -> None:
    assert host_of(url) is None
