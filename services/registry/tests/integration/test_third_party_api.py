"""Types of exporters that somebody else wrote, declared like ours: several of a type, each under its name."""

from pathlib import Path

import httpx
import pytest
from vitrina_contracts.exporter import DesiredExporter, KnownSource
from vitrina_registry.testing.asking import Asker, fields_of

REPOSITORY = Path(__file__).parents[4]


@pytest.fixture
def exporters_dir(tmp_path: Path) -> Path:
    """What the repository ships."""
    folder = tmp_path / "exporter_types"
    folder.mkdir()
    for path in (REPOSITORY / "exporters").glob("*/manifest.yaml"):
        (folder / path.parent.name).symlink_to(path.parent)
    return folder


async def desired(orchestrator: httpx.AsyncClient, name: str) -> DesiredExporter:
    return DesiredExporter.model_validate((await orchestrator.get(f"/internal/v1/desired/{name}")).json())


async def test_types_say_whose_they_are_and_what_is_only_there_to_be_copied_is_not_offered(admin: Asker) -> None:
    types = {item["type"]: item for item in (await admin.get("/exporter-types")).json()["items"]}
    assert set(types) == {"addreality", "blackbox-exporter", "cubicmedia", "node-exporter"}
    assert {name: item["kind"] for name, item in types.items() if item["kind"] == "third_party"} == {
        "blackbox-exporter": "third_party",
        "node-exporter": "third_party",
    }
    assert types["blackbox-exporter"]["source_schema"]["properties"]["targets"]["x-text"]["ru"]["title"] == "Адреса"
    assert [item["name"] for item in (await admin.get("/exporters")).json()["items"]] == ["addreality", "cubicmedia"]


async def test_two_of_a_type_are_told_apart_by_their_names_and_carry_their_program(
    admin: Asker, orchestrator: httpx.AsyncClient, gateway: httpx.AsyncClient
) -> None:
    for name in ("east", "west"):
        created = await admin.post("/exporters", {"type": "blackbox-exporter", "name": name})
        assert created.status_code == 201
        config = {"targets": ["https://93.184.216.34/", "tcp://93.184.216.34:22"]}
        assert (await admin.post(f"/exporters/{name}/sources", {"name": name, "config": config})).status_code == 201
    east = await desired(orchestrator, "east")
    assert east.third_party is not None
    assert east.third_party.probe is not None
    assert (east.module, east.platform, east.port) == ("", "blackbox-exporter", 9115)
    known = [KnownSource.model_validate(item) for item in (await gateway.get("/internal/v1/sources")).json()]
    assert {source.exporter: source.mapping and source.mapping.status.metric for source in known} == {
        "east": "probe_success",
        "west": "probe_success",
    }


async def test_settings_of_the_one_source_reach_the_program_and_there_is_no_second_source(
    admin: Asker, orchestrator: httpx.AsyncClient
) -> None:
    await admin.post("/exporters", {"type": "node-exporter", "name": "machine"})
    first = await admin.post("/exporters/machine/sources", {"name": "machine", "config": {"log_level": "debug"}})
    assert first.status_code == 201
    program = (await desired(orchestrator, "machine")).third_party
    assert program is not None
    assert program.arguments[-1] == "--log.level=debug"
    second = await admin.post("/exporters/machine/sources", {"name": "other", "config": {}})
    assert second.status_code == 409
    wrong = await admin.post("/exporters", {"type": "node-exporter", "name": "split", "shards": 2})
    assert (wrong.status_code, fields_of(wrong)) == (422, ["shards"])


async def test_each_address_of_a_list_is_held_against_the_endpoint_rule(admin: Asker) -> None:
    await admin.post("/exporters", {"type": "blackbox-exporter", "name": "web"})
    good, private = "http://93.184.216.34/", "tcp://192.168.1.10:22"
    for targets, fields in (
        ([good, private], ["config.targets[1]"]),
        ([good, "tcp://93.184.216.34"], ["config.targets[1]"]),
        (["ftp://93.184.216.34/"], ["config.targets[0]"]),
        ([good, good], ["config.targets"]),
        ([], ["config.targets"]),
    ):
        answer = await admin.post("/exporters/web/sources", {"name": "web", "config": {"targets": targets}})
        assert (answer.status_code, fields_of(answer)) == (422, fields), targets


async def test_its_sources_cannot_be_tried_and_that_is_said(admin: Asker) -> None:
    await admin.post("/exporters", {"type": "blackbox-exporter", "name": "web"})
    body = {"config": {"targets": ["http://93.184.216.34/"]}}
    assert (await admin.post("/exporters/web/sources/test", body)).status_code == 404
