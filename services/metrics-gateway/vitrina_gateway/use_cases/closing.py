"""Which places are closed at an instant: by the hours of a device's facts, else by its source's labels."""

from collections.abc import Mapping
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from vitrina_kit.opening_hours import Hours, hours_of, is_open, opens_at

from vitrina_gateway.domain.device import LocalFacts
from vitrina_gateway.domain.local_facts import Closed


class ClosedPlaces:
    """At one instant; places with the same hours are judged once.

    Args:
        at: Unix seconds.
    """

    def __init__(self, at: float) -> None:
        self._at = datetime.fromtimestamp(at, UTC)
        self._judged: dict[Hours, Closed | None] = {}

    def of(self, local: LocalFacts, source_labels: Mapping[str, str]) -> Closed | None:
        """None when the place is open, or when its hours are not known."""
        hours = hours_of(local.labels.get("opening_hours"), local.time_zone, source_labels)
        if hours is None:
            return None
        if hours not in self._judged:
            self._judged[hours] = self._judge(hours)
        return self._judged[hours]

    def _judge(self, hours: Hours) -> Closed | None:
        if is_open(hours, self._at) is not False:
            return None
        opening = opens_at(hours, self._at)
        return Closed(None if opening is None else opening.astimezone(ZoneInfo(hours.time_zone)).isoformat())
