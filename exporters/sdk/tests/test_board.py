"""Invariant 1: a vendor's failure is never a device's failure."""

from hypothesis import given
from hypothesis import strategies as st
from vitrina_contracts.device import Status
from vitrina_sdk.board import Board
from vitrina_sdk.reading import Reading

ONLINE, OFFLINE, UNKNOWN = Status.ONLINE, Status.OFFLINE, Status.UNKNOWN
WINDOW = 300.0


def board() -> Board:
    made = Board("acme", "north")
    made.set_window(WINDOW)
    return made


def readings(**statuses: Status) -> list[Reading]:
    return [Reading(device, status, status.value) for device, status in statuses.items()]


def fleet(count: int, status: Status) -> list[Reading]:
    return [Reading(str(number), status, status.value) for number in range(count)]


def series(shown: Board, now: float) -> str:
    return b"".join(piece for family in shown.families(now) for piece in family).decode()


def test_a_first_reading_does_not_wait() -> None:
    shown = board()
    assert shown.replace(fleet(100, OFFLINE), 0, all_readable=True) == 0
    assert set(shown.statuses(1).values()) == {OFFLINE}


def test_a_mass_change_waits_for_a_second_poll_and_a_recovery_does_not() -> None:
    shown = board()
    shown.replace(fleet(100, ONLINE), 0, all_readable=True)
    assert shown.replace(fleet(100, OFFLINE), 10, all_readable=True) == 100
    assert set(shown.statuses(11).values()) == {ONLINE}
    assert shown.replace(fleet(100, OFFLINE), 20, all_readable=True) == 0
    assert set(shown.statuses(21).values()) == {OFFLINE}
    shown.replace(fleet(100, ONLINE), 30, all_readable=True)
    assert set(shown.statuses(31).values()) == {ONLINE}


def test_devices_that_wait_age_meanwhile() -> None:
    shown = board()
    shown.replace(fleet(100, ONLINE), 0, all_readable=True)
    shown.replace(fleet(100, OFFLINE), WINDOW - 1, all_readable=True)
    assert set(shown.statuses(WINDOW).values()) == {UNKNOWN}


def test_a_change_that_was_not_confirmed_waits_again() -> None:
    shown = board()
    for now, status in enumerate((ONLINE, OFFLINE, ONLINE, OFFLINE)):
        shown.replace(fleet(100, status), now, all_readable=True)
    assert set(shown.statuses(5).values()) == {ONLINE}


def test_a_device_goes_after_two_complete_lists_without_it() -> None:
    shown = board()
    shown.replace(readings(a=ONLINE, b=ONLINE), 0, all_readable=True)
    shown.replace(readings(a=ONLINE), 1, all_readable=True)
    assert "b" in shown
    shown.replace(readings(a=ONLINE), 2, all_readable=False)
    assert "b" in shown, "a record could not be read: it may have been this one"
    shown.replace(readings(a=ONLINE, b=ONLINE), 3, all_readable=True)
    shown.replace(readings(a=ONLINE), 4, all_readable=True)
    assert "b" in shown, "it was back in between"
    shown.replace(readings(a=ONLINE), 5, all_readable=True)
    assert "b" not in shown
    assert '"b"' not in series(shown, 5)


def test_a_device_that_is_no_longer_configured_goes_at_once() -> None:
    shown = board()
    for reading in readings(a=ONLINE, b=OFFLINE):
        shown.observe(reading, 0)
    shown.keep_only(["b", "c"])
    assert list(shown.statuses(1)) == ["b"]


def test_a_configured_device_without_an_answer_is_shown_as_unknown() -> None:
    shown = board()
    shown.reveal(["AA:BB:CC:DD:EE:FF"])
    assert shown.statuses(0) == {"AA:BB:CC:DD:EE:FF": UNKNOWN}
    text = series(shown, 0)
    assert "signage_device_info" in text
    assert "signage_device_up" not in text


def test_states_end_when_they_are_stale_and_come_back_with_an_equal_answer() -> None:
    shown = board()
    shown.replace(readings(a=OFFLINE), 0, all_readable=True)
    assert 'signage_device_up{platform="acme",source="north",device_id="a"} 0\n' in series(shown, WINDOW - 0.1)
    assert "signage_device_up" not in series(shown, WINDOW)
    shown.replace(readings(a=OFFLINE), WINDOW + 1, all_readable=True)
    assert "signage_device_up" in series(shown, WINDOW + 2)


def test_a_name_is_kept_when_the_vendor_no_longer_knows_the_device() -> None:
    shown = board()
    shown.observe(Reading("a", ONLINE, "online", name="Казань"), 0)
    shown.observe(Reading.not_known("a"), 1)
    shown.settle(1)
    assert 'name="Казань"' in series(shown, 1)
    assert 'vendor_state="(not known to the vendor)"' in series(shown, 1)


def test_the_end_of_a_long_round_waits_when_its_beginning_was_a_mass_change() -> None:
    shown = board()
    shown.replace(fleet(100, ONLINE), 0, all_readable=True)
    changed = fleet(100, OFFLINE)
    for reading in changed[:95]:
        shown.observe(reading, 1)
    assert shown.settle(95) == 95
    for reading in changed[95:]:
        shown.observe(reading, 2)
    assert shown.settle(5, wait_all=True) == 5


def test_what_is_shown_stays_while_a_list_is_taken_and_changes_as_a_whole() -> None:
    shown = board()
    shown.replace(readings(a=ONLINE, b=ONLINE), 0, all_readable=True)
    before = series(shown, 1)
    with shown.being_changed():
        shown.observe(Reading("a", UNKNOWN, "maintenance"), 2)
        assert series(shown, 2) == before
        shown.observe(Reading("c", OFFLINE, "offline"), 2)
        assert series(shown, 2) == before
    assert "maintenance" in series(shown, 2)
    assert 'device_id="c"} 0' in series(shown, 2)


polls = st.lists(
    st.one_of(
        st.none(),
        st.dictionaries(st.sampled_from([str(number) for number in range(40)]), st.sampled_from(list(Status))),
    ),
    max_size=12,
)


@given(polls)
def test_whatever_polls_say_offline_is_shown_only_where_the_vendor_said_so(
    answers: list[dict[str, Status] | None],
) -> None:
    """`None` is a poll that failed: it must change nothing but the age."""
    shown, said = board(), dict[str, Status]()
    for turn, answer in enumerate(answers):
        now = turn * 60.0
        if answer is not None:
            shown.replace(readings(**answer), now, all_readable=True)
            said.update(answer)
        for device, status in shown.statuses(now).items():
            if status is OFFLINE:
                assert said[device] is OFFLINE
        text = series(shown, now)
        assert text.count("\nsignage_device_up{") + text.startswith("signage_device_up{") == sum(
            status is not UNKNOWN for status in shown.statuses(now).values()
        )
