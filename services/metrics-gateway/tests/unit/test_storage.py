"""How much is stored and for how long that goes on."""

import pytest
from vitrina_gateway.domain.storage import BLOCKS_BYTES, HEAD_SERIES, LIMIT_BYTES, OLDEST, ON_DISK, storage_of

FIGURES = {HEAD_SERIES: 700.0, LIMIT_BYTES: 2000.0, OLDEST: 1e9, **dict.fromkeys(ON_DISK, 100.0)}


@pytest.mark.parametrize(
    ("changes", "growth", "left"),
    [
        ({}, 170.0, 10.0),
        ({}, 0.0, None),
        ({}, -5.0, None),
        ({}, None, None),
        ({LIMIT_BYTES: 0.0}, 170.0, None),
        ({BLOCKS_BYTES: 5000.0}, 170.0, 0.0),
    ],
)
def test_days_are_left_until_the_limit_is_reached(
    changes: dict[str, float], growth: float | None, left: float | None
) -> None:
    assert storage_of({**FIGURES, **changes}, growth).days_left == left


def test_what_prometheus_does_not_tell_is_not_made_up() -> None:
    nothing = storage_of({}, None)
    assert (nothing.series, nothing.size, nothing.limit, nothing.oldest, nothing.days_left) == (None,) * 5
    assert (storage_of(FIGURES, 1.0).size, storage_of(FIGURES, 1.0).series) == (300, 700)
