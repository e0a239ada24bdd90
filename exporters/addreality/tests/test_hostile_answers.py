from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from vitrina_addreality.platform import Addreality
from vitrina_addreality.simulator import LIST_PATH, AddrealityApi
from vitrina_contracts.device import Status
from vitrina_sdk.testing.hostile import bodies, odd_texts, records, shown_of, spoiled_records, values

NEEDED = {
    "id": st.integers(1, 50),
    "connection_state": st.sampled_from(["online", "offline", "sleeping"]),
}
OTHERS = {
    "name": odd_texts,
    "player_status": st.sampled_from(["playback", "pause"]),
    "last_online": st.sampled_from(["2025-05-26T13:29:08.166738Z", "9999-12-31T23:59:59Z", "soon"]),
    "activation_state": st.booleans(),
    "player_version": odd_texts,
    "time_zone": odd_texts,
}
READABLE = st.lists(records(NEEDED, OTHERS), max_size=30)
PAGE = st.one_of(READABLE, READABLE, st.lists(spoiled_records({**NEEDED, **OTHERS}), max_size=10))
COUNTS = st.one_of(st.none(), st.none(), st.none(), st.integers(-5, 2000), values)


def a_list(data: list[Any], total: Any, offset: Any) -> dict[str, Any]:
    """Most often the total is right, or the page would seldom be looked into."""
    told = {"total": len(data) if total is None else total, "limit": 300}
    return {"pagination": told if offset is None else {**told, "offset": offset}, "data": data}


def config_at(base: str) -> dict[str, str]:
    return {"api_url": f"{base}{LIST_PATH}", "api_token": "token"}


@given(bodies(st.builds(a_list, PAGE, COUNTS, COUNTS)))
@settings(deadline=None, max_examples=150)
def test_whatever_is_sent_costs_an_error_at_most_and_no_device_is_offline_unasked(body: bytes) -> None:
    shown = shown_of(Addreality(), AddrealityApi(5, seed=1, token_file=None), body, config_at)
    if Status.OFFLINE in shown.values():
        assert b'"offline"' in body
