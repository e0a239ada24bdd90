"""Wrong passwords cost time, and never lock anybody out for long."""

from datetime import UTC, datetime, timedelta

import pytest
from vitrina_auth.domain.back_off import (
    FREE_FAILURES,
    FREE_FAILURES_OF_ADDRESS,
    Attempts,
    limits_of,
    seconds_to_wait,
)

NOW = datetime(2026, 1, 1, tzinfo=UTC)
ACCOUNT, ADDRESS = limits_of("ada", "10.0.0.1")


def wait_after(failures: int, seconds: float = 0) -> int:
    return seconds_to_wait(ACCOUNT, Attempts(failures, NOW), NOW + timedelta(seconds=seconds))


def test_a_few_failures_are_free() -> None:
    assert seconds_to_wait(ACCOUNT, None, NOW) == 0
    assert wait_after(FREE_FAILURES - 1) == 0


def test_the_wait_doubles_up_to_a_minute() -> None:
    assert [wait_after(FREE_FAILURES + extra) for extra in range(8)] == [1, 2, 4, 8, 16, 32, 60, 60]
    assert wait_after(2000) == 60


def test_after_the_wait_the_account_is_open() -> None:
    assert wait_after(FREE_FAILURES + 3, 7.5) == 1
    assert wait_after(FREE_FAILURES + 3, 8) == 0


def test_old_failures_are_forgotten() -> None:
    assert wait_after(FREE_FAILURES + 50, 901) == 0


def test_an_address_may_fail_more_often_than_an_account() -> None:
    assert seconds_to_wait(ADDRESS, Attempts(FREE_FAILURES_OF_ADDRESS - 1, NOW), NOW) == 0
    assert seconds_to_wait(ADDRESS, Attempts(FREE_FAILURES_OF_ADDRESS, NOW), NOW) == 1


@pytest.mark.parametrize("other", [("ada", "10.0.0.2"), ("eva", "10.0.0.1")])
def test_accounts_are_counted_apart_by_name_and_address(other: tuple[str, str]) -> None:
    assert limits_of(*other)[0] != ACCOUNT
    assert limits_of("ADA", "10.0.0.1") == (ACCOUNT, ADDRESS)
    assert "ada" not in ACCOUNT.key
