"""What the engine tells about one container of ours, read into our words."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from vitrina_orchestrator.adapters.container_records import ContainerRecord
from vitrina_orchestrator.domain.container_spec import made_from, spec_from
from vitrina_orchestrator.domain.containers import EXPORTER, MADE_FROM, SHARD, ContainerSettings
from vitrina_orchestrator.domain.desired import InstanceSpec
from vitrina_orchestrator.domain.observed import Instance, WrittenConfig


@dataclass(frozen=True)
class ContainerView:
    id: str
    name: str
    labels: Mapping[str, str]
    image: str
    """Its reference and the digest of what that was when the container was made."""
    running: bool
    paused: bool
    started_at: datetime | None
    ended_at: datetime | None
    exit_code: int
    out_of_memory: bool
    networks: frozenset[str]
    ip: str | None
    """On the scrape network."""

    @property
    def has_run(self) -> bool:
        return self.started_at is not None


def view_of(inspected: Mapping[str, Any], settings: ContainerSettings) -> ContainerView:
    state, networks = inspected["State"], inspected["NetworkSettings"]["Networks"] or {}
    config, running = inspected["Config"], bool(state["Running"])
    scraped = networks.get(settings.scrape_network) or {}
    return ContainerView(
        id=inspected["Id"],
        name=inspected["Name"].removeprefix("/"),
        labels=config["Labels"] or {},
        image=f"{config['Image']}@{inspected['Image']}",
        running=running,
        paused=bool(state["Paused"]),
        started_at=_instant(state["StartedAt"]),
        ended_at=None if running else _instant(state["FinishedAt"]),
        exit_code=int(state["ExitCode"]),
        out_of_memory=bool(state["OOMKilled"]),
        networks=frozenset(networks),
        ip=scraped.get("IPAddress") or None,
    )


def instance_of(
    view: ContainerView,
    record: ContainerRecord,
    settings: ContainerSettings,
    last_words: str | None = None,
    *,
    outdated: bool = False,
) -> Instance:
    """`outdated`: the name of its image means another image by now, so what it was made from differs from any wish."""
    spec = _told_spec(view, settings)
    if outdated:
        spec = replace(spec, image=view.image)
    counts = record.about(view.id)
    dead = not view.running and view.has_run
    return Instance(
        exporter=spec.exporter,
        shard=spec.shard,
        spec=spec,
        config=written_config(record),
        running=view.running,
        paused=view.paused,
        halted=counts.halted and not view.running,
        id=view.id,
        image=view.image,
        address=f"{view.ip}:{spec.port}" if view.ip is not None else None,
        started_at=view.started_at,
        ended_at=view.ended_at if dead else None,
        exit_code=view.exit_code if dead else counts.exit_code,
        out_of_memory=view.out_of_memory if dead else counts.out_of_memory,
        last_words=last_words,
        restarts=counts.restarts,
        early_deaths=counts.early_deaths,
    )


def written_config(record: ContainerRecord) -> WrittenConfig | None:
    config = record.config
    return WrittenConfig(config.revision, config.digest, config.older_revisions) if config is not None else None


def _told_spec(view: ContainerView, settings: ContainerSettings) -> InstanceSpec:
    """What it was made from. If this version would make another container of that, its image differs from any wish."""
    spec = spec_from(view.labels)
    if spec is None:
        shard = int(view.labels.get(SHARD, "0"))
        return InstanceSpec(view.labels[EXPORTER], "unknown", view.image, "", 9000, "/metrics", -1, shard)
    if view.labels.get(MADE_FROM) != made_from(spec, settings):
        return replace(spec, image=view.image)
    return spec


def _instant(text: str) -> datetime | None:
    """Nanoseconds cut to microseconds; the year 1 means never."""
    whole, _, fraction = text.rstrip("Z").partition(".")
    if whole.startswith("0001-"):
        return None
    return datetime.fromisoformat(f"{whole}.{fraction[:6]:0<6}+00:00")
