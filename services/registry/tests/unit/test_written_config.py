"""What becomes of a configuration when it is written."""

from datetime import UTC, datetime

import pytest
from vitrina_registry.domain.secret import SealedSecret, Secret, is_mask
from vitrina_registry.domain.source import cycle_seconds, kept_secrets, take_apart

SEALED = SealedSecret("ciphertext", datetime(2026, 5, 1, tzinfo=UTC))
FIELDS = frozenset({"token", "password"})


def test_secrets_are_taken_out_of_the_rest() -> None:
    written = take_apart({"url": "u", "token": "t"}, FIELDS)
    assert (written.plain, written.fresh, written.cleared) == ({"url": "u"}, {"token": Secret("t")}, frozenset())


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ({}, {"token"}),
        ({"token": SEALED.mask()}, {"token"}),
        ({"token": {"set": True}}, {"token"}),
        ({"token": "new"}, set()),
        ({"token": ""}, set()),
        ({"token": None}, set()),
        ({"token": {"set": False}}, set()),
        ({"token": {"set": True, "value": "x"}}, set()),
        ({"password": "other"}, {"token"}),
    ],
)
def test_a_stored_secret_stays_unless_it_is_sent(sent: dict[str, object], kept: set[str]) -> None:
    assert set(kept_secrets(take_apart(sent, FIELDS), {"token": SEALED})) == kept


def test_neither_secret_shows_itself() -> None:
    assert "hidden-value" not in f"{Secret('hidden-value')!r} {Secret('hidden-value')!s}"
    assert "ciphertext" not in repr(SEALED).replace("SealedSecret", "")


def test_the_mask_of_a_secret_is_recognised() -> None:
    assert is_mask(SEALED.mask())
    assert SEALED.mask() == {"set": True, "set_at": "2026-05-01T00:00:00Z", "set_by": None, "expires_on": None}


@pytest.mark.parametrize(
    ("config", "calls", "seconds"),
    [
        ({}, 1, 60.0),
        ({}, 1200, 60.0),
        ({}, 1201, 1201 / 20),
        ({"request_budget": 1}, 100, 100.0),
        ({"request_budget": 1000}, 100_000, 100.0),
        ({"request_budget": 0.5}, 10, 60.0),
    ],
)
def test_the_budget_wins_over_the_interval(config: dict[str, float], calls: int, seconds: float) -> None:
    assert cycle_seconds(config, calls=calls, poll_interval=60, request_budget=20) == pytest.approx(seconds)
