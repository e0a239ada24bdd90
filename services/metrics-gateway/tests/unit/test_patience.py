from vitrina_gateway.domain.patience import Patience


def test_what_hangs_is_waited_for_longer_each_time_and_a_minute_at_most() -> None:
    patience = Patience()
    waited = []
    for _ in range(5):
        waited.append(patience.seconds)
        patience.ran_out()
    assert waited == [10, 20, 40, 60, 60]


def test_a_slow_one_has_room_for_an_answer_that_takes_longer_also_after_quick_ones_between() -> None:
    patience = Patience()
    patience.answered(12)
    for _ in range(3):
        patience.answered(0.01)
    assert 30 < patience.seconds < 48


def test_a_quick_one_that_hangs_is_noticed_soon_again() -> None:
    patience = Patience(60)
    for _ in range(20):
        patience.answered(0.01)
    assert patience.seconds == 10
