"""The page on what survives the loss of which machine (README.md), held against two machines that die.

The stack is the one of stack.yaml with the images of infra/debian. What no test's kernel has is left out: encrypted
networks, and the mesh, whose place the documented VITRINA_EDGE_PUBLISH=host takes. PostgreSQL and the vendor stand
outside, as they would.
"""

import contextlib
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import httpx
import pytest
from vitrina_compose_testing.commands import ROOT, run, wait_until
from vitrina_orchestrator.testing.private_engine import private_engine, skip_where_impossible
from vitrina_orchestrator.testing.swarm_nodes import SwarmNode, among, swarm_nodes
from vitrina_swarm_testing.outside import DEVICES, outside
from vitrina_swarm_testing.stack import PORT, TAG, Stack, carry_images, sign_in

pytestmark = [pytest.mark.docker, pytest.mark.long, pytest.mark.timeout(2400)]

MOVING = {"edge", "gateway", "auth", "registry"}
STAYING = {"nats-1", "prometheus", "alertmanager", "alerting", "orchestrator"}
EXPORTER = "vitrina-addreality"
PATIENCE = 240
"""Seconds; no limit that is measured against, on a machine that does other things."""

Note = Callable[[str, object], None]


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Every device known; edge, gateway, auth and registry on the worker, a second edge and the data on the manager."""
    skip_where_impossible()
    folder = tmp_path_factory.mktemp("company")
    keep = ROOT / ".vitrina" / "tools" / "vitrina-test-engine"
    with private_engine(keep) as builder, pytest.MonkeyPatch.context() as patch:
        patch.setenv("DOCKER_HOST", builder.host)
        run("nice", "infra/debian/build", seconds=1800)
        with (
            swarm_nodes(2, lambda engine: carry_images(builder, engine), firewall=True) as nodes,
            outside(builder, nodes[0], folder, TAG) as beside,
        ):
            home = folder / "srv"
            home.mkdir(mode=0o700)
            yield deployed(Stack(nodes, beside, home))


def deployed(stack: Stack) -> Stack:
    stack.prepare()
    stack.deploy()
    wait_until(lambda: stack.wanted_on(stack.worker) >= MOVING, PATIENCE, "the parts that may move are on the worker")
    stack.open_manager()
    wait_until(lambda: stack.page(stack.manager) == stack.page(stack.worker) == 200, PATIENCE, "an edge on each")
    wait_until(lambda: signs_in(stack, stack.worker), PATIENCE, "somebody signs in")
    with stack.client(stack.worker) as client:
        answer = client.post("/api/registry/v1/exporters/addreality/sources", json=stack.outside.source)
        assert answer.is_success, answer.text
    wait_until(lambda: stack.known_devices(stack.manager) == DEVICES, PATIENCE, "every device with a status")
    return stack


def signs_in(stack: Stack, node: SwarmNode) -> bool:
    try:
        with stack.client(node):
            return True
    except httpx.HTTPError:
        return False


@contextmanager
def timed(note: Note, what: str) -> Iterator[None]:
    began = time.monotonic()
    yield
    took = round(time.monotonic() - began, 1)
    note(f"{what}, s", took)
    print(f"{what}: {took} s")


def die(node: SwarmNode) -> None:
    """Without a word to the others, as when its power is cut."""
    node.cut_off()
    node.engine.die()


def come_back(node: SwarmNode) -> None:
    node.rejoin()
    node.engine.start()


def path_of(device: dict[str, str]) -> str:
    return f"{device['platform']}/{device['source']}/{device['device_id']}"


def devices(client: httpx.Client) -> dict[str, dict[str, str]]:
    """By path; all of them fit one page."""
    items = client.get("/api/v1/devices").raise_for_status().json()["items"]
    return {path_of(item): item for item in items}


def chains(found: dict[str, dict[str, str]]) -> dict[str, tuple[str, str]]:
    return {path: (item["status"], item["status_since"]) for path, item in found.items()}


def put_site(client: httpx.Client, path: str, site: str) -> None:
    client.put(f"/api/registry/v1/facts/{path}", json={"site": site}).raise_for_status()


def events(client: httpx.Client, path: str) -> list[dict[str, str]]:
    found: list[dict[str, str]] = client.get(f"/api/v1/devices/{path}/events").raise_for_status().json()["items"]
    return found


def overview(stack: Stack, node: SwarmNode) -> dict[str, bool | float]:
    """Nothing while nobody answers."""
    try:
        with stack.client(node) as client:
            found: dict[str, bool | float] = client.get("/api/v1/overview").raise_for_status().json()
            return found
    except httpx.HTTPError:
        return {}


def test_with_the_manager_and_the_data_gone_what_runs_goes_on_and_all_comes_back_with_it(
    stack: Stack, record_property: Note
) -> None:
    manager, worker = stack.nodes
    assert stack.wanted_on(worker) >= MOVING
    assert stack.wanted_on(manager) >= STAYING
    with stack.client(worker) as client:
        before = devices(client)
    die(manager)

    assert stack.page(manager) == 0
    assert stack.page(worker) == 200
    wait_until(lambda: overview(stack, worker).get("prometheus_up") is False, PATIENCE, "the list says that it is old")
    first = next(iter(before))
    with stack.client(worker) as client:
        sign_in(client, stack.folder)
        assert chains(devices(client)) == chains(before)
        put_site(client, first, "Shop 7")
        told = client.get(f"/api/v1/devices/{first}/history")
        assert (told.status_code, "Prometheus does not answer" in told.text) == (503, True)

    with timed(record_property, "manager back, to a list of now"):
        come_back(manager)
        wait_until(lambda: overview(stack, worker).get("prometheus_up"), PATIENCE, "Prometheus is asked again")
    wait_until(lambda: stack.page(manager) == 200, PATIENCE, "its edge answers")
    wait_until(lambda: stack.wanted_on(manager) >= {*STAYING, "edge"}, PATIENCE, "all of its parts")
    assert stack.wanted_on(worker) >= MOVING
    with stack.client(manager) as client:
        wait_until(lambda: devices(client)[first]["site"] == "Shop 7", PATIENCE, "what was written meanwhile")
        assert chains(devices(client)) == chains(before)
        client.get(f"/api/v1/devices/{first}/history").raise_for_status()
    assert stack.known_devices(manager) == DEVICES


def test_with_edge_and_gateway_gone_the_manager_starts_them_and_nothing_is_lost(
    stack: Stack, record_property: Note
) -> None:
    manager, worker = stack.nodes
    assert stack.wanted_on(worker) >= MOVING
    password = secrets.token_urlsafe(18)
    with stack.client(worker) as client:
        before = devices(client)
        changing, noted = [path for path, item in before.items() if item["status"] == "online"][:2]
        past = events(client, changing)
        user = {"username": "last-moment", "password": password, "role": "manager", "sources": ["shops"]}
        client.post("/api/auth/users", json=user).raise_for_status()
        put_site(client, noted, "Shop 9")
    die(worker)

    assert (stack.page(worker), stack.page(manager)) == (0, 200)
    with timed(record_property, "worker dead, to the first answer of the API"):
        status = asked_of_the_other_edge(stack)
    assert status in {httpx.codes.OK, httpx.codes.SERVICE_UNAVAILABLE}
    stack.outside.set_status(before[changing]["device_id"], "offline")
    with timed(record_property, "worker dead, to sign-in and list on the manager"):
        wait_until(lambda: signs_in_anew(stack, "last-moment", password), PATIENCE, "sign-in")
        wait_until(lambda: stack.known_devices(manager) == DEVICES, PATIENCE, "every device with a status")
    assert stack.wanted_on(manager) >= {*MOVING, *STAYING, EXPORTER}
    with stack.client(manager) as client:
        wait_until(lambda: devices(client)[changing]["status"] == "offline", PATIENCE, "what the vendor says since")
        wait_until(lambda: devices(client)[noted]["site"] == "Shop 9", PATIENCE, "what was written in the last moment")
        now = devices(client)
        assert {path: chain for path, chain in chains(now).items() if path != changing} == {
            path: chain for path, chain in chains(before).items() if path != changing
        }
        wait_until(lambda: len(events(client, changing)) == len(past) + 1, PATIENCE, "one more change of it")
        put_site(client, noted, "Shop 10")

    with timed(record_property, "worker back, to its edge"):
        come_back(worker)
        wait_until(lambda: stack.page(worker) == 200, PATIENCE, "its edge answers")
    assert exporters_on(manager) + exporters_on(worker) == 1
    assert stack.known_devices(worker) == DEVICES


def asked_of_the_other_edge(stack: Stack) -> int:
    with among(stack.manager):
        base = f"http://{stack.manager.address}:{PORT}"
        return httpx.get(f"{base}/api/auth/.well-known/jwks.json", timeout=PATIENCE, trust_env=False).status_code


def signs_in_anew(stack: Stack, name: str, password: str) -> bool:
    with among(stack.manager), contextlib.suppress(httpx.HTTPError):
        form = {"username": name, "password": password}
        base = f"http://{stack.manager.address}:{PORT}"
        return httpx.post(f"{base}/api/auth/token", data=form, timeout=60, trust_env=False).is_success
    return False


def exporters_on(node: SwarmNode) -> int:
    return len(node.engine.docker("ps", "--quiet", f"--filter=name={EXPORTER}").split())
