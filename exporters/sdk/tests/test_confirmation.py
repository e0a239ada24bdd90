import pytest
from vitrina_contracts.device import Status
from vitrina_sdk.confirmation import to_hold, turns_dark
from vitrina_sdk.reading import Reading


def ids(count: int, first: int = 0) -> set[str]:
    return {str(number) for number in range(first, first + count)}


@pytest.mark.parametrize(
    ("turned", "asked", "held"),
    [(9, 9, 0), (10, 33, 10), (10, 34, 0), (30, 100, 0), (31, 100, 31), (1000, 1000, 1000)],
)
def test_ten_devices_and_more_than_thirty_percent_wait(turned: int, asked: int, held: int) -> None:
    assert len(to_hold(ids(turned), set(), asked)) == held


def test_a_second_poll_confirms_those_that_waited_and_only_those() -> None:
    assert to_hold(ids(40), ids(40), 100) == set()
    assert to_hold(ids(45), ids(40), 100) == set(), "five more are no mass change"
    assert to_hold(ids(90), ids(40), 100) == ids(50, first=40)


@pytest.mark.parametrize(
    ("shown", "reading", "dark"),
    [
        (Status.ONLINE, Reading("1", Status.OFFLINE, "offline"), True),
        (Status.ONLINE, Reading.not_known("1"), True),
        (Status.ONLINE, Reading("1", Status.UNKNOWN, "maintenance"), False),
        (Status.ONLINE, Reading("1", Status.ONLINE, "online"), False),
        (Status.UNKNOWN, Reading("1", Status.OFFLINE, "offline"), False),
        (Status.OFFLINE, Reading.not_known("1"), False),
    ],
)
def test_only_an_online_device_turns_dark(shown: Status, reading: Reading, dark: bool) -> None:  # noqa: FBT001
    assert turns_dark(shown, reading) is dark
