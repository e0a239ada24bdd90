"""A manager sees the sources granted to them and nothing of the others, on every way there is, and changes nothing."""

import json
import secrets
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Self

import httpx
import pytest
from playwright.sync_api import expect
from vitrina_e2e.pages import DevicesPage, ExportersPage, Tab
from vitrina_e2e.people import REGISTRY, WHATEVER, Person
from vitrina_e2e.system import System
from vitrina_e2e.vendors import Vendor
from vitrina_e2e.waiting import until, until_equal

pytestmark = pytest.mark.e2e


@pytest.fixture
def own(vendors: dict[str, Vendor]) -> Vendor:
    return vendors["addreality"]


@pytest.fixture
def foreign(vendors: dict[str, Vendor]) -> Vendor:
    return vendors["cubicmedia"]


@pytest.fixture
def manager(admin: Person, people: Callable[[str, str | None], Person], own: Vendor) -> Iterator[Person]:
    """Made by the API as an admin makes one; gone afterwards."""
    name, password = f"manager-{secrets.token_hex(4)}", secrets.token_urlsafe(18)
    body = {"username": name, "password": password, "role": "manager", "sources": [own.source]}
    assert admin.ask("POST", "/api/auth/users", json=body).status_code == 201
    yield people(name, password)
    assert admin.ask("DELETE", f"/api/auth/users/{name}", headers=WHATEVER).is_success


def test_lists_counts_and_facets_hold_own_devices_only(manager: Person, own: Vendor, foreign: Vendor) -> None:
    truth = own.truth()
    assert {(device["source"], device["device_id"]) for device in manager.devices()} == {
        (own.source, device_id) for device_id in truth
    }
    page = manager.read("/api/v1/devices", limit=1)
    assert page["total"] == len(truth)
    assert page["facets"]["source"] == {own.source: len(truth)}
    assert page["facets"]["platform"] == {own.platform: len(truth)}
    assert sum(page["facets"]["status"].values()) == len(truth)
    assert manager.devices(source=foreign.source) == []
    assert manager.devices(search=foreign.some("online")[0]) == []


def test_the_overview_counts_own_devices_only(manager: Person, admin: Person, own: Vendor, foreign: Vendor) -> None:
    dark = foreign.some("online")[0]
    foreign.flip(dark)
    until_equal(lambda: admin.statuses(foreign.source)[dark], "offline", seconds=15, what="the foreign flip is seen")
    overview = manager.overview()
    foreign.flip(dark)
    statuses = list(own.truth().values())
    assert overview["totals"]["total"] == len(statuses)
    assert overview["totals"]["offline"] == statuses.count("offline")
    assert [source["source"] for source in overview["sources"]] == [own.source]
    assert [platform["platform"] for platform in overview["platforms"]] == [own.platform]
    assert sum(cause["count"] for cause in overview["causes"]) == statuses.count("offline")
    assert {change["source"] for change in overview["recent"]} <= {own.source}
    assert foreign.source not in json.dumps(overview)
    until_equal(lambda: admin.statuses(foreign.source)[dark], "online", seconds=15, what="the flip back is seen")


def test_a_foreign_device_is_as_absent_as_one_that_does_not_exist(
    manager: Person, own: Vendor, foreign: Vendor
) -> None:
    path = "/api/v1/devices"
    assert manager.ask("GET", f"{path}/{own.platform}/{own.source}/{own.some('online')[0]}").status_code == 200
    there = manager.ask("GET", f"{path}/{foreign.platform}/{foreign.source}/{foreign.some('online')[0]}")
    nowhere = manager.ask("GET", f"{path}/{foreign.platform}/{foreign.source}/00:00:00:00:00:00")
    assert (there.status_code, nowhere.status_code) == (404, 404)
    assert there.headers["content-type"] == "application/problem+json"
    assert without_id(there) == without_id(nowhere)


def without_id(answer: httpx.Response) -> dict[str, Any]:
    return {name: value for name, value in answer.json().items() if name != "instance"}


def test_the_stream_tells_of_own_devices_only(
    system: System, manager: Person, admin: Person, own: Vendor, foreign: Vendor
) -> None:
    mine, theirs = own.some("online")[0], foreign.some("online")[0]
    with Stream(system.url, manager) as told:
        until(lambda: told.ticks, seconds=15, what="the stream begins")
        foreign.flip(theirs)
        until_equal(lambda: admin.statuses(foreign.source)[theirs], "offline", seconds=15, what="the foreign flip")
        own.flip(mine)
        until(lambda: mine in told.device_ids, seconds=15, what="the own flip is told")
        own.flip(mine)
        foreign.flip(theirs)
        until_equal(lambda: admin.statuses(foreign.source)[theirs], "online", seconds=15, what="the foreign flip back")
        until_equal(lambda: admin.statuses(own.source)[mine], "online", seconds=15, what="the own flip back")
    assert told.sources == {own.source}
    assert {tick["totals"]["total"] for tick in told.ticks} == {len(own.truth())}
    assert foreign.source not in told.text


class Stream:
    """Listens to the live feed in a thread, until the block is left."""

    def __init__(self, url: str, person: Person) -> None:
        self.text = ""
        self._headers = dict(person.authorization())
        self._url = f"{url}/api/v1/stream"
        self._client = httpx.Client(timeout=30, trust_env=False)
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._listen, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._end.set()
        self._thread.join()
        self._client.close()

    @property
    def ticks(self) -> list[dict[str, Any]]:
        return [json.loads(data) for event, data in self._events() if event == "tick"]

    @property
    def devices(self) -> list[dict[str, Any]]:
        return [device for event, data in self._events() if event == "devices" for device in json.loads(data)]

    @property
    def device_ids(self) -> set[str]:
        return {device["device_id"] for device in self.devices}

    @property
    def sources(self) -> set[str]:
        return {device["source"] for device in self.devices}

    def _events(self) -> list[tuple[str, str]]:
        blocks = self.text.replace("\r\n", "\n").split("\n\n")[:-1]  # what follows the last blank line is half an event
        parsed = []
        for block in blocks:
            fields = dict(line.split(": ", 1) for line in block.split("\n") if ": " in line and line[0] != ":")
            if "event" in fields:
                parsed.append((fields["event"], fields.get("data", "")))
        return parsed

    def _listen(self) -> None:
        with self._client.stream("GET", self._url, headers=self._headers) as answer:
            for piece in answer.iter_text():  # a tick comes every two seconds, so the end is noticed soon
                self.text += piece
                if self._end.is_set():
                    return


def test_exporters_tell_a_manager_nothing_of_other_sources_and_no_configuration(
    manager: Person, own: Vendor, foreign: Vendor
) -> None:
    exporters = manager.exporters()
    for exporter in exporters.values():
        observed = exporter["observed"] or {"sources": []}
        assert {source["name"] for source in observed["sources"]} <= {own.source}
    assert exporters[own.platform]["source_count"] == 1
    assert manager.sources(own.platform).keys() == {own.source}
    assert manager.sources(own.platform)[own.source]["config"] == {}
    assert exporters.get(foreign.platform, {"source_count": 0})["source_count"] == 0
    assert foreign.source not in json.dumps(exporters)
    path = f"{REGISTRY}/exporters/{foreign.platform}/sources/{foreign.source}"
    assert manager.ask("GET", path).status_code == 404


def test_work_states_of_others_are_neither_told_nor_changed(
    manager: Person, admin: Person, own: Vendor, foreign: Vendor
) -> None:
    work = {"kind": "in_repair", "note": "a secret of the other customer"}
    states = f"{REGISTRY}/work-states"
    theirs = f"{states}/{foreign.platform}/{foreign.source}/{foreign.some('offline')[0]}"
    nowhere = f"{states}/{foreign.platform}/{foreign.source}/00:00:00:00:00:00"
    assert admin.ask("PUT", theirs, json=work, headers=WHATEVER).is_success
    until(lambda: admin.overview()["in_work"]["offline"] == 1, seconds=15, what="it is in work")
    assert manager.overview()["in_work"] == {"online": 0, "offline": 0, "unknown": 0}
    assert manager.devices(work="in_repair") == []
    assert manager.read("/api/v1/devices", limit=1)["facets"]["work"] == {"none": len(own.truth())}
    for method, body in (("PUT", work), ("DELETE", None)):
        answers = [manager.ask(method, path, json=body, headers=WHATEVER) for path in (theirs, nowhere)]
        assert [answer.status_code for answer in answers] == [404, 404]
        assert without_id(answers[0]) == without_id(answers[1])
    assert admin.ask("DELETE", theirs, headers=WHATEVER).is_success
    until(lambda: admin.overview()["in_work"]["offline"] == 0, seconds=15, what="it is as before")


def test_availability_and_alerts_tell_of_own_sources_only(manager: Person, foreign: Vendor) -> None:
    day = (datetime.now(UTC) - timedelta(days=1)).date().isoformat()
    for group in ("source", "site", "device"):
        answer = manager.ask("GET", f"{REGISTRY}/availability", params={"from": day, "to": day, "group": group})
        assert answer.status_code == 200
        assert foreign.source not in answer.text
    asked = {"from": day, "to": day, "group": "device"}
    rows = [
        manager.ask("GET", f"{REGISTRY}/availability", params={**asked, "source": source})
        for source in (foreign.source, "no-such-source")
    ]
    assert [without_id(answer) for answer in rows] == [without_id(rows[0])] * 2
    assert foreign.source not in manager.ask("GET", "/api/v1/alerts").text


ADMIN_ACTS: list[tuple[str, str, Any]] = [
    ("POST", f"{REGISTRY}/exporters", {"type": "addreality"}),
    ("PATCH", f"{REGISTRY}/exporters/addreality", {"enabled": False}),
    ("DELETE", f"{REGISTRY}/exporters/addreality", None),
    ("POST", f"{REGISTRY}/exporters/addreality/restart", None),
    ("GET", f"{REGISTRY}/exporters/addreality/logs", None),
    ("POST", f"{REGISTRY}/exporters/addreality/sources", {"name": "mine", "config": {}}),
    ("PATCH", f"{REGISTRY}/exporters/addreality/sources/demo-addreality", {"enabled": False}),
    ("DELETE", f"{REGISTRY}/exporters/addreality/sources/demo-addreality", None),
    ("GET", f"{REGISTRY}/operations", None),
    ("GET", f"{REGISTRY}/notifications", None),
    ("GET", f"{REGISTRY}/webhooks", None),
    ("GET", "/api/v1/storage", None),
    ("GET", "/api/auth/users", None),
    ("POST", "/api/auth/users", {"username": "friend", "password": "long enough, 1 hopes", "role": "admin"}),
    ("PATCH", "/api/auth/users/admin", {"disabled": True}),
    ("DELETE", "/api/auth/users/admin", None),
]


@pytest.mark.parametrize(
    ("method", "path", "body"), ADMIN_ACTS, ids=lambda value: value if isinstance(value, str) else ""
)
def test_the_server_refuses_what_only_admins_may(manager: Person, method: str, path: str, body: Any) -> None:
    answer = manager.ask(method, path, json=body, headers=WHATEVER)
    assert answer.status_code == 403, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["type"] == "urn:vitrina:problem:forbidden"


def test_the_pages_show_own_devices_and_offer_no_act_of_an_admin(
    tab: Tab, manager: Person, own: Vendor, foreign: Vendor
) -> None:
    tab.sign_in(manager.username, str(manager.password), at="/overview")
    expect(tab.page.get_by_role("main")).to_contain_text(own.source)
    expect(tab.page.get_by_role("main")).not_to_contain_text(foreign.source)

    devices = DevicesPage(tab)
    devices.open()
    expect(devices.total).to_have_text(f"{len(own.truth())} devices")
    devices.search.fill(foreign.some("online")[0])
    expect(devices.rows).to_have_count(0)

    exporters = ExportersPage(tab)
    exporters.open()
    expect(exporters.source(own.source)).to_contain_text("Polling")
    expect(exporters.source(foreign.source)).to_have_count(0)
    main = tab.page.get_by_role("main")
    for word in ("Disable", "Enable", "Restart", "Add source", "Edit source", "Delete source"):
        expect(main.get_by_role("button", name=word).or_(main.get_by_role("link", name=word))).to_have_count(0)

    tab.open("/exporters/addreality/sources/new")
    expect(tab.page.get_by_role("main")).to_contain_text("Only administrators can change sources.")
