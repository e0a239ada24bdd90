"""What a receiver gets and what its answer means."""

import pytest
from vitrina_gateway.domain.webhook import Answer, Verdict, headers, pause, read_event, verdict


def test_the_signature_is_that_of_standard_webhooks() -> None:
    """The example of its specification."""
    secret, identity = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek"
    made = headers(identity, b'{"test": 2432232314}', [secret], 1614265330.9)
    assert made["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    assert (made["webhook-id"], made["webhook-timestamp"]) == (identity, "1614265330")


@pytest.mark.parametrize(
    ("answer", "attempt", "expected"),
    [
        (Answer(status=200), 1, Verdict.TAKEN),
        (Answer(status=204), 900, Verdict.TAKEN),
        (Answer(status=302), 900, Verdict.AGAIN),
        (Answer(status=401), 900, Verdict.AGAIN),
        (Answer(status=410), 900, Verdict.AGAIN),
        (Answer(status=422), 4, Verdict.AGAIN),
        (Answer(status=422), 5, Verdict.SKIPPED),
        (Answer(status=503), 900, Verdict.AGAIN),
        (Answer(reason="timeout"), 900, Verdict.AGAIN),
    ],
)
def test_only_an_event_that_does_not_fit_is_skipped(answer: Answer, attempt: int, expected: Verdict) -> None:
    assert verdict(answer, attempt) is expected


def test_pauses_double_until_five_minutes_and_heed_the_receiver() -> None:
    assert [pause(Answer(), attempt) for attempt in (1, 2, 3, 9, 10_000)] == [2, 4, 8, 300, 300]
    assert pause(Answer(retry_after=60), 1) == 60
    assert pause(Answer(retry_after=86_400), 1) == 300


@pytest.mark.parametrize("payload", [b"", b"{}", b'{"id":"1","data":{"device":{"source":7}}}', b"\xff"])
def test_what_is_no_event_is_none(payload: bytes) -> None:
    assert read_event(payload) is None
