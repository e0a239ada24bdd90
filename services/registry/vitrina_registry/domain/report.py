"""Reports by e-mail: when one is due, which days it is about, and what becomes of a sending.

waiting -> sending -> sent
   ^  failure  |
   +-----------+----> failed (after a day)

A sending that its registry left (it died) is tried again when its lease has ended, so it may arrive twice: that the
mail server took it is the one thing that cannot commit together with the row.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from vitrina_contracts.manifest import Text
from vitrina_contracts.reports import Every, ReportPlan, SendingState

from vitrina_registry.domain.errors import ConflictError, NotFoundError

MOST: Final = 200
LEASE: Final = timedelta(minutes=10)
"""Longer than any try lasts."""
MOST_TRIES: Final = 30
"""About a day of them."""
KEPT_FOR: Final = timedelta(days=400)
FIRST_PAUSE: Final = timedelta(minutes=1)
LONGEST_PAUSE: Final = timedelta(hours=1)
_COUNTED: Final = timedelta(hours=1)
"""After the last day of UTC; by then its daily rows are stored."""
_TIMING: Final = ("every", "day", "hour", "time_zone", "enabled")


@dataclass(frozen=True)
class Report:
    id: str
    """Not its name, which is free again after a deletion."""
    name: str
    plan: ReportPlan
    since: datetime
    """What was due before is not sent: it did not exist, was paused, or had another time."""
    revision: int
    updated_at: datetime
    updated_by: str

    def changed(self, plan: ReportPlan, now: datetime, actor: str) -> "Report":
        same_timing = all(getattr(plan, field) == getattr(self.plan, field) for field in _TIMING)
        since = self.since if same_timing else now
        return replace(self, plan=plan, since=since, revision=self.revision + 1, updated_at=now, updated_by=actor)

    def facts(self) -> dict[str, Any]:
        """For the audit."""
        return self.plan.model_dump(mode="json")


@dataclass(frozen=True)
class Period:
    first: date
    last: date
    """Both included; days of UTC."""


@dataclass(frozen=True)
class Sending:
    report_id: str
    due_at: datetime
    period: Period
    asked_by: str | None
    """None: by the clock."""
    state: SendingState
    attempts: int
    next_at: datetime
    """When it is tried, or tried again."""
    reason: str | None = None
    """Why the last try failed, or who was refused by the mail server."""
    sent_at: datetime | None = None

    @classmethod
    def new(cls, report: Report, due_at: datetime, asked_by: str | None = None) -> "Sending":
        period = period_of(report.plan, due_at)
        return cls(report.id, due_at, period, asked_by, SendingState.WAITING, attempts=0, next_at=due_at)

    def claimed(self, now: datetime) -> "Sending":
        return replace(self, state=SendingState.SENDING, attempts=self.attempts + 1, next_at=now + LEASE)

    def sent(self, now: datetime, refused: Mapping[str, str]) -> "Sending":
        """`refused`: addresses that the mail server did not take, and its words."""
        reason = "; ".join(f"{address}: {words}" for address, words in refused.items()) or None
        return replace(self, state=SendingState.SENT, reason=reason, sent_at=now)

    def failed(self, now: datetime, reason: str) -> "Sending":
        pause = min(FIRST_PAUSE * 2 ** min(self.attempts - 1, 10), LONGEST_PAUSE)
        state = SendingState.FAILED if self.attempts >= MOST_TRIES else SendingState.WAITING
        return replace(self, state=state, next_at=now + pause, reason=reason)


def last_due(plan: ReportPlan, now: datetime) -> datetime:
    """The newest moment of sending that is not after `now`."""
    day = now.astimezone(ZoneInfo(plan.time_zone)).date()
    while not _is_day(plan, day) or _due(plan, day) > now:
        day -= timedelta(days=1)
    return _due(plan, day)


def period_of(plan: ReportPlan, due_at: datetime) -> Period:
    """The days that a report is about which is sent then; of those that a person asks for, too."""
    day = due_at.astimezone(ZoneInfo(plan.time_zone)).date()
    if plan.every is Every.WEEK:
        return Period(day - timedelta(days=7), day - timedelta(days=1))
    last = day.replace(day=1) - timedelta(days=1)
    return Period(last.replace(day=1), last)


def _is_day(plan: ReportPlan, day: date) -> bool:
    return plan.day == (day.isoweekday() if plan.every is Every.WEEK else day.day)


def _due(plan: ReportPlan, day: date) -> datetime:
    """At its hour; where midnight comes earlier than in UTC, not before the last day is counted."""
    at = datetime.combine(day, time(plan.hour), ZoneInfo(plan.time_zone)).astimezone(UTC)
    counted = datetime.combine(period_of(plan, at).last + timedelta(days=1), time(), UTC) + _COUNTED
    return max(at, counted)


def no_report(name: str) -> NotFoundError:
    return NotFoundError(Text(en=f"There is no report {name[:80]!r}.", ru=f"Отчёта {name[:80]!r} нет."))


def report_taken(name: str) -> ConflictError:
    return ConflictError(Text(en=f"There is a report {name!r} already.", ru=f"Отчёт {name!r} уже есть."))


def too_many_reports() -> ConflictError:
    return ConflictError(
        Text(
            en=f"There are {MOST} reports already; delete one that nobody needs.",
            ru=f"Отчётов уже {MOST}; удалите тот, который не нужен.",
        )
    )


def no_mail_server() -> ConflictError:
    return ConflictError(
        Text(
            en="No mail server is set: set VITRINA_SMTP_HOST and VITRINA_SMTP_FROM of the registry.",
            ru="Почтовый сервер не задан: задайте VITRINA_SMTP_HOST и VITRINA_SMTP_FROM сервиса registry.",
        )
    )
