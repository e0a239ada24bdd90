"""A Docker Swarm of the tests' own on one machine: each node is a private engine in a network namespace of its own.

Whoever wants to reach exporters as Prometheus does goes onto their network (`on_network`): overlay addresses mean
nothing elsewhere. Needs root; nothing is left in the machine's own network.
"""
# ruff: noqa: S603, S607 - all commands are written here

import ctypes
import os
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from vitrina_orchestrator.testing.private_engine import PrivateEngine, private_engine

MANAGER: Final = 0
_BRIDGE: Final = "br-nodes"
_CLONE_NEWNET: Final = 0x40000000
_PATIENCE_SECONDS: Final = 30.0
_libc: Final = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True)
class SwarmNode:
    engine: PrivateEngine
    network: str
    """Name of its network namespace."""
    switch: str
    """Of the namespace that all nodes hang on."""
    number: int

    @property
    def address(self) -> str:
        return f"10.99.0.{self.number + 1}"

    def cut_off(self) -> None:
        """From all other nodes, as a broken switch would."""
        _ip("-n", self.switch, "link", "set", f"node{self.number}", "down")

    def rejoin(self) -> None:
        _ip("-n", self.switch, "link", "set", f"node{self.number}", "up")

    def hostname(self) -> str:
        return self.engine.docker("info", "--format={{.Name}}")

    def node_id(self) -> str:
        return self.engine.docker("info", "--format={{.Swarm.NodeID}}")


@contextmanager
def swarm_nodes(
    count: int, prepare: Callable[[PrivateEngine], None], *, managers: int = 1, **options: Any
) -> Iterator[list[SwarmNode]]:
    """The first ones are the managers. `prepare` sees each engine, made with `options`, before it becomes a node."""
    run = uuid.uuid4().hex[:6]
    switch = f"vsw{run}-s"
    with ExitStack() as stack:
        _namespace(stack, switch)
        _ip("-n", switch, "link", "add", _BRIDGE, "type", "bridge")
        _ip("-n", switch, "address", "add", "10.99.0.254/24", "dev", _BRIDGE)
        _ip("-n", switch, "link", "set", _BRIDGE, "up")
        nodes: list[SwarmNode] = []
        for number in range(count):
            network = f"vsw{run}-{number}"
            _namespace(stack, network)
            _ip("link", "add", f"node{number}", "netns", switch, "type", "veth", "peer", "eth0", "netns", network)
            _ip("-n", switch, "link", "set", f"node{number}", "master", _BRIDGE, "up")
            engine = stack.enter_context(private_engine(network=network, **options))
            node = SwarmNode(engine, network, switch, number)
            _ip("-n", network, "address", "add", f"{node.address}/24", "dev", "eth0")
            _ip("-n", network, "link", "set", "eth0", "up")
            prepare(engine)
            nodes.append(node)
            _join(node, nodes, "manager" if number < managers else "worker")
        try:
            yield nodes
        finally:
            _wind_up(nodes)


def beside(node: SwarmNode, name: str, process: int, number: int) -> str:
    """Puts the process' network namespace on the nodes' switch, as a machine of no Swarm; its address."""
    address = f"10.99.0.{number}"
    _ip("link", "add", name, "netns", node.switch, "type", "veth", "peer", "eth0", "netns", str(process))
    _ip("-n", node.switch, "link", "set", name, "master", _BRIDGE, "up")
    inside = ["nsenter", f"--net=/proc/{process}/ns/net", "ip"]
    for words in (["address", "add", f"{address}/24", "dev", "eth0"], ["link", "set", "eth0", "up"]):
        subprocess.run([*inside, *words], check=True, capture_output=True)
    return address


@contextmanager
def among(node: SwarmNode) -> Iterator[None]:
    """This thread and what it starts stand beside the nodes inside the block: they reach what those publish."""
    with _entered(Path("/run/netns") / node.switch):
        yield


@contextmanager
def on_network(node: SwarmNode, network: str, image: str) -> Iterator[None]:
    """This thread and what it starts are on the attachable overlay network inside the block, through that node."""
    name = f"door-{uuid.uuid4().hex[:8]}"
    python = [str(Path(sys.executable).resolve()), "-c", "import time; time.sleep(36000)"]
    with door(node, network, image, name, python) as namespace, _entered(namespace):
        yield


@contextmanager
def door(node: SwarmNode, network: str, image: str, name: str, command: list[str]) -> Iterator[Path]:
    """A container on that network; the path of its network namespace."""
    entry, *arguments = command
    node.engine.docker(
        "run", "--detach", f"--name={name}", f"--network={network}", f"--entrypoint={entry}", image, *arguments
    )
    try:
        yield Path(f"/proc/{node.engine.docker('inspect', '--format={{.State.Pid}}', name)}/ns/net")
    finally:
        node.engine.docker("rm", "--force", name)


def _join(node: SwarmNode, nodes: list[SwarmNode], role: str) -> None:
    addresses = f"--advertise-addr={node.address}", f"--listen-addr={node.address}:2377"
    if node is nodes[MANAGER]:
        node.engine.docker("swarm", "init", *addresses, "--default-addr-pool=10.230.0.0/16")
        return
    token = nodes[MANAGER].engine.docker("swarm", "join-token", "--quiet", role)
    node.engine.docker("swarm", "join", *addresses, "--token", token, f"{nodes[MANAGER].address}:2377")


def _wind_up(nodes: list[SwarmNode]) -> None:
    """Services first: engines would wait long for tasks and networks of a swarm that they have left."""
    manager = nodes[MANAGER].engine
    if services := manager.docker("service", "ls", "--quiet").split():
        manager.docker("service", "rm", *services)
    deadline = time.monotonic() + _PATIENCE_SECONDS
    alive = [node.engine for node in nodes if node.engine.answers()]
    while any(engine.docker("ps", "--quiet") for engine in alive) and time.monotonic() < deadline:
        time.sleep(0.2)
    for engine in reversed(alive):
        engine.docker("swarm", "leave", "--force")


def _namespace(stack: ExitStack, name: str) -> None:
    _ip("netns", "add", name)
    stack.callback(_ip, "netns", "delete", name)
    _ip("-n", name, "link", "set", "lo", "up")


@contextmanager
def _entered(namespace: Path) -> Iterator[None]:
    former = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
    try:
        _enter(namespace)
        yield
    finally:
        _set(former)


def _enter(namespace: Path) -> None:
    descriptor = os.open(namespace, os.O_RDONLY)
    _set(descriptor)


def _set(descriptor: int) -> None:
    try:
        if _libc.setns(descriptor, _CLONE_NEWNET) != 0:
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number))
    finally:
        os.close(descriptor)


def _ip(*words: str) -> None:
    done = subprocess.run(["ip", *words], capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"ip {' '.join(words)}: {done.stderr}"
