"""Alerts and silences, and whose they are. Pure.

An alert is of the source in its label. A silence is of a source only if it names that source exactly: what matches by
pattern, or names none, may hide others' alerts, so only who sees everything may see or make it.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from vitrina_gateway.domain.errors import InvalidParameterError
from vitrina_gateway.domain.scope import Scope

_NOT_FOR_PEOPLE: Final = {("scope", "helper"), ("scope", "watchdog"), ("alertname", "Watchdog")}
_LABEL: Final = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]{0,127}")
_LONGEST_SILENCE: Final = timedelta(days=366)
_LONGEST_OF_MANAGERS: Final = timedelta(hours=24, minutes=5)
"""Of who does not see everything; a day, and what clocks may differ by."""
_MOST_MATCHERS: Final = 20
_LONGEST_TEXT: Final = 1000


@dataclass(frozen=True)
class Alert:
    fingerprint: str
    labels: dict[str, str]
    annotations: dict[str, str]
    starts_at: datetime
    updated_at: datetime
    silenced_by: list[str]
    inhibited_by: list[str]

    def is_for(self, scope: Scope) -> bool:
        if _NOT_FOR_PEOPLE & self.labels.items():
            return False
        return _is_of(self.labels.get("source"), scope)


@dataclass(frozen=True)
class SilenceMatcher:
    name: str
    value: str
    is_regex: bool = False
    is_equal: bool = True

    @property
    def text(self) -> str:
        """As Alertmanager's filters and PromQL's selectors write it."""
        sign = ("=~" if self.is_regex else "=") if self.is_equal else ("!~" if self.is_regex else "!=")
        escaped = self.value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
        return f'{self.name}{sign}"{escaped}"'


@dataclass(frozen=True)
class Silence:
    """`state`: active, pending or expired."""

    id: str
    matchers: list[SilenceMatcher]
    starts_at: datetime
    ends_at: datetime
    created_by: str
    comment: str
    state: str

    def is_for(self, scope: Scope) -> bool:
        return silences_only(self.matchers, scope)


def silences_only(matchers: list[SilenceMatcher], scope: Scope) -> bool:
    """Whether nothing outside the scope can be hidden by these."""
    named = [each for each in matchers if each.name == "source"]
    exact = all(each.is_equal and not each.is_regex for each in named)
    if not named or not exact:
        return _is_of(None, scope)
    return all(_is_of(each.value, scope) for each in named)


def check_matchers(matchers: list[SilenceMatcher]) -> None:
    """Raises `InvalidParameterError`."""
    if not 1 <= len(matchers) <= _MOST_MATCHERS:
        raise InvalidParameterError("matchers", f"from 1 to {_MOST_MATCHERS}")
    if any(not _LABEL.fullmatch(each.name) or len(each.value) > _LONGEST_TEXT for each in matchers):
        raise InvalidParameterError("matchers", "each needs the name of a label and a value")
    if not any(each.is_equal and each.value not in {"", ".*"} for each in matchers):
        raise InvalidParameterError("matchers", "one must say what is to be silenced, not only what is not")


def check_silence(
    matchers: list[SilenceMatcher], starts_at: datetime, ends_at: datetime, comment: str, now: datetime
) -> None:
    """Raises `InvalidParameterError`."""
    check_matchers(matchers)
    if not comment.strip() or len(comment) > _LONGEST_TEXT:
        raise InvalidParameterError("comment", f"say why, in at most {_LONGEST_TEXT} characters")
    if ends_at <= max(starts_at, now) or ends_at - starts_at > _LONGEST_SILENCE:
        raise InvalidParameterError("ends_at", "after its start and the present, and within a year")


def check_length(length: timedelta, scope: Scope) -> None:
    """Raises `InvalidParameterError`."""
    if scope.sources is not None and length > _LONGEST_OF_MANAGERS:
        raise InvalidParameterError("ends_at", "within 24 h of its start; ask an admin for longer")


def _is_of(source: str | None, scope: Scope) -> bool:
    return scope.sources is None or (source is not None and source in scope.sources)
