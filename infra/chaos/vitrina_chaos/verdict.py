"""What must be true once the faults have ended, asked of the database, of NATS and of the processes."""

import json
from dataclasses import dataclass, field
from typing import Any

import nats
from sqlalchemy import text
from vitrina_contracts.subjects import EXPORTERS
from vitrina_kit.database import create_engine

from vitrina_chaos.installation import Installation
from vitrina_chaos.play import Told

_EXPORTERS = text(
    "SELECT name, enabled, revision, shards, deleted_at IS NOT NULL AS deleted, observed FROM registry.exporters"
)


@dataclass
class Verdict:
    """Each entry is a sentence about something that is not (yet) as it must be."""

    unsettled: list[str] = field(default_factory=list)
    """May still come right by itself."""
    broken: list[str] = field(default_factory=list)
    """Never comes right."""


async def judge(made: Installation, told: Told) -> Verdict:
    engine = create_engine(made.database)
    try:
        async with engine.connect() as connection:
            exporters = [dict(row) for row in (await connection.execute(_EXPORTERS)).mappings()]
            outbox = (await connection.execute(text("SELECT id, published_at FROM registry.outbox"))).all()
    finally:
        await engine.dispose()
    verdict = Verdict()
    for exporter in exporters:
        _judge_exporter(exporter, told, verdict)
    _judge_processes(made, exporters, verdict)
    _judge_events([str(row.id) for row in outbox if row.published_at], await stored_events(made), verdict)
    waiting = sum(row.published_at is None for row in outbox)
    if waiting:
        verdict.unsettled.append(f"{waiting} events wait for NATS")
    return verdict


async def stored_events(made: Installation) -> list[tuple[str, dict[str, Any]]]:
    """`(Nats-Msg-Id, data)` of every `exporters.changed` message, in the order of the stream."""
    client = await nats.connect(made.nats.url)
    try:
        jetstream = client.jetstream()
        state = (await jetstream.stream_info(EXPORTERS.name)).state
        found = []
        for number in range(state.first_seq, state.last_seq + 1):
            try:
                message = await jetstream.get_msg(EXPORTERS.name, number)
            except nats.js.errors.NotFoundError:  # made room for newer ones of its subject
                continue
            if message.subject and message.subject.startswith("exporters.changed."):
                found.append(((message.headers or {})["Nats-Msg-Id"], json.loads(message.data or b"")["data"]))
        return found
    finally:
        await client.close()


def _judge_exporter(exporter: dict[str, Any], told: Told, verdict: Verdict) -> None:
    name, revision, observed = exporter["name"], exporter["revision"], exporter["observed"] or {}
    if told.accepted.get(name, 0) > revision:
        verdict.broken.append(f"{name}: revision {told.accepted[name]} was accepted, the newest is {revision}")
    if exporter["deleted"] or not exporter["enabled"]:
        return
    if (observed.get("applied_revision") or 0) < revision or observed.get("phase") != "running":
        seen = f"{observed.get('phase')} at {observed.get('applied_revision')}, {observed.get('reason')}"
        verdict.unsettled.append(f"{name}: desired {revision}, observed {seen}")


def _judge_processes(made: Installation, exporters: list[dict[str, Any]], verdict: Verdict) -> None:
    wanted = {
        exporter["name"] if shard == 0 else f"{exporter['name']}.{shard}"
        for exporter in exporters
        if exporter["enabled"] and not exporter["deleted"]
        for shard in range(exporter["shards"])
    }
    kept = {exporter["name"] for exporter in exporters if not exporter["deleted"]}
    running = made.place.running()
    if set(running) != wanted:
        verdict.unsettled.append(f"running {sorted(running)}, desired {sorted(wanted)}")
    verdict.unsettled += [f"{name}: {len(each)} run" for name, each in running.items() if len(each) > 1]
    orphans = {name for name in made.place.leftovers() if name.partition(".")[0] not in kept}
    if orphans:
        verdict.unsettled.append(f"left behind: {sorted(orphans)}")


def _judge_events(published: list[str], stored: list[tuple[str, dict[str, Any]]], verdict: Verdict) -> None:
    missing = set(published) - {identifier for identifier, _ in stored}
    if missing:
        verdict.broken.append(f"events {sorted(missing, key=int)} count as published and are not on the stream")
    unknown = {identifier for identifier, _ in stored} - set(published)
    if unknown:
        verdict.unsettled.append(f"events {sorted(unknown, key=int)} are stored and not marked")
    newest: dict[str, int] = {}
    seen: set[str] = set()
    for identifier, data in stored:
        if identifier in seen:  # a repetition, which consumers know by its revision
            continue
        seen.add(identifier)
        if data["revision"] < newest.get(data["exporter"], 0):
            verdict.broken.append(f"{data['exporter']}: revision {data['revision']} came after a newer one")
        newest[data["exporter"]] = data["revision"]
