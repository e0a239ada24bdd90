"""A device's past from counts of samples: our own blindness is never the device's outage."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from vitrina_gateway.domain.history import (
    Counts,
    Told,
    begins_to_be_measured,
    continued,
    segments,
    span_of,
    uptime,
)

SCRAPE = 15.0
UP, DOWN, UNTOLD, BLIND = Counts(4, 4, 4), Counts(4, 4, 0), Counts(4, 0, 0), Counts()
NAMES = {
    "up": (UP, Told.ONLINE),
    "down": (DOWN, Told.OFFLINE),
    "untold": (UNTOLD, Told.UNKNOWN),
    "blind": (BLIND, Told.NOT_MEASURED),
}


@pytest.mark.parametrize(
    ("seconds", "scrape", "step"),
    [
        (86400, 15, 60),
        (31 * 86400, 15, 1800),
        (600, 15, 30),
        (600, 0.5, 1),
        (86400, 60, 120),
        (31 * 86400, 7000, 14400),
    ],
)
def test_steps_are_neither_too_many_nor_finer_than_two_scrapes(seconds: int, scrape: float, step: int) -> None:
    assert span_of(1e9, 1e9 + seconds, scrape).step == step


def test_each_kind_of_step_is_told_apart() -> None:
    span = span_of(1_000_020, 1_000_260, SCRAPE, 60)
    steps = {end: NAMES[name][0] for end, name in zip(span.ends(), ["up", "down", "untold", "blind"], strict=True)}
    found = segments(span, steps, SCRAPE)
    assert [each.status for each in found] == [Told.ONLINE, Told.OFFLINE, Told.UNKNOWN, Told.NOT_MEASURED]
    shares = uptime(span, steps, SCRAPE)
    assert (shares.online, shares.offline, shares.unknown, shares.not_measured) == (60, 60, 60, 60)
    assert shares.online_share == 0.5


def test_nothing_measured_gives_no_share() -> None:
    span = span_of(1_000_020, 1_000_260, SCRAPE, 60)
    assert uptime(span, {}, SCRAPE).online_share is None
    assert [each.status for each in segments(span, {}, SCRAPE)] == [Told.NOT_MEASURED]


@pytest.mark.parametrize(("seconds", "last"), [(29, Told.ONLINE), (31, Told.NOT_MEASURED), (60, Told.NOT_MEASURED)])
def test_a_step_that_has_just_begun_is_no_gap(seconds: int, last: Told) -> None:
    span = span_of(1_000_020, 1_000_080 + seconds, SCRAPE, 60)
    assert segments(span, {1_000_080: UP}, SCRAPE)[-1].status is last


def test_half_a_step_without_scrapes_is_half_not_measured() -> None:
    span = span_of(1_000_000, 1_001_000, 10, 1000)
    shares = uptime(span, {span.first: Counts(50, 50, 50)}, 10)
    assert shares.online == pytest.approx(500, abs=11)
    assert shares.offline == 0


@given(
    st.floats(1e9, 1e9 + 1e6),
    st.floats(10, 31 * 86400),
    st.lists(st.sampled_from(sorted(NAMES)), min_size=1, max_size=1600),
)
def test_segments_and_uptime_cover_the_span_without_overlap(start: float, seconds: float, names: list[str]) -> None:
    span = span_of(start, start + seconds, SCRAPE)
    counts = {end: NAMES[names[number % len(names)]][0] for number, end in enumerate(span.ends())}
    found = segments(span, counts, SCRAPE)
    assert found[0].start == span.start
    assert found[-1].end == span.end
    assert all(one.end == other.start and one.status is not other.status for one, other in pairwise(found))
    shares = uptime(span, counts, SCRAPE)
    total = shares.online + shares.offline + shares.unknown + shares.not_measured
    assert total == pytest.approx(seconds)
    assert min(shares.online, shares.offline, shares.unknown, shares.not_measured) >= -1e-6


def test_of_a_replaced_device_nothing_counts_that_comes_after_the_seam() -> None:
    span = span_of(1_000_020, 1_000_260, SCRAPE, 60)
    own = {1_000_200: BLIND, 1_000_260: UP}
    former = dict.fromkeys(span.ends(), DOWN)
    seam = begins_to_be_measured(span, own)
    assert seam == 1_000_200
    assert begins_to_be_measured(span, {}) == span.end
    found = segments(span, continued(own, former, seam), SCRAPE)
    assert [(each.status, each.start) for each in found] == [(Told.OFFLINE, span.start), (Told.ONLINE, seam)]
