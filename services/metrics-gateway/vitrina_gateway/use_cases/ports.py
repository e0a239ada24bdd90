"""The little that the use cases need of the world. Adapters fit these shapes."""

from collections.abc import Sequence
from typing import Any, Final, Protocol

import msgspec
from vitrina_contracts.device import DeviceKey
from vitrina_contracts.events import AlertChanged
from vitrina_contracts.exporter import KnownSource
from vitrina_contracts.facts import FactsDelta
from vitrina_contracts.webhook import Webhook
from vitrina_contracts.work import WorkDelta

from vitrina_gateway.domain.alert import Alert, Silence, SilenceMatcher
from vitrina_gateway.domain.device import DeviceState
from vitrina_gateway.domain.mapping import MappedExporter
from vitrina_gateway.domain.overview import Change
from vitrina_gateway.domain.samples import Reading, Target
from vitrina_gateway.domain.transition import Link, Transition


class MonitoringError(Exception):
    """Prometheus gave no answer, a refusal or a part of an answer; the message is a short reason."""


class AlertingError(Exception):
    """Alertmanager gave no usable answer; the message is a short reason."""


class RegistryError(Exception):
    """The registry gave no usable list of sources."""


class RecordUnavailableError(Exception):
    """NATS cannot be asked now; whether a link was stored is unknown."""


class ConflictingLinkError(Exception):
    """The chain's last link is another one than expected: read it, then decide anew."""


class Monitoring(Protocol):
    async def targets(self, at: float) -> list[Target]:
        """Every scraped exporter at the instant. Raises `MonitoringError`."""
        ...

    async def read(self, target: Target, at: float) -> Reading:
        """All samples of one target from one scrape. Raises `MonitoringError`."""
        ...

    async def read_mapped(self, exporter: MappedExporter, at: float) -> Reading | None:
        """The devices of a third-party exporter; None when it is not scraped. Raises `MonitoringError`."""
        ...


class Series(msgspec.Struct):
    """Values of one series over time: `(Unix seconds, value)`."""

    labels: dict[str, str]
    points: list[tuple[float, float]]


class Past(Protocol):
    async def range(self, query: str, start: float, end: float, step: float) -> list[Series]:
        """The query's values at each step from `start` to `end`, both included. Raises `MonitoringError`."""
        ...


_OK: Final = 200
_END_BYTES: Final = 16384

Form = Sequence[tuple[str, str]]


class RawAnswer(msgspec.Struct, frozen=True):
    """An answer of Prometheus' API as it came: HTTP status and JSON."""

    status: int
    body: bytes

    @property
    def is_good(self) -> bool:
        """Whole: neither an error nor, as warnings at its end tell, a part."""
        return self.status == _OK and b'"warnings"' not in self.body[-_END_BYTES:]


class RawPrometheus(Protocol):
    async def ask(self, route: str, form: Form) -> RawAnswer:
        """Raises `MonitoringError`."""
        ...


class Alerting(Protocol):
    """Alertmanager. Each method raises `AlertingError`."""

    async def alerts(self, matchers: Sequence[SilenceMatcher] = ()) -> list[Alert]:
        """Those that all of these fit. Raises `InvalidParameterError`, too."""
        ...

    async def silences(self) -> list[Silence]: ...

    async def silence(self, silence_id: str) -> Silence: ...

    async def post_silence(self, silence: Silence) -> str:
        """Makes it, or changes the one with its id; returns the id. Raises `InvalidParameterError`, too."""
        ...

    async def expire(self, silence_id: str) -> None: ...


class Registry(Protocol):
    async def known_sources(self) -> list[KnownSource]:
        """Raises `RegistryError`."""
        ...

    async def facts(self, since: int) -> FactsDelta:
        """What people know of devices, as far as it changed after that version. Raises `RegistryError`."""
        ...

    async def work_states(self, since: int) -> WorkDelta:
        """Who takes care of devices, as far as it changed after that version. Raises `RegistryError`."""
        ...

    async def webhooks(self) -> list[Webhook]:
        """Where changes are sent, secrets in clear. Raises `RegistryError`."""
        ...

    async def hidden_sources(self) -> frozenset[str]:
        """Sources that were deleted and whose series are being removed. Raises `RegistryError`."""
        ...


class StoredLink(msgspec.Struct, frozen=True):
    """The last message of a device's chain: the link, and the device that it tells of."""

    link: Link
    device: DeviceState


class Record(Protocol):
    """The stored chains of all devices."""

    async def store(self, transition: Transition) -> int:
        """Returns the sequence. Raises `ConflictingLinkError` or `RecordUnavailableError`."""
        ...

    async def last(self, key: DeviceKey) -> StoredLink | None:
        """Raises `RecordUnavailableError`."""
        ...

    async def forget(self, key: DeviceKey, up_to: int) -> None:
        """Removes a chain up to and including a sequence. Raises `RecordUnavailableError`."""
        ...


class Chains(Protocol):
    async def of(self, key: DeviceKey) -> list[Change]:
        """The stored changes of a device, oldest first. Raises `RecordUnavailableError`."""
        ...


class Follower(Protocol):
    async def follow(self) -> None:
        """Mirrors the record into memory until it is replaced by another. Raises `RecordUnavailableError`."""
        ...


class AlertRecord(Protocol):
    async def store(self, alert: AlertChanged, identity: str) -> None:
        """Once for each identity within the stream's duplicate window. Raises `RecordUnavailableError`."""
        ...


class Checkpoint(msgspec.Struct, frozen=True):
    """What a restarted gateway needs to answer at once. Times in Unix seconds."""

    version: int
    as_of: float
    evaluated_at: float
    sources: list[dict[str, Any]]
    devices: list[DeviceState]
    gone: list[DeviceState]
    recent: list[Change]


class CheckpointStore(Protocol):
    def load(self) -> Checkpoint | None:
        """None when there is none that can be read."""
        ...

    def save(self, checkpoint: Checkpoint) -> None:
        """All or nothing. Raises `OSError`."""
        ...
