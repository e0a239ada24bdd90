"""Programs that somebody else wrote, run by the real orchestrator from the manifests that we ship."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest
import yaml
from vitrina_contracts.exporter import Phase
from vitrina_contracts.manifest import Manifest
from vitrina_embedded import downloads
from vitrina_orchestrator.domain.probing import NO_MODULE

if TYPE_CHECKING:
    from conftest import World

EXPORTERS = Path(__file__).parents[4] / "exporters"


@pytest.fixture(scope="module", autouse=True)
def _programs() -> None:
    assert downloads.fetch_exporters(), "node_exporter and blackbox_exporter are neither here nor to be fetched"


def shipped(kind: str) -> dict[str, Any]:
    """Fields of a desired exporter as the registry makes them from the type's manifest."""
    manifest = Manifest.model_validate(yaml.safe_load((EXPORTERS / kind / "manifest.yaml").read_text()))
    return {
        "type": kind,
        "platform": kind,
        "image": manifest.image,
        "module": "",
        "port": manifest.port,
        "metrics_path": manifest.metrics_path,
        "third_party": manifest.third_party.model_dump() if manifest.third_party is not None else None,
    }


def targets(*urls: str) -> list[dict[str, Any]]:
    return [{"name": "web", "enabled": True, "config": {"targets": list(urls)}}]


async def metrics(address: str, path: str = "/metrics", **query: str) -> str:
    async with httpx.AsyncClient(trust_env=False) as client:
        return (await client.get(f"http://{address}{path}", params=query)).raise_for_status().text


async def test_a_manifest_alone_makes_it_run_be_listed_and_be_scraped(world: "World") -> None:
    world.environment["VITRINA_TOOLS_DIR"] = str(downloads.TOOLS)
    orchestrator = world.orchestrator()
    revision = await world.change("this-machine", **shipped("node-exporter"))
    observed = await world.until("this-machine", lambda seen: seen.phase is Phase.RUNNING)
    assert (observed.applied_revision, observed.image) == (revision, shipped("node-exporter")["image"])
    (group,) = await orchestrator.groups()
    assert group["labels"]["platform"] == "node-exporter"
    assert "node_uname_info" in await metrics(group["targets"][0])
    revision = await world.change("this-machine")
    again = await world.until("this-machine", lambda seen: seen.applied_revision == revision)
    assert again.instance == observed.instance


async def test_each_target_is_listed_for_the_probe_with_its_source_and_device(world: "World") -> None:
    world.environment |= {"VITRINA_TOOLS_DIR": str(downloads.TOOLS), "VITRINA_PRIVATE_ENDPOINTS": "127.0.0.0/8"}
    orchestrator = world.orchestrator()
    there = await asyncio.start_server(lambda _reader, writer: writer.close(), "127.0.0.1", 0)
    port = there.sockets[0].getsockname()[1]
    urls = (f"tcp://127.0.0.1:{port}", "tcp://127.0.0.1:1", "http://10.1.2.3/")
    await world.change("web", **shipped("blackbox-exporter"), sources=targets(*urls), shards=2)
    await world.until("web", lambda seen: seen.phase is Phase.RUNNING and len(seen.shards) == 2)
    groups = (await orchestrator.get("/sd/probes")).json()
    assert {(group["labels"]["source"], group["labels"]["device_id"]) for group in groups} == {
        ("web", url) for url in urls
    }
    success = {}
    for group in groups:
        labels = group["labels"]
        asked = {name.removeprefix("__param_"): value for name, value in labels.items() if name.startswith("__param_")}
        if asked["module"] == NO_MODULE:
            with pytest.raises(httpx.HTTPStatusError):
                await metrics(group["targets"][0], labels["__metrics_path__"], **asked)
            continue
        said = await metrics(group["targets"][0], labels["__metrics_path__"], **asked)
        success[labels["device_id"]] = "probe_success 1\n" in said
    there.close()
    assert success == {urls[0]: True, urls[1]: False}  # and nobody asked the private address


async def test_while_nobody_knows_whom_to_probe_the_list_is_not_given(world: "World") -> None:
    world.environment["VITRINA_TOOLS_DIR"] = str(downloads.TOOLS)
    first = world.orchestrator()
    await world.change("web", **shipped("blackbox-exporter"), sources=targets("tcp://127.0.0.1:1"))
    await world.until("web", lambda seen: seen.phase is Phase.RUNNING)
    world.stop(first)
    world.registry.failing = True
    second = world.orchestrator()
    await world.until_listed_at_all(second)
    assert set(await second.targets()) == {"web"}
    assert (await second.get("/sd/probes")).status_code == 503
    world.registry.failing = False

    async def listed() -> bool:
        return (await second.get("/sd/probes")).status_code == 200

    async with asyncio.timeout(20):
        while not await listed():  # noqa: ASYNC110 - asks another process, who sets no event
            await asyncio.sleep(0.05)


async def test_what_a_hostile_manifest_names_is_not_run_and_the_reason_is_told(world: "World") -> None:
    world.orchestrator()
    fields = shipped("node-exporter")
    fields["third_party"] |= {"process": {"command": ["sh"]}, "arguments": ["-c", "touch /tmp/vitrina-was-here"]}
    await world.change("hostile", **fields)
    observed = await world.until("hostile", lambda seen: seen.phase is Phase.FAILED)
    assert observed.reason is not None
    assert "allows none of what its manifest names: sh" in observed.reason
    assert world.pids() == []
