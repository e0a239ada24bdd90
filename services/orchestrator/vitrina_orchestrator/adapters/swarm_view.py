"""What Swarm tells about one service of ours and its tasks, read into our words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from dataclasses import replace as changed
from datetime import datetime
from typing import Any, Final

from vitrina_orchestrator.domain.container_spec import made_from, spec_from
from vitrina_orchestrator.domain.containers import EXPORTER, MADE_FROM, SHARD, ContainerSettings
from vitrina_orchestrator.domain.desired import InstanceSpec
from vitrina_orchestrator.domain.naming import instance_name
from vitrina_orchestrator.domain.observed import Instance, WrittenConfig
from vitrina_orchestrator.domain.phase import early_deaths_after
from vitrina_orchestrator.domain.swarm_service import SwarmRecord

ENDED: Final = frozenset({"complete", "shutdown", "failed", "rejected", "remove", "orphaned"})
_WANTED: Final = frozenset({"new", "ready", "running"})


@dataclass(frozen=True)
class TaskView:
    id: str
    node: str | None
    state: str
    wanted: bool
    """Whether Swarm wants it to run; not so for one on a node that is gone, though its last known state is running."""
    created_at: datetime
    told_at: datetime
    """Of its state."""
    exit_code: int | None
    fault: str | None
    ip: str | None
    """On the scrape network."""

    @property
    def lives(self) -> bool:
        """Runs, or is on its way to."""
        return self.wanted and self.state not in ENDED

    @property
    def lost(self) -> bool:
        """With its machine: nobody saw it end, and perhaps it has not."""
        return not self.wanted and self.state not in ENDED

    @property
    def runs(self) -> bool:
        return self.wanted and self.state == "running"


def task_view(task: Mapping[str, Any], settings: ContainerSettings) -> TaskView:
    status = task["Status"]
    addresses = [
        address
        for attachment in task.get("NetworksAttachments") or []
        if attachment["Network"]["Spec"]["Name"] == settings.scrape_network
        for address in attachment.get("Addresses") or []
    ]
    return TaskView(
        id=task["ID"],
        node=task.get("NodeID"),
        state=status["State"],
        wanted=task["DesiredState"] in _WANTED,
        created_at=instant(task["CreatedAt"]),
        told_at=instant(status["Timestamp"]),
        exit_code=(status.get("ContainerStatus") or {}).get("ExitCode"),
        fault=status.get("Err"),
        ip=addresses[0].partition("/")[0] if addresses else None,
    )


def newest(tasks: Sequence[TaskView]) -> TaskView | None:
    """The one that counts: a task on a node that is cut off may run on, and is nobody any more."""
    return max(tasks, key=lambda task: (task.wanted, task.created_at), default=None)


def instance_of(
    service: Mapping[str, Any],
    task: TaskView | None,
    config: WrittenConfig | None,
    settings: ContainerSettings,
    last_words: str | None = None,
) -> Instance:
    labels = service["Spec"]["Labels"]
    record = SwarmRecord.of(labels)
    spec = _told_spec(labels, service, settings)
    lives = task is not None and task.lives
    dead = not lives and not record.halted
    return Instance(
        exporter=spec.exporter,
        shard=spec.shard,
        spec=spec,
        config=config,
        running=lives,
        halted=record.halted and not lives,
        id=f"{service['ID'][:12]}.{record.generation}",
        image=service["Spec"]["TaskTemplate"]["ContainerSpec"]["Image"],
        address=f"{task.ip}:{spec.port}" if task is not None and task.runs and task.ip is not None else None,
        started_at=task.told_at if task is not None and task.runs else None,
        ended_at=record.ended if dead else None,
        exit_code=record.exit_code,
        last_words=last_words if dead else None,
        restarts=record.restarts,
        early_deaths=record.early_deaths,
    )


def name_of(labels: Mapping[str, str]) -> str:
    """Of the instance whose service it is; no instance's name for one that is none."""
    shard = labels.get(SHARD, "0")
    return instance_name(labels.get(EXPORTER, ""), int(shard)) if shard.isdecimal() else ""


def instant(text: str) -> datetime:
    """Nanoseconds cut to microseconds."""
    whole, _, fraction = text.rstrip("Z").partition(".")
    return datetime.fromisoformat(f"{whole}.{fraction[:6]:0<6}+00:00")


def counted(service: Mapping[str, Any], task: TaskView) -> SwarmRecord:
    """The record of the service with the end of this task in it."""
    record = SwarmRecord.of(service["Spec"]["Labels"])
    lived = (task.told_at - task.created_at).total_seconds()
    return changed(
        record,
        counted_task=task.id,
        ended_at=task.told_at.isoformat(),
        exit_code=task.exit_code if task.state in {"failed", "complete"} else None,
        early_deaths=0 if task.lost else early_deaths_after(record.early_deaths, lived),
    )


def is_uncounted(service: Mapping[str, Any], task: TaskView) -> bool:
    """Only a task that ended by itself, or with its node: one that Swarm replaced is not the newest."""
    record = SwarmRecord.of(service["Spec"]["Labels"])
    is_wished = service["Spec"]["Mode"]["Replicated"]["Replicas"] > 0
    return not task.lives and is_wished and not record.halted and record.counted_task != task.id


def _told_spec(labels: Mapping[str, str], service: Mapping[str, Any], settings: ContainerSettings) -> InstanceSpec:
    """What it was made from; where this version would make another service of that, with an image unlike any wish."""
    image = f"{service['Spec']['TaskTemplate']['ContainerSpec']['Image']}@{service['ID']}"
    spec = spec_from(labels)
    if spec is None:
        return InstanceSpec(labels[EXPORTER], "unknown", image, "", 9000, "/metrics", -1, int(labels.get(SHARD, "0")))
    if labels.get(MADE_FROM) != made_from(spec, settings):
        return InstanceSpec(**{**vars(spec), "image": image})
    return spec
