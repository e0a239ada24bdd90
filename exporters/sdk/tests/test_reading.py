from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from vitrina_sdk.reading import MAX_TEXT, text_of, timestamp_of

NOW = datetime(2026, 11, 24, tzinfo=UTC).timestamp()


@given(st.one_of(st.text(), st.binary(), st.none(), st.floats(), st.lists(st.text())))
def test_any_value_becomes_short_printable_text_or_nothing(value: object) -> None:
    text = text_of(value)
    if text is not None:
        assert 0 < len(text) <= MAX_TEXT
        assert not any(ord(letter) < 32 for letter in text)
        text.encode()


def test_a_name_of_a_megabyte_is_cut() -> None:
    assert text_of("Я" * 1_000_000) == "Я" * MAX_TEXT


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("2025-05-26T13:29:08.166738Z", 1748266148.166738),
        ("2025-05-26T16:29:08.166738+03:00", 1748266148.166738),
        ("2025-05-26T13:29:08", 1748266148.0),
        ("9999-12-31T23:59:59Z", None),
        ("0001-01-01T00:00:00Z", None),
        ("0001-01-01T00:00:00+23:59", None),
        ("yesterday", None),
        ("2" * 1_000_000, None),
        (1748266148, None),
        (None, None),
    ],
)
def test_only_a_plausible_time_is_a_last_contact(value: object, seconds: float | None) -> None:
    assert timestamp_of(value, NOW) == seconds


@given(st.text())
def test_no_text_breaks_the_reading_of_times(value: str) -> None:
    timestamp_of(value, NOW)
