"""What a person asks of the stack, and what is waited for."""

import contextlib
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import httpx
from vitrina_orchestrator.testing.swarm_nodes import SwarmNode

from vitrina_swarm_testing.stack import Stack, sign_in

Note = Callable[[str, object], None]
"""pytest's `record_property`."""


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


def signs_in(stack: Stack, node: SwarmNode, name: str, password: str) -> bool:
    with contextlib.suppress(httpx.HTTPError), stack.anybody(node) as client:
        return bool(sign_in(client, name, password))
    return False


def overview(stack: Stack, node: SwarmNode) -> Mapping[str, Any]:
    """Nothing while nobody answers."""
    with contextlib.suppress(httpx.HTTPError), stack.client(node) as client:
        found: dict[str, Any] = client.get("/api/v1/overview").raise_for_status().json()
        return found
    return {}


def known_devices(stack: Stack, node: SwarmNode) -> int:
    """How many have a status that is known."""
    totals = overview(stack, node).get("totals", {})
    return int(totals.get("online", 0)) + int(totals.get("offline", 0))


def devices(client: httpx.Client) -> dict[str, dict[str, Any]]:
    """By path; all of them fit one page."""
    items = client.get("/api/v1/devices").raise_for_status().json()["items"]
    return {f"{item['platform']}/{item['source']}/{item['device_id']}": item for item in items}


def chains(found: Mapping[str, Mapping[str, Any]], but: str = "") -> dict[str, tuple[str, str]]:
    return {path: (item["status"], item["status_since"]) for path, item in found.items() if path != but}


def events(client: httpx.Client, path: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.get(f"/api/v1/devices/{path}/events").raise_for_status().json()["items"]
    return found


def put_site(client: httpx.Client, path: str, site: str) -> None:
    client.put(f"/api/registry/v1/facts/{path}", json={"site": site}).raise_for_status()
