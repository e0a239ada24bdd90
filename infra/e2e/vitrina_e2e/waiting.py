"""Waiting for what other processes do: the condition is asked again and again, never a fixed time slept."""

import time
from collections.abc import Callable
from typing import TypeVar

Answer = TypeVar("Answer")

_PAUSE_SECONDS = 0.1


def until(condition: Callable[[], Answer], *, seconds: float, what: str) -> Answer:
    """The first true answer.

    Raises:
        AssertionError: none came within `seconds`; says what was waited for and what was last answered.
    """
    deadline = time.monotonic() + seconds
    while not (answer := condition()):
        assert time.monotonic() < deadline, f"not within {seconds:g} s: {what} (last: {answer!r})"
        time.sleep(_PAUSE_SECONDS)
    return answer


def until_equal(read: Callable[[], Answer], expected: Answer, *, seconds: float, what: str) -> None:
    """Raises:
    AssertionError: `read` did not answer `expected` within `seconds`; shows how the last answer differs.
    """
    deadline = time.monotonic() + seconds
    while (answer := read()) != expected and time.monotonic() < deadline:
        time.sleep(_PAUSE_SECONDS)
    assert answer == expected, f"not within {seconds:g} s: {what}"
