"""When a report is due, which days it is about, and when a sending is tried again or given up."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pydantic import ValidationError
from vitrina_contracts.reports import ReportPlan, SendingState
from vitrina_registry.domain.report import LEASE, MOST_TRIES, Report, Sending, last_due, period_of

WEEKLY: dict[str, Any] = {"every": "week", "time_zone": "Europe/Moscow", "recipients": ["a@example.org"]}
NEW_YORK: dict[str, Any] = {"time_zone": "America/New_York", "hour": 2}


def plan(**fields: Any) -> ReportPlan:
    return ReportPlan.model_validate(WEEKLY | fields)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("fields", "now", "due", "days"),
    [
        ({}, "2026-11-25T10:00", "2026-11-23T06:00", "2026-11-16..2026-11-22"),
        ({}, "2026-11-23T05:59", "2026-11-16T06:00", "2026-11-09..2026-11-15"),
        ({}, "2026-11-23T06:00", "2026-11-23T06:00", "2026-11-16..2026-11-22"),
        ({"day": 3, "hour": 0}, "2026-11-25T10:00", "2026-11-25T01:00", "2026-11-18..2026-11-24"),
        ({"time_zone": "Pacific/Auckland"}, "2026-11-24T10:00", "2026-11-23T01:00", "2026-11-16..2026-11-22"),
        (NEW_YORK, "2026-03-08T12:00", "2026-03-02T07:00", "2026-02-23..2026-03-01"),
        (NEW_YORK, "2026-03-09T12:00", "2026-03-09T06:00", "2026-03-02..2026-03-08"),
        (NEW_YORK | {"day": 7}, "2026-03-09T12:00", "2026-03-08T07:00",
         "2026-03-01..2026-03-07"),
        ({"every": "month"}, "2026-03-15T10:00", "2026-03-01T06:00", "2026-02-01..2026-02-28"),
        ({"every": "month", "day": 28}, "2026-01-01T00:00", "2025-12-28T06:00", "2025-11-01..2025-11-30"),
        ({"every": "month", "hour": 0, "time_zone": "Asia/Tokyo"}, "2026-01-01T03:00", "2026-01-01T01:00",
         "2025-12-01..2025-12-31"),
    ],
)  # fmt: skip
def test_the_last_moment_and_its_days(fields: dict[str, Any], now: str, due: str, days: str) -> None:
    found = last_due(plan(**fields), at(now))
    assert found == at(due)
    period = period_of(plan(**fields), found)
    assert f"{period.first}..{period.last}" == days


def test_a_week_ends_with_the_twenty_eighth_day_only_in_months() -> None:
    assert plan(every="month", day=28).day == 28
    with pytest.raises(ValidationError, match="from 1 to 7"):
        plan(day=8)


@pytest.mark.parametrize("address", ["a@b@c", "a b@c", "a@b,c@d", "Name <a@b>", "a@b\nBcc: c@d", ""])
def test_an_address_that_could_be_more_than_one_is_refused(address: str) -> None:
    with pytest.raises(ValidationError):
        plan(recipients=[address])


def test_pauses_grow_until_it_is_given_up() -> None:
    now = at("2026-11-23T06:00")
    report = Report("id", "weekly", plan(), now - timedelta(days=1), 1, now, "admin")
    sending, tries, pauses = Sending.new(report, now), 0, []
    while sending.state is SendingState.WAITING:
        sending = sending.claimed(now)
        assert sending.next_at == now + LEASE
        sending, tries = sending.failed(now, "no"), tries + 1
        pauses.append(sending.next_at - now)
        now = sending.next_at
    assert sending.state is SendingState.FAILED
    assert pauses[:3] == [timedelta(minutes=1), timedelta(minutes=2), timedelta(minutes=4)]
    assert max(pauses) == timedelta(hours=1)
    assert tries == MOST_TRIES
    assert timedelta(hours=23) < now - sending.due_at < timedelta(hours=26)


def test_another_time_begins_anew_and_another_text_does_not() -> None:
    now = at("2026-11-23T06:00")
    report = Report("id", "weekly", plan(), now, 1, now, "admin")
    later = now + timedelta(days=1)
    assert report.changed(plan(language="ru"), later, "admin").since == now
    paused = report.changed(plan(enabled=False), later, "admin")
    assert paused.changed(plan(), later, "admin").since == later
    assert replace(paused, revision=1).revision < paused.revision
