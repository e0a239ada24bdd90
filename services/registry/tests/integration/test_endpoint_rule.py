"""Vendor URLs must not lead inside: by address, by any spelling of one, or by a name that means one."""

from collections.abc import Sequence
from dataclasses import replace
from ipaddress import ip_network

import pytest
from vitrina_registry.app import Registry
from vitrina_registry.testing.asking import MAC, Asker, cubic, fields_of

SOURCES = "/exporters/cubicmedia/sources"

REFUSED = [
    "http://127.0.0.1/", "http://127.1/", "http://127.0.1/", "http://2130706433/", "http://0x7f000001/", "http://0x7f.1/",
    "http://0177.0.0.1/", "http://017700000001/", "http://0/", "http://0.0.0.0/", "http://127.0.0.1:8080/x?y=z",
    "http://localhost/", "http://localhost./", "http://LOCALHOST/", "http://127.0.0.1./",
    "http://10.0.0.1/", "http://10.1/", "http://172.16.0.1/", "http://172.31.255.255/", "http://192.168.1.1/",
    "http://3232235777/", "http://100.64.0.1/", "http://169.254.169.254/latest/meta-data/", "http://2852039166/",
    "http://0xa9fea9fe/", "http://192.0.0.192/", "http://192.0.2.1/", "http://198.18.0.1/", "http://198.51.100.7/",
    "http://203.0.113.9/", "http://224.0.0.1/", "http://240.0.0.1/", "http://255.255.255.255/",
    "http://[::1]/", "http://[::]/", "http://[0:0:0:0:0:0:0:1]/", "http://[::ffff:127.0.0.1]/", "http://[::ffff:7f00:1]/",
    "http://[::ffff:a9fe:a9fe]/", "http://[::127.0.0.1]/", "http://[64:ff9b::127.0.0.1]/", "http://[64:ff9b::a00:1]/",
    "http://[64:ff9b:1::1]/", "http://[2002:7f00:1::]/", "http://[2002:c0a8:101::1]/", "http://[fe80::1]/",
    "http://[fc00::1]/", "http://[fd00:ec2::254]/", "http://[fec0::1]/", "http://[ff02::1]/", "http://[2001:db8::1]/",
    "http://[2001:0:53aa:64c::1]/", "http://[100::1]/",
    "http://１２７.0.0.1/", "http://127。0。0。1/", "http://①②⑦.0.0.1/",  # noqa: RUF001 - what the test is about
    "http://user@8.8.8.8/", "http://user:pass@8.8.8.8/", "http://8.8.8.8@127.0.0.1/", "http://@8.8.8.8/",
    "http://8.8.8.8\\@127.0.0.1/", "http://8.8.8.8 .evil/", "http://8.8.8.8\t/", "http://8.8.8.8/\n", "http:///path",
    "http://", "http://:80/", "http://[::1/", "http://8.8.8.8:99999/", "http://8.8.8.8:0/", "http://8.8.8.8:port/",
    "http://8.8.8.8/#fragment", "http://.../", "http://%31%32%37.0.0.1/",
]  # fmt: skip


@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_no_spelling_of_an_inner_address_gets_through(admin: Asker, scheme: str) -> None:
    for url in REFUSED:
        body = {"name": "north", "config": {"api_url": scheme + url.removeprefix("http"), "macs": [MAC]}}
        answer = await admin.post(SOURCES, body)
        assert (answer.status_code, answer.json()["type"]) == (422, "urn:vitrina:problem:endpoint-refused"), url
        assert fields_of(answer) == ["config.api_url"]
    assert (await admin.get(SOURCES)).json()["items"] == []


async def test_other_schemes_are_refused(admin: Asker) -> None:
    for url in (
        "ftp://8.8.8.8/",
        "file:///etc/passwd",
        "gopher://8.8.8.8/",
        "javascript:1",
        "//8.8.8.8/",
        "8.8.8.8",
        "",
    ):
        answer = await admin.post(SOURCES, {"name": "north", "config": {"api_url": url, "macs": [MAC]}})
        assert (answer.status_code, fields_of(answer)) == (422, ["config.api_url"]), url


async def test_the_refusal_names_the_setting_that_allows_it(admin: Asker) -> None:
    answer = await admin.post(SOURCES, {"name": "north", "config": {"api_url": "http://localhost:9/", "macs": [MAC]}})
    message = answer.json()["errors"][0]["message"]
    assert "VITRINA_PRIVATE_ENDPOINTS" in message
    assert "localhost" in message


async def test_public_addresses_are_accepted(admin: Asker) -> None:
    for number, url in enumerate(
        ("http://8.8.8.8/", "https://[2a00:1450:4010:c0e::64]:8443/a?b=", "http://134744072/")
    ):
        answer = await admin.post(SOURCES, {"name": f"n{number}", "config": {"api_url": url, "macs": [MAC]}})
        assert answer.status_code == 201, answer.text


NAMES = {
    "inside.example": ["10.0.0.5"],
    "mixed.example": ["8.8.8.8", "127.0.0.1"],
    "six.example": ["2a00:1450:4010:c0e::64", "fe80::1%eth0"],
    "good.example": ["8.8.8.8", "2a00:1450:4010:c0e::64"],
    "gone.example": [],
}


@pytest.fixture
def names(registry: Registry) -> dict[str, list[str]]:
    """A name service that knows a few names; the machine of the tests may have none."""
    known = dict(NAMES)

    async def resolve(host: str) -> Sequence[str]:
        return known[host]

    registry.api.state.world = replace(registry.api.state.world, resolve=resolve)
    return known


@pytest.mark.usefixtures("names")
async def test_every_address_of_a_name_counts(admin: Asker) -> None:
    for host in ("inside.example", "mixed.example", "six.example"):
        answer = await admin.post(SOURCES, {"name": "north", "config": {"api_url": f"https://{host}/", "macs": [MAC]}})
        assert answer.json()["type"] == "urn:vitrina:problem:endpoint-refused", host
        assert host in answer.json()["errors"][0]["message"]
    answer = await admin.post(SOURCES, {"name": "north", "config": {"api_url": "https://good.example/", "macs": [MAC]}})
    assert answer.status_code == 201


@pytest.mark.usefixtures("names")
async def test_a_name_that_does_not_resolve_is_refused_by_name(admin: Asker) -> None:
    body = {"name": "north", "config": {"api_url": "https://gone.example/", "macs": [MAC]}}
    answer = await admin.post(SOURCES, body)
    assert (answer.status_code, fields_of(answer)) == (422, ["config.api_url"])
    assert "gone.example" in answer.json()["errors"][0]["message"]


async def test_a_change_is_checked_like_a_new_source_but_an_unchanged_url_is_not_looked_up_again(
    admin: Asker, names: dict[str, list[str]]
) -> None:
    body = {"name": "north", "config": {"api_url": "https://good.example/", "macs": [MAC]}}
    await admin.post(SOURCES, body)
    names["good.example"] = []
    same = {"api_url": "https://good.example/", "macs": [MAC, "AABBCCDDEEFF"]}
    assert (await admin.patch(f"{SOURCES}/north", {"config": same})).status_code == 200
    other = {"api_url": "https://inside.example/", "macs": [MAC]}
    assert (await admin.patch(f"{SOURCES}/north", {"config": other})).status_code == 422
    assert (await admin.get(f"{SOURCES}/north")).json()["config"] == same


async def test_the_setting_allows_what_it_names_and_no_more(admin: Asker, registry: Registry) -> None:
    world = registry.api.state.world
    registry.api.state.world = replace(world, private_endpoints=(ip_network("127.0.0.0/8"),))
    allowed = {"api_url": "http://127.0.0.1:9000/?mac=", "macs": [MAC]}
    assert (await admin.post(SOURCES, {**cubic(), "config": allowed})).status_code == 201
    for url in ("http://10.0.0.1/", "http://169.254.169.254/", "http://[::1]/"):
        answer = await admin.post(SOURCES, {"name": "south", "config": {"api_url": url, "macs": [MAC]}})
        assert answer.status_code == 422, url
