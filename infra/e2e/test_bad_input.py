"""Bad input gets a clear answer, through the edge and every part behind it, and nothing is half written."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from vitrina_e2e.people import REGISTRY, Person
from vitrina_e2e.system import System
from vitrina_e2e.vendors import Vendor
from vitrina_kit.http_app import MOST_BODY_BYTES

pytestmark = pytest.mark.e2e
PROBLEM = "application/problem+json"
SOURCES = f"{REGISTRY}/exporters/cubicmedia/sources"


@pytest.fixture
def nobody(people: Callable[[str, str | None], Person]) -> Person:
    return people("nobody", None)


@pytest.fixture
def valid(vendors: dict[str, Vendor], admin: Person) -> dict[str, Any]:
    """A source that would be accepted; the test ends with the sources that there were."""
    config = admin.sources("cubicmedia")[vendors["cubicmedia"].source]["config"]
    return {"name": "never-made", "config": {**config, "macs": config["macs"][:2]}, "labels": {}, "enabled": True}


@pytest.fixture(autouse=True)
def _nothing_is_written(admin: Person) -> Any:
    def written() -> Any:
        desired = {name: (each["revision"], each["enabled"]) for name, each in admin.exporters().items()}
        return desired, {name: sorted(admin.sources(name)) for name in desired}

    before = written()
    yield
    assert written() == before


def problem(answer: httpx.Response, status: int, kind: str) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == PROBLEM
    body: dict[str, Any] = answer.json()
    assert set(body) == {"type", "title", "status", "detail", "instance", "errors"}
    assert body["type"] == f"urn:vitrina:problem:{kind}"
    assert body["status"] == status
    assert body["title"]
    assert body["detail"]
    return body


def fields(body: dict[str, Any]) -> list[str]:
    return [error["field"] for error in body["errors"]]


def test_a_wrong_password_is_refused_in_the_same_words_as_a_wrong_name(nobody: Person) -> None:
    answers = [
        nobody.ask("POST", "/api/auth/token", data={"username": name, "password": "wrong"})
        for name in ("admin", "none")
    ]
    said = [problem(answer, 401, "wrong-credentials") for answer in answers]
    assert said[0]["detail"] == said[1]["detail"]


@pytest.mark.parametrize("token", ["", "nonsense", "a.b.c", "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZG1pbiJ9."])
@pytest.mark.parametrize("path", ["/api/v1/devices", "/api/v1/overview", f"{REGISTRY}/exporters", "/api/auth/me"])
def test_no_token_or_a_forged_one_opens_nothing(nobody: Person, path: str, token: str) -> None:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    problem(nobody.ask("GET", path, headers=headers), 401, "unauthenticated")


def test_an_unknown_type_is_refused_by_name(admin: Person) -> None:
    answer = admin.ask("POST", f"{REGISTRY}/exporters", json={"type": "betamax"})
    body = problem(answer, 422, "invalid")
    assert fields(body) == ["type"]


def test_a_source_that_fails_its_schema_has_each_wrong_field_named(admin: Person, valid: dict[str, Any]) -> None:
    valid["config"] |= {"api_url": "ftp://example.org/", "request_budget": -1, "surprise": 1}
    body = problem(admin.ask("POST", SOURCES, json=valid), 422, "invalid")
    assert sorted(fields(body)) == ["config.api_url", "config.request_budget", "config.surprise"]


def test_an_unreadable_mac_is_named_by_its_line(admin: Person, valid: dict[str, Any]) -> None:
    valid["config"]["macs"] = ["AA:BB:CC:DD:EE:01", "AA:BB:CC:DD:EE:02", "kiosk by the door", "AA:BB:CC:DD:EE:04"]
    body = problem(admin.ask("POST", SOURCES, json=valid), 422, "invalid")
    assert fields(body) == ["config.macs[2]"]
    assert "AA:BB:CC:DD:EE:FF" in body["errors"][0]["message"]  # what would fit


def test_a_name_that_is_taken_is_a_conflict(admin: Person, valid: dict[str, Any], vendors: dict[str, Vendor]) -> None:
    valid["name"] = vendors["addreality"].source  # taken at another exporter: names are unique in the installation
    body = problem(admin.ask("POST", SOURCES, json=valid), 409, "conflict")
    assert fields(body) == ["name"]


@pytest.mark.parametrize(
    "host", ["10.0.0.8", "169.254.169.254", "192.168.1.1", "[fe80::1]", "[::ffff:10.0.0.8]", "0.0.0.0"]
)
def test_an_endpoint_inside_a_network_is_refused(admin: Person, valid: dict[str, Any], host: str) -> None:
    valid["config"]["api_url"] = f"http://{host}/status?mac="
    body = problem(admin.ask("POST", SOURCES, json=valid), 422, "endpoint-refused")
    assert fields(body) == ["config.api_url"]


def test_malformed_json_is_refused_and_says_so(admin: Person) -> None:
    answer = admin.ask("POST", SOURCES, content=b'{"name": ', headers={"Content-Type": "application/json"})
    assert problem(answer, 422, "invalid")["errors"]


def test_a_body_beyond_the_limit_is_refused(
    people: Callable[[str, str | None], Person], system: System, valid: dict[str, Any]
) -> None:
    valid["labels"] = {"long": "x" * (MOST_BODY_BYTES + 1)}
    pushy = people("admin", system.password)  # the edge hangs up on whoever sends on
    problem(pushy.ask("POST", SOURCES, json=valid), 413, "too-large")


def test_a_write_without_a_precondition_or_with_a_stale_one_is_refused_before_its_body_is_read(
    admin: Person,
) -> None:
    path = f"{REGISTRY}/exporters/cubicmedia"
    broken: dict[str, Any] = {"content": b"{", "headers": {"Content-Type": "application/json"}}
    problem(admin.ask("PATCH", path, **broken), 428, "precondition-required")
    stale = {**broken["headers"], "If-Match": '"999999"'}
    problem(admin.ask("PATCH", path, content=b"{", headers=stale), 412, "precondition-failed")
    current = {**broken["headers"], "If-Match": admin.ask("GET", path).headers["etag"]}
    problem(admin.ask("PATCH", path, content=b"{", headers=current), 422, "invalid")


@pytest.mark.parametrize("parameter", ["status=broken", "sort=colour", "limit=0", "limit=1001", "cursor=nonsense"])
def test_a_list_asked_for_wrongly_names_the_parameter(admin: Person, parameter: str) -> None:
    body = problem(admin.ask("GET", f"/api/v1/devices?{parameter}"), 422, "invalid")
    assert fields(body)[0].startswith(parameter.partition("=")[0])


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
@pytest.mark.parametrize("path", ["/api", "/api/", "/api/v2/devices", "/api/v1/nothing", f"{REGISTRY}/nothing"])
def test_an_address_that_does_not_exist_is_a_problem_and_not_the_page(admin: Person, path: str, method: str) -> None:
    problem(admin.ask(method, path), 404, "not-found")


INTERNAL = [
    "/internal/v1/desired", "/internal/v1/desired/addreality", "/internal/v1/sources", "/sd/exporters", "/metrics",
    "/health/ready", "/logs/addreality",
]  # fmt: skip


@pytest.mark.parametrize("prefix", ["/api/registry", "/api/v1", "/api/auth", "/api/registry/../.."])
def test_no_internal_route_can_be_reached_through_the_edge(admin: Person, prefix: str) -> None:
    for path in INTERNAL:
        answer = admin.ask("GET", f"{prefix}{path}")
        assert answer.status_code == 404 or is_the_page(answer), (prefix, path, answer.text)
        assert "api_token" not in answer.text


def test_no_internal_route_can_be_reached_at_the_root(nobody: Person) -> None:
    for path in INTERNAL:
        answer = nobody.ask("GET", path)
        assert answer.status_code == 404 or is_the_page(answer), path


def is_the_page(answer: httpx.Response) -> bool:
    return answer.status_code == 200 and answer.text.lstrip().lower().startswith("<!doctype html>")
