"""What a runtime was seen to have: instances and the configuration that they were given."""

from dataclasses import dataclass
from datetime import datetime

from vitrina_contracts.exporter import ExporterSelfStatus

from vitrina_orchestrator.domain.desired import InstanceSpec
from vitrina_orchestrator.domain.naming import instance_name


@dataclass(frozen=True)
class WrittenConfig:
    """The configuration lying ready for the exporter, without its content."""

    revision: int
    digest: str
    older_revisions: tuple[int, ...] = ()
    """Files of former revisions that are still there."""


@dataclass(frozen=True)
class Instance:
    """One shard of an exporter in its runtime, running or not. There is at most one for each shard."""

    exporter: str
    spec: InstanceSpec | None
    """Null when there are only leftovers of it, like a configuration written just before a crash of ours."""
    config: WrittenConfig | None = None
    running: bool = False
    """Also when it is paused."""
    paused: bool = False
    """Frozen by somebody; starting it lets it go on."""
    halted: bool = False
    """Stopped because that was asked for: it did not die."""
    id: str | None = None
    """Container id or process id."""
    image: str | None = None
    address: str | None = None
    """`host:port` of its HTTP server, as seen from Prometheus and from here."""
    started_at: datetime | None = None
    ended_at: datetime | None = None
    exit_code: int | None = None
    """Of its last end, negative for a signal; null when it never ended or nobody could see the code."""
    out_of_memory: bool = False
    """Whether its last end was because it needed more memory than it may have."""
    last_words: str | None = None
    """Last line of its log, while it is dead."""
    restarts: int = 0
    """How often this instance was started again after it had died."""
    early_deaths: int = 0
    """How many times in a row it died soon after its start."""
    shard: int = 0

    @property
    def name(self) -> str:
        return instance_name(self.exporter, self.shard)


@dataclass(frozen=True)
class Answer:
    """What the exporter says about itself, and since when it has not been heard."""

    status: ExporterSelfStatus | None = None
    """The last answer of this very instance; null when there has been none."""
    silent_seconds: float = 0.0
    """0 when it has just answered."""
    confirmed_seconds: float = 0.0
    """How long it has been telling that it works with the revision of its last answer."""
