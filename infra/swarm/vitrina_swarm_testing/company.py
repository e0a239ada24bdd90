"""A company with some machines: the stack runs on them and knows every device of its vendor."""

import contextlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import httpx
import pytest
from vitrina_compose_testing.commands import ROOT, run, wait_until
from vitrina_orchestrator.testing.private_engine import PrivateEngine, private_engine
from vitrina_orchestrator.testing.swarm_nodes import swarm_nodes

from vitrina_swarm_testing.asking import known_devices
from vitrina_swarm_testing.outside import DEVICES, outside
from vitrina_swarm_testing.stack import TAG, Stack, carry_images, show_socket_at

MOVING: Final = {"edge", "gateway", "auth", "registry"}
"""Parts that may run anywhere."""
EDGES: Final = 2
MANAGERS: Final = {2: 1, 3: 3}
"""By machines: a second manager of two helps nobody, since both have to live for one to lead."""
PATIENCE: Final = 240
"""Seconds; no limit that is measured against, on a machine that does other things."""


@contextmanager
def company(machines: int, folder: Path) -> Iterator[Stack]:
    """`MOVING` are on the second machine, a second edge on another one, the data on the first; of three, all manage."""
    keep = ROOT / ".vitrina" / "tools" / "vitrina-test-engine"
    home, sockets = folder / "srv", folder / "sockets"
    for made in (home, sockets):
        made.mkdir(mode=0o700)
    with private_engine(keep) as builder, pytest.MonkeyPatch.context() as patch:
        patch.setenv("DOCKER_HOST", builder.host)
        run("nice", "infra/debian/build", seconds=1800)

        def prepare(engine: PrivateEngine) -> None:
            carry_images(builder, engine)
            show_socket_at(engine, sockets)

        with (
            swarm_nodes(machines, prepare, managers=MANAGERS[machines], firewall=True) as nodes,
            outside(builder, nodes[0], folder, TAG) as beside,
        ):
            stack = Stack(nodes, beside, home, sockets)
            _deploy(stack)
            yield stack


def _deploy(stack: Stack) -> None:
    stack.prepare()
    stack.deploy()
    wait_until(lambda: stack.wanted_on(stack.other) >= MOVING, PATIENCE, "the parts that may move are on one machine")
    stack.open_all()
    wait_until(lambda: len(stack.edges()) == EDGES, PATIENCE, "two edges")
    wait_until(lambda: _taken_over(stack), PATIENCE, "somebody signs in")
    wait_until(lambda: _source_is_made(stack), PATIENCE, "a source")
    wait_until(lambda: known_devices(stack, stack.other) == DEVICES, PATIENCE, "every device with a status")


def _taken_over(stack: Stack) -> bool:
    with contextlib.suppress(httpx.HTTPError):
        stack.take_over()
        return True
    return False


def _source_is_made(stack: Stack) -> bool:
    try:
        with stack.client(stack.other) as client:
            answer = client.post("/api/registry/v1/exporters/addreality/sources", json=stack.outside.source)
    except httpx.HTTPError:
        return False
    assert answer.is_success or answer.is_server_error or answer.status_code == httpx.codes.CONFLICT, answer.text
    return answer.status_code in {httpx.codes.CREATED, httpx.codes.CONFLICT}
