"""Wrong passwords cost time, and never lock anybody out for long."""

import pytest
from vitrina_auth.domain.back_off import FREE_FAILURES, MOST_ACCOUNTS, BackOff
from vitrina_auth.domain.errors import TooManyAttempts

OWNER = ("ada", "10.0.0.1")


def failed(times: int, now: float = 0) -> BackOff:
    back_off = BackOff()
    for _ in range(times):
        back_off.failed(OWNER, now)
    return back_off


def wait_of(back_off: BackOff, now: float = 0) -> int:
    with pytest.raises(TooManyAttempts) as refused:
        back_off.check(OWNER, now)
    return refused.value.retry_after


def test_a_few_failures_are_free() -> None:
    failed(FREE_FAILURES - 1).check(OWNER, 0)


def test_the_wait_doubles_up_to_a_minute() -> None:
    waits = [wait_of(failed(FREE_FAILURES + extra)) for extra in range(8)]
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60]
    assert wait_of(failed(2000)) == 60


def test_after_the_wait_the_account_is_open_and_attempts_meanwhile_do_not_prolong_it() -> None:
    back_off = failed(FREE_FAILURES + 3)
    assert wait_of(back_off, 7.5) == 1
    back_off.check(OWNER, 8)


def test_success_forgets_the_failures() -> None:
    back_off = failed(FREE_FAILURES)
    back_off.succeeded(OWNER)
    back_off.failed(OWNER, 0)
    back_off.check(OWNER, 0)


def test_failures_from_one_address_do_not_slow_the_owner_at_another() -> None:
    failed(50).check(("ada", "10.0.0.2"), 0)


def test_old_failures_are_forgotten() -> None:
    back_off = failed(FREE_FAILURES)
    back_off.failed(OWNER, 1000)
    back_off.check(OWNER, 1000)


def test_a_flood_of_names_does_not_fill_the_memory() -> None:
    back_off = failed(FREE_FAILURES)
    for number in range(MOST_ACCOUNTS):
        back_off.failed((f"user{number}", "10.0.0.9"), 0)
    back_off.check(OWNER, 0)
    assert len(back_off._counts) == MOST_ACCOUNTS
