"""What the part beside Alertmanager asks of it: silences of windows, and how deliveries went."""

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import httpx
from vitrina_contracts.alerting import WINDOW_AUTHOR, WindowMatcher

from vitrina_embedded.alerting.windows import WindowSilence

_COUNT: Final = re.compile(
    r"^alertmanager_notification_requests(?P<failed>_failed)?_total"
    r'\{[^}]*integration="(?P<way>\w+)"[^}]*\} (?P<n>\S+)$',
    re.MULTILINE,
)


@dataclass(frozen=True)
class Tried:
    """Of one way (email, telegram, webhook): requests so far, and how many of them failed."""

    requests: float = 0
    failed: float = 0


class Alertmanager:
    """Each method raises `httpx.HTTPError` when it does not answer."""

    def __init__(self, url: str) -> None:
        self._client = httpx.Client(base_url=url, timeout=10, trust_env=False)

    def close(self) -> None:
        self._client.close()

    def window_silences(self) -> list[WindowSilence]:
        """Expired ones included, for as long as Alertmanager keeps them."""
        return [_silence(each) for each in self._get("/api/v2/silences").json() if _is_of_window(each)]

    def make(self, silence: WindowSilence) -> bool:
        """False: Alertmanager refuses it, as it does a pattern that only others understand."""
        body = {
            "matchers": [
                {"name": each.name, "value": each.value, "isRegex": each.is_regex, "isEqual": each.is_equal}
                for each in silence.matchers
            ],
            "startsAt": silence.starts_at.isoformat(),
            "endsAt": silence.ends_at.isoformat(),
            "createdBy": silence.author,
            "comment": silence.comment,
        }
        answer = self._client.post("/api/v2/silences", json=body)
        if answer.status_code == httpx.codes.BAD_REQUEST:
            return False
        answer.raise_for_status()
        return True

    def expire(self, silence_id: str) -> None:
        self._client.delete(f"/api/v2/silence/{silence_id}").raise_for_status()

    def tried(self) -> Mapping[str, Tried]:
        """By way, since it started."""
        requests: dict[str, float] = defaultdict(float)
        failed: dict[str, float] = defaultdict(float)
        for found in _COUNT.finditer(self._get("/metrics").text):
            (failed if found["failed"] else requests)[found["way"]] += float(found["n"])
        return {way: Tried(count, failed[way]) for way, count in requests.items()}

    def _get(self, path: str) -> httpx.Response:
        return self._client.get(path).raise_for_status()


def _is_of_window(told: Mapping[str, Any]) -> bool:
    return str(told["createdBy"]).startswith(WINDOW_AUTHOR)


def _silence(told: Mapping[str, Any]) -> WindowSilence:
    matchers = (
        WindowMatcher(
            name=each["name"], value=each["value"], is_regex=each["isRegex"], is_equal=each.get("isEqual", True)
        )
        for each in told["matchers"]
    )
    return WindowSilence(
        author=told["createdBy"],
        matchers=tuple(matchers),
        starts_at=datetime.fromisoformat(told["startsAt"]),
        ends_at=datetime.fromisoformat(told["endsAt"]),
        comment=told["comment"],
        id=told["id"],
        state=told["status"]["state"],
    )
