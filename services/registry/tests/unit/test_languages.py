"""Which language a caller is answered in."""

import pytest
from vitrina_registry.api.refusals import prefers_russian


@pytest.mark.parametrize(
    ("header", "russian"),
    [
        ("", False),
        ("*", False),
        ("ru", True),
        ("ru-RU,ru;q=0.9,en-US;q=0.8", True),
        ("en-US,ru;q=0.9", False),
        ("en;q=0.4,ru;q=0.5", True),
        ("de,ru;q=0.5", True),
        ("ru;q=0", False),
        ("ru;q=abc,en", False),
        (";;;,,=", False),
    ],
)
def test_the_header_s_weights_decide(header: str, russian: bool) -> None:  # noqa: FBT001 - a column of the table
    assert prefers_russian(header) is russian
