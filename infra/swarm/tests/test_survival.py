"""The page on what survives the loss of which machine (README.md), held against machines that die.

The stack is the one of stack.yaml with the images of infra/debian. What no test's kernel has is left out: encrypted
networks, and the mesh, whose place the documented VITRINA_EDGE_PUBLISH=host takes. PostgreSQL and the vendor stand
outside, as they would. On two machines NATS stands alone, as documented for them; on three it is the cluster.
"""

import secrets
from collections.abc import Iterator

import httpx
import pytest
from vitrina_compose_testing.commands import wait_until
from vitrina_orchestrator.testing.private_engine import skip_where_impossible
from vitrina_orchestrator.testing.swarm_nodes import SwarmNode
from vitrina_swarm_testing.asking import (
    Note,
    chains,
    come_back,
    devices,
    die,
    events,
    known_devices,
    overview,
    put_site,
    signs_in,
    timed,
)
from vitrina_swarm_testing.company import EDGES, MOVING, PATIENCE, company
from vitrina_swarm_testing.outside import DEVICES
from vitrina_swarm_testing.stack import Stack

pytestmark = [pytest.mark.docker, pytest.mark.long, pytest.mark.timeout(2400)]

STAYING = {"prometheus", "alertmanager", "alerting"}
"""Parts of the machine with the data."""
EXPORTER = "vitrina-addreality"


@pytest.fixture(scope="module", params=[2, 3], ids=["two machines", "three machines"])
def stack(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    skip_where_impossible()
    with company(request.param, tmp_path_factory.mktemp("company")) as stack:
        yield stack


def test_with_the_data_gone_what_runs_goes_on_and_all_comes_back_with_its_machine(
    stack: Stack, record_property: Note
) -> None:
    keeper, other = stack.keeper, stack.other
    assert stack.wanted_on(keeper) >= STAYING
    assert stack.wanted_on(other) >= MOVING
    with stack.client(other) as client:
        before = devices(client)
    first = next(iter(before))
    die(keeper)

    assert (stack.page(keeper), stack.page(other)) == (0, 200)
    wait_until(lambda: overview(stack, other).get("prometheus_up") is False, PATIENCE, "the list says that it is old")
    stack.sign_in_anew()
    with stack.client(other) as client:
        assert chains(devices(client)) == chains(before)
        put_site(client, first, "Shop 7")
        told = client.get(f"/api/v1/devices/{first}/history")
        assert (told.status_code, "Prometheus does not answer" in told.text) == (503, True)

    with timed(record_property, f"data back, {len(stack.nodes)} machines, to a list of now"):
        come_back(keeper)
        wait_until(lambda: overview(stack, other).get("prometheus_up"), PATIENCE, "Prometheus is asked again")
    wait_until(lambda: stack.wanted_on(keeper) >= STAYING, PATIENCE, "all of its parts")
    wait_until(lambda: len(stack.edges()) == EDGES, PATIENCE, "its edge")
    assert stack.wanted_on(other) >= MOVING
    with stack.client(other) as client:
        wait_until(lambda: devices(client)[first]["site"] == "Shop 7", PATIENCE, "what was written meanwhile")
        client.get(f"/api/v1/devices/{first}/history").raise_for_status()
        assert chains(devices(client)) == chains(before)
    assert known_devices(stack, other) == DEVICES


def test_with_edge_and_gateway_gone_they_are_started_elsewhere_and_nothing_is_lost(
    stack: Stack, record_property: Note
) -> None:
    other, left = stack.other, [node for node in stack.nodes if node is not stack.other]
    machines = f"{len(stack.nodes)} machines"
    assert stack.wanted_on(other) >= MOVING
    password = secrets.token_urlsafe(18)
    with stack.client(other) as client:
        before = devices(client)
        changing, noted = [path for path, item in before.items() if item["status"] == "online"][:2]
        past = events(client, changing)
        user = {"username": "last-moment", "password": password, "role": "manager", "sources": ["shops"]}
        client.post("/api/auth/users", json=user).raise_for_status()
        put_site(client, noted, "Shop 9")
    die(other)

    [edge] = stack.edges()  # the other one of two goes on, as it is
    with timed(record_property, f"edge and gateway dead, {machines}, to the first answer of the API"):
        answer = answered(stack, edge, "/api/auth/.well-known/jwks.json")
    assert answer in {httpx.codes.OK, httpx.codes.SERVICE_UNAVAILABLE}
    stack.outside.set_status(before[changing]["device_id"], "offline")
    with timed(record_property, f"edge and gateway dead, {machines}, to sign-in and list elsewhere"):
        wait_until(lambda: signs_in(stack, edge, "last-moment", password), PATIENCE, "sign-in")
        wait_until(lambda: known_devices(stack, edge) == DEVICES, PATIENCE, "every device with a status")
    assert stack.wanted_on(*left) >= {*MOVING, *STAYING, "orchestrator", EXPORTER}
    with stack.client(edge) as client:
        wait_until(lambda: devices(client)[changing]["status"] == "offline", PATIENCE, "what the vendor says since")
        wait_until(lambda: devices(client)[noted]["site"] == "Shop 9", PATIENCE, "what was written in the last moment")
        assert chains(devices(client), but=changing) == chains(before, but=changing)
        wait_until(lambda: len(events(client, changing)) == len(past) + 1, PATIENCE, "one more change of it")
        put_site(client, noted, "Shop 10")

    with timed(record_property, f"machine back, {machines}, to one copy of each and two edges"):
        come_back(other)
        wait_until(lambda: len(stack.edges()) == EDGES, PATIENCE, "two edges")
        wait_until(lambda: sum(exporters_on(node) for node in stack.nodes) == 1, PATIENCE, "one exporter")
    assert known_devices(stack, edge) == DEVICES


def answered(stack: Stack, node: SwarmNode, path: str) -> int:
    with stack.anybody(node) as client:
        return client.get(path).status_code


def exporters_on(node: SwarmNode) -> int:
    return len(node.engine.docker("ps", "--quiet", f"--filter=name={EXPORTER}").split())
