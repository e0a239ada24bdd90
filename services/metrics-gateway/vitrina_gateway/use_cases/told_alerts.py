"""Alerts that people are told of, as events: each beginning and each end once, though Alertmanager repeats itself."""

from collections.abc import Sequence
from typing import Final

from vitrina_contracts.events import AlertChanged

from vitrina_gateway.use_cases.ports import AlertRecord, RecordUnavailableError

_MOST_REMEMBERED: Final = 100_000


class ToldAlerts:
    """Remembers what it has told; after a restart it may tell again, as events may."""

    def __init__(self, record: AlertRecord) -> None:
        self._record = record
        self._told: dict[str, str] = {}
        """Identity of the last event by fingerprint, the oldest first."""

    async def tell(self, alerts: Sequence[AlertChanged]) -> bool:
        """Whether all of them are stored."""
        for alert in alerts:
            identity = f"{alert.fingerprint}-{alert.starts_at.timestamp():.3f}-{alert.state}"
            if self._told.get(alert.fingerprint) == identity:
                continue
            try:
                await self._record.store(alert, identity)
            except RecordUnavailableError:
                return False
            self._remember(alert.fingerprint, identity)
        return True

    def _remember(self, fingerprint: str, identity: str) -> None:
        self._told.pop(fingerprint, None)
        self._told[fingerprint] = identity
        if len(self._told) > _MOST_REMEMBERED:
            del self._told[next(iter(self._told))]
