"""Hours are read off the clock on the wall, in every zone, over midnight and over changes of clocks."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st
from vitrina_kit.opening_hours import Hours, hours_of, is_open, is_rule, is_time_zone, opens_at

ZONES = st.sampled_from(sorted(available_timezones() - {"localtime", "Factory"}))
INSTANTS = st.integers(1_577_836_800, 2_051_222_400).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
TIMES = st.times().map(lambda at: at.replace(second=0, microsecond=0))


def rule(opens: time, closes: time) -> str:
    return f"{opens:%H:%M}-{closes:%H:%M}"


@given(ZONES, INSTANTS, TIMES, TIMES)
def test_open_is_what_the_clock_on_the_wall_says_in_every_zone(
    zone: str, at: datetime, opens: time, closes: time
) -> None:
    wall = at.astimezone(ZoneInfo(zone)).time()
    within = opens <= wall < closes if opens < closes else not closes <= wall < opens
    assert is_open(Hours(rule(opens, closes), zone), at) is within


@given(ZONES, INSTANTS, TIMES, TIMES, st.floats(0, 0.999))
def test_it_opens_when_told_and_not_before(zone: str, at: datetime, opens: time, closes: time, share: float) -> None:
    hours = Hours(rule(opens, closes), zone)
    told = opens_at(hours, at)
    if is_open(hours, at) or opens == closes:
        return
    assert told is not None
    assert at < told <= at + timedelta(hours=49)
    assert is_open(hours, told)
    clocks_stay = at.astimezone(ZoneInfo(zone)).utcoffset() == told.astimezone(ZoneInfo(zone)).utcoffset()
    if clocks_stay:
        assert is_open(hours, at + (told - at) * share) is False


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("2026-12-30T23:00+03:00", True),
        ("2026-12-31T00:00+03:00", False),
        ("2026-12-31T23:00+03:00", False),
        ("2027-01-01T02:00+03:00", False),
        ("2027-01-01T22:00+03:00", True),
    ],
)
def test_an_excluded_day_is_closed_from_midnight_to_midnight_and_the_night_behind_it_where_told(
    at: str, *, expected: bool
) -> None:
    hours = Hours("Mo-Su 22:00-06:00; Dec 31 off; Jan 1 00:00-06:00 off", "Europe/Moscow")
    assert is_open(hours, datetime.fromisoformat(at)) is expected


@pytest.mark.parametrize("day", [date(2026, 3, 29), date(2026, 10, 25)])
def test_a_shop_opens_at_its_hour_on_the_day_on_which_clocks_change(day: date) -> None:
    zone = ZoneInfo("Europe/Berlin")
    hours = Hours("10:00-20:00", "Europe/Berlin")
    opening = datetime.combine(day, time(10), zone)
    assert opens_at(hours, datetime.combine(day, time(0, 30), zone)) == opening.astimezone(UTC)
    assert is_open(hours, opening)


def test_an_hour_that_is_left_out_is_an_opening_at_the_change_of_clocks() -> None:
    hours = Hours("02:30-20:00", "Europe/Berlin")
    assert opens_at(hours, datetime(2026, 3, 29, 0, 0, tzinfo=UTC)) == datetime(2026, 3, 29, 1, 0, tzinfo=UTC)


def test_in_an_hour_that_comes_twice_the_opening_ahead_is_told() -> None:
    hours = Hours("02:30-20:00", "Europe/Berlin")
    assert opens_at(hours, datetime(2026, 10, 25, 1, 10, tzinfo=UTC)) == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)


def test_what_never_opens_has_no_opening_and_what_never_closes_is_open() -> None:
    now = datetime(2026, 11, 25, tzinfo=UTC)
    assert (is_open(Hours("off", "UTC"), now), opens_at(Hours("off", "UTC"), now)) == (False, None)
    assert is_open(Hours("24/7", "UTC"), now) is True
    assert is_open(Hours("10:00-20:00 unknown", "UTC"), now.replace(hour=12)) is True


@pytest.mark.parametrize("text", ["", "9-18", "from nine to five", "круглосуточно", "10:00-25:99", "Mo-Xx 10:00-12:00"])
def test_hours_that_are_not_written_so_are_told(text: str) -> None:
    assert not is_rule(text)
    assert is_open(Hours(text, "UTC"), datetime(2026, 1, 1, tzinfo=UTC)) is None


@pytest.mark.parametrize("name", ["", "Europe", "Europe/Nowhere", "../etc/passwd", "/etc/passwd", "+03:00", "a\0b"])
def test_a_zone_that_does_not_exist_is_told(name: str) -> None:
    assert not is_time_zone(name)
    assert opens_at(Hours("10:00-12:00", name), datetime(2026, 1, 1, tzinfo=UTC)) is None


@given(st.text(max_size=200))
def test_no_text_breaks_the_reading(text: str) -> None:
    is_rule(text)


@pytest.mark.parametrize(
    ("own", "expected"),
    [
        ((None, None), ("10:00-20:00", "Europe/Moscow")),
        (("24/7", None), ("24/7", "Europe/Moscow")),
        ((None, "Asia/Omsk"), ("10:00-20:00", "Asia/Omsk")),
        (("in the morning", "Mars/Base"), ("10:00-20:00", "Europe/Moscow")),
    ],
)
def test_what_a_device_does_not_say_is_its_sources(
    own: tuple[str | None, str | None], expected: tuple[str, str]
) -> None:
    labels = {"opening_hours": "10:00-20:00", "time_zone": "Europe/Moscow"}
    assert hours_of(*own, labels) == expected


def test_without_hours_or_without_a_zone_nothing_is_known() -> None:
    assert hours_of("24/7", None, {}) is None
    assert hours_of(None, "Asia/Omsk", {}) is None
