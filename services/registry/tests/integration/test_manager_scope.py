"""A manager learns nothing of sources that are not granted: not of their names, number, state, or existence."""

from datetime import UTC, datetime

import pytest
from vitrina_contracts.events import ExporterStatusChanged
from vitrina_contracts.exporter import ObservedExporter, Phase, SourceState
from vitrina_registry.app import Registry
from vitrina_registry.testing.asking import Asker, addreality, cubic
from vitrina_registry.use_cases.observed import record_observed


@pytest.fixture
async def fleet(admin: Asker, registry: Registry) -> None:
    """`north` is the manager's; `south-secret` and `vendor-secret` are others'. Everything foreign fails."""
    await admin.post("/exporters/cubicmedia/sources", cubic("north", labels={"region": "n"}))
    await admin.post("/exporters/cubicmedia/sources", cubic("south-secret"))
    await admin.post("/exporters/addreality/sources", addreality("vendor-secret"))
    observed = ObservedExporter(
        phase=Phase.DEGRADED,
        reason="source south-secret: the vendor refuses the credentials",
        instance="container-4711",
        image="vitrina/exporter-cubicmedia",
        exit_code=3,
        restarts=9,
        sources=[
            SourceState(name="north", up=True, devices=1),
            SourceState(name="south-secret", up=False, devices=987654321),
        ],
        observed_at=datetime(2026, 5, 1, tzinfo=UTC),
    )
    await record_observed(registry.api.state.world, ExporterStatusChanged(exporter="cubicmedia", observed=observed))


@pytest.mark.usefixtures("fleet")
async def test_no_answer_names_a_foreign_source(manager: Asker) -> None:
    for path in (
        "/exporters",
        "/exporters?include=sources",
        "/exporters/cubicmedia",
        "/exporters/addreality",
        "/exporters/cubicmedia/sources",
        "/exporters/addreality/sources",
        "/exporters/cubicmedia/sources/north",
    ):
        answer = await manager.get(path)
        assert answer.status_code == 200
        for word in ("secret", "987654321", "refuses", "container-4711", "8.8.8.8", "AA:BB"):
            assert word not in answer.text, (path, word)


@pytest.mark.usefixtures("fleet")
async def test_counts_and_phase_are_those_of_the_granted_sources(manager: Asker, admin: Asker) -> None:
    cubicmedia = (await manager.get("/exporters/cubicmedia")).json()
    assert (cubicmedia["source_count"], cubicmedia["observed"]["phase"]) == (1, "running")
    assert cubicmedia["observed"]["reason"] is None
    assert [state["name"] for state in cubicmedia["observed"]["sources"]] == ["north"]
    assert (await manager.get("/exporters/addreality")).json()["source_count"] == 0
    everything = (await admin.get("/exporters/cubicmedia")).json()
    assert (everything["source_count"], everything["observed"]["phase"]) == (2, "degraded")
    assert everything["observed"]["restarts"] == 9


@pytest.mark.usefixtures("fleet")
async def test_a_foreign_source_answers_like_one_that_does_not_exist(manager: Asker) -> None:
    foreign = await manager.get("/exporters/cubicmedia/sources/south-secret")
    absent = await manager.get("/exporters/cubicmedia/sources/south-nothing")
    assert foreign.status_code == absent.status_code == 404
    drop = ("instance", "detail")
    assert {k: v for k, v in foreign.json().items() if k not in drop} == {
        k: v for k, v in absent.json().items() if k not in drop
    }
    assert foreign.json()["detail"].replace("south-secret", "X") == absent.json()["detail"].replace(
        "south-nothing", "X"
    )


@pytest.mark.usefixtures("fleet")
async def test_the_own_source_is_shown_without_its_configuration(manager: Asker) -> None:
    source = (await manager.get("/exporters/cubicmedia/sources/north")).json()
    assert (source["config"], source["labels"], source["observed"]["up"]) == ({}, {"region": "n"}, True)


@pytest.mark.usefixtures("fleet")
async def test_reading_logs_is_for_admins(manager: Asker) -> None:
    assert (await manager.get("/exporters/cubicmedia/logs")).status_code == 403
