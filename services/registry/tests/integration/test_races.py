"""Two writers at once: one wins, the other is told; and nothing is ever half written."""

import asyncio
from collections import Counter

import pytest
from vitrina_contracts.events import ExporterChanged
from vitrina_registry.adapters.unit_of_work import SqlUnitOfWork
from vitrina_registry.domain.audit import AuditEntry
from vitrina_registry.testing.asking import Asker, Rows, addreality, cubic

EVERYTHING = """
    SELECT (SELECT jsonb_agg(to_jsonb(e) ORDER BY name) FROM registry.exporters e) AS exporters,
           (SELECT jsonb_agg(to_jsonb(s) ORDER BY name) FROM registry.sources s) AS sources,
           (SELECT jsonb_agg(to_jsonb(o) ORDER BY id) FROM registry.outbox o) AS outbox,
           (SELECT jsonb_agg(to_jsonb(a) ORDER BY id) FROM registry.audit a) AS audit
"""


async def test_of_ten_writers_who_saw_the_same_revision_one_wins(admin: Asker) -> None:
    bodies = [{"labels": {"writer": str(number)}} for number in range(10)]
    answers = await asyncio.gather(*(admin.patch("/exporters/cubicmedia", body, if_match='"1"') for body in bodies))
    assert Counter(answer.status_code for answer in answers) == {200: 1, 412: 9}
    winner = next(answer for answer in answers if answer.status_code == 200)
    assert (await admin.get("/exporters/cubicmedia")).json() == winner.json()


async def test_writers_who_overwrite_whatever_is_there_all_count(admin: Asker, rows: Rows) -> None:
    await asyncio.gather(
        *(admin.patch("/exporters/cubicmedia", {"labels": {"writer": str(number)}}) for number in range(8))
    )
    revisions = await rows(
        "SELECT (payload ->> 'revision')::int AS revision FROM registry.outbox"
        " WHERE subject = 'exporters.changed.cubicmedia' ORDER BY id"
    )
    assert [row["revision"] for row in revisions] == list(range(1, 10))


async def test_one_name_is_given_once_however_many_ask_for_it(admin: Asker) -> None:
    answers = await asyncio.gather(
        *(admin.post("/exporters/cubicmedia/sources", cubic("north")) for _ in range(4)),
        *(admin.post("/exporters/addreality/sources", addreality("north")) for _ in range(4)),
        *(admin.post("/exporters", {"type": "probe", "name": "probe-x"}) for _ in range(4)),
    )
    assert Counter(answer.status_code for answer in answers) == {201: 2, 409: 10}


@pytest.mark.parametrize("seam", ["emit", "record", "commit"])
async def test_a_failure_before_the_commit_leaves_nothing_behind(
    admin: Asker, rows: Rows, monkeypatch: pytest.MonkeyPatch, seam: str
) -> None:
    await admin.post("/exporters/cubicmedia/sources", cubic())
    before = await rows(EVERYTHING)
    with monkeypatch.context() as patched:
        patched.setattr(SqlUnitOfWork, seam, _fail)
        for answer in (
            await admin.post("/exporters/cubicmedia/sources", cubic("south")),
            await admin.patch("/exporters/cubicmedia/sources/north", {"enabled": False}),
            await admin.delete("/exporters/cubicmedia/sources/north"),
            await admin.patch("/exporters/cubicmedia", {"enabled": False}),
            await admin.post("/exporters/cubicmedia/restart", None),
            await admin.delete("/exporters/cubicmedia"),
            await admin.post("/exporters", {"type": "probe"}),
        ):
            assert answer.status_code == 500
    assert await rows(EVERYTHING) == before


def _fail(_uow: SqlUnitOfWork, *_arguments: ExporterChanged | AuditEntry) -> None:
    raise RuntimeError("the power goes out here")


async def test_every_accepted_change_leaves_one_event_and_one_audit_entry(admin: Asker, rows: Rows) -> None:
    await admin.post("/exporters/cubicmedia/sources", cubic())
    await admin.patch("/exporters/cubicmedia/sources/north", {"enabled": False})
    await admin.patch("/exporters/cubicmedia/sources/north", {"enabled": False})
    await admin.delete("/exporters/cubicmedia/sources/north")
    await admin.delete("/exporters/cubicmedia")
    changes = await rows("SELECT payload ->> 'change' AS change FROM registry.outbox ORDER BY id OFFSET 2")
    entries = await rows("SELECT actor, action, before, after FROM registry.audit ORDER BY id OFFSET 2")
    assert [row["change"] for row in changes] == ["source_created", "source_updated", "source_deleted", "deleted"]
    assert [row["action"] for row in entries] == [
        "source_created",
        "source_updated",
        "source_deleted",
        "exporter_deleted",
    ]
    assert {row["actor"] for row in entries} == {"anna"}
    assert (entries[1]["before"]["enabled"], entries[1]["after"]["enabled"]) == (True, False)
    assert entries[2]["after"] is None
