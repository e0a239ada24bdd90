"""When a key is made, signs, and goes."""

from datetime import UTC, datetime, timedelta

from vitrina_auth.domain.key import RotationPolicy, SigningKey, plan_rotation, signing_key

NOW = datetime(2026, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)
POLICY = RotationPolicy(period=30 * DAY, publish_ahead=DAY, keep=timedelta(hours=1))


def key(kid: str, signs_from: datetime) -> SigningKey:
    return SigningKey(kid=kid, public_jwk={}, sealed_private=b"sealed", created_at=signs_from, signs_from=signs_from)


FIRST = key("first", NOW)
SECOND = key("second", NOW + 30 * DAY)


def test_the_first_key_signs_at_once() -> None:
    assert plan_rotation([], [], NOW, POLICY).next_signs_from == NOW


def test_a_young_key_has_no_successor_yet() -> None:
    assert plan_rotation([FIRST], [FIRST], NOW + 28 * DAY, POLICY).next_signs_from is None


def test_the_next_key_is_published_a_day_before_it_signs() -> None:
    at = NOW + 29 * DAY
    assert plan_rotation([FIRST], [FIRST], at, POLICY).next_signs_from == NOW + 30 * DAY
    assert plan_rotation([FIRST, SECOND], [FIRST, SECOND], at, POLICY).next_signs_from is None
    assert signing_key([FIRST, SECOND], at) is FIRST
    assert signing_key([FIRST, SECOND], NOW + 30 * DAY) is SECOND


def test_after_a_long_stop_the_next_key_still_gets_its_day_of_publication() -> None:
    at = NOW + 90 * DAY
    assert plan_rotation([FIRST], [FIRST], at, POLICY).next_signs_from == at + DAY
    assert signing_key([FIRST], at) is FIRST


def test_an_old_key_stays_published_until_its_last_token_has_died() -> None:
    keys = [FIRST, SECOND]
    handover = SECOND.signs_from
    assert plan_rotation(keys, keys, handover + timedelta(minutes=59), POLICY).retired == ()
    assert plan_rotation(keys, keys, handover + timedelta(minutes=60), POLICY).retired == ("first",)


def test_a_key_that_cannot_be_decrypted_is_replaced_but_goes_on_verifying() -> None:
    plan = plan_rotation([FIRST], [], NOW + DAY, POLICY)
    assert plan.next_signs_from == NOW + DAY
    assert plan.retired == ()


def test_a_key_does_not_show_its_private_part() -> None:
    assert "sealed" not in repr(FIRST)
